import { and, eq, ne, or } from 'drizzle-orm';
import { Conflict } from '../../domain/errors.ts';
import type { Claim, ClaimKind, Claims } from '../../domain/ports-records.ts';
import type { Clock } from '../../domain/ports-world.ts';
import { type Database, tellUnavailable } from './client.ts';
import { claims } from './schema.ts';

const KINDS = [
  'schema',
  'database-user',
  'container',
  'network',
  'folder',
  'run-folder',
  'route',
  'read-account',
] as const satisfies readonly ClaimKind[];

export function createClaims(db: Database, clock: Clock): Claims {
  return tellUnavailable<Claims>({
    async take(wanted, installationId) {
      await db.transaction(async (tx) => {
        const [foreign] = await tx
          .select()
          .from(claims)
          .where(
            and(
              ne(claims.installationId, installationId),
              or(...wanted.map(({ kind, name }) => and(eq(claims.kind, kind), eq(claims.name, name)))),
            ),
          )
          .limit(1)
          .for('update');
        if (foreign !== undefined) {
          throw new Conflict('nama-terpakai', `Nama ${foreign.kind} "${foreign.name}" sudah dipakai pemasangan lain.`);
        }
        await tx
          .insert(claims)
          .ignore()
          .values(wanted.map((claim) => ({ ...claim, installationId, claimedAt: clock.now() })));
      });
    },

    async of(installationId) {
      const rows = await db.select().from(claims).where(eq(claims.installationId, installationId));
      return rows.flatMap(({ kind, name }): Claim[] => {
        const known = KINDS.find((candidate) => candidate === kind);
        return known === undefined ? [] : [{ kind: known, name }];
      });
    },

    async release(installationId, some) {
      if (some?.length === 0) return;
      const named = some === undefined ? undefined : or(...some.map(({ kind, name }) => and(eq(claims.kind, kind), eq(claims.name, name))));
      await db.delete(claims).where(and(eq(claims.installationId, installationId), named));
    },
  });
}
