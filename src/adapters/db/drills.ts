import { and, asc, eq, getTableColumns, like } from 'drizzle-orm';
import type { Drills } from '../../domain/ports-care.ts';
import { type Database, tellUnavailable } from './client.ts';
import { installations } from './schema.ts';
import { drills } from './schema-drills.ts';

export function createDrills(db: Database): Drills {
  return tellUnavailable<Drills>({
    ages(within) {
      const { id: installationId, kode, app } = getTableColumns(installations);
      return db
        .select({ installationId, kode, app, turnAt: drills.turnAt, provenAt: drills.provenAt })
        .from(installations)
        .leftJoin(drills, eq(drills.installationId, installations.id))
        .where(and(eq(installations.state, 'active'), within === null ? undefined : like(kode, `${within}%`)))
        .orderBy(asc(kode), asc(app));
    },
    async noteTurn(installationIds, at) {
      if (installationIds.length === 0) return;
      await db
        .insert(drills)
        .values(installationIds.map((installationId) => ({ installationId, turnAt: at })))
        .onDuplicateKeyUpdate({ set: { turnAt: at } });
    },
    async noteProven(installationId, at) {
      const row = { turnAt: at, provenAt: at };
      await db
        .insert(drills)
        .values({ installationId, ...row })
        .onDuplicateKeyUpdate({ set: row });
    },
  });
}
