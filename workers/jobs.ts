import { Unavailable } from '../src/domain/errors.ts';
import { isActive, type Job } from '../src/domain/job.ts';
import type { Toolbox } from '../src/domain/ports.ts';
import type { Lease } from '../src/domain/ports-jobs.ts';
import type { WORKFLOWS } from '../src/workflows/catalogue.ts';
import { runJob } from '../src/workflows/engine.ts';

/** A dead worker's desa is free after this long; a living one renews four times as often. */
export const LEASE_MS = 6_000;

export interface Shift {
  readonly tools: Toolbox;
  readonly workflows: typeof WORKFLOWS;
  readonly leaseMs: number;
  /** Names this worker process in leases. */
  readonly holder: string;
  /** Aborted when the process is asked to stop. */
  readonly shutdown: AbortSignal;
}

/** More than all workers of a server together run at a time: another worker may take each of those before us. */
const CANDIDATES = 64;

/**
 * One ring of the bell: takes the first job in the record's order that nobody works on, which need not be the one that
 * rang. The bell rings in the order of asking, so a bulk of hundreds would hold up whoever asks by hand, and a job that a dead
 * worker has left. Each job rings for itself, so that none is forgotten. Never throws.
 */
export async function answer(shift: Shift, jobId: string): Promise<void> {
  const { tools, holder, shutdown, leaseMs } = shift;
  try {
    for (const { id, kode } of await tools.jobs.due(CANDIDATES)) {
      if (shutdown.aborted) return;
      const lease = await tools.leases.acquire(`desa/${kode}`, holder, leaseMs);
      if (lease === null || !(await work(shift, lease, id))) continue;
      const next = await tools.jobs.nextOf(kode);
      if (next !== null && !shutdown.aborted) await tools.queue.ring(next.id, next.epoch);
      return;
    }
  } catch (error) {
    const level = error instanceof Unavailable ? 'warn' : 'error';
    tools.log[level]({ job: jobId, err: error }, 'job left for the reconciler');
  }
}

/** @returns false when there was nothing to do any more */
async function work({ tools, workflows, leaseMs, shutdown }: Shift, lease: Lease, jobId: string): Promise<boolean> {
  const watch = keepWatch(tools, { lease, leaseMs, jobId, shutdown });
  try {
    // Read again under the lease: the job may have ended while we waited for it.
    const job = await tools.jobs.find(jobId);
    if (job === null || !isActive(job.state)) return false;
    if (job.cancelRequested) watch.cancelNow();
    await runJob({ job, lease, workflow: workflows[job.workflow], tools, stop: watch.stop, cancel: watch.cancel });
    return true;
  } finally {
    watch.end();
    await tools.leases.release(lease);
  }
}

interface Watched {
  readonly lease: Lease;
  readonly leaseMs: number;
  readonly jobId: Job['id'];
  readonly shutdown: AbortSignal;
}

/** Renews the lease while the job runs, and hears of a lost lease, a wish to cancel, and the process's own end. */
function keepWatch(tools: Toolbox, { lease, leaseMs, jobId, shutdown }: Watched) {
  const renewMs = leaseMs / 4;
  const lost = new AbortController();
  const cancel = new AbortController();
  const ended = new AbortController();
  let renewedAt = tools.clock.elapsed();

  const beat = async (): Promise<void> => {
    try {
      if (!(await tools.leases.renew(lease, leaseMs))) lost.abort('lease-lost');
      renewedAt = tools.clock.elapsed();
      const job = await tools.jobs.find(jobId);
      if (job?.cancelRequested) cancel.abort('cancelled');
    } catch (error) {
      tools.log.debug({ err: error, job: jobId }, 'lease not renewed');
    }
  };
  // Nobody may rely on a lease that the database may have given away, not even while an answer is still being waited for.
  const watchdog = setInterval(() => {
    if (tools.clock.elapsed() - renewedAt > leaseMs - renewMs) lost.abort('lease-lost');
  }, renewMs / 4);
  const loop = async (): Promise<void> => {
    while (!ended.signal.aborted && !lost.signal.aborted) {
      await beat();
      await tools.clock.sleep(renewMs, ended.signal).catch(() => undefined);
    }
  };
  loop().catch((error: unknown) => tools.log.error({ err: error, job: jobId }, 'watch over the lease ended'));

  return {
    stop: AbortSignal.any([shutdown, lost.signal]),
    cancel: cancel.signal,
    cancelNow: () => cancel.abort('cancelled'),
    end: () => {
      clearInterval(watchdog);
      ended.abort();
    },
  };
}
