import { index, mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import { id, moment } from './schema-columns.ts';

/** Templates that installations have asked for. */
export const poolTemplates = mysqlTable('pool_templates', {
  template: varchar('template', { length: 191 }).primaryKey(),
  app: varchar('app', { length: 40 }).notNull(),
  askedAt: moment('asked_at').notNull(),
});

export const poolSchemas = mysqlTable(
  'pool_schemas',
  {
    name: varchar('name', { length: 64 }).primaryKey(),
    template: varchar('template', { length: 191 }).notNull(),
    state: varchar('state', { length: 10 }).$type<'filling' | 'ready' | 'taken' | 'condemned'>().notNull(),
    /** Whom it was taken for. */
    installationId: id('installation_id'),
    changedAt: moment('changed_at').notNull(),
  },
  (t) => [index('pool_schemas_template').on(t.template, t.state)],
);
