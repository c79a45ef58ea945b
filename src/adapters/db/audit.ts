import type { Audit } from '../../domain/ports-records.ts';
import type { Clock } from '../../domain/ports-world.ts';
import { type Database, tellUnavailable } from './client.ts';
import { audit } from './schema.ts';

export function createAudit(db: Database, clock: Clock): Audit {
  return tellUnavailable<Audit>({
    async note({ detail = {}, ...entry }) {
      await db.insert(audit).values({ ...entry, detail, at: clock.now() });
    },
  });
}
