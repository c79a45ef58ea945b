import { figureRows } from '../domain/figure-rows.ts';
import type { Toolbox } from '../domain/ports.ts';

/** Slices counted in one pass: the rest comes with the next. */
const AT_ONCE = 40;
const RETRY_MS = 60_000;
const HALF_A_DAY = 12 * 3_600_000;

/**
 * Counts anew the slices whose rows have changed, and all of them when a day has begun, a few at a time.
 * @param waiting kept between passes: slices that could not be counted, and when to try them again
 * @param mayGoOn asked before each slice: false when another worker has taken over
 * @returns how many were counted
 */
export async function makeSummaries(
  tools: Toolbox,
  waiting: Map<string, number>,
  mayGoOn: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<number> {
  await tools.summaries.forgetGone();
  const midnight = tools.calendar.previous('0 0 * * *', tools.clock.now()) ?? new Date(0);
  const due = await tools.summaries.due(tools.clock.now(), midnight, AT_ONCE);
  let made = 0;
  for (const installationId of due) {
    const now = tools.clock.elapsed();
    if (signal.aborted || now < (waiting.get(installationId) ?? now)) continue;
    waiting.delete(installationId);
    if (!(await mayGoOn())) break;
    try {
      if (await makeSummary(tools, installationId, midnight)) made += 1;
    } catch (error) {
      waiting.set(installationId, now + RETRY_MS);
      tools.log.warn({ err: error, installation: installationId }, 'slice not counted, others go on');
    }
  }
  return made;
}

async function makeSummary(tools: Toolbox, installationId: string, midnight: Date): Promise<boolean> {
  const registration = await tools.registrations.find(installationId);
  if (registration === null) return false;
  const { combined, summary } = tools.apps.entry(registration.app);
  if (combined === null || summary === null) return false;
  // Told before the reading: what is written from here on counts as changed since.
  const madeAt = tools.clock.now();
  const day = new Date(midnight.getTime() + HALF_A_DAY).toISOString().slice(0, 10);
  const figures = await tools.combinedReads.figures(combined, summary, registration.configId, day);
  const labels = await tools.combinedReads.labels(combined, summary);
  await tools.combined.publish({ configId: registration.configId, manifest: combined }, figureRows(figures, summary, labels), madeAt);
  await tools.summaries.save(installationId, figures, madeAt);
  return true;
}
