import type { Toolbox } from '../domain/ports.ts';
import type { Rollout } from '../domain/rollout.ts';
import { explainWaits, type Wait } from '../domain/waiting.ts';
import { explainMembers, type WaitingMembers } from '../domain/waiting-members.ts';
import { isWithin } from '../domain/wilayah.ts';

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

export interface WaitingRollout extends WaitingMembers {
  readonly rollout: Rollout;
}

/** Desa of rollouts that have no job yet, by what they wait for; those below a region. */
export async function overviewWaitingDesa(tools: Toolbox, within: string | null): Promise<readonly WaitingRollout[]> {
  const time = tools.calendar.timeOfDay(tools.clock.now());
  const rollouts = await tools.rollouts.list({ state: ['running', 'halted'], limit: SAMPLE });
  const found = await Promise.all(
    rollouts.map(async (rollout) => {
      const members = await tools.rollouts.members(rollout.id);
      return explainMembers(rollout, members, time).map((group) => ({
        ...group,
        rollout,
        members: group.members.filter(({ kode }) => isWithin(kode, within)),
      }));
    }),
  );
  return found.flat().filter(({ members }) => members.length > 0);
}
