/** Why a job that is not moving does not move, and until when. Nothing may wait without an answer to both. */
import { type Job, type JobState, retryAt, type WorkflowName } from './job.ts';
import type { KodeTenant } from './wilayah.ts';

/** For so long a step waits for something outside that does not answer; then it counts as failed. */
export const PATIENCE_MS = 10 * 60_000;
/** A living worker takes what is due within a second or two; when nothing has moved for this long, none lives. */
const SILENCE_MS = 15_000;

/** An active job as the queue sees it. */
export interface QueuedJob {
  readonly id: string;
  readonly kode: KodeTenant;
  readonly workflow: WorkflowName;
  readonly app: string;
  readonly state: JobState;
  /** Smaller goes first. */
  readonly priority: number;
  /** Whether some worker holds its desa now. */
  readonly isHeld: boolean;
  /** What outside does not answer, and since when. */
  readonly outside: { readonly what: string; readonly since: Date } | null;
}

export interface QueueState {
  /** In the order in which workers take them: see `Jobs.due`. */
  readonly jobs: readonly QueuedJob[];
  /** When anything of any job moved last. */
  readonly movedAt: Date | null;
  /** How long jobs of late took; null: nobody knows yet. */
  readonly usualMs: number | null;
}

/**
 * `line`: its turn comes, `ahead` jobs go before it; `at` is a guess · `desa`: another job of this desa goes first ·
 * `outside`: something outside does not answer; after `until` the step fails and is put back · `worker`: its worker
 * stopped, another one goes on within seconds · `nobody`: no worker has moved anything since then.
 */
export type Wait =
  | { readonly kind: 'line'; readonly ahead: number; readonly at: Date | null }
  | { readonly kind: 'desa'; readonly behind: QueuedJob }
  | { readonly kind: 'outside'; readonly what: string; readonly since: Date; readonly until: Date }
  | { readonly kind: 'worker' }
  | { readonly kind: 'nobody'; readonly since: Date };

/** Every active job that does not move, and why; one that is missing is being worked on. */
export function explainWaits({ jobs, movedAt, usualMs }: QueueState, now: Date): ReadonlyMap<string, Wait> {
  const hands = jobs.filter(isWorkedOn).length;
  const silentSince = hands === 0 && movedAt !== null && now.getTime() - movedAt.getTime() > SILENCE_MS ? movedAt : null;
  const leaders = leadersOf(jobs);
  const waits = new Map<string, Wait>();
  let ahead = 0;
  for (const job of jobs) {
    const leader = leaders.get(job.kode) ?? job;
    const wait = leader.id === job.id ? ownWait(job, silentSince) : { kind: 'desa' as const, behind: leader };
    if (wait === 'works') continue;
    waits.set(job.id, wait === 'line' ? { kind: 'line', ahead, at: guess(ahead, hands, usualMs, now) } : wait);
    if (wait === 'line') ahead += 1;
  }
  return waits;
}

/** Why a job that no other one of its desa holds up does not move. */
function ownWait(job: QueuedJob, silentSince: Date | null): Wait | 'works' | 'line' {
  if (isWorkedOn(job)) return job.outside === null ? 'works' : outsideOf(job.outside);
  if (silentSince !== null) return { kind: 'nobody', since: silentSince };
  return job.state === 'queued' ? 'line' : { kind: 'worker' };
}

/** Its own time may pass while no worker looks, or something newer may stand in its way: then a person decides. */
const OVERDUE_MS = 5 * 60_000;

/** What a job that has ended without success waits for: `retry` itself, at that time · `person` somebody's decision. */
export function waitAfterEnd(
  job: Pick<Job, 'state' | 'committed' | 'attempt' | 'endedAt'>,
  now: Date,
): { readonly kind: 'retry'; readonly at: Date } | { readonly kind: 'person' } | null {
  const at = retryAt(job);
  if (at !== null && now.getTime() - at.getTime() < OVERDUE_MS) return { kind: 'retry', at };
  return job.state === 'stuck' ? { kind: 'person' } : null;
}

function isWorkedOn({ isHeld, state }: QueuedJob): boolean {
  return isHeld && (state === 'running' || state === 'undoing');
}

/** The one of each desa that is worked on, or else comes first. */
function leadersOf(jobs: readonly QueuedJob[]): ReadonlyMap<KodeTenant, QueuedJob> {
  const leaders = new Map<KodeTenant, QueuedJob>();
  for (const job of jobs) {
    const known = leaders.get(job.kode);
    if (known === undefined || (!isWorkedOn(known) && isWorkedOn(job))) leaders.set(job.kode, job);
  }
  return leaders;
}

function outsideOf({ what, since }: { readonly what: string; readonly since: Date }): Wait {
  return { kind: 'outside', what, since, until: new Date(since.getTime() + PATIENCE_MS) };
}

/** Every hand takes one of those ahead at a time; a free hand takes the first at once. */
function guess(ahead: number, hands: number, usualMs: number | null, now: Date): Date | null {
  if (hands === 0 || usualMs === null) return null;
  return new Date(now.getTime() + (usualMs * (ahead + 1)) / hands);
}
