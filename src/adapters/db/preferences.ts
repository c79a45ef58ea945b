import { and, eq } from 'drizzle-orm';
import type { Preferences } from '../../domain/ports-people.ts';
import { type Database, tellUnavailable } from './client.ts';
import { preferences } from './schema-people.ts';

export function createPreferences(db: Database): Preferences {
  return tellUnavailable<Preferences>({
    async of(userId) {
      const rows = await db.select().from(preferences).where(eq(preferences.userId, userId));
      return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    },
    async save(userId, name, value) {
      if (value === '') {
        await db.delete(preferences).where(and(eq(preferences.userId, userId), eq(preferences.name, name)));
        return;
      }
      await db.insert(preferences).values({ userId, name, value }).onDuplicateKeyUpdate({ set: { value } });
    },
  });
}
