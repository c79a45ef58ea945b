import { eq, lt } from 'drizzle-orm';
import type { CombinedLinks } from '../../domain/combined-export.ts';
import { type Database, tellUnavailable } from './client.ts';
import { combinedLinks } from './schema-combined-links.ts';

export function createCombinedLinks(db: Database): CombinedLinks {
  return tellUnavailable<CombinedLinks>({
    async create(link, now) {
      await db.delete(combinedLinks).where(lt(combinedLinks.expiresAt, now));
      await db.insert(combinedLinks).values(link);
    },
    async find(id) {
      const [row] = await db.select().from(combinedLinks).where(eq(combinedLinks.id, id));
      return row ?? null;
    },
  });
}
