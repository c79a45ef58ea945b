import type { KodeTenant } from './wilayah.ts';
import type { Window } from './window.ts';

/** One release to many desa, wave after wave; or a round of rehearsals, backups or drills, which is one wave. */
export interface Rollout {
  readonly id: string;
  readonly work: RolloutWork;
  readonly app: string;
  /** Where an update or a rehearsal goes; null for the rest. */
  readonly tag: string | null;
  readonly state: RolloutState;
  /** How many desa at a time. */
  readonly concurrency: number;
  /** Halts when this many of a hundred have failed, and on any failure in the first wave; null: never. */
  readonly haltPercent: number | null;
  /** New desa begin in these hours only; null: at any time. */
  readonly window: Window | null;
  /** Why it was halted, for people. */
  readonly reason: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

export type RolloutWork = 'update' | 'rollback' | 'backup' | 'drill' | 'rehearse';
export type RolloutState = 'running' | 'halted' | 'finished';
/** `paused`: waits because others like it failed for the same reason twice. `kept-out`: failed its rehearsal, so that a person has to let it in. */
export type MemberState = 'waiting' | 'running' | 'done' | 'failed' | 'skipped' | 'paused' | 'kept-out';

export interface Member {
  readonly position: number;
  readonly wave: number;
  readonly kode: KodeTenant;
  readonly installationId: string;
  /** Minted with the rollout, so that a restarted driver asks for the same job and not for a second one. Of one that is kept out: its rehearsal. */
  readonly jobId: string;
  readonly fromTag: string;
  /** For `rollback` and `drill`: the backup it is about. */
  readonly backupId: string | null;
  readonly state: MemberState;
  readonly fingerprint: string | null;
  /** A failure that a person has seen and gone on from: it halts nothing any more, and of a rehearsal keeps nobody out. */
  readonly forgiven: boolean;
  readonly lockedMs: number | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

export type Verdict =
  | { readonly kind: 'start'; readonly members: readonly Member[] }
  | { readonly kind: 'pause'; readonly members: readonly Member[]; readonly fingerprint: string }
  | { readonly kind: 'halt'; readonly reason: string }
  | { readonly kind: 'finish' }
  | { readonly kind: 'wait' };

/** Twice the same cause from the same release is no accident. */
const SAME_CAUSE = 2;

/** The wave each place belongs to: canaries first, then twice as many, then each wave four times the one before. */
export function wavesOf(count: number, canaries: number): readonly number[] {
  const waves: number[] = [];
  for (let wave = 0, size = Math.max(1, canaries); waves.length < count; wave += 1, size = wave === 1 ? size * 2 : size * 4) {
    for (let i = 0; i < size && waves.length < count; i += 1) waves.push(wave);
  }
  return waves;
}

/** What the driver does next. */
export function judge({ haltPercent, concurrency }: Pick<Rollout, 'haltPercent' | 'concurrency'>, members: readonly Member[]): Verdict {
  const running = members.filter(({ state }) => state === 'running');
  const waiting = members.filter(({ state }) => state === 'waiting');
  if (haltPercent !== null) {
    const stop = pauseOf(members, waiting) ?? haltOf(haltPercent, members, waiting);
    if (stop !== null) return stop;
  }
  if (waiting.length + running.length === 0) return { kind: 'finish' };
  const wave = Math.min(...[...waiting, ...running].map((member) => member.wave));
  const next = waiting.filter((member) => member.wave === wave).slice(0, Math.max(0, concurrency - running.length));
  return next.length === 0 ? { kind: 'wait' } : { kind: 'start', members: next };
}

function pauseOf(members: readonly Member[], waiting: readonly Member[]): Verdict | null {
  const counts = new Map<string, number>();
  for (const { state, forgiven, fingerprint, fromTag, wave } of members) {
    if (state !== 'failed' || forgiven || fingerprint === null || wave === 0) continue;
    const key = `${fromTag} ${fingerprint}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    if ((counts.get(key) ?? 0) < SAME_CAUSE) continue;
    const alike = waiting.filter((member) => member.fromTag === fromTag);
    if (alike.length > 0) return { kind: 'pause', members: alike, fingerprint };
  }
  return null;
}

function haltOf(haltPercent: number, members: readonly Member[], waiting: readonly Member[]): Verdict | null {
  const failed = members.filter(({ state, forgiven }) => state === 'failed' && !forgiven);
  const paused = members.filter(({ state }) => state === 'paused');
  const running = members.filter(({ state }) => state === 'running');
  if (failed.some(({ wave }) => wave === 0)) return { kind: 'halt', reason: 'Desa percobaan (gelombang pertama) gagal.' };
  if (paused.length > 0 && waiting.length + running.length === 0) {
    return { kind: 'halt', reason: `${paused.length} desa ditahan karena sebab yang sama sudah terjadi dua kali.` };
  }
  const ended = members.filter(({ state }) => state === 'done' || state === 'failed').length;
  if (failed.length >= SAME_CAUSE && failed.length * 100 >= haltPercent * ended && waiting.length > 0) {
    return { kind: 'halt', reason: `${failed.length} dari ${ended} desa gagal.` };
  }
  return null;
}

/** Milliseconds that each desa which is done has taken. */
export function tookOf(members: readonly Member[]): readonly number[] {
  return members.flatMap(({ state, startedAt, endedAt }) =>
    state === 'done' && startedAt !== null && endedAt !== null ? [endedAt.getTime() - startedAt.getTime()] : [],
  );
}

/**
 * When it will be done, from how long its desa have taken so far; null while nothing tells.
 * @param earlier milliseconds that desa took in rounds before this one, for while none of its own is done
 */
export function estimateEnd(
  { concurrency }: Pick<Rollout, 'concurrency'>,
  members: readonly Member[],
  now: Date,
  earlier: readonly number[] = [],
): Date | null {
  const own = tookOf(members);
  const took = [...(own.length > 0 ? own : earlier)].sort((a, b) => a - b);
  const median = took[Math.floor(took.length / 2)];
  const left = members.filter(({ state }) => state === 'waiting' || state === 'running').length;
  if (median === undefined || left === 0) return null;
  return new Date(now.getTime() + (median * left) / concurrency);
}
