import { bigint, index, mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import type { BackupReason } from '../../domain/backup.ts';
import { id, kodeTenant, moment } from './schema-columns.ts';

export const backups = mysqlTable(
  'backups',
  {
    id: id('id').primaryKey(),
    installationId: id('installation_id').notNull(),
    kode: kodeTenant('kode').notNull(),
    app: varchar('app', { length: 40 }).notNull(),
    tag: varchar('tag', { length: 60 }).notNull(),
    version: varchar('version', { length: 60 }).notNull(),
    reason: varchar('reason', { length: 20 }).$type<BackupReason>().notNull(),
    nextTag: varchar('next_tag', { length: 60 }),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    rows: bigint('rows_total', { mode: 'number' }).notNull(),
    verifiedAt: moment('verified_at').notNull(),
    provenAt: moment('proven_at'),
    createdAt: moment('created_at').notNull(),
  },
  (t) => [index('backups_installation').on(t.installationId, t.id), index('backups_kode').on(t.kode, t.id)],
);
