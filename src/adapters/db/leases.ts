import { and, eq, isNull, or, sql } from 'drizzle-orm';
import type { Leases } from '../../domain/ports-jobs.ts';
import { type Database, tellUnavailable } from './client.ts';
import { leases } from './schema-jobs.ts';

/** Leases by the database's own clock; each taking raises the fencing token. */
export function createLeases(db: Database): Leases {
  const expiry = (ttlMs: number) => sql<Date>`utc_timestamp(3) + interval ${ttlMs * 1000} microsecond`;

  return tellUnavailable<Leases>({
    async acquire(resource, holder, ttlMs) {
      await db.insert(leases).ignore().values({ resource, holder: null, token: 0, expiresAt: sql`utc_timestamp(3)` });
      return db.transaction(async (tx) => {
        const free = or(isNull(leases.holder), sql`${leases.expiresAt} < utc_timestamp(3)`);
        const [row] = await tx
          .select({ token: leases.token })
          .from(leases)
          .where(and(eq(leases.resource, resource), free))
          .for('update');
        if (row === undefined) return null;
        const token = row.token + 1;
        await tx
          .update(leases)
          .set({ holder, token, expiresAt: expiry(ttlMs) })
          .where(eq(leases.resource, resource));
        return { resource, holder, token };
      });
    },

    async renew(lease, ttlMs) {
      const [result] = await db
        .update(leases)
        .set({ expiresAt: expiry(ttlMs) })
        .where(ours(lease));
      return result.affectedRows > 0;
    },

    async release(lease) {
      await db.update(leases).set({ holder: null, expiresAt: sql`utc_timestamp(3)` }).where(ours(lease));
    },
  });
}

function ours(lease: { resource: string; holder: string; token: number }) {
  return and(eq(leases.resource, lease.resource), eq(leases.token, lease.token), eq(leases.holder, lease.holder));
}
