import { mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core';
import { users } from './schema.ts';
import { id } from './schema-columns.ts';

/** What people chose to see: one row a choice. */
export const preferences = mysqlTable(
  'preferences',
  {
    userId: id('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: varchar('name', { length: 40 }).notNull(),
    value: varchar('value', { length: 1000 }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.name] })],
);
