import { and, desc, eq } from 'drizzle-orm';
import { Conflict } from '../../domain/errors.ts';
import type { Releases } from '../../domain/ports-records.ts';
import type { Clock } from '../../domain/ports-world.ts';
import { type Database, tellUnavailable } from './client.ts';
import { releases } from './schema.ts';

export function createReleases(db: Database, clock: Clock): Releases {
  const find = async (app: string, tag: string) => {
    const [row] = await db
      .select()
      .from(releases)
      .where(and(eq(releases.app, app), eq(releases.tag, tag)));
    return row ?? null;
  };

  return tellUnavailable<Releases>({
    find,

    list: (app) => db.select().from(releases).where(eq(releases.app, app)).orderBy(desc(releases.discoveredAt)),

    async remember(release) {
      await db
        .insert(releases)
        .ignore()
        .values({ ...release, discoveredAt: clock.now() });
      const known = await find(release.app, release.tag);
      if (known !== null && known.commit !== release.commit) {
        throw new Conflict(
          'rilis-berubah',
          `Tag ${release.tag} kini menunjuk isi yang lain (${release.commit.slice(0, 8)}, dahulu ${known.commit.slice(0, 8)}).`,
          {
            advice: 'Rilis tidak boleh berubah. Periksa sumber kode, atau pakai rilis lain.',
          },
        );
      }
    },
  });
}
