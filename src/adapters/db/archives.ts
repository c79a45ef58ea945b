import { and, desc, eq, like } from 'drizzle-orm';
import type { Archives } from '../../domain/ports-records.ts';
import type { Clock } from '../../domain/ports-world.ts';
import { type Database, tellUnavailable } from './client.ts';
import { archives } from './schema.ts';

export function createArchives(db: Database, clock: Clock): Archives {
  return tellUnavailable<Archives>({
    async save(archive) {
      await db
        .insert(archives)
        .values({ ...archive, createdAt: clock.now() })
        .onDuplicateKeyUpdate({ set: { bytes: archive.bytes, verifiedAt: archive.verifiedAt } });
    },
    async find(id) {
      const [row] = await db.select().from(archives).where(eq(archives.id, id));
      return row ?? null;
    },
    async remove(id) {
      await db.delete(archives).where(eq(archives.id, id));
    },
    list: (filter) =>
      db
        .select()
        .from(archives)
        .where(
          and(
            filter.kode === undefined ? undefined : eq(archives.kode, filter.kode),
            filter.within ? like(archives.kode, `${filter.within}%`) : undefined,
          ),
        )
        .orderBy(desc(archives.id))
        .limit(filter.limit),
  });
}
