import { and, asc, count, desc, eq, getTableColumns, gt, gte, inArray, isNotNull, like, lt, max, type SQL, sql } from 'drizzle-orm';
import { ACTIVE_STATES, type Job, type JobState, OPEN_STATES, type OpenState } from '../../domain/job.ts';
import type { Jobs } from '../../domain/ports-jobs.ts';
import type { KodeWilayah } from '../../domain/wilayah.ts';
import type { Database } from './client.ts';
import { keepWhenSlow } from './keep-when-slow.ts';
import { jobEvents, jobPlans, jobSteps, jobs, leases } from './schema-jobs.ts';

type Reading =
  | ('find' | 'list' | 'latestOf' | 'newestStates' | 'countOpen' | 'countByState' | 'failuresByCause' | 'plan' | 'steps')
  | ('events' | 'newestEvent' | 'active' | 'due' | 'nextOf');

const OF_ITS_DESA = eq(leases.resource, sql`concat('desa/', ${jobs.kode})`);
const FREE = sql`(${leases.holder} is null or ${leases.expiresAt} < utc_timestamp(3))`;
/** What has begun goes before what waits, then by priority and age. */
const FAIR = [sql`(${jobs.state} = 'queued')`, asc(jobs.priority), asc(jobs.id)] as const;

/** What people and workers ask of the record of jobs; nothing is changed. */
export function readJobs(db: Database): Pick<Jobs, Reading> {
  const countOf = (states: readonly JobState[], within: KodeWilayah | null) =>
    db
      .select({ state: jobs.state, n: count() })
      .from(jobs)
      .where(and(inArray(jobs.state, [...states]), below(within)))
      .groupBy(jobs.state);
  const countOpen = async (within: KodeWilayah | null): Promise<Record<OpenState, number>> => {
    const counts: Record<OpenState, number> = { queued: 0, running: 0, interrupted: 0, undoing: 0, stuck: 0 };
    const rows = await countOf(OPEN_STATES, within);
    for (const state of OPEN_STATES) counts[state] = rows.find((row) => row.state === state)?.n ?? 0;
    return counts;
  };
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
            filter.app === undefined ? undefined : eq(jobs.app, filter.app),
            filter.fingerprint === undefined ? undefined : eq(jobs.fingerprint, filter.fingerprint),
            filter.since === undefined ? undefined : gte(jobs.createdAt, filter.since),
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

    async newestStates(within) {
      const newest = db
        .select({ id: max(jobs.id).as('newest_id') })
        .from(jobs)
        .where(below(within))
        .groupBy(jobs.kode)
        .as('newest');
      const { kode, state, cancelRequested } = jobs;
      const rows = await db.select({ kode, state, cancelRequested }).from(jobs).innerJoin(newest, eq(newest.id, jobs.id));
      return new Map(rows.map((row) => [row.kode, row]));
    },

    countOpen,

    async countByState(within) {
      const [open, rows] = await Promise.all([countOpen(within), ended(within)]);
      const of = (state: JobState): number => rows.find((row) => row.state === state)?.n ?? 0;
      return { ...open, succeeded: of('succeeded'), undone: of('undone') };
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

    async events(id, after, limit, search) {
      const found = search === undefined ? undefined : and(eq(jobEvents.kind, 'log'), like(jobEvents.text, containing(search)));
      return db
        .select()
        .from(jobEvents)
        .where(and(eq(jobEvents.jobId, id), gt(jobEvents.id, after), found))
        .orderBy(asc(jobEvents.id))
        .limit(limit);
    },

    async active() {
      const columns = { id: jobs.id, kode: jobs.kode, workflow: jobs.workflow, app: jobs.app, state: jobs.state, priority: jobs.priority };
      const [rows, [newest]] = await Promise.all([
        db
          .select({ ...columns, isHeld: sql<number>`not ${FREE}`, outside: jobs.outside, outsideSince: jobs.outsideSince })
          .from(jobs)
          .leftJoin(leases, OF_ITS_DESA)
          .where(inArray(jobs.state, [...ACTIVE_STATES]))
          .orderBy(...FAIR),
        db.select({ at: jobEvents.at }).from(jobEvents).orderBy(desc(jobEvents.id)).limit(1),
      ]);
      const active = rows.map(({ isHeld, outside, outsideSince, ...job }) => ({
        ...job,
        isHeld: Number(isHeld) === 1,
        outside: outside === null || outsideSince === null ? null : { what: outside, since: outsideSince },
      }));
      return { jobs: active, movedAt: newest?.at ?? null };
    },

    async due(limit) {
      // One row per desa.
      const rows = await db
        .select({ id: jobs.id, kode: jobs.kode, token: leases.token })
        .from(jobs)
        .leftJoin(leases, OF_ITS_DESA)
        .where(and(inArray(jobs.state, [...ACTIVE_STATES]), FREE))
        .orderBy(...FAIR)
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
        .orderBy(...FAIR)
        .limit(1);
      return row === undefined ? null : { id: row.id, epoch: row.token ?? 0 };
    },
  };
}

function newestPerInstallation(db: Database) {
  return db
    .select({ id: max(jobs.id).as('newest_id') })
    .from(jobs)
    .groupBy(jobs.installationId)
    .as('newest');
}

/** What is typed is text: its wildcards are ordinary signs. */
function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
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
