import { and, asc, eq, exists, inArray, isNull, like, lt, or, sql } from 'drizzle-orm';
import { RESERVED_CONFIG_ID, type Registration, type Registrations } from '../../domain/combined.ts';
import { Unavailable } from '../../domain/errors.ts';
import type { Clock } from '../../domain/ports-world.ts';
import type { KodeTenant } from '../../domain/wilayah.ts';
import { type Database, isDuplicate, tellUnavailable } from './client.ts';
import { desaNumbers, registrations, staleSlices } from './schema-registrations.ts';

const TRIES = 20;

export function createRegistrations(db: Database, clock: Clock, firstNumber = RESERVED_CONFIG_ID + 1): Registrations {
  const find = async (installationId: string): Promise<Registration | null> => {
    const [row] = await db.select().from(registrations).where(eq(registrations.installationId, installationId));
    return row ?? null;
  };

  return tellUnavailable<Registrations>({
    find,
    async ensure(installationId, kode, app, schema) {
      const configId = await numberOf(db, kode, firstNumber);
      await db
        .insert(registrations)
        .values({ installationId, kode, app, schema, configId, state: 'none' })
        .onDuplicateKeyUpdate({ set: { schema } });
      const made = await find(installationId);
      if (made !== null) return made;
      throw new Unavailable('pendaftaran-hilang', 'Catatan pendaftaran tidak terbaca.');
    },
    list: ({ within, app } = {}) =>
      db
        .select()
        .from(registrations)
        .where(and(within ? like(registrations.kode, `${within}%`) : undefined, app === undefined ? undefined : eq(registrations.app, app)))
        .orderBy(asc(registrations.kode), asc(registrations.app)),
    async leastProven(before) {
      const [row] = await db
        .select({ id: registrations.installationId })
        .from(registrations)
        .where(and(eq(registrations.state, 'registered'), or(isNull(registrations.provenAt), lt(registrations.provenAt, before))))
        .orderBy(asc(registrations.provenAt))
        .limit(1);
      return row?.id ?? null;
    },
    async needingRepair() {
      const marked = exists(
        db.select({ id: staleSlices.installationId }).from(staleSlices).where(eq(staleSlices.installationId, registrations.installationId)),
      );
      const rows = await db
        .select({ id: registrations.installationId })
        .from(registrations)
        .where(or(inArray(registrations.state, ['registering', 'stale']), and(eq(registrations.state, 'registered'), marked)));
      return rows.map(({ id }) => id);
    },
    async save(installationId, change) {
      await db.update(registrations).set(change).where(eq(registrations.installationId, installationId));
    },
    async noteChanged(installationId) {
      await db.update(registrations).set({ changedAt: clock.now() }).where(eq(registrations.installationId, installationId));
    },
    async staleTables(installationId) {
      const rows = await db.select({ table: staleSlices.table }).from(staleSlices).where(eq(staleSlices.installationId, installationId));
      return rows.map(({ table }) => table);
    },
    async markStale(installationId, tables) {
      if (tables.length === 0) return;
      const since = clock.now();
      await db
        .insert(staleSlices)
        .ignore()
        .values(tables.map((table) => ({ installationId, table, since })));
    },
    async forgetStale(installationId, tables) {
      if (tables?.length === 0) return;
      const these = tables === undefined ? undefined : inArray(staleSlices.table, [...tables]);
      await db.delete(staleSlices).where(and(eq(staleSlices.installationId, installationId), these));
    },
  });
}

/** One more than any given so far, and not below the first of this server; who loses a race against another desa asks again. */
async function numberOf(db: Database, kode: KodeTenant, first: number): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const [known] = await db.select().from(desaNumbers).where(eq(desaNumbers.kode, kode));
    if (known !== undefined) return known.configId;
    const [last] = await db.select({ highest: sql`max(${desaNumbers.configId})`.mapWith(Number) }).from(desaNumbers);
    const configId = Math.max((last?.highest ?? 0) + 1, first);
    try {
      await db.insert(desaNumbers).values({ configId, kode });
    } catch (error) {
      if (!isDuplicate(error)) throw error;
    }
  }
  throw new Unavailable('nomor-desa', 'Nomor desa untuk basis data gabungan belum dapat dipesan.');
}
