import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { Broken } from '../domain/errors.ts';
import { errorCode } from './outside-errors.ts';

/**
 * What workers and the front say to each other, as two files in `front/`: `routes.json` is wanted, `applied.json` is
 * so. Every value ends up in a proxy's configuration, so their forms are narrow.
 */
const RouteForm = Type.Object(
  {
    host: Type.String({ pattern: '^[a-z0-9]([a-z0-9.-]{0,188}[a-z0-9])?$' }),
    path: Type.String({ pattern: '^/([A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*)?$', maxLength: 40 }),
    installationId: Type.String({ maxLength: 64 }),
    // The kernel's limit is 107 bytes; the characters left out have a meaning in nginx.
    socket: Type.String({ pattern: '^/[^\\s"\'\\\\$;:{}#]+$', maxLength: 107 }),
    state: Type.Union([Type.Literal('open'), Type.Literal('maintenance')]),
  },
  { additionalProperties: false },
);

const RouteSetForm = Type.Object({ version: Type.Integer({ minimum: 0 }), routes: Type.Array(RouteForm) });
const AppliedForm = Type.Object({ ...RouteSetForm.properties, fault: Type.Union([Type.String(), Type.Null()]) });

export type RouteSet = Static<typeof RouteSetForm>;
/** The newest set that was looked at, and the routes in effect since. `fault`: why they are not those of that set. */
export type Applied = Static<typeof AppliedForm>;

/** @throws Broken when the file is there but is not what we write */
export function readRouteSet(frontFolder: string): Promise<RouteSet | null> {
  return readForm(join(frontFolder, 'routes.json'), (value): value is RouteSet => Check(RouteSetForm, value));
}

/** @throws Broken when a route cannot be served as written */
export async function writeRouteSet(frontFolder: string, set: RouteSet): Promise<void> {
  const isServable = (route: unknown): boolean => Check(RouteForm, route);
  const wrong = set.routes.find((route) => !isServable(route));
  if (wrong !== undefined) {
    throw new Broken('rute-salah', `Alamat ${wrong.host}${wrong.path} tidak dapat dilayani: bentuknya tidak dikenal.`);
  }
  await writeJson(join(frontFolder, 'routes.json'), set);
}

export function readApplied(frontFolder: string): Promise<Applied | null> {
  return readForm(join(frontFolder, 'applied.json'), (value): value is Applied => Check(AppliedForm, value));
}

export async function writeApplied(frontFolder: string, applied: Applied): Promise<void> {
  await writeJson(join(frontFolder, 'applied.json'), applied);
}

/** The front is not there (any more): what it wrote says nothing. */
export async function forgetApplied(frontFolder: string): Promise<void> {
  await rm(join(frontFolder, 'applied.json'), { force: true });
}

async function readForm<T>(file: string, isOfForm: (value: unknown) => value is T): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isOfForm(value)) return value;
    throw new Error('not of the form we write');
  } catch (error) {
    throw new Broken('berkas-rute-rusak', `Berkas ${file} rusak.`, {
      cause: error,
      advice: 'Hapus berkas itu, lalu tekan Coba lagi; isinya ditulis ulang dari basis data.',
    });
  }
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true, mode: 0o711 });
  const part = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    const handle = await open(part, 'wx', 0o600);
    try {
      await handle.writeFile(JSON.stringify(value));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
