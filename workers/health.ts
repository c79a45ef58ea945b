import type { Toolbox } from '../src/domain/ports.ts';
import { watchHealth } from '../src/workflows/watch-health.ts';

const EVERY_MS = 60_000;

/** Looks whether every app answers, until the signal comes. Any number of workers may: one at a time looks. */
export async function keepWatching(tools: Toolbox, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await tools.locks.tryLock('kesehatan', async () => void (await watchHealth(tools, signal)));
    } catch (error) {
      if (!signal.aborted) tools.log.warn({ err: error }, 'health not looked at, trying again');
    }
    await tools.clock.sleep(EVERY_MS, signal).catch(() => undefined);
  }
}
