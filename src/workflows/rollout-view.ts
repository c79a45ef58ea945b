/** A rollout as somebody may see it: what came of its desa, why some failed, and when it will be done. */
import type { Actor } from '../domain/access.ts';
import { NotFound } from '../domain/errors.ts';
import type { Cause } from '../domain/job.ts';
import type { Toolbox } from '../domain/ports.ts';
import { estimateEnd, type Member, type Rollout, tookOf } from '../domain/rollout.ts';
import { isWithin } from '../domain/wilayah.ts';

export interface RolloutView {
  readonly rollout: Rollout;
  /** Those of the actor's region. */
  readonly members: readonly Member[];
}

/** @throws NotFound also for one without a desa of the actor's region */
export async function seeRollout(tools: Pick<Toolbox, 'rollouts'>, actor: Pick<Actor, 'wilayah'>, id: string): Promise<RolloutView> {
  const rollout = await tools.rollouts.find(id);
  const members = rollout === null ? [] : (await tools.rollouts.members(id)).filter(({ kode }) => isWithin(kode, actor.wilayah));
  if (rollout === null || (actor.wilayah !== null && members.length === 0)) {
    throw new NotFound('pembaruan-tidak-ada', 'Pembaruan serentak ini tidak ada.');
  }
  return { rollout, members };
}

export interface CauseGroup extends Pick<Cause, 'message' | 'advice'> {
  readonly fingerprint: string;
  readonly members: readonly Member[];
}

/** Those that failed or are kept out, by what stopped them; the commonest first. Words are those of one of each. */
export async function causesOf({ jobs }: Pick<Toolbox, 'jobs'>, members: readonly Member[]): Promise<readonly CauseGroup[]> {
  const stopped = members.filter(({ state, fingerprint }) => (state === 'failed' || state === 'kept-out') && fingerprint !== null);
  const groups: CauseGroup[] = [];
  for (const [fingerprint, of] of Map.groupBy(stopped, (member) => member.fingerprint ?? '')) {
    const cause = (await jobs.find(of[0]?.jobId ?? ''))?.cause;
    groups.push({ fingerprint, members: of, message: cause?.message ?? fingerprint, advice: cause?.advice ?? '' });
  }
  return groups.sort((a, b) => b.members.length - a.members.length);
}

/** Rounds of the same kind that tell how long a desa takes, while this one does not yet. */
const HISTORY = 3;

/** When it will be done; null when nothing tells. */
export async function expectedEnd(tools: Pick<Toolbox, 'rollouts' | 'clock'>, { rollout, members }: RolloutView): Promise<Date | null> {
  const { work, app, id } = rollout;
  const took = tookOf(members);
  if (took.length > 0 || rollout.state !== 'running') return estimateEnd(rollout, members, tools.clock.now());
  const earlier: number[] = [];
  for (const past of await tools.rollouts.list({ work, app, state: ['finished'], limit: HISTORY })) {
    if (past.id !== id) earlier.push(...tookOf(await tools.rollouts.members(past.id)));
  }
  return estimateEnd(rollout, members, tools.clock.now(), earlier);
}
