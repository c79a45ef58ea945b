import { bigint, boolean, index, int, mysqlTable, primaryKey, text, tinyint, uniqueIndex, varchar } from 'drizzle-orm/mysql-core';
import type { ALL_STATES, JobEventKind, JobInput, StepState, WorkflowName } from '../../domain/job.ts';
import type { Plan } from '../../domain/plan.ts';
import { id, jsonText, kodeTenant, moment } from './schema-columns.ts';

type JobStateText = (typeof ALL_STATES)[number];

export const jobs = mysqlTable(
  'jobs',
  {
    id: id('id').primaryKey(),
    workflow: varchar('workflow', { length: 20 }).$type<WorkflowName>().notNull(),
    installationId: id('installation_id').notNull(),
    kode: kodeTenant('kode').notNull(),
    app: varchar('app', { length: 40 }).notNull(),
    state: varchar('state', { length: 12 }).$type<JobStateText>().notNull(),
    /** The installation while the job is active, else null: its unique index allows one active job per installation. */
    activeInstallation: id('active_installation'),
    priority: tinyint('priority').notNull(),
    input: jsonText<JobInput>('input').notNull(),
    requestedBy: varchar('requested_by', { length: 60 }).notNull(),
    attempt: int('attempt').notNull().default(1),
    committed: boolean('committed').notNull().default(false),
    leaseToken: bigint('lease_token', { mode: 'number' }).notNull().default(0),
    cancelRequested: boolean('cancel_requested').notNull().default(false),
    causeCode: varchar('cause_code', { length: 60 }),
    causeStep: varchar('cause_step', { length: 60 }),
    causeMessage: text('cause_message'),
    causeAdvice: text('cause_advice'),
    fingerprint: varchar('fingerprint', { length: 121 }),
    /** What outside does not answer, while a step waits for it. */
    outside: varchar('outside', { length: 500 }),
    outsideSince: moment('outside_since'),
    createdAt: moment('created_at').notNull(),
    startedAt: moment('started_at'),
    endedAt: moment('ended_at'),
  },
  (t) => [
    uniqueIndex('jobs_active_installation').on(t.activeInstallation),
    index('jobs_state').on(t.state, t.id),
    index('jobs_due').on(t.state, t.priority, t.id),
    index('jobs_kode').on(t.kode, t.id),
    index('jobs_installation').on(t.installationId, t.id),
    index('jobs_app').on(t.app, t.id),
    index('jobs_fingerprint').on(t.state, t.fingerprint, t.id),
  ],
);

/** Kept apart from jobs so that lists never read them. */
export const jobPlans = mysqlTable('job_plans', {
  jobId: id('job_id').primaryKey(),
  plan: jsonText<Plan>('plan').notNull(),
});

export const jobSteps = mysqlTable(
  'job_steps',
  {
    jobId: id('job_id').notNull(),
    position: int('position').notNull(),
    name: varchar('name', { length: 60 }).notNull(),
    label: varchar('label', { length: 150 }).notNull(),
    state: varchar('state', { length: 12 }).$type<StepState>().notNull(),
    attempts: int('attempts').notNull().default(0),
    startedAt: moment('started_at'),
    endedAt: moment('ended_at'),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.position] })],
);

export const jobEvents = mysqlTable(
  'job_events',
  {
    id: bigint('id', { mode: 'number' }).autoincrement().primaryKey(),
    jobId: id('job_id').notNull(),
    position: int('position'),
    at: moment('at').notNull(),
    kind: varchar('kind', { length: 6 }).$type<JobEventKind>().notNull(),
    text: text('text').notNull(),
  },
  (t) => [index('job_events_job').on(t.jobId, t.id)],
);

export const leases = mysqlTable('leases', {
  resource: varchar('resource', { length: 60 }).primaryKey(),
  holder: varchar('holder', { length: 60 }),
  token: bigint('token', { mode: 'number' }).notNull(),
  expiresAt: moment('expires_at').notNull(),
});
