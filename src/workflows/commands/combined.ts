/** What people may ask for about a desa's slice of the combined database. A worker does it within seconds. */
import { type Actor, may, requireMay } from '../../domain/access.ts';
import type { Registration } from '../../domain/combined.ts';
import { NotFound } from '../../domain/errors.ts';
import type { Toolbox } from '../../domain/ports.ts';
import { type KodeTenant, parseKodeTenant } from '../../domain/wilayah.ts';

export interface SliceRequest {
  readonly kode: string;
  /** Left out: of every app of the desa. */
  readonly app?: string | undefined;
}

/** Proves the desa's slice again before all others. @returns how many slices that are. @throws NotFound, Forbidden */
export async function requestProof(tools: Toolbox, actor: Actor, request: SliceRequest): Promise<number> {
  const found = await slicesOf(tools, actor, request);
  for (const { installationId, state } of found) {
    if (state === 'registered') await tools.registrations.save(installationId, { provenAt: null });
  }
  await tools.audit.note({ actor: actor.username, action: 'prove-slice', target: request.kode });
  return found.length;
}

/** Has triggers and rows of the desa's slice made anew, and proven. @returns how many slices that are. @throws NotFound, Forbidden */
export async function requestRepair(tools: Toolbox, actor: Actor, request: SliceRequest): Promise<number> {
  const found = await slicesOf(tools, actor, request);
  for (const { installationId, state } of found) {
    // One that is detached is about to be attached by the job that did so.
    if (state !== 'detached')
      await tools.registrations.save(installationId, { state: 'stale', finding: `Diminta oleh ${actor.username}.` });
  }
  await tools.audit.note({ actor: actor.username, action: 'repair-slice', target: request.kode });
  return found.length;
}

async function slicesOf(tools: Toolbox, actor: Actor, { kode: text, app }: SliceRequest): Promise<readonly Registration[]> {
  const kode: KodeTenant = parseKodeTenant(text);
  const found = (await tools.registrations.list({ within: kode, app })).filter(({ state }) => state !== 'none');
  // Outside the actor's region nothing exists.
  if (found.length > 0 && may(actor, 'read', kode)) {
    requireMay(actor, 'retry', kode);
    return found;
  }
  throw new NotFound('belum-terdaftar', `Desa ${kode} belum ada di basis data gabungan.`);
}
