import type { Toolbox } from '../domain/ports.ts';
import { explainWaits, type Wait } from '../domain/waiting.ts';

/** So many jobs of late tell how long one usually takes. */
const SAMPLE = 40;

/** Every active job that does not move, and why, whoever's desa it is: a line has one order for all. */
export async function overviewQueue(tools: Toolbox): Promise<ReadonlyMap<string, Wait>> {
  const { jobs, movedAt } = await tools.jobs.active();
  if (jobs.length === 0) return new Map();
  const { rows } = await tools.jobs.list({ state: ['succeeded'], limit: SAMPLE });
  const took = rows
    .flatMap(({ startedAt, endedAt }) => (startedAt === null || endedAt === null ? [] : [endedAt.getTime() - startedAt.getTime()]))
    .sort((a, b) => a - b);
  return explainWaits({ jobs, movedAt, usualMs: took[Math.floor(took.length / 2)] ?? null }, tools.clock.now());
}
