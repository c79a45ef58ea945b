import { asc, eq } from 'drizzle-orm';
import type { Routes } from '../../domain/ports-records.ts';
import { type Database, tellUnavailable } from './client.ts';
import { routes } from './schema.ts';

export function createRoutes(db: Database): Routes {
  return tellUnavailable<Routes>({
    async save(route) {
      await db
        .insert(routes)
        .values(route)
        .onDuplicateKeyUpdate({ set: { installationId: route.installationId, socket: route.socket, state: route.state } });
    },
    async remove(installationId) {
      await db.delete(routes).where(eq(routes.installationId, installationId));
    },
    of: (installationId) => db.select().from(routes).where(eq(routes.installationId, installationId)),
    all: () => db.select().from(routes).orderBy(asc(routes.host), asc(routes.path)),
  });
}
