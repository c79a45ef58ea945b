/** What rehearsals have shown: who is kept out of an update, and whom to try first. */
import type { Actor } from '../domain/access.ts';
import { NotFound } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import { estimateMinutes, secondsOf } from '../domain/rehearsal.ts';
import type { Member } from '../domain/rollout.ts';
import { type CauseGroup, causesOf, type RolloutView, seeRollout } from './rollout-view.ts';

export interface RehearsalResult {
  readonly members: readonly (Member & { readonly seconds: number | null })[];
  readonly causes: readonly CauseGroup[];
  /** Of updating all desa that do not run this release yet; null while nobody has passed. */
  readonly estimatedMinutes: number | null;
}

/** @throws NotFound also for a rollout that is no rehearsal, or has no desa of the actor's region */
export async function seeRehearsal(tools: Toolbox, actor: Pick<Actor, 'wilayah'>, id: string): Promise<RolloutView> {
  const view = await seeRollout(tools, actor, id);
  if (view.rollout.work === 'rehearse') return view;
  throw new NotFound('gladi-tidak-ada', 'Gladi bersih ini tidak ada.');
}

/** What a rehearsal has shown so far. */
export async function resultOf(tools: Toolbox, { rollout, members }: RolloutView): Promise<RehearsalResult> {
  const there = await tools.tenants.running(null);
  const desa = there.filter(({ app, tag }) => app === rollout.app && tag !== rollout.tag).length;
  return {
    members: members.map((member) => ({ ...member, seconds: secondsOf(member) })),
    causes: await causesOf(tools, members),
    estimatedMinutes: estimateMinutes(rollout, members, desa),
  };
}

/** A desa whose last rehearsal of a release failed. */
export interface KeptOut {
  readonly rolloutId: string;
  readonly position: number;
  /** The rehearsal, whose log says why. */
  readonly jobId: string;
  readonly fingerprint: string | null;
}

/** Older rehearsals of the same release tell nothing new. */
const LOOK_BACK = 20;

/** By installation, whoever failed the last rehearsal of this release and was not let in by a person since. */
export async function keptOut(tools: Pick<Toolbox, 'rollouts' | 'jobs'>, app: string, tag: string): Promise<ReadonlyMap<string, KeptOut>> {
  const seen = new Set<string>();
  const out = new Map<string, KeptOut>();
  for (const { id: rolloutId } of await tools.rollouts.list({ work: 'rehearse', app, tag, limit: LOOK_BACK })) {
    for (const member of await tools.rollouts.members(rolloutId)) {
      const { installationId, state, forgiven, position, jobId, fingerprint } = member;
      if (seen.has(installationId) || (state !== 'done' && state !== 'failed')) continue;
      seen.add(installationId);
      if (state === 'failed' && !forgiven && !(await hasPassedSince(tools, member))) {
        out.set(installationId, { rolloutId, position, jobId, fingerprint });
      }
    }
  }
  return out;
}

/** Its job was tried again from its own page, after the round had ended. */
async function hasPassedSince({ jobs }: Pick<Toolbox, 'jobs'>, { jobId }: Member): Promise<boolean> {
  return (await jobs.find(jobId))?.state === 'succeeded';
}

/** The canaries of the last update of this app; where there was none, the desa with the smallest backup: it is the quickest to put back. */
export async function suggestCanaries(tools: Toolbox, app: string): Promise<readonly string[]> {
  const here = (await tools.tenants.running(null)).filter((one) => one.app === app);
  const [last] = await tools.rollouts.list({ work: 'update', app, limit: 1 });
  const first =
    last === undefined ? [] : (await tools.rollouts.members(last.id)).filter(({ wave, state }) => wave === 0 && state !== 'kept-out');
  const again = first.filter(({ kode }) => here.some((one) => one.kode === kode)).map(({ kode }) => kode);
  if (again.length > 0) return again.slice(0, 3);
  const backups = await tools.backups.latestOf(here.map(({ id }) => id));
  const smallest = [...backups.values()].sort((a, b) => a.bytes - b.bytes)[0];
  return smallest === undefined ? [] : [smallest.kode];
}
