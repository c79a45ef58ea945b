import type { Toolbox } from '../src/domain/ports.ts';
import { tendPool } from '../src/workflows/pool.ts';

const EVERY_MS = 2_000;
/** After a failure, which may be a full disk: trying at once again would only make it worse. */
const REST_MS = 60_000;

/** Tends the pool until the signal comes. */
export async function keepPool(tools: Toolbox, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    let pause = EVERY_MS;
    try {
      await tendPool(tools, signal);
    } catch (error) {
      if (signal.aborted) return;
      pause = REST_MS;
      tools.log.warn({ err: error }, 'tending the pool failed, trying again later');
    }
    await tools.clock.sleep(pause, signal).catch(() => undefined);
  }
}
