import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServedHost } from '../domain/certificate.ts';
import { Broken } from '../domain/errors.ts';
import type { Route } from '../domain/ports-records.ts';
import { isGuard } from './front-guard.ts';
import { errorCode } from './outside-errors.ts';

/**
 * What workers and the front say to each other, as files in `front/`: `routes.json` is wanted, `in-effect.json` is
 * so, and `applied.json`, which is small and often looked at, says how far the front has come.
 */
export interface RouteSet {
  readonly version: number;
  readonly routes: readonly Route[];
  /** Those that answer by https, and with which certificate of `tls/`. */
  readonly hosts: readonly ServedHost[];
}

/** The newest set that was looked at. `fault`: why its routes are not in effect. */
export interface Applied {
  readonly version: number;
  readonly fault: string | null;
}

// Every value ends up in a proxy's configuration, so their forms are narrow. By hand: a schema library would double
// the memory of the front process.
const HOST = /^([a-z0-9]([a-z0-9.-]{0,188}[a-z0-9])?|:[1-9][0-9]{3,4})$/;
const PATH = /^(?=.{1,40}$)\/([A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*)?$/;
/** The kernel's limit is 107 bytes; the characters left out have a meaning in nginx. */
const SOCKET = /^(?=.{1,107}$)\/[^\s"'\\$;:{}#]+$/;

const TARGET = /^(?=.{1,255}$)https?:\/\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?(\/[A-Za-z0-9_-]+)*$/;

/** What becomes of requests of a route: `redirect`, `maintenance`, or passed on within limits of this name. */
export interface RouteClass {
  readonly name: string;
  readonly uploadMb: number;
  readonly answerSeconds: number;
  /** Passed on without their body. */
  readonly isBare: boolean;
}

export function classOf({ kind, state, uploadMb, answerSeconds }: Route): RouteClass {
  const name = kind === 'redirect' ? 'redirect' : state === 'maintenance' ? 'maintenance' : `m${uploadMb}s${answerSeconds}`;
  return { name, uploadMb, answerSeconds, isBare: false };
}

/** Every limit that some open route asks for, once. */
export function classesOf({ routes }: RouteSet): readonly RouteClass[] {
  const passed = routes
    .filter(({ kind, state }) => kind !== 'redirect' && state === 'open')
    .flatMap((route) => {
      const own = classOf(route);
      return (route.guard?.readOnly.length ?? 0) === 0 ? [own] : [own, { ...own, name: `${own.name}b`, isBare: true }];
    });
  return [...new Map(passed.map((one) => [one.name, one])).values()];
}

/** Ports that belong to one desa each. */
export function portsOf({ routes }: RouteSet): readonly number[] {
  return [...new Set(routes.filter(({ host }) => host.startsWith(':')).map(({ host }) => Number(host.slice(1))))];
}

/** @throws Broken when the file is there but is not what we write */
export function readRouteSet(frontFolder: string): Promise<RouteSet | null> {
  return readForm(join(frontFolder, 'routes.json'), isRouteSet);
}

/** @throws Broken when a route cannot be served as written */
export async function writeRouteSet(frontFolder: string, set: RouteSet): Promise<void> {
  const isServable: (route: Route) => boolean = isRoute;
  const wrong = set.routes.find((route) => !isServable(route));
  if (wrong !== undefined) {
    throw new Broken('rute-salah', `Alamat ${wrong.host}${wrong.path} tidak dapat dilayani: bentuknya tidak dikenal.`);
  }
  await writeJson(join(frontFolder, 'routes.json'), set, 'lasting');
}

export function readApplied(frontFolder: string): Promise<Applied | null> {
  return readForm(join(frontFolder, 'applied.json'), isApplied);
}

/** null while no front is there. */
export function readInEffect(frontFolder: string): Promise<RouteSet | null> {
  return readForm(join(frontFolder, 'in-effect.json'), isRouteSet);
}

export async function writeApplied(frontFolder: string, applied: Applied): Promise<void> {
  await writeJson(join(frontFolder, 'applied.json'), applied, 'passing');
}

export async function writeInEffect(frontFolder: string, set: RouteSet): Promise<void> {
  await writeJson(join(frontFolder, 'in-effect.json'), set, 'passing');
}

/** The front is not there (any more): what it wrote says nothing. */
export async function forgetApplied(frontFolder: string): Promise<void> {
  for (const name of ['applied.json', 'in-effect.json']) await rm(join(frontFolder, name), { force: true });
}

function isRoute(value: unknown): value is Route {
  if (!isRecord(value)) return false;
  const { host, path, installationId, kind, socket, state, target, security, uploadMb, answerSeconds, guard } = value;
  const isText = [host, path, installationId, socket, state].every((one) => typeof one === 'string');
  const leads = kind === 'redirect' && socket === '' && typeof target === 'string' && TARGET.test(target);
  const serves = (kind === 'site' || kind === 'alias') && target === null && SOCKET.test(String(socket));
  return (
    isText &&
    HOST.test(String(host)) &&
    PATH.test(String(path)) &&
    (leads || serves) &&
    (state === 'open' || state === 'maintenance') &&
    (security === 'any' || security === 'https' || security === 'hsts') &&
    (guard === null || guard === undefined || isGuard(guard)) &&
    [uploadMb, answerSeconds].every((one) => typeof one === 'number' && Number.isInteger(one) && one > 0 && one <= 4096)
  );
}

function isServedHost(value: unknown): value is ServedHost {
  return isRecord(value) && HOST.test(String(value.host)) && /^[0-9A-Za-z]{1,40}$/.test(String(value.certificateId));
}

function isRouteSet(value: unknown): value is RouteSet {
  return (
    isRecord(value) &&
    Number.isInteger(value.version) &&
    Array.isArray(value.routes) &&
    value.routes.every(isRoute) &&
    Array.isArray(value.hosts) &&
    value.hosts.every(isServedHost)
  );
}

function isApplied(value: unknown): value is Applied {
  return isRecord(value) && Number.isInteger(value.version) && (value.fault === null || typeof value.fault === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** What a file of before there were kinds of routes does not say: the front must go on serving it after an upgrade. */
const FORMER = { kind: 'site', target: null, security: 'any', uploadMb: 64, answerSeconds: 300 } as const;

function complete(value: unknown): unknown {
  if (!isRecord(value) || !Array.isArray(value.routes)) return value;
  return { hosts: [], ...value, routes: value.routes.map((route: unknown) => (isRecord(route) ? { ...FORMER, ...route } : route)) };
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
    const value: unknown = complete(JSON.parse(text));
    if (isOfForm(value)) return value;
    throw new Error('not of the form we write');
  } catch (error) {
    throw new Broken('berkas-rute-rusak', `Berkas ${file} rusak.`, {
      cause: error,
      advice: 'Hapus berkas itu, lalu tekan Coba lagi; isinya ditulis ulang dari basis data.',
    });
  }
}

/** `passing`: of no use after a power cut, so not worth waiting for the disk. */
async function writeJson(file: string, value: unknown, keep: 'lasting' | 'passing'): Promise<void> {
  await mkdir(join(file, '..'), { recursive: true, mode: 0o711 });
  const part = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    const handle = await open(part, 'wx', 0o600);
    try {
      await handle.writeFile(JSON.stringify(value));
      if (keep === 'lasting') await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}
