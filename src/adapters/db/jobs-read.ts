import { and, asc, count, desc, eq, getTableColumns, gt, inArray, isNotNull, like, lt, max, type SQL, sql } from 'drizzle-orm';
import { ACTIVE_STATES, ALL_STATES, type Job, type JobState } from '../../domain/job.ts';
import type { Jobs } from '../../domain/ports-jobs.ts';
import type { KodeWilayah } from '../../domain/wilayah.ts';
import type { Database } from './client.ts';
import { jobEvents, jobPlans, jobSteps, jobs, leases } from './schema-jobs.ts';

type Reading =
  | ('find' | 'list' | 'latestOf' | 'countByState' | 'failuresByCause' | 'plan' | 'steps')
  | ('events' | 'newestEvent' | 'due' | 'nextOf');

/** What people and workers ask of the record of jobs; nothing is changed. */
export function readJobs(db: Database): Pick<Jobs, Reading> {
  const countOf = (states: readonly JobState[], within: KodeWilayah | null) =>
    db
      .select({ state: jobs.state, n: count() })
      .from(jobs)
      .where(and(inArray(jobs.state, [...states]), below(within)))
      .groupBy(jobs.state);
  const ended = keepWhenSlow((within: KodeWilayah | null) => countOf(['succeeded', 'undone'], within));

  return {
    async find(id) {
      const [row] = await db.select().from(jobs).where(eq(jobs.id, id));
      return row === undefined ? null : present(row);
    },

    async list(filter) {
      const rows = await db
        .select()
        .from(jobs)
        .where(
          and(
            filter.kode === undefined ? undefined : eq(jobs.kode, filter.kode),
            filter.state === undefined ? undefined : inArray(jobs.state, [...filter.state]),
            filter.fingerprint === undefined ? undefined : eq(jobs.fingerprint, filter.fingerprint),
            filter.after === undefined ? undefined : lt(jobs.id, filter.after),
            below(filter.within),
          ),
        )
        .orderBy(desc(jobs.id))
        .limit(filter.limit + 1);
      const page = rows.slice(0, filter.limit).map(present);
      return { rows: page, next: rows.length > filter.limit ? (page.at(-1)?.id ?? null) : null };
    },

    async latestOf(kodes) {
      if (kodes.length === 0) return new Map();
      const newest = db
        .select({ id: max(jobs.id).as('newest_id') })
        .from(jobs)
        .where(inArray(jobs.kode, [...kodes]))
        .groupBy(jobs.kode)
        .as('newest');
      const rows = await db.select(getTableColumns(jobs)).from(jobs).innerJoin(newest, eq(newest.id, jobs.id));
      return new Map(rows.map((row) => [row.kode, present(row)]));
    },

    async countByState(within) {
      const rows = [...(await countOf([...ACTIVE_STATES, 'stuck'], within)), ...(await ended(within))];
      const counts: Record<JobState, number> = { queued: 0, running: 0, interrupted: 0, undoing: 0, succeeded: 0, undone: 0, stuck: 0 };
      for (const state of ALL_STATES) counts[state] = rows.find((row) => row.state === state)?.n ?? 0;
      return counts;
    },

    async failuresByCause(within) {
      const newest = newestPerInstallation(db);
      const rows = await db
        .select({ fingerprint: jobs.fingerprint, message: max(jobs.causeMessage), n: count() })
        .from(jobs)
        .innerJoin(newest, eq(newest.id, jobs.id))
        .where(and(inArray(jobs.state, ['undone', 'stuck']), isNotNull(jobs.fingerprint), below(within)))
        .groupBy(jobs.fingerprint)
        .orderBy(desc(count()))
        .limit(50);
      return rows.map((row) => ({ fingerprint: row.fingerprint ?? '', message: row.message ?? '', count: row.n }));
    },

    async plan(id) {
      const [row] = await db.select().from(jobPlans).where(eq(jobPlans.jobId, id));
      return row?.plan ?? null;
    },

    async steps(id) {
      return db.select().from(jobSteps).where(eq(jobSteps.jobId, id)).orderBy(asc(jobSteps.position));
    },

    async newestEvent() {
      const [row] = await db.select({ id: max(jobEvents.id) }).from(jobEvents);
      return row?.id ?? 0;
    },

    async events(id, after, limit) {
      return db
        .select()
        .from(jobEvents)
        .where(and(eq(jobEvents.jobId, id), gt(jobEvents.id, after)))
        .orderBy(asc(jobEvents.id))
        .limit(limit);
    },

    async due(limit) {
      // One row per desa; what has begun goes before what waits, then by priority and age.
      const begun = sql`(${jobs.state} = 'queued')`;
      const rows = await db
        .select({ id: jobs.id, kode: jobs.kode, token: leases.token })
        .from(jobs)
        .leftJoin(leases, eq(leases.resource, sql`concat('desa/', ${jobs.kode})`))
        .where(and(inArray(jobs.state, [...ACTIVE_STATES]), sql`(${leases.holder} is null or ${leases.expiresAt} < utc_timestamp(3))`))
        .orderBy(begun, asc(jobs.priority), asc(jobs.id))
        .limit(limit * 4);
      const first = new Map<string, { id: string; kode: (typeof rows)[number]['kode']; epoch: number }>();
      for (const row of rows) if (!first.has(row.kode)) first.set(row.kode, { id: row.id, kode: row.kode, epoch: row.token ?? 0 });
      return [...first.values()].slice(0, limit);
    },

    async nextOf(kode) {
      const [row] = await db
        .select({ id: jobs.id, token: leases.token })
        .from(jobs)
        .leftJoin(leases, eq(leases.resource, `desa/${kode}`))
        .where(and(eq(jobs.kode, kode), inArray(jobs.state, [...ACTIVE_STATES])))
        .orderBy(sql`(${jobs.state} = 'queued')`, asc(jobs.priority), asc(jobs.id))
        .limit(1);
      return row === undefined ? null : { id: row.id, epoch: row.token ?? 0 };
    },
  };
}

const SLOW_MS = 10;
const KEPT_MS = 1_000;

/** With a hundred thousand jobs behind us counting takes longer than a page may: then the last answer stands for a second. */
function keepWhenSlow<K, T>(ask: (key: K) => PromiseLike<T>): (key: K) => Promise<T> {
  const kept = new Map<K, { readonly until: number; readonly answer: T }>();
  return async (key) => {
    const start = performance.now();
    const known = kept.get(key);
    if (known !== undefined && start < known.until) return known.answer;
    const answer = await ask(key);
    const now = performance.now();
    kept.delete(key);
    if (now - start > SLOW_MS) kept.set(key, { until: now + KEPT_MS, answer });
    return answer;
  };
}

function newestPerInstallation(db: Database) {
  return db
    .select({ id: max(jobs.id).as('newest_id') })
    .from(jobs)
    .groupBy(jobs.installationId)
    .as('newest');
}

function below(within: KodeWilayah | null | undefined): SQL | undefined {
  return within ? like(jobs.kode, `${within}%`) : undefined;
}

function present(row: typeof jobs.$inferSelect): Job {
  const {
    causeCode,
    causeStep,
    causeMessage,
    causeAdvice,
    id,
    workflow,
    installationId,
    kode,
    app,
    state,
    input,
    requestedBy,
    attempt,
    committed,
  } = row;
  return {
    ...{ id, workflow, installationId, kode, app, state, input, requestedBy, attempt, committed },
    cause:
      causeCode === null || causeStep === null
        ? null
        : { code: causeCode, step: causeStep, message: causeMessage ?? '', advice: causeAdvice ?? '' },
    cancelRequested: row.cancelRequested,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
  };
}
