import { and, asc, eq, or } from 'drizzle-orm';
import type { Routes } from '../../domain/ports-records.ts';
import { type Database, tellUnavailable } from './client.ts';
import { routes } from './schema-addresses.ts';

export function createRoutes(db: Database): Routes {
  return tellUnavailable<Routes>({
    async save(wanted) {
      await db.transaction(async (tx) => {
        for (const route of wanted) await tx.insert(routes).values(route).onDuplicateKeyUpdate({ set: route });
      });
    },
    async remove(installationId, addresses) {
      if (addresses?.length === 0) return;
      const named =
        addresses === undefined ? undefined : or(...addresses.map(({ host, path }) => and(eq(routes.host, host), eq(routes.path, path))));
      await db.delete(routes).where(and(eq(routes.installationId, installationId), named));
    },
    of: (installationId) =>
      db.select().from(routes).where(eq(routes.installationId, installationId)).orderBy(asc(routes.host), asc(routes.path)),
    all: () => db.select().from(routes).orderBy(asc(routes.host), asc(routes.path)),
  });
}
