import { mysqlTable } from 'drizzle-orm/mysql-core';
import { id, moment } from './schema-columns.ts';

/** One row an installation whose backups were ever restored to see whether they can be. */
export const drills = mysqlTable('drills', {
  installationId: id('installation_id').primaryKey(),
  turnAt: moment('turn_at').notNull(),
  provenAt: moment('proven_at'),
});
