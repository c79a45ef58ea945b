/** Why desa of a rollout have no job yet, and until when: what `waiting.ts` is for jobs. */
import type { Member, Rollout } from './rollout.ts';
import { isOpen, type Window } from './window.ts';

/**
 * `halted`: a person decides · `same-cause`: others like them failed twice for one reason · `kept-out`: their rehearsal
 * failed · `hours`: nobody new begins now · `wave`: the one before them is not done · `room`: as many as may are at work.
 */
export type MemberWait =
  | { readonly kind: 'halted'; readonly reason: string | null }
  | { readonly kind: 'same-cause' | 'kept-out' }
  | { readonly kind: 'hours'; readonly window: Window }
  | { readonly kind: 'wave'; readonly left: number }
  | { readonly kind: 'room'; readonly atOnce: number };

/** Members that wait for one reason. */
export interface WaitingMembers {
  readonly members: readonly Member[];
  readonly wait: MemberWait;
}

type Course = Pick<Rollout, 'state' | 'reason' | 'window' | 'concurrency'>;

/** @param time of day in the kabupaten's zone, `23:15`. Nothing of a finished rollout waits. */
export function explainMembers(rollout: Course, members: readonly Member[], time: string): readonly WaitingMembers[] {
  if (rollout.state === 'finished') return [];
  const unfinished = members.filter(({ state }) => state === 'waiting' || state === 'running');
  const wave = Math.min(...unfinished.map((member) => member.wave));
  const left = unfinished.filter((member) => member.wave === wave).length;
  const groups = new Map<string, { members: Member[]; wait: MemberWait }>();
  for (const member of members) {
    const wait = waitOf(member, rollout, { time, wave, left });
    if (wait === null) continue;
    const group = groups.get(wait.kind) ?? { members: [], wait };
    group.members.push(member);
    groups.set(wait.kind, group);
  }
  return [...groups.values()];
}

interface Now {
  readonly time: string;
  /** The first wave with somebody unfinished, and how many of it are. */
  readonly wave: number;
  readonly left: number;
}

function waitOf({ state, wave }: Member, { state: course, reason, window, concurrency }: Course, now: Now): MemberWait | null {
  if (state === 'paused') return { kind: 'same-cause' };
  if (state === 'kept-out') return { kind: 'kept-out' };
  if (state !== 'waiting') return null;
  if (course === 'halted') return { kind: 'halted', reason };
  if (window !== null && !isOpen(window, now.time)) return { kind: 'hours', window };
  return wave > now.wave ? { kind: 'wave', left: now.left } : { kind: 'room', atOnce: concurrency };
}
