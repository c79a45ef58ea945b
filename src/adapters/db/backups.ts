import { and, asc, desc, eq, getTableColumns, inArray, like, lt, max } from 'drizzle-orm';
import type { Backups } from '../../domain/ports-records.ts';
import type { Clock } from '../../domain/ports-world.ts';
import { type Database, tellUnavailable } from './client.ts';
import { installations } from './schema.ts';
import { backups } from './schema-backups.ts';

export function createBackups(db: Database, clock: Clock): Backups {
  return tellUnavailable<Backups>({
    async save(backup) {
      await db
        .insert(backups)
        .values({ ...backup, createdAt: clock.now() })
        .onDuplicateKeyUpdate({ set: { bytes: backup.bytes, rows: backup.rows, verifiedAt: backup.verifiedAt } });
    },

    async find(id) {
      const [row] = await db.select().from(backups).where(eq(backups.id, id));
      return row ?? null;
    },

    list: (filter) =>
      db
        .select()
        .from(backups)
        .where(
          and(
            filter.kode === undefined ? undefined : eq(backups.kode, filter.kode),
            filter.installationId === undefined ? undefined : eq(backups.installationId, filter.installationId),
            filter.within ? like(backups.kode, `${filter.within}%`) : undefined,
          ),
        )
        .orderBy(desc(backups.id))
        .limit(filter.limit),

    async latestOf(installationIds) {
      if (installationIds.length === 0) return new Map();
      const newest = db
        .select({ id: max(backups.id).as('newest_id') })
        .from(backups)
        .where(inArray(backups.installationId, [...installationIds]))
        .groupBy(backups.installationId)
        .as('newest');
      const rows = await db.select(getTableColumns(backups)).from(backups).innerJoin(newest, eq(newest.id, backups.id));
      return new Map(rows.map((row) => [row.installationId, row]));
    },

    ages(within) {
      const newest = db
        .select({ of: backups.installationId, id: max(backups.id).as('newest_id') })
        .from(backups)
        .groupBy(backups.installationId)
        .as('newest');
      return db
        .select({ kode: installations.kode, newest: backups.createdAt })
        .from(installations)
        .leftJoin(newest, eq(newest.of, installations.id))
        .leftJoin(backups, eq(backups.id, newest.id))
        .where(and(eq(installations.state, 'active'), within ? like(installations.kode, `${within}%`) : undefined));
    },

    ofRemoved: (before) =>
      db
        .select(getTableColumns(backups))
        .from(backups)
        .innerJoin(installations, eq(installations.id, backups.installationId))
        .where(and(eq(installations.state, 'absent'), lt(installations.updatedAt, before), lt(backups.createdAt, before)))
        .orderBy(asc(backups.id))
        .limit(500),

    async noteProven(id, at) {
      await db.update(backups).set({ provenAt: at }).where(eq(backups.id, id));
    },

    async remove(id) {
      await db.delete(backups).where(eq(backups.id, id));
    },
  });
}
