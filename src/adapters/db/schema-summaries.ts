import { mysqlTable } from 'drizzle-orm/mysql-core';
import type { SliceFigures } from '../../domain/summary.ts';
import { id, jsonText } from './schema-columns.ts';

/** What each desa's slice of the combined database holds, in numbers. When it was counted stands in `registrations`. */
export const summaries = mysqlTable('summaries', {
  installationId: id('installation_id').primaryKey(),
  figures: jsonText<SliceFigures>('figures').notNull(),
});
