import { asc, eq } from 'drizzle-orm';
import { Conflict } from '../../domain/errors.ts';
import type { SharedSources } from '../../domain/shared.ts';
import { type Database, isDuplicate, tellUnavailable } from './client.ts';
import { sharedSources } from './schema-shared.ts';

export function createSharedSources(db: Database): SharedSources {
  return tellUnavailable<SharedSources>({
    async create(source) {
      try {
        await db.insert(sharedSources).values({ ...source, state: 'asked' });
      } catch (error) {
        if (isDuplicate(error)) throw new Conflict('sumber-sudah-ada', `Sumber "${source.name}" sudah ada.`, { cause: error });
        throw error;
      }
    },
    async find(name) {
      const [row] = await db.select().from(sharedSources).where(eq(sharedSources.name, name));
      return row ?? null;
    },
    list: () => db.select().from(sharedSources).orderBy(asc(sharedSources.name)),
    async save(name, change) {
      await db.update(sharedSources).set(change).where(eq(sharedSources.name, name));
    },
    async remove(name) {
      await db.delete(sharedSources).where(eq(sharedSources.name, name));
    },
  });
}
