import { mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import { id, moment } from './schema-columns.ts';

/** Accounts that read a combined database. Passwords are in the vault. */
export const readers = mysqlTable('readers', {
  name: varchar('name', { length: 30 }).primaryKey(),
  purpose: varchar('purpose', { length: 200 }).notNull(),
  app: varchar('app', { length: 40 }).notNull(),
  /** What it may see. */
  grants: varchar('grant_name', { length: 20 }).notNull().default('penuh'),
  account: varchar('account', { length: 80 }).notNull().unique('readers_account'),
  passwordRef: varchar('password_ref', { length: 120 }).notNull(),
  /** The app that it belongs to; null: a person's. */
  installationId: id('installation_id'),
  createdBy: varchar('created_by', { length: 60 }).notNull(),
  createdAt: moment('created_at').notNull(),
  rotatedAt: moment('rotated_at'),
});
