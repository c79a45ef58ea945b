import type { Toolbox } from '../domain/ports.ts';
import type { Lease } from '../domain/ports-jobs.ts';

/**
 * Long work that one worker may do at a time: its lease is renewed meanwhile, and the work's signal ends when it cannot
 * be. A worker that dies leaves the work to another one after `holdMs`.
 * @returns whether the lease was free and the work was done
 */
export async function whileHeld(
  { leases, clock }: Pick<Toolbox, 'leases' | 'clock'>,
  { resource, holder, holdMs }: { readonly resource: string; readonly holder: string; readonly holdMs: number },
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const lease = await leases.acquire(resource, holder, holdMs);
  if (lease === null) return false;
  const ended = new AbortController();
  const lost = new AbortController();
  const renew = async (held: Lease): Promise<void> => {
    while (!ended.signal.aborted) {
      await clock.sleep(holdMs / 4, ended.signal).catch(() => undefined);
      if (!ended.signal.aborted && !(await leases.renew(held, holdMs))) return lost.abort('lease-lost');
    }
  };
  // What cannot be renewed is somebody else's.
  renew(lease).catch(() => lost.abort('lease-lost'));
  try {
    await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    ended.abort();
    await leases.release(lease);
  }
  return true;
}
