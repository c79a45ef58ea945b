/** Ports of work: jobs and their leases, rollouts, the calendar, the bell. What holds for all of them stands in ports.ts. */
import type { Cause, Job, JobEvent, JobInput, JobState, JobStep, OpenState, StepState, WorkflowName } from './job.ts';
import type { Plan } from './plan.ts';
import type { Page } from './ports-records.ts';
import type { Member, MemberState, Rollout, RolloutState, RolloutWork } from './rollout.ts';
import type { Schedule, ScheduleRun, TaskName } from './schedule.ts';
import type { QueuedJob } from './waiting.ts';
import type { KodeTenant, KodeWilayah } from './wilayah.ts';

export interface JobFilter {
  readonly kode?: KodeTenant;
  readonly state?: readonly JobState[];
  readonly app?: string;
  readonly fingerprint?: string;
  /** Asked for at this time or later. */
  readonly since?: Date;
  readonly within?: KodeWilayah | null;
  readonly after?: string;
  readonly limit: number;
}

export interface NewJob {
  readonly id: string;
  readonly workflow: WorkflowName;
  readonly installationId: string;
  readonly kode: KodeTenant;
  readonly app: string;
  readonly input: JobInput;
  readonly requestedBy: string;
  /** Smaller goes first: 0 for one asked for by hand, 10 for a bulk. */
  readonly priority: number;
}

/** A held lease: who holds it and its fencing token. Every write about a running job names it. */
export interface Lease {
  readonly resource: string;
  readonly holder: string;
  readonly token: number;
}

export interface Jobs {
  /** @throws Conflict when an active job of that installation exists */
  create(job: NewJob): Promise<void>;
  find(id: string): Promise<Job | null>;
  list(filter: JobFilter): Promise<Page<Job>>;
  /** The newest job of each of these desa, in one query; a desa without one is missing. */
  latestOf(kodes: readonly KodeTenant[]): Promise<ReadonlyMap<KodeTenant, Job>>;
  /** How the newest job of every desa of a region stands; without the rest of it, for all desa at once. */
  newestStates(within: KodeWilayah | null): Promise<ReadonlyMap<KodeTenant, Pick<Job, 'state' | 'cancelRequested'>>>;
  countOpen(within: KodeWilayah | null): Promise<Readonly<Record<OpenState, number>>>;
  /** The same with ended ones, which may have been counted some seconds ago. */
  countByState(within: KodeWilayah | null): Promise<Readonly<Record<JobState, number>>>;
  /** Failed jobs grouped by what stopped them. */
  failuresByCause(within: KodeWilayah | null): Promise<readonly { fingerprint: string; message: string; count: number }[]>;
  plan(id: string): Promise<Plan | null>;
  steps(id: string): Promise<readonly JobStep[]>;
  /** The id of the newest event of all jobs; it grows whenever anything moves. 0: nothing ever did. */
  newestEvent(): Promise<number>;
  /** @param search only lines of the log with this text in them */
  events(id: string, after: number, limit: number, search?: string): Promise<readonly JobEvent[]>;
  /** All active jobs in the order of `due`, also those that are worked on, and when anything of any job moved last. */
  active(): Promise<{ readonly jobs: readonly QueuedJob[]; readonly movedAt: Date | null }>;
  /** Back to queued, with the next attempt number. Leaves `committed` and the plan of a stuck job as they are; drops those of an undone one. */
  requeue(id: string): Promise<boolean>;
  requestCancel(id: string): Promise<boolean>;
  /** Active jobs that no living lease works on, in fair order: by priority, then age; one per desa. */
  due(limit: number): Promise<readonly { id: string; kode: KodeTenant; epoch: number }[]>;
  /** The next active job of a desa. */
  nextOf(kode: KodeTenant): Promise<{ id: string; epoch: number } | null>;

  // The rest is for the holder of the desa's lease; each throws LeaseLost-coded Conflict when the lease is no longer ours.
  savePlan(id: string, lease: Lease, plan: Plan, steps: readonly { name: string; label: string }[]): Promise<void>;
  saveState(id: string, lease: Lease, change: { state: JobState; cause?: Cause | null }): Promise<void>;
  /** Passes the point of no return; false when a wish to cancel came first. From here on `requestCancel` is refused. */
  commit(id: string, lease: Lease): Promise<boolean>;
  saveStep(id: string, lease: Lease, position: number, state: StepState): Promise<void>;
  /** What outside does not answer; null: it does again. A new state of the job forgets it as well. */
  saveOutside(id: string, lease: Lease, what: string | null): Promise<void>;
  appendLog(id: string, lines: readonly { position: number | null; at: Date; text: string }[]): Promise<void>;
}

