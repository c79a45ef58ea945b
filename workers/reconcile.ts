import type { Toolbox } from '../src/domain/ports.ts';

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
