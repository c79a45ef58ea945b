import {
  bigint,
  boolean,
  customType,
  datetime,
  index,
  int,
  mysqlTable,
  primaryKey,
  text,
  tinyint,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/mysql-core';
import type { Role } from '../../domain/access.ts';
import type { RegistrationState } from '../../domain/combined.ts';
import type { ALL_STATES, JobEventKind, JobInput, StepState, WorkflowName } from '../../domain/job.ts';
import type { Plan } from '../../domain/plan.ts';
import type { InstallationState } from '../../domain/tenant.ts';
import type { KodeDesa, KodeWilayah, TingkatWilayah } from '../../domain/wilayah.ts';

/** UTC, milliseconds. */
export const moment = (name: string) => datetime(name, { fsp: 3, mode: 'date' });
export const id = (name: string) => varchar(name, { length: 26 });
export const kodeDesa = (name: string) => varchar(name, { length: 13 }).$type<KodeDesa>();
const kodeWilayah = (name: string) => varchar(name, { length: 13 }).$type<KodeWilayah>();

/** MariaDB's JSON is LONGTEXT: a driver may hand it over as text or as an object. */
export const jsonText = <T>(name: string) =>
  customType<{ data: T; driverData: string }>({
    dataType: () => 'longtext',
    toDriver: (value) => JSON.stringify(value),
    fromDriver: (value) => (typeof value === 'string' ? JSON.parse(value) : value),
  })(name);

/** Bytes. Drizzle's own varbinary types them as text. */
const bytes = (name: string, length: number) =>
  customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => `varbinary(${length})` })(name);

type JobStateText = (typeof ALL_STATES)[number];

/** Regions of Indonesia, from idn-area-data; replaced as a whole when that package changes. */
export const wilayah = mysqlTable(
  'wilayah',
  {
    kode: kodeWilayah('kode').primaryKey(),
    tingkat: varchar('tingkat', { length: 10 }).$type<TingkatWilayah>().notNull(),
    induk: kodeWilayah('induk'),
    nama: varchar('nama', { length: 150 }).notNull(),
  },
  (t) => [index('wilayah_induk').on(t.induk, t.nama), index('wilayah_nama').on(t.tingkat, t.nama)],
);

/** Small facts about this database: which wilayah data it holds. */
export const facts = mysqlTable('facts', {
  name: varchar('name', { length: 60 }).primaryKey(),
  value: text('value').notNull(),
});

export const users = mysqlTable('users', {
  id: id('id').primaryKey(),
  username: varchar('username', { length: 60 }).notNull().unique('users_username'),
  name: varchar('name', { length: 120 }).notNull(),
  role: varchar('role', { length: 20 }).$type<Role>().notNull(),
  wilayah: kodeWilayah('wilayah'),
  passwordHash: varchar('password_hash', { length: 255 }).notNull(),
  mustChangePassword: boolean('must_change_password').notNull(),
  failures: int('failures').notNull().default(0),
  lockedUntil: moment('locked_until'),
  disabled: boolean('disabled').notNull().default(false),
  createdAt: moment('created_at').notNull(),
});

