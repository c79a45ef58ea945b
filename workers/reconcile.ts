import type { Toolbox } from '../src/domain/ports.ts';
import { keepNotices } from '../src/workflows/notices.ts';
import { retryCommitted } from '../src/workflows/retry-committed.ts';
import { driveRollouts } from '../src/workflows/rollouts.ts';
import { keepSchedule } from '../src/workflows/schedule.ts';
import { keepSlowTasks } from '../src/workflows/slow-tasks.ts';

const EVERY_MS = 1_000;

/**
 * Rings for what the record says is due and nobody works on: jobs that Redis forgot, that a dead worker left behind,
 * and those of a bulk, a few at a time in the record's fair order. Takes no input and does no harm when run twice.
 */
async function reconcile(tools: Toolbox, window: number): Promise<number> {
  const due = await tools.jobs.due(window);
  for (const { id, epoch } of due) await tools.queue.ring(id, epoch);
  return due.length;
}

/** Reconciles until the signal comes; a database that does not answer is waited for. */
export async function keepReconciling(tools: Toolbox, window: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await reconcile(tools, window);
    } catch (error) {
      tools.log.warn({ err: error }, 'reconciling failed, trying again');
    }
    await tools.clock.sleep(EVERY_MS, signal).catch(() => undefined);
  }
}

/** The calendar is looked at this often; what is due may wait that long. */
const CALENDAR_MS = 20_000;

/** Drives rollouts and keeps the schedule until the signal comes. Any number of workers may do it at once. */
export async function keepCaring(tools: Toolbox, holder: string, signal: AbortSignal): Promise<void> {
  let looked = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    try {
      await driveRollouts(tools, holder);
      if (tools.clock.elapsed() - looked >= CALENDAR_MS) {
        looked = tools.clock.elapsed();
        await keepSchedule(tools, holder, signal);
        await retryCommitted(tools);
      }
    } catch (error) {
      if (!signal.aborted) tools.log.warn({ err: error }, 'rollouts or schedule failed, trying again');
    }
    await tools.clock.sleep(EVERY_MS, signal).catch(() => undefined);
  }
}

/** Tells people what is new, until the signal comes. Apart from the rest: a server that does not answer takes its time. */
export async function keepTelling(tools: Toolbox, holder: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await keepNotices(tools, holder, signal);
    } catch (error) {
      if (!signal.aborted) tools.log.warn({ err: error }, 'notices not looked after, trying again');
    }
    await tools.clock.sleep(CALENDAR_MS, signal).catch(() => undefined);
  }
}

/** Tasks of the calendar that take long, until the signal comes. */
export async function keepLongTasks(tools: Toolbox, holder: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await keepSlowTasks(tools, holder, signal);
    } catch (error) {
      if (!signal.aborted) tools.log.warn({ err: error }, 'a long task failed, trying again');
    }
    await tools.clock.sleep(CALENDAR_MS, signal).catch(() => undefined);
  }
}
