import { int, mysqlTable, primaryKey, text, varchar } from 'drizzle-orm/mysql-core';
import type { RegistrationState } from '../../domain/combined.ts';
import { id, kodeTenant, moment } from './schema-columns.ts';

/** The numbers of the desa in combined databases. Rows stay for ever: a number is never given twice. */
export const desaNumbers = mysqlTable('desa_numbers', {
  configId: int('config_id').primaryKey(),
  kode: kodeTenant('kode').notNull().unique('desa_numbers_kode'),
});

export const registrations = mysqlTable('registrations', {
  installationId: id('installation_id').primaryKey(),
  kode: kodeTenant('kode').notNull(),
  app: varchar('app', { length: 40 }).notNull(),
  schema: varchar('schema_name', { length: 64 }).notNull(),
  configId: int('config_id').notNull(),
  state: varchar('state', { length: 12 }).$type<RegistrationState>().notNull(),
  provenAt: moment('proven_at'),
  finding: text('finding'),
  /** The last time that rows of the slice may have changed. */
  changedAt: moment('changed_at'),
  /** What had changed up to this moment is in the summary. */
  summarisedAt: moment('summarised_at'),
});

/** Tables of a desa whose combined rows may differ: they are compared, and loaded anew where they do. */
export const staleSlices = mysqlTable(
  'stale_slices',
  {
    installationId: id('installation_id').notNull(),
    table: varchar('table_name', { length: 64 }).notNull(),
    since: moment('since').notNull(),
  },
  (t) => [primaryKey({ columns: [t.installationId, t.table] })],
);
