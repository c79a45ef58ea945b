import type { Toolbox } from '../domain/ports.ts';
import type { Lease } from '../domain/ports-jobs.ts';
import { type ScheduleRun, TASKS } from '../domain/schedule.ts';
import { performRun } from './schedule.ts';

/** A worker that dies leaves its task to another one after this; a living one renews four times as often. */
const HOLD_MS = 60_000;
const LONGEST_MS = 6 * 3_600_000;

/** Tasks of the calendar that may take hours, one at a time, beside everything else. Any worker may take them. */
export async function keepSlowTasks(tools: Toolbox, holder: string, signal: AbortSignal): Promise<void> {
  const queued = (await tools.schedules.queued()).filter(({ task }) => TASKS[task].slow);
  for (const run of queued) {
    const lease = await tools.leases.acquire('slow-task', holder, HOLD_MS);
    if (lease === null) return;
    try {
      await performHeld(tools, run, lease, signal);
    } finally {
      await tools.leases.release(lease);
    }
  }
}

async function performHeld(tools: Toolbox, run: ScheduleRun, lease: Lease, signal: AbortSignal): Promise<void> {
  const ended = new AbortController();
  const lost = new AbortController();
  const renew = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await tools.clock.sleep(HOLD_MS / 4, ended.signal).catch(() => undefined);
      if (!ended.signal.aborted && !(await tools.leases.renew(lease, HOLD_MS))) return lost.abort('lease-lost');
    }
  };
  // What cannot be renewed is somebody else's.
  renew().catch(() => lost.abort('lease-lost'));
  try {
    // Still owed? Another worker may have ended it between our look and our lease.
    const owed = (await tools.schedules.queued()).some(({ task, due }) => task === run.task && due.getTime() === run.due.getTime());
    if (owed) await performRun(tools, run, AbortSignal.any([signal, lost.signal]), LONGEST_MS);
  } finally {
    ended.abort();
  }
}
