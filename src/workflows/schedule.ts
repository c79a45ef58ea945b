/**
 * The calendar's part of a worker: writes down what is due, and does what is written down. MariaDB holds both, so that
 * a machine that was off catches up once, and two workers, or a wiped Redis, make no difference.
 */
import { Unavailable } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import { isOwed, type ScheduleRun, TASKS } from '../domain/schedule.ts';
import { TASK_WORK } from './tasks.ts';

const HOLD_MS = 120_000;

export async function keepSchedule(tools: Toolbox, holder: string, signal: AbortSignal): Promise<void> {
  const now = tools.clock.now();
  for (const schedule of await tools.schedules.list()) {
    const due = tools.calendar.previous(schedule.pattern, now);
    if (isOwed(schedule, due, now) && (await tools.schedules.owe(schedule.task, due))) {
      tools.log.info({ task: schedule.task, due: due.toISOString() }, 'task is due');
    }
  }
  const queued = (await tools.schedules.queued()).filter(({ task }) => !TASKS[task].slow);
  if (queued.length === 0) return;
  const lease = await tools.leases.acquire('schedule', holder, HOLD_MS);
  if (lease === null) return;
  try {
    for (const run of queued) await performRun(tools, run, signal, HOLD_MS - 10_000);
  } finally {
    await tools.leases.release(lease);
  }
}

/** Does what is owed; a failure ends the run too, except of what does not answer. */
export async function performRun(tools: Toolbox, run: ScheduleRun, signal: AbortSignal, limitMs: number): Promise<void> {
  try {
    await TASK_WORK[run.task](tools, run, AbortSignal.any([signal, AbortSignal.timeout(limitMs)]));
  } catch (error) {
    // Whatever does not answer is asked again at the next turn; the run stays owed.
    if (error instanceof Unavailable || signal.aborted) throw error;
    tools.log.error({ task: run.task, err: error }, 'scheduled task failed');
    await tools.schedules.end(run, 'failed', error instanceof Error ? error.message : String(error));
  }
}
