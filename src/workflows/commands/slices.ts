/** What people may ask for about a desa's place in the combined database: in, out, and out of it for a while. */
import { type Actor, may, requireMay } from '../../domain/access.ts';
import type { Registration } from '../../domain/combined.ts';
import { Conflict, NotFound } from '../../domain/errors.ts';
import type { Toolbox } from '../../domain/ports.ts';
import { type KodeDesa, parseKodeDesa } from '../../domain/wilayah.ts';
import { detachSlice, dropSlice } from '../registration.ts';
import type { SliceRequest } from './combined.ts';
import { requireTenant } from './tenants.ts';

const PATIENCE_MS = 60_000;

/** Takes the desa in; a worker copies and proves within seconds. @returns how many slices that are. @throws NotFound, Forbidden, Conflict */
export async function requestRegistration(tools: Toolbox, actor: Actor, request: SliceRequest): Promise<number> {
  const kode = await permit(tools, actor, request, 'update');
  const { installations, nama } = await requireTenant(tools, kode);
  let asked = 0;
  for (const { id, app, state } of installations) {
    if (state === 'absent' || (request.app !== undefined && app !== request.app) || tools.apps.entry(app).combined === null) continue;
    const before = await tools.registrations.find(id);
    const schema = before?.schema ?? (await schemaOf(tools, id));
    if (schema === null) continue;
    const { state: now } = before ?? (await tools.registrations.ensure(id, kode, app, schema));
    if (now === 'none') await tools.registrations.save(id, { state: 'registering' });
    asked += 1;
  }
  if (asked === 0) throw new Conflict('tidak-ada-yang-didaftarkan', `Di ${nama} tidak ada aplikasi yang masuk basis data gabungan.`);
  await tools.audit.note({ actor: actor.username, action: 'register-slice', target: kode });
  return asked;
}

/** Nothing of the desa is fed until it is attached again. Its rows stay as they are. @returns how many slices that are */
export function requestDetach(tools: Toolbox, actor: Actor, request: SliceRequest): Promise<number> {
  return onEach(tools, actor, request, 'update', 'detach-slice', ({ installationId }) =>
    detachSlice(tools, installationId, AbortSignal.timeout(PATIENCE_MS)),
  );
}

/** Fed and proven again by a worker within seconds; what is not detached stays as it is. @returns how many slices that are */
export function requestAttach(tools: Toolbox, actor: Actor, request: SliceRequest): Promise<number> {
  return onEach(tools, actor, request, 'update', 'attach-slice', async ({ installationId, state }) => {
    if (state === 'detached') await tools.registrations.save(installationId, { state: 'registering' });
  });
}

/** The desa's rows leave the combined database; its number stays its own, and the desa itself is not touched. @returns how many slices that are */
export function requestUnregistration(tools: Toolbox, actor: Actor, request: SliceRequest): Promise<number> {
  return onEach(tools, actor, request, 'remove', 'unregister-slice', ({ installationId }) =>
    dropSlice(tools, installationId, AbortSignal.timeout(PATIENCE_MS)),
  );
}

async function onEach(
  tools: Toolbox,
  actor: Actor,
  request: SliceRequest,
  action: 'update' | 'remove',
  noted: string,
  work: (registration: Registration) => Promise<void>,
): Promise<number> {
  const kode = await permit(tools, actor, request, action);
  const found = (await tools.registrations.list({ within: kode, app: request.app })).filter(({ state }) => state !== 'none');
  if (found.length === 0) throw new NotFound('belum-terdaftar', `Desa ${kode} belum ada di basis data gabungan.`);
  for (const one of found) await work(one);
  await tools.audit.note({ actor: actor.username, action: noted, target: kode });
  return found.length;
}

/** A job detaches and attaches by itself, and must not find somebody else's hand in it. */
async function permit(tools: Toolbox, actor: Actor, request: SliceRequest, action: 'update' | 'remove'): Promise<KodeDesa> {
  const kode = parseKodeDesa(request.kode);
  if (!may(actor, 'read', kode)) throw new NotFound('belum-terdaftar', `Desa ${kode} belum ada di basis data gabungan.`);
  requireMay(actor, action, kode);
  if ((await tools.jobs.nextOf(kode)) === null) return kode;
  throw new Conflict('ada-pekerjaan', `Sebuah pekerjaan di desa ${kode} belum selesai.`, {
    advice: 'Belum ada yang diubah. Tunggu sampai pekerjaan itu selesai.',
  });
}

async function schemaOf(tools: Toolbox, installationId: string): Promise<string | null> {
  return (await tools.claims.of(installationId)).find(({ kind }) => kind === 'schema')?.name ?? null;
}
