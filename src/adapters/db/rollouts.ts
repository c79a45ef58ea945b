import { and, asc, count, desc, eq, exists, inArray, like } from 'drizzle-orm';
import type { Rollouts } from '../../domain/ports-jobs.ts';
import type { Clock } from '../../domain/ports-world.ts';
import type { KodeWilayah } from '../../domain/wilayah.ts';
import { type Database, tellUnavailable } from './client.ts';
import { bars, pins, rolloutMembers, rollouts, scheduleRuns } from './schema-rollouts.ts';

/** Members of the rollout at hand in a region. */
function membersBelow(db: Database, within: KodeWilayah) {
  return db
    .select({ kode: rolloutMembers.kode })
    .from(rolloutMembers)
    .where(and(eq(rolloutMembers.rolloutId, rollouts.id), like(rolloutMembers.kode, `${within}%`)));
}

/** Rows of one INSERT. */
const BATCH = 200;

export function createRollouts(db: Database, clock: Clock): Rollouts {
  return tellUnavailable<Rollouts>({
    create: (made, run) =>
      db.transaction(async (tx) => {
        if (run !== null) {
          // Whoever ends the run makes its rollouts: together, or not at all.
          const [ended] = await tx
            .update(scheduleRuns)
            .set({ state: 'done', note: run.note, endedAt: clock.now() })
            .where(and(eq(scheduleRuns.task, run.task), eq(scheduleRuns.due, run.due), eq(scheduleRuns.state, 'queued')));
          if (ended.affectedRows === 0) return false;
        }
        for (const { rollout, members } of made) {
          await tx.insert(rollouts).values({ ...rollout, state: 'running', reason: null, createdAt: clock.now(), endedAt: null });
          const rows = members.map(({ held, ...member }) => ({
            ...{ ...member, rolloutId: rollout.id, lockedMs: null, startedAt: null, endedAt: null },
            ...{ state: held === undefined ? ('waiting' as const) : ('kept-out' as const), fingerprint: held?.fingerprint ?? null },
          }));
          for (let i = 0; i < rows.length; i += BATCH) await tx.insert(rolloutMembers).values(rows.slice(i, i + BATCH));
        }
        return true;
      }),

    async find(id) {
      const [row] = await db.select().from(rollouts).where(eq(rollouts.id, id));
      return row ?? null;
    },

    list: ({ state, work, app, tag, within, limit }) =>
      db
        .select()
        .from(rollouts)
        .where(
          and(
            state === undefined ? undefined : inArray(rollouts.state, [...state]),
            ...(work === undefined ? [] : [eq(rollouts.work, work)]),
            ...(app === undefined ? [] : [eq(rollouts.app, app)]),
            ...(tag === undefined ? [] : [eq(rollouts.tag, tag)]),
            within ? exists(membersBelow(db, within)) : undefined,
          ),
        )
        .orderBy(desc(rollouts.id))
        .limit(limit),

    members: (id) => db.select().from(rolloutMembers).where(eq(rolloutMembers.rolloutId, id)).orderBy(asc(rolloutMembers.position)),

    async tally(ids, within) {
      if (ids.length === 0) return new Map();
      const { rolloutId, state, kode } = rolloutMembers;
      const rows = await db
        .select({ rolloutId, state, n: count() })
        .from(rolloutMembers)
        .where(and(inArray(rolloutId, [...ids]), within ? like(kode, `${within}%`) : undefined))
        .groupBy(rolloutId, state);
      const tallies = [...Map.groupBy(rows, (row) => row.rolloutId)];
      return new Map(tallies.map(([id, of]) => [id, Object.fromEntries(of.map((row) => [row.state, row.n]))]));
    },

    async save(id, change) {
      await db.update(rollouts).set(change).where(eq(rollouts.id, id));
    },

    async saveMembers(id, positions, change) {
      if (positions.length === 0) return;
      await db
        .update(rolloutMembers)
        .set(change)
        .where(and(eq(rolloutMembers.rolloutId, id), inArray(rolloutMembers.position, [...positions])));
    },

    async pinned() {
      const rows = await db.select({ id: pins.installationId }).from(pins);
      return new Set(rows.map(({ id }) => id));
    },

    async pin(installationId, by) {
      await db.insert(pins).ignore().values({ installationId, by, since: clock.now() });
    },

    async unpin(installationId) {
      await db.delete(pins).where(eq(pins.installationId, installationId));
    },

    async barred(app) {
      const rows = await db.select().from(bars).where(eq(bars.app, app));
      return new Map(rows.map(({ tag, reason }) => [tag, reason]));
    },

    async bar(app, tag, reason, by) {
      const row = { app, tag, reason, by, at: clock.now() };
      await db.insert(bars).values(row).onDuplicateKeyUpdate({ set: row });
    },

    async unbar(app, tag) {
      await db.delete(bars).where(and(eq(bars.app, app), eq(bars.tag, tag)));
    },
  });
}
