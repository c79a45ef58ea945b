import { bigint, mysqlTable, primaryKey, varchar } from 'drizzle-orm/mysql-core';
import { users } from './schema.ts';
import { id, moment } from './schema-columns.ts';

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

/** Who proves by a code besides the password. Not confirmed: somebody is setting it up, and signs in without. */
export const secondFactors = mysqlTable('second_factors', {
  userId: id('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  keyRef: varchar('key_ref', { length: 191 }).notNull(),
  /** Of the newest code that was taken: neither it nor an older one is taken again. */
  lastStep: bigint('last_step', { mode: 'number' }).notNull(),
  createdAt: moment('created_at').notNull(),
  confirmedAt: moment('confirmed_at'),
});

export const recoveryCodes = mysqlTable(
  'recovery_codes',
  {
    userId: id('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    codeHash: varchar('code_hash', { length: 64 }).notNull(),
    usedAt: moment('used_at'),
  },
  (t) => [primaryKey({ columns: [t.userId, t.codeHash] })],
);

/** What those who manage people have decided for all of them. */
export const policies = mysqlTable('policies', {
  name: varchar('name', { length: 40 }).primaryKey(),
  value: varchar('value', { length: 1000 }).notNull(),
});
