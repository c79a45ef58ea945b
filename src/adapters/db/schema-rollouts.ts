import { boolean, index, int, mysqlTable, primaryKey, text, varchar } from 'drizzle-orm/mysql-core';
import type { MemberState, RolloutState, RolloutWork } from '../../domain/rollout.ts';
import type { RunState, TaskName } from '../../domain/schedule.ts';
import { id, kodeTenant, moment } from './schema-columns.ts';

export const rollouts = mysqlTable(
  'rollouts',
  {
    id: id('id').primaryKey(),
    work: varchar('work', { length: 12 }).$type<RolloutWork>().notNull(),
    app: varchar('app', { length: 40 }).notNull(),
    tag: varchar('tag', { length: 60 }),
    state: varchar('state', { length: 12 }).$type<RolloutState>().notNull(),
    concurrency: int('concurrency').notNull(),
    haltPercent: int('halt_percent'),
    window: varchar('hours', { length: 11 }),
    reason: text('reason'),
    createdBy: varchar('created_by', { length: 60 }).notNull(),
    createdAt: moment('created_at').notNull(),
    endedAt: moment('ended_at'),
  },
  (t) => [index('rollouts_state').on(t.state, t.id)],
);

export const rolloutMembers = mysqlTable(
  'rollout_members',
  {
    rolloutId: id('rollout_id').notNull(),
    position: int('position').notNull(),
    wave: int('wave').notNull(),
    kode: kodeTenant('kode').notNull(),
    installationId: id('installation_id').notNull(),
    jobId: id('job_id').notNull(),
    fromTag: varchar('from_tag', { length: 60 }).notNull(),
    backupId: id('backup_id'),
    state: varchar('state', { length: 12 }).$type<MemberState>().notNull(),
    fingerprint: varchar('fingerprint', { length: 121 }),
    forgiven: boolean('forgiven').notNull().default(false),
    lockedMs: int('locked_ms'),
    startedAt: moment('started_at'),
    endedAt: moment('ended_at'),
  },
  (t) => [primaryKey({ columns: [t.rolloutId, t.position] })],
);

/** Only what differs from the tasks' own times. */
export const schedules = mysqlTable('schedules', {
  task: varchar('task', { length: 40 }).$type<TaskName>().primaryKey(),
  pattern: varchar('pattern', { length: 60 }).notNull(),
  enabled: boolean('enabled').notNull(),
  window: varchar('hours', { length: 11 }),
  since: moment('since').notNull(),
});

export const scheduleRuns = mysqlTable(
  'schedule_runs',
  {
    task: varchar('task', { length: 40 }).$type<TaskName>().notNull(),
    due: moment('due').notNull(),
    state: varchar('state', { length: 12 }).$type<RunState>().notNull(),
    note: text('note'),
    endedAt: moment('ended_at'),
  },
  (t) => [primaryKey({ columns: [t.task, t.due] }), index('schedule_runs_state').on(t.state, t.due)],
);

/** Installations that stay on their release until somebody lets them go. */
export const pins = mysqlTable('pins', {
  installationId: id('installation_id').primaryKey(),
  by: varchar('by_user', { length: 60 }).notNull(),
  since: moment('since').notNull(),
});

/** Releases that nobody may go to. */
export const bars = mysqlTable(
  'bars',
  {
    app: varchar('app', { length: 40 }).notNull(),
    tag: varchar('tag', { length: 60 }).notNull(),
    reason: text('reason').notNull(),
    by: varchar('by_user', { length: 60 }).notNull(),
    at: moment('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.app, t.tag] })],
);
