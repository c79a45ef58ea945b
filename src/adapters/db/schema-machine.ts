import { bigint, mysqlTable, varchar } from 'drizzle-orm/mysql-core';

const size = (name: string) => bigint(name, { mode: 'number' }).notNull();

/** One row a day: how full the machine was when it was looked at last. */
export const machineDays = mysqlTable('machine_days', {
  day: varchar('day', { length: 10 }).primaryKey(),
  diskTotal: size('disk_total'),
  diskFree: size('disk_free'),
  memoryTotal: size('memory_total'),
  memoryFree: size('memory_free'),
});
