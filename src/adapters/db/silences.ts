import { and, asc, eq, getTableColumns, like, notInArray } from 'drizzle-orm';
import type { Silences } from '../../domain/ports-health.ts';
import type { Clock } from '../../domain/ports-world.ts';
import { type Database, tellUnavailable } from './client.ts';
import { claims, installations } from './schema.ts';
import { silences } from './schema-health.ts';

export function createSilences(db: Database, clock: Clock): Silences {
  return tellUnavailable<Silences>({
    watched: () =>
      db
        .select({ installationId: installations.id, kode: installations.kode, runFolder: claims.name })
        .from(installations)
        .innerJoin(claims, and(eq(claims.installationId, installations.id), eq(claims.kind, 'run-folder')))
        .where(eq(installations.state, 'active')),

    list: (within) =>
      db
        .select(getTableColumns(silences))
        .from(silences)
        // Suspended or removed since it was looked at: then it is silent on purpose.
        .innerJoin(installations, and(eq(installations.id, silences.installationId), eq(installations.state, 'active')))
        .where(within ? like(silences.kode, `${within}%`) : undefined)
        .orderBy(asc(silences.since)),

    replace: (found) =>
      db.transaction(async (tx) => {
        const ids = found.map(({ installationId }) => installationId);
        await tx.delete(silences).where(ids.length === 0 ? undefined : notInArray(silences.installationId, ids));
        if (found.length === 0) return;
        const since = clock.now();
        await tx
          .insert(silences)
          .ignore()
          .values(found.map(({ installationId, kode }) => ({ installationId, kode, since })));
      }),
  });
}
