import { bigint, boolean, index, int, mysqlTable, primaryKey, text, uniqueIndex, varchar } from 'drizzle-orm/mysql-core';
import type { Role } from '../../domain/access.ts';
import type { InstallationState } from '../../domain/tenant.ts';
import type { TingkatWilayah } from '../../domain/wilayah.ts';
import { bytes, id, jsonText, kodeTenant, kodeWilayah, moment } from './schema-columns.ts';

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
    /** When its person signed in; the same for all of a family. */
    startedAt: moment('started_at').notNull(),
    /** To the minute. */
    seenAt: moment('seen_at').notNull(),
    address: varchar('address', { length: 45 }).notNull(),
    device: varchar('device', { length: 255 }).notNull(),
    expiresAt: moment('expires_at').notNull(),
    rotatedAt: moment('rotated_at'),
    revokedAt: moment('revoked_at'),
  },
  (t) => [
    index('sessions_family').on(t.family),
    index('sessions_user').on(t.userId, t.expiresAt),
    index('sessions_expires_at').on(t.expiresAt),
  ],
);

export const tenants = mysqlTable(
  'tenants',
  {
    kode: kodeTenant('kode').primaryKey(),
    nama: varchar('nama', { length: 150 }).notNull(),
    kodeKecamatan: kodeWilayah('kode_kecamatan'),
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
    kode: kodeTenant('kode')
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

export const archives = mysqlTable(
  'archives',
  {
    id: id('id').primaryKey(),
    installationId: id('installation_id').notNull(),
    kode: kodeTenant('kode').notNull(),
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
    /** The desa (or kecamatan, kabupaten) it was about, where it was about one. */
    kode: kodeTenant('kode'),
    detail: jsonText<Record<string, string | number | null>>('detail').notNull(),
  },
  (t) => [index('audit_target').on(t.target, t.id), index('audit_kode').on(t.kode, t.id), index('audit_at').on(t.at)],
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