export const sessions = mysqlTable(
  'sessions',
  {
    id: id('id').primaryKey(),
    family: id('family').notNull(),
    userId: id('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    tokenHash: varchar('token_hash', { length: 64 }).notNull().unique('sessions_token_hash'),
    expiresAt: moment('expires_at').notNull(),
    rotatedAt: moment('rotated_at'),
    revokedAt: moment('revoked_at'),
  },
  (t) => [index('sessions_family').on(t.family), index('sessions_expires_at').on(t.expiresAt)],
);

export const tenants = mysqlTable(
  'tenants',
  {
    kode: kodeDesa('kode').primaryKey(),
    nama: varchar('nama', { length: 150 }).notNull(),
    kodeKecamatan: kodeWilayah('kode_kecamatan').notNull(),
    namaKecamatan: varchar('nama_kecamatan', { length: 150 }).notNull(),
    kodeKabupaten: kodeWilayah('kode_kabupaten').notNull(),
    namaKabupaten: varchar('nama_kabupaten', { length: 150 }).notNull(),
    kodeProvinsi: kodeWilayah('kode_provinsi').notNull(),
    namaProvinsi: varchar('nama_provinsi', { length: 150 }).notNull(),
    domain: varchar('domain', { length: 190 }).unique('tenants_domain'),
    createdAt: moment('created_at').notNull(),
    createdBy: varchar('created_by', { length: 60 }).notNull(),
  },
  (t) => [index('tenants_nama').on(t.nama, t.kode), index('tenants_kecamatan').on(t.kodeKecamatan, t.kode)],
);

export const releases = mysqlTable(
  'releases',
  {
    app: varchar('app', { length: 40 }).notNull(),
    tag: varchar('tag', { length: 60 }).notNull(),
    version: varchar('version', { length: 60 }).notNull(),
    commit: varchar('commit_id', { length: 40 }).notNull(),
    discoveredAt: moment('discovered_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.app, t.tag] })],
);

export const installations = mysqlTable(
  'installations',
  {
    id: id('id').primaryKey(),
    kode: kodeDesa('kode')
      .notNull()
      .references(() => tenants.kode),
    app: varchar('app', { length: 40 }).notNull(),
    state: varchar('state', { length: 12 }).$type<InstallationState>().notNull(),
    tag: varchar('tag', { length: 60 }),
    version: varchar('version', { length: 60 }),
    settings: jsonText<Record<string, string>>('settings').notNull(),
    url: varchar('url', { length: 255 }),
    updatedAt: moment('updated_at').notNull(),
  },
  (t) => [uniqueIndex('installations_desa_app').on(t.kode, t.app), index('installations_state').on(t.state, t.app, t.kode)],
);

export const jobs = mysqlTable(
  'jobs',
  {
    id: id('id').primaryKey(),
    workflow: varchar('workflow', { length: 20 }).$type<WorkflowName>().notNull(),
    installationId: id('installation_id').notNull(),
    kode: kodeDesa('kode').notNull(),
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
    createdAt: moment('created_at').notNull(),
    startedAt: moment('started_at'),
    endedAt: moment('ended_at'),
  },
  (t) => [
    uniqueIndex('jobs_active_installation').on(t.activeInstallation),
    index('jobs_state').on(t.state, t.id),
    index('jobs_due').on(t.state, t.priority, t.id),
    index('jobs_kode').on(t.kode, t.id),
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

export const claims = mysqlTable(
  'claims',
  {
    kind: varchar('kind', { length: 20 }).notNull(),
    name: varchar('name', { length: 191 }).notNull(),
    installationId: id('installation_id').notNull(),
    claimedAt: moment('claimed_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.kind, t.name] }), index('claims_installation').on(t.installationId)],
);

export const secrets = mysqlTable('secrets', {
  ref: varchar('ref', { length: 191 }).primaryKey(),
  keyId: varchar('key_id', { length: 32 }).notNull(),
  wrappedKey: bytes('wrapped_key', 255).notNull(),
  nonce: bytes('nonce', 16).notNull(),
  ciphertext: bytes('ciphertext', 4096).notNull(),
  revealedAt: moment('revealed_at'),
  createdAt: moment('created_at').notNull(),
});

export const routes = mysqlTable(
  'routes',
  {
    host: varchar('host', { length: 190 }).notNull(),
    path: varchar('path', { length: 40 }).notNull(),
    installationId: id('installation_id').notNull(),
    socket: varchar('socket', { length: 107 }).notNull(),
    state: varchar('state', { length: 12 }).$type<'open' | 'maintenance'>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.host, t.path] }), index('routes_installation').on(t.installationId)],
);

export const archives = mysqlTable(
  'archives',
  {
    id: id('id').primaryKey(),
    installationId: id('installation_id').notNull(),
    kode: kodeDesa('kode').notNull(),
    app: varchar('app', { length: 40 }).notNull(),
    tag: varchar('tag', { length: 60 }).notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    verifiedAt: moment('verified_at'),
    createdAt: moment('created_at').notNull(),
  },
  (t) => [index('archives_kode').on(t.kode, t.id)],
);

export const audit = mysqlTable(
  'audit',
  {
    id: bigint('id', { mode: 'number' }).autoincrement().primaryKey(),
    at: moment('at').notNull(),
    actor: varchar('actor', { length: 60 }).notNull(),
    action: varchar('action', { length: 60 }).notNull(),
    target: varchar('target', { length: 191 }).notNull(),
    detail: jsonText<Record<string, string | number | null>>('detail').notNull(),
  },
  (t) => [index('audit_target').on(t.target, t.id)],
);

export const idempotency = mysqlTable(
  'idempotency',
  {
    actor: varchar('actor', { length: 60 }).notNull(),
    key: varchar('key_text', { length: 100 }).notNull(),
    requestHash: varchar('request_hash', { length: 64 }).notNull(),
    status: int('status'),
    body: jsonText<unknown>('body'),
    createdAt: moment('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.actor, t.key] }), index('idempotency_created_at').on(t.createdAt)],
);

/** The numbers of the desa in combined databases. Rows stay for ever: a number is never given twice. */
export const desaNumbers = mysqlTable('desa_numbers', {
  configId: int('config_id').primaryKey(),
  kode: kodeDesa('kode').notNull().unique('desa_numbers_kode'),
});

export const registrations = mysqlTable('registrations', {
  installationId: id('installation_id').primaryKey(),
  kode: kodeDesa('kode').notNull(),
  app: varchar('app', { length: 40 }).notNull(),
  schema: varchar('schema_name', { length: 64 }).notNull(),
  configId: int('config_id').notNull(),
  state: varchar('state', { length: 12 }).$type<RegistrationState>().notNull(),
  provenAt: moment('proven_at'),
  finding: text('finding'),
});

/** Tables of a desa whose combined rows may differ. The desa's own triggers write here, so its names are theirs too. */
export const staleSlices = mysqlTable(
  'stale_slices',
  {
    installationId: id('installation_id').notNull(),
    table: varchar('table_name', { length: 64 }).notNull(),
    since: moment('since').notNull(),
  },
  (t) => [primaryKey({ columns: [t.installationId, t.table] })],
);
