import { and, asc, desc, eq, gte, like, lt, or, type SQL } from 'drizzle-orm';
import type { Audit, AuditFilter } from '../../domain/ports-people.ts';
import type { Clock } from '../../domain/ports-world.ts';
import { isKodeTenant, type KodeTenant } from '../../domain/wilayah.ts';
import { type Database, tellUnavailable } from './client.ts';
import { audit } from './schema.ts';

export function createAudit(db: Database, clock: Clock): Audit {
  return tellUnavailable<Audit>({
    async note({ actor, action, target, kode = kodeIn(target), detail = {} }) {
      await db.insert(audit).values({ actor, action, target, kode, detail, at: clock.now() });
    },

    async list(filter) {
      const rows = await db
        .select()
        .from(audit)
        .where(matching(filter))
        .orderBy(desc(audit.id))
        .limit(filter.limit + 1);
      const page = rows.slice(0, filter.limit);
      return { rows: page, next: rows.length > filter.limit ? String(page.at(-1)?.id ?? '') : null };
    },

    async actions() {
      const rows = await db.selectDistinct({ action: audit.action }).from(audit).orderBy(asc(audit.action));
      return rows.map(({ action }) => action);
    },
  });
}

/** Most of what is done to a desa names it by its kode. */
function kodeIn(target: string): KodeTenant | null {
  return isKodeTenant(target) ? target : null;
}

function matching({ search, actor, action, target, kode, since, until, after }: AuditFilter): SQL | undefined {
  const text = search === undefined ? null : `%${search.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  return and(
    text === null ? undefined : or(like(audit.actor, text), like(audit.target, text), like(audit.detail, text)),
    actor === undefined ? undefined : eq(audit.actor, actor),
    action === undefined ? undefined : eq(audit.action, action),
    target === undefined ? undefined : eq(audit.target, target),
    kode === undefined ? undefined : eq(audit.kode, kode),
    since === undefined ? undefined : gte(audit.at, since),
    until === undefined ? undefined : lt(audit.at, until),
    after === undefined ? undefined : lt(audit.id, Number(after)),
  );
}
