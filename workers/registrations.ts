import type { Toolbox } from '../src/domain/ports.ts';
import { refreshReaders } from '../src/workflows/commands/readers.ts';
import { healSlice, verifySlice } from '../src/workflows/registration.ts';

const EVERY_MS = 3_000;
/** A slice that would not be repaired is tried again after this. */
const RETRY_MS = 30_000;
/** Every desa is proven again at least this often, one at a time. */
const PROVE_EVERY_MS = 15 * 60_000;
/** Read accounts get tables that have come since. */
const READERS_EVERY_MS = 60_000;

/** Repairs slices of the combined database that are or may be wrong, and proves the others in turn, until the signal comes. */
export async function keepRegistered(tools: Toolbox, signal: AbortSignal): Promise<void> {
  const triedAt = new Map<string, number>();
  let readersAt = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    try {
      await pass(tools, triedAt, signal);
      if (tools.clock.elapsed() - readersAt > READERS_EVERY_MS) {
        readersAt = tools.clock.elapsed();
        await refreshReaders(tools);
      }
    } catch (error) {
      if (!signal.aborted) tools.log.warn({ err: error }, 'combined database not looked after, trying again');
    }
    await tools.clock.sleep(EVERY_MS, signal).catch(() => undefined);
  }
}

async function pass(tools: Toolbox, triedAt: Map<string, number>, signal: AbortSignal): Promise<void> {
  for (const id of await tools.registrations.needingRepair()) {
    if (signal.aborted) return;
    const now = tools.clock.elapsed();
    if (now - (triedAt.get(id) ?? -RETRY_MS) < RETRY_MS) continue;
    triedAt.set(id, now);
    if (await healSlice(tools, id, signal)) triedAt.delete(id);
    else tools.log.error({ installation: id }, 'a slice of the combined database stays wrong');
  }
  const oldest = signal.aborted ? null : await tools.registrations.leastProven(new Date(tools.clock.now().getTime() - PROVE_EVERY_MS));
  if (oldest !== null) await verifySlice(tools, oldest, signal);
}
