import { feedRound } from '../src/workflows/feeding.ts';
import type { SliceTools } from '../src/workflows/slices.ts';

/** After a round with work the next one follows at once; one without costs a look into an empty table. */
const BUSY_MS = 20;
const IDLE_MS = 250;
const REST_MS = 2_000;

/** Feeds the combined database until the signal comes: one worker of the instance does, and when it dies the next one. */
export async function keepFeeding(tools: SliceTools, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await tools.locks.withLock('umpan', signal, () => feed(tools, signal));
    } catch (error) {
      if (!signal.aborted) tools.log.warn({ err: error }, 'combined database not fed, trying again');
    }
    await tools.clock.sleep(REST_MS, signal).catch(() => undefined);
  }
}

/** An error ends it: with the connection the right to feed may be lost. */
async function feed(tools: SliceTools, signal: AbortSignal): Promise<void> {
  const rests = { installations: new Map<string, number>(), tables: new Map<string, number>() };
  while (!signal.aborted) {
    const seen = await feedRound(tools, rests, signal);
    await tools.clock.sleep(seen > 0 ? BUSY_MS : IDLE_MS, signal).catch(() => undefined);
  }
}
