import { type Action, type Actor, requireMay } from '../domain/access.ts';
import { Forbidden } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import { isWithin } from '../domain/wilayah.ts';

/** The combined database holds the rows of all desa, so it is given away by those only who may see all of them. @throws Forbidden */
export async function requireWholeCombined(tools: Pick<Toolbox, 'registrations'>, actor: Actor, action: Action): Promise<void> {
  requireMay(actor, action, null);
  const registered = (await tools.registrations.list()).filter(({ state }) => state !== 'none');
  if (registered.every(({ kode }) => isWithin(kode, actor.wilayah))) return;
  throw new Forbidden('di-luar-wilayah', 'Basis data gabungan memuat desa di luar wilayah akun Anda.');
}
