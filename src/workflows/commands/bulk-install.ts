import type { Actor } from '../../domain/access.ts';
import type { Toolbox } from '../../domain/ports.ts';
import { requireScope } from '../../domain/tenant.ts';
import { parseKodeTenant } from '../../domain/wilayah.ts';
import { type InstallRequest, requestInstall } from './installations.ts';
import { ensureTenant } from './tenants.ts';

export interface InstallWish extends Omit<InstallRequest, 'bulk'> {
  /** For a desa that is not registered yet; of one that is, it stays as it is. */
  readonly domain?: string | null;
}

/** What became of one wish: a job, or the error that it was refused with. */
export interface WishOutcome {
  readonly wish: InstallWish;
  /** The desa's name; null when it could not be registered. */
  readonly nama: string | null;
  readonly jobId: string | null;
  /** null exactly when there is a job. */
  readonly error: unknown;
}

/** Registers each desa that is not yet registered, then asks for the installation. A refused wish holds up no other. */
export async function bulkInstall(tools: Toolbox, actor: Actor, wishes: readonly InstallWish[]): Promise<readonly WishOutcome[]> {
  const outcomes: WishOutcome[] = [];
  for (const wish of wishes) outcomes.push(await ask(tools, actor, wish));
  const accepted = outcomes.filter(({ jobId }) => jobId !== null).length;
  const detail = { rows: wishes.length, accepted, refused: wishes.length - accepted };
  await tools.audit.note({ actor: actor.username, action: 'bulk-install', target: 'desa', detail });
  return outcomes;
}

async function ask(tools: Toolbox, actor: Actor, wish: InstallWish): Promise<WishOutcome> {
  let nama: string | null = null;
  try {
    const { kode, domain, ...request } = wish;
    // Before it is registered: an app of another scope would leave a tenant that nobody asked for.
    requireScope(tools.apps.entry(request.app).manifest, parseKodeTenant(kode));
    ({ nama } = await ensureTenant(tools, actor, { kode, ...(domain === undefined ? {} : { domain }) }));
    const { jobId } = await requestInstall(tools, actor, { ...request, kode, bulk: true });
    return { wish, nama, jobId, error: null };
  } catch (error) {
    return { wish, nama, jobId: null, error };
  }
}
