import type { Toolbox } from '../domain/ports.ts';
import { type ScheduleRun, TASKS } from '../domain/schedule.ts';
import { whileHeld } from './held.ts';
import { performRun } from './schedule.ts';

/** A worker that dies leaves its task to another one after this. */
const HOLD_MS = 60_000;
const LONGEST_MS = 6 * 3_600_000;

/** Tasks of the calendar that may take hours, one at a time, beside everything else. Any worker may take them. */
export async function keepSlowTasks(tools: Toolbox, holder: string, signal: AbortSignal): Promise<void> {
  const queued = (await tools.schedules.queued()).filter(({ task }) => TASKS[task].slow);
  for (const run of queued) {
    const place = { resource: 'slow-task', holder, holdMs: HOLD_MS };
    if (!(await whileHeld(tools, place, signal, (held) => performHeld(tools, run, held)))) return;
  }
}

async function performHeld(tools: Toolbox, run: ScheduleRun, signal: AbortSignal): Promise<void> {
  // Still owed? Another worker may have ended it between our look and our lease.
  const owed = (await tools.schedules.queued()).some(({ task, due }) => task === run.task && due.getTime() === run.due.getTime());
  if (owed) await performRun(tools, run, signal, LONGEST_MS);
}
