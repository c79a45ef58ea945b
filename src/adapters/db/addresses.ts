import { and, eq, like } from 'drizzle-orm';
import { type Addresses, NO_ADDRESSES } from '../../domain/address.ts';
import { Conflict, NotFound } from '../../domain/errors.ts';
import { type Database, isDuplicate, tellUnavailable } from './client.ts';
import { claims, installations, tenants } from './schema.ts';
import { addresses } from './schema-addresses.ts';

export function createAddresses(db: Database): Addresses {
  return tellUnavailable<Addresses>({
    async of(kode) {
      const [row] = await db
        .select({ domain: tenants.domain, more: addresses })
        .from(tenants)
        .leftJoin(addresses, eq(addresses.kode, tenants.kode))
        .where(eq(tenants.kode, kode));
      if (row === undefined) throw new NotFound('desa-tidak-ada', `Desa ${kode} belum terdaftar.`);
      const { port, www, own, old, security } = row.more ?? NO_ADDRESSES;
      return { domain: row.domain, port, www, own, old, security };
    },

    async ownerOf(host) {
      const given = host.startsWith(':') ? eq(addresses.port, Number(host.slice(1))) : eq(tenants.domain, host);
      const [tenant] = await db
        .select({ kode: tenants.kode })
        .from(tenants)
        .leftJoin(addresses, eq(addresses.kode, tenants.kode))
        .where(given);
      if (tenant !== undefined) return tenant.kode;
      const [claimed] = await db
        .select({ kode: installations.kode })
        .from(claims)
        .innerJoin(installations, eq(installations.id, claims.installationId))
        .where(and(eq(claims.kind, 'route'), like(claims.name, `${host.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}/%`)))
        .limit(1);
      return claimed?.kode ?? null;
    },

    async save(kode, { domain, ...more }) {
      try {
        await db.transaction(async (tx) => {
          await tx.update(tenants).set({ domain }).where(eq(tenants.kode, kode));
          await tx
            .insert(addresses)
            .values({ kode, ...more })
            .onDuplicateKeyUpdate({ set: more });
        });
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        const what = domain === null ? `Port ${more.port}` : `Domain ${domain}`;
        throw new Conflict('domain-terpakai', `${what} sudah dipakai desa lain.`, { cause: error, field: 'domain' });
      }
    },
  });
}
