import { index, mysqlTable, text, tinyint, varchar } from 'drizzle-orm/mysql-core';
import type { OffsitePlace } from '../../domain/offsite.ts';
import { id, jsonText, moment } from './schema-columns.ts';

/** Who may fetch which backup until when. Rows stay: they tell who asked. */
export const backupLinks = mysqlTable(
  'backup_links',
  {
    id: id('id').primaryKey(),
    backupId: id('backup_id').notNull(),
    username: varchar('username', { length: 60 }).notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (t) => [index('backup_links_backup').on(t.backupId)],
);

/** One row, or none. */
export const offsite = mysqlTable('offsite', {
  one: tinyint('one').primaryKey(),
  place: jsonText<OffsitePlace>('place').notNull(),
  passwordRef: varchar('password_ref', { length: 191 }).notNull(),
  secretKeyRef: varchar('secret_key_ref', { length: 191 }),
  copiedAt: moment('copied_at'),
  checkedAt: moment('checked_at'),
  failure: text('failure'),
});
