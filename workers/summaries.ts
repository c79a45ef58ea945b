import type { Toolbox } from '../src/domain/ports.ts';
import { makeSummaries } from '../src/workflows/summaries.ts';

const EVERY_MS = 2_000;
/** One worker at a time counts, and keeps the right to from slice to slice; when it dies another goes on after this. */
const LEASE_MS = 30_000;

/** Keeps the summaries of the combined database until the signal comes. */
export async function keepSummarised(tools: Toolbox, holder: string, signal: AbortSignal): Promise<void> {
  const waiting = new Map<string, number>();
  while (!signal.aborted) {
    try {
      const lease = await tools.leases.acquire('gabungan-ringkasan', holder, LEASE_MS);
      if (lease !== null) {
        try {
          await makeSummaries(tools, waiting, () => tools.leases.renew(lease, LEASE_MS), signal);
        } finally {
          await tools.leases.release(lease);
        }
      }
    } catch (error) {
      if (!signal.aborted) tools.log.warn({ err: error }, 'summaries not made, trying again');
    }
    await tools.clock.sleep(EVERY_MS, signal).catch(() => undefined);
  }
}
