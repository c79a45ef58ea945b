/** The record of the authority, of what is being asked of it, and of who does not want that. */
import { asc, eq, isNull, lte, sql } from 'drizzle-orm';
import type { Authorities } from '../../domain/authority.ts';
import type { CertificateChoices, CertificateOrder, CertificateOrders } from '../../domain/certificate-order.ts';
import { type Database, tellUnavailable } from './client.ts';
import { installations } from './schema.ts';
import { routes } from './schema-addresses.ts';
import { authority, certificateChoices, certificateOrders } from './schema-authority.ts';
import { certificates } from './schema-certificates.ts';

const ONE = 1;

export function createAuthorities(db: Database): Authorities {
  return tellUnavailable<Authorities>({
    async find() {
      const [row] = await db.select().from(authority).where(eq(authority.one, ONE));
      if (row === undefined) return null;
      const { one: _one, ...found } = row;
      return found;
    },
    async save(wanted) {
      await db
        .insert(authority)
        .values({ one: ONE, ...wanted })
        .onDuplicateKeyUpdate({ set: wanted });
    },
    async pause(until) {
      await db.update(authority).set({ pausedUntil: until }).where(eq(authority.one, ONE));
    },
    async remove() {
      await db.delete(authority).where(eq(authority.one, ONE));
    },
  });
}

export function createCertificateOrders(db: Database): CertificateOrders {
  return tellUnavailable<CertificateOrders>({
    list: async () =>
      (await db.select().from(certificateOrders).orderBy(asc(certificateOrders.nextAt), asc(certificateOrders.host))).map(orderOf),
    async find(host) {
      const [row] = await db.select().from(certificateOrders).where(eq(certificateOrders.host, host));
      return row === undefined ? null : orderOf(row);
    },
    async save({ refused, ...order }) {
      const row = { ...order, refused: refused.map((at) => at.toISOString()) };
      await db.insert(certificateOrders).values(row).onDuplicateKeyUpdate({ set: row });
    },
    async remove(host) {
      await db.delete(certificateOrders).where(eq(certificateOrders.host, host));
    },
    async standing(now) {
      // Each from an index alone, so that it may be asked every few seconds.
      const isFree = sql`(${isNull(authority.pausedUntil)} or ${lte(authority.pausedUntil, now)})`;
      const isDue = sql`exists (select 1 from ${certificateOrders} where ${lte(certificateOrders.nextAt, now)})`;
      const names = sql`(select bit_xor(crc32(concat(${routes.installationId}, ${routes.host}, ${routes.path}))) from ${routes})`;
      const known = sql`(select concat(count(*), max(${certificates.id})) from ${certificates})`;
      const chosen = sql`(select bit_xor(crc32(concat(${certificateChoices.kode}, ${certificateChoices.choice}))) from ${certificateChoices})`;
      const [row] = await db
        .select({
          isDue: sql`${isFree} and ${isDue}`.mapWith((answer) => Number(answer) === 1),
          stamp: sql`concat_ws(' ', ${authority.directory}, ${isFree}, ${names}, ${known}, ${chosen})`.mapWith(String),
        })
        .from(authority)
        .where(eq(authority.one, ONE));
      return row ?? null;
    },
  });
}

function orderOf({ refused, ...row }: typeof certificateOrders.$inferSelect): CertificateOrder {
  return { ...row, refused: refused.map((at) => new Date(at)) };
}

export function createCertificateChoices(db: Database): CertificateChoices {
  return tellUnavailable<CertificateChoices>({
    async of(kode) {
      const [row] = await db.select().from(certificateChoices).where(eq(certificateChoices.kode, kode));
      return row?.choice ?? 'auto';
    },
    async save(kode, choice) {
      await db.insert(certificateChoices).values({ kode, choice }).onDuplicateKeyUpdate({ set: { choice } });
    },
    async ofInstallations() {
      const rows = await db
        .select({ id: installations.id, choice: certificateChoices.choice })
        .from(certificateChoices)
        .innerJoin(installations, eq(installations.kode, certificateChoices.kode));
      return new Map(rows.flatMap(({ id, choice }) => (choice === 'auto' ? [] : [[id, choice] as const])));
    },
  });
}
