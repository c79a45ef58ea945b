import { index, mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import type { ExportFormat } from '../../domain/combined-export.ts';
import { id, moment } from './schema-columns.ts';

export const combinedLinks = mysqlTable(
  'combined_links',
  {
    id: id('id').primaryKey(),
    username: varchar('username', { length: 60 }).notNull(),
    app: varchar('app', { length: 40 }).notNull(),
    format: varchar('format', { length: 3 }).$type<ExportFormat>().notNull(),
    table: varchar('table_name', { length: 64 }),
    expiresAt: moment('expires_at').notNull(),
  },
  (t) => [index('combined_links_expires').on(t.expiresAt)],
);
