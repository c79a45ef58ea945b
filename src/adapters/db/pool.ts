import { and, asc, count, eq, exists, inArray, not, notInArray, or, type SQL, sql } from 'drizzle-orm';
import { ACTIVE_STATES } from '../../domain/job.ts';
import type { PoolTemplate, SchemaPool } from '../../domain/pool.ts';
import type { Clock } from '../../domain/ports-world.ts';
import { type Database, tellUnavailable } from './client.ts';
import { claims } from './schema.ts';
import { jobs } from './schema-jobs.ts';
import { poolSchemas, poolTemplates } from './schema-pool.ts';

/** Besides the template each app was last installed from, another one stays in use for this long: bulks may mix releases. */
const IN_USE_MS = 3_600_000;

/** @param size how many ready schemas to keep of each template in use; 0: none, and what there is goes */
export function createPool(db: Database, clock: Clock, size: number): SchemaPool {
  const inUse = async (): Promise<readonly PoolTemplate[]> => {
    if (size === 0) return [];
    const all = await db.select().from(poolTemplates);
    const since = clock.now().getTime() - IN_USE_MS;
    const newest = new Map<string, number>();
    for (const { app, askedAt } of all) newest.set(app, Math.max(newest.get(app) ?? 0, askedAt.getTime()));
    return all.filter(({ app, askedAt }) => askedAt.getTime() >= Math.min(since, newest.get(app) ?? 0));
  };
  const readyOf = async (template: string): Promise<number> => {
    const [row] = await db.select({ ready: count() }).from(poolSchemas).where(isReady(template));
    return row?.ready ?? 0;
  };
  /** What nobody will use. `filling` is among it: whoever asks holds the lock, so its filler is dead. */
  const useless = async (): Promise<SQL | undefined> => {
    const templates = (await inUse()).map(({ template }) => template);
    const old = templates.length === 0 ? undefined : notInArray(poolSchemas.template, templates);
    return or(
      eq(poolSchemas.state, 'condemned'),
      eq(poolSchemas.state, 'filling'),
      and(eq(poolSchemas.state, 'ready'), old),
      // Taken, and the job that took it has ended without claiming it. A job that goes again takes another one.
      and(
        eq(poolSchemas.state, 'taken'),
        not(exists(db.select({ one: sql`1` }).from(jobs).where(eq(jobs.activeInstallation, poolSchemas.installationId)))),
        not(
          exists(
            db
              .select({ one: sql`1` })
              .from(claims)
              .where(and(eq(claims.kind, 'schema'), eq(claims.name, poolSchemas.name))),
          ),
        ),
      ),
    );
  };

  return tellUnavailable<SchemaPool>({
    async take({ app, template }, installationId) {
      if (size === 0) return null;
      const askedAt = clock.now();
      await db.insert(poolTemplates).values({ template, app, askedAt }).onDuplicateKeyUpdate({ set: { askedAt } });
      return db.transaction(async (tx) => {
        const [free] = await tx
          .select({ name: poolSchemas.name })
          .from(poolSchemas)
          .where(isReady(template))
          .orderBy(asc(poolSchemas.name))
          .limit(1)
          .for('update');
        if (free === undefined) return null;
        const [result] = await tx
          .update(poolSchemas)
          .set({ state: 'taken', installationId, changedAt: askedAt })
          .where(and(eq(poolSchemas.name, free.name), eq(poolSchemas.state, 'ready')));
        return result.affectedRows === 1 ? free.name : null;
      });
    },

    async isTakenFor(schema, installationId) {
      const [row] = await db.select({ name: poolSchemas.name }).from(poolSchemas).where(takenFor(schema, installationId));
      return row !== undefined;
    },

    async handOver(schema, installationId) {
      await db.delete(poolSchemas).where(takenFor(schema, installationId));
    },

    async isQuiet() {
      const [active] = await db
        .select({ id: jobs.id })
        .from(jobs)
        .where(inArray(jobs.state, [...ACTIVE_STATES]))
        .limit(1);
      return active === undefined;
    },

    async missing() {
      const found: PoolTemplate[] = [];
      for (const one of await inUse()) if ((await readyOf(one.template)) < size) found.push({ app: one.app, template: one.template });
      return found;
    },

    async hasLeftovers() {
      const [row] = await db
        .select({ name: poolSchemas.name })
        .from(poolSchemas)
        .where(await useless())
        .limit(1);
      return row !== undefined;
    },

    async begin(name, template) {
      await db.insert(poolSchemas).values({ name, template, state: 'filling', installationId: null, changedAt: clock.now() });
    },

    async finish(schema) {
      const [result] = await db
        .update(poolSchemas)
        .set({ state: 'ready', changedAt: clock.now() })
        .where(and(eq(poolSchemas.name, schema), eq(poolSchemas.state, 'filling')));
      return result.affectedRows === 1;
    },

    async condemn() {
      await db
        .update(poolSchemas)
        .set({ state: 'condemned', changedAt: clock.now() })
        .where(await useless());
      for (const { template } of await inUse()) {
        const surplus = (await readyOf(template)) - size;
        if (surplus > 0) await db.update(poolSchemas).set({ state: 'condemned' }).where(isReady(template)).limit(surplus);
      }
      const rows = await db.select({ name: poolSchemas.name }).from(poolSchemas).where(eq(poolSchemas.state, 'condemned'));
      return rows.map(({ name }) => name);
    },

    async forget(schema) {
      await db.delete(poolSchemas).where(and(eq(poolSchemas.name, schema), eq(poolSchemas.state, 'condemned')));
    },
  });
}

function isReady(template: string) {
  return and(eq(poolSchemas.template, template), eq(poolSchemas.state, 'ready'));
}

function takenFor(schema: string, installationId: string) {
  return and(eq(poolSchemas.name, schema), eq(poolSchemas.state, 'taken'), eq(poolSchemas.installationId, installationId));
}
