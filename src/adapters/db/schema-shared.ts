import { mysqlTable, text, varchar } from 'drizzle-orm/mysql-core';
import type { SharedSource, SharedState } from '../../domain/shared.ts';
import { id, moment } from './schema-columns.ts';

/** Databases that many desa share, copied to be split. Addresses with passwords are in the vault. */
export const sharedSources = mysqlTable('shared_sources', {
  name: varchar('name', { length: 30 }).primaryKey(),
  id: id('id').notNull(),
  app: varchar('app', { length: 40 }).notNull(),
  schema: varchar('schema_name', { length: 64 }).notNull().unique('shared_sources_schema'),
  kind: varchar('kind', { length: 10 }).$type<SharedSource['kind']>().notNull(),
  place: varchar('place', { length: 255 }).notNull(),
  urlRef: varchar('url_ref', { length: 120 }),
  state: varchar('state', { length: 10 }).$type<SharedState>().notNull(),
  finding: text('finding'),
  copiedAt: moment('copied_at'),
  createdBy: varchar('created_by', { length: 60 }).notNull(),
});
