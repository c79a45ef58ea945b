import { index, mysqlTable } from 'drizzle-orm/mysql-core';
import { id, kodeTenant, moment } from './schema-columns.ts';

/** Active apps that did not answer when they were looked at last. */
export const silences = mysqlTable(
  'silences',
  {
    installationId: id('installation_id').primaryKey(),
    kode: kodeTenant('kode').notNull(),
    since: moment('since').notNull(),
  },
  (t) => [index('silences_kode').on(t.kode)],
);