export interface Leases {
  /** null while somebody else holds it. */
  acquire(resource: string, holder: string, ttlMs: number): Promise<Lease | null>;
  /** False when it is no longer ours. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;
  release(lease: Lease): Promise<void>;
}

/** Short mutual exclusion between workers around shared things (a release's image, the front). Freed when its holder dies. */
export interface Locks {
  withLock<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  /** The same without waiting. @returns whether the lock was free and the work was done */
  tryLock(name: string, work: () => Promise<void>): Promise<boolean>;
}

export type NewRollout = Omit<Rollout, 'state' | 'reason' | 'createdAt' | 'endedAt'>;

export type NewMember = Pick<Member, 'position' | 'wave' | 'kode' | 'installationId' | 'jobId' | 'fromTag' | 'backupId'> & {
  /** Waits when left out. */
  readonly held?: { readonly fingerprint: string | null };
};

export type MemberTally = Readonly<Partial<Record<MemberState, number>>>;

export interface Rollouts {
  /**
   * All of them, or none.
   * @param run the due time they are made for, which ends with it; null: by hand
   * @returns false when that run has been ended already
   */
  create(
    made: readonly { readonly rollout: NewRollout; readonly members: readonly NewMember[] }[],
    run: { readonly task: TaskName; readonly due: Date; readonly note: string } | null,
  ): Promise<boolean>;
  find(id: string): Promise<Rollout | null>;
  /** Newest first. */
  list(filter: {
    readonly state?: readonly RolloutState[];
    readonly work?: RolloutWork;
    readonly app?: string;
    readonly tag?: string;
    /** Only those with a desa of this region. */
    readonly within?: KodeWilayah | null;
    readonly limit: number;
  }): Promise<readonly Rollout[]>;
  members(id: string): Promise<readonly Member[]>;
  /** How many members of these stand how, below a region. States nobody is in are missing. */
  tally(ids: readonly string[], within: KodeWilayah | null): Promise<ReadonlyMap<string, MemberTally>>;
  save(id: string, change: Partial<Pick<Rollout, 'state' | 'reason' | 'endedAt'>>): Promise<void>;
  saveMembers(
    id: string,
    positions: readonly number[],
    change: Partial<Pick<Member, 'state' | 'jobId' | 'fingerprint' | 'forgiven' | 'lockedMs' | 'startedAt' | 'endedAt'>>,
  ): Promise<void>;
  /** Installations that stay on their release. */
  pinned(): Promise<ReadonlySet<string>>;
  pin(installationId: string, by: string): Promise<void>;
  unpin(installationId: string): Promise<void>;
  /** Tags nobody may go to, and why. */
  barred(app: string): Promise<ReadonlyMap<string, string>>;
  bar(app: string, tag: string, reason: string, by: string): Promise<void>;
  unbar(app: string, tag: string): Promise<void>;
}

export interface Schedules {
  /** Every task; one that was never looked at holds from now on. */
  list(): Promise<readonly Schedule[]>;
  save(schedule: Schedule): Promise<void>;
  /** Writes down that a task is due; false when that is written down already. */
  owe(task: TaskName, due: Date): Promise<boolean>;
  queued(): Promise<readonly ScheduleRun[]>;
  end(run: Pick<ScheduleRun, 'task' | 'due'>, state: 'done' | 'failed', note: string): Promise<void>;
  /** Newest first. */
  runs(limit: number): Promise<readonly ScheduleRun[]>;
}

/** When a pattern comes round, in the kabupaten's zone. */
export interface Calendar {
  /** @throws Invalid for a pattern that is none */
  previous(pattern: string, now: Date): Date | null;
  next(pattern: string, now: Date): Date | null;
  /** The time of day there, `23:15`. */
  timeOfDay(at: Date): string;
  /** A moment as people of the kabupaten say it. */
  words(at: Date): string;
  /** The day that it is there: `2026-11-24`. */
  day(at: Date): string;
}

export interface Queue {
  /** Rings for a job. Ringing again for the same epoch does nothing. */
  ring(jobId: string, epoch: number): Promise<void>;
}
