import { desc } from 'drizzle-orm';
import type { MachineDays } from '../../domain/ports-machine.ts';
import { type Database, tellUnavailable } from './client.ts';
import { machineDays } from './schema-machine.ts';

export function createMachineDays(db: Database): MachineDays {
  return tellUnavailable<MachineDays>({
    async save(day) {
      await db.insert(machineDays).values(day).onDuplicateKeyUpdate({ set: day });
    },
    async last(count) {
      return (await db.select().from(machineDays).orderBy(desc(machineDays.day)).limit(count)).reverse();
    },
  });
}
