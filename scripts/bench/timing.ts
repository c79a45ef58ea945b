import { isActive, type Job, type JobStep } from '../../src/domain/job.ts';
import type { Toolbox } from '../../src/domain/ports.ts';

const POLL_MS = 50;

export async function untilEnded(tools: Toolbox, jobId: string, signal: AbortSignal): Promise<Job> {
  for (;;) {
    const job = await tools.jobs.find(jobId);
    if (job === null) throw new Error(`job ${jobId} has vanished`);
    if (!isActive(job.state)) return job;
    await tools.clock.sleep(POLL_MS, signal);
  }
}

/** Where the time of a job went: from the request to the worker, the plan, and then each step. */
export interface JobTiming {
  readonly parts: ReadonlyMap<string, number>;
  /** Steps that found nothing to do. */
  readonly skipped: ReadonlySet<string>;
  /** From the request to the end of the step named in `timeJob`. */
  readonly totalMs: number;
}

const WAITING = 'Menunggu pekerja';
const PLANNING = 'Menyusun rencana';

/** A step's time reaches from the end of the one before to its own end, so that the time between steps is counted too. */
export function timeJob(job: Job, steps: readonly JobStep[], askedAt: number, lastStep: string): JobTiming {
  const parts = new Map<string, number>();
  const begun = job.startedAt?.getTime() ?? askedAt;
  const planned = steps[0]?.startedAt?.getTime() ?? begun;
  parts.set(WAITING, begun - askedAt);
  parts.set(PLANNING, planned - begun);
  let before = planned;
  let end = planned;
  for (const { name, label, endedAt } of steps) {
    const at = endedAt?.getTime() ?? before;
    parts.set(label, at - before);
    before = at;
    if (name === lastStep) end = at;
  }
  return { parts, skipped: new Set(steps.filter(({ state }) => state === 'skipped').map(({ label }) => label)), totalMs: end - askedAt };
}
