import { and, asc, eq, inArray, isNull, like, lt, ne, notInArray, or, sql } from 'drizzle-orm';
import type { Summaries } from '../../domain/summary.ts';
import { kecamatanOf } from '../../domain/wilayah.ts';
import { type Database, tellUnavailable } from './client.ts';
import { tenants } from './schema.ts';
import { registrations } from './schema-registrations.ts';
import { summaries } from './schema-summaries.ts';

/** A desa at work is counted when it has been still for this long … */
const STILL_MS = 2_000;
/** … or its summary is this old. */
const PATIENCE_MS = 20_000;

export function createSummaries(db: Database): Summaries {
  return tellUnavailable<Summaries>({
    async due(now, midnight, limit) {
      const before = (ms: number) => new Date(now.getTime() - ms);
      const isStill = lt(registrations.changedAt, before(STILL_MS));
      const isOld = lt(registrations.summarisedAt, before(PATIENCE_MS));
      const rows = await db
        .select({ id: registrations.installationId })
        .from(registrations)
        .where(
          and(
            inArray(registrations.state, ['registered', 'stale']),
            or(
              isNull(registrations.summarisedAt),
              lt(registrations.summarisedAt, midnight),
              and(lt(registrations.summarisedAt, registrations.changedAt), or(isStill, isOld)),
            ),
          ),
        )
        .orderBy(asc(registrations.summarisedAt))
        .limit(limit);
      return rows.map(({ id }) => id);
    },
    async save(installationId, figures, madeAt) {
      await db.transaction(async (tx) => {
        await tx.insert(summaries).values({ installationId, figures }).onDuplicateKeyUpdate({ set: { figures } });
        await tx.update(registrations).set({ summarisedAt: madeAt }).where(eq(registrations.installationId, installationId));
      });
    },
    async forgetGone() {
      const living = db.select({ id: registrations.installationId }).from(registrations).where(ne(registrations.state, 'none'));
      await db.delete(summaries).where(notInArray(summaries.installationId, living));
    },
    async list({ app, within }) {
      const rows = await db
        .select({
          installationId: registrations.installationId,
          kode: registrations.kode,
          nama: tenants.nama,
          namaKecamatan: tenants.namaKecamatan,
          madeAt: sql`if(${summaries.installationId} is null, null, ${registrations.summarisedAt})`.mapWith(registrations.summarisedAt),
          changedAt: registrations.changedAt,
          figures: summaries.figures,
        })
        .from(registrations)
        .innerJoin(tenants, eq(tenants.kode, registrations.kode))
        .leftJoin(summaries, eq(summaries.installationId, registrations.installationId))
        .where(
          and(
            eq(registrations.app, app),
            ne(registrations.state, 'none'),
            within === null ? undefined : like(registrations.kode, `${within}%`),
          ),
        )
        .orderBy(asc(registrations.kode));
      return rows.map((row) => ({ ...row, kodeKecamatan: kecamatanOf(row.kode) }));
    },
  });
}
