import type { DesaAddresses } from './address.ts';
import type { BackupReason } from './backup.ts';
import type { KodeTenant } from './wilayah.ts';

/** The verbs a person may ask for, each one workflow; `rehearse` is asked for by rollouts only. `unarchive` brings a removed installation back from its archive. */
export const WORKFLOW_NAMES = [
  'install',
  'remove',
  'unarchive',
  'update',
  'rollback',
  'backup',
  'restore',
  'drill',
  'rehearse',
  'configure',
  'change-domain',
  'suspend',
  'resume',
] as const;
export type WorkflowName = (typeof WORKFLOW_NAMES)[number];

/**
 * queued → running → succeeded
 *            ├→ interrupted → running          (the worker was shut down; nothing is wrong)
 *            ├→ undoing → undone               (failed or cancelled; everything was put back)
 *            └→ stuck → running | undoing      (only a person can decide)
 */
export type JobState = 'queued' | 'running' | 'interrupted' | 'undoing' | 'succeeded' | 'undone' | 'stuck';

export const ACTIVE_STATES = ['queued', 'running', 'interrupted', 'undoing'] as const satisfies readonly JobState[];
/** Those that somebody waits for: active ones, and those that wait for a person. Few, however many jobs there were. */
export const OPEN_STATES = [...ACTIVE_STATES, 'stuck'] as const satisfies readonly JobState[];
export type OpenState = (typeof OPEN_STATES)[number];
export const ALL_STATES = [...ACTIVE_STATES, 'succeeded', 'undone', 'stuck'] as const satisfies readonly JobState[];

export function isActive(state: JobState): boolean {
  return ACTIVE_STATES.some((active) => active === state);
}

/** A job may be asked to go again when it ended without what it was for. */
export function mayRetry(state: JobState): boolean {
  return state === 'undone' || state === 'stuck';
}

export function mayCancel(state: JobState): boolean {
  return state === 'queued' || state === 'running' || state === 'interrupted';
}

export type StepState = 'pending' | 'running' | 'done' | 'skipped' | 'failed' | 'undoing' | 'undone' | 'kept' | 'undo-failed';

/** Why a job did not do what it was for, in words for people. */
export interface Cause {
  /** Stable code of the error; with the step it is the fingerprint by which jobs are retried together. */
  readonly code: string;
  readonly step: string;
  /** What happened. */
  readonly message: string;
  /** Is the data safe? What to press? */
  readonly advice: string;
}

export function fingerprintOf(cause: Pick<Cause, 'code' | 'step'>): string {
  return `${cause.step}:${cause.code}`;
}

export interface Job {
  readonly id: string;
  readonly workflow: WorkflowName;
  readonly installationId: string;
  readonly kode: KodeTenant;
  readonly app: string;
  readonly state: JobState;
  readonly input: JobInput;
  readonly requestedBy: string;
  /** How often somebody asked for it: 1, plus one for each retry. */
  readonly attempt: number;
  /** True once the point of no return was passed: nothing is undone any more. */
  readonly committed: boolean;
  readonly cause: Cause | null;
  readonly cancelRequested: boolean;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** So often a job past the point of no return is tried again before a person is asked. */
const OWN_RETRIES = 3;

/** When a stuck job goes on by itself: after 1, 5 and 25 minutes; null: it waits for a person. */
export function retryAt({ state, committed, attempt, endedAt }: Pick<Job, 'state' | 'committed' | 'attempt' | 'endedAt'>): Date | null {
  if (state !== 'stuck' || !committed || endedAt === null || attempt > OWN_RETRIES) return null;
  return new Date(endedAt.getTime() + 60_000 * 5 ** (attempt - 1));
}

/** What a person asked for; everything else is decided by the plan. */
export interface JobInput {
  /** null: the newest release. */
  readonly tag: string | null;
  /** For `configure` only those that change; of secrets the vault's references. */
  readonly settings: Readonly<Record<string, string>>;
  /** For `unarchive`. */
  readonly archiveId: string | null;
  /** For `restore`, `rollback` and `drill`: the backup they are about. */
  readonly backupId?: string;
  /** For `backup`: whether it was asked for by the schedule or by hand. */
  readonly reason?: BackupReason;
  /** For `install`: the shared database that the desa moves out of, and its number there. */
  readonly shared?: { readonly source: string; readonly configId: number };
  /** For `change-domain`: what the desa is to have. */
  readonly addresses?: DesaAddresses;
}

export interface JobStep {
  readonly position: number;
  readonly name: string;
  readonly label: string;
  readonly state: StepState;
  readonly attempts: number;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

export type JobEventKind = 'job' | 'step' | 'log';

/** One line of a job's journal. `id` grows; readers resume after the last one they saw. */
export interface JobEvent {
  readonly id: number;
  readonly jobId: string;
  readonly position: number | null;
  readonly at: Date;
  readonly kind: JobEventKind;
  /** For `job` the new JobState, for `step` the new StepState, for `log` the line. */
  readonly text: string;
}

/** How long visitors of the desa saw the maintenance page because of this job; null when it never came to that. */
export function lockedOutMs(steps: readonly Pick<JobStep, 'name' | 'state' | 'startedAt' | 'endedAt'>[]): number | null {
  const closed = steps.find(({ name }) => name === 'show-maintenance');
  const opened = steps.find(({ name }) => name === 'open-route');
  // Put back: the step that closed the address has opened it again.
  const until = opened?.state === 'done' ? opened.endedAt : closed?.state === 'undone' ? closed.endedAt : null;
  return closed?.startedAt == null || until === null ? null : until.getTime() - closed.startedAt.getTime();
}
