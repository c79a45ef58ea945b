/** The record of the authority, of what is being asked of it, and of who does not want that. */
import { asc, eq } from 'drizzle-orm';
import type { Authorities } from '../../domain/authority.ts';
import type { CertificateChoices, CertificateOrder, CertificateOrders } from '../../domain/certificate-order.ts';
import { type Database, tellUnavailable } from './client.ts';
import { installations } from './schema.ts';
import { authority, certificateChoices, certificateOrders } from './schema-authority.ts';

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
