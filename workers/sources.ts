import type { Toolbox } from '../src/domain/ports.ts';
import { copySources } from '../src/workflows/shared-sources.ts';

const EVERY_MS = 3_000;

/** Copies shared databases that somebody has named, until the signal comes. */
export async function keepSources(tools: Toolbox, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await copySources(tools, signal);
    } catch (error) {
      if (!signal.aborted) tools.log.warn({ err: error }, 'shared databases not looked after, trying again');
    }
    await tools.clock.sleep(EVERY_MS, signal).catch(() => undefined);
  }
}
