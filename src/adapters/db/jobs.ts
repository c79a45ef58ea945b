import { and, eq, inArray, max, sql } from 'drizzle-orm';
import { Conflict } from '../../domain/errors.ts';
import { fingerprintOf, isActive, type Job } from '../../domain/job.ts';
import type { Jobs, Lease } from '../../domain/ports-jobs.ts';
import type { Clock } from '../../domain/ports-world.ts';
import { type Database, isDuplicate, type Transaction, tellUnavailable } from './client.ts';
import { readJobs } from './jobs-read.ts';
import { jobEvents, jobPlans, jobSteps, jobs, leases } from './schema-jobs.ts';

/** Longest log line that is kept; longer ones are cut. */
const LONGEST_LINE = 4_000;
const LONGEST_OUTSIDE = 500;
/** Everything outside does. */
const ANSWERS = { outside: null, outsideSince: null };

export function createJobs(db: Database, clock: Clock): Jobs {
  /** Writes about a running job are for the holder of its desa's lease only: the row is locked and its token compared. */
  const fenced = <T>(lease: Lease, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    db.transaction(async (tx) => {
      const [held] = await tx
        .select({ token: leases.token })
        .from(leases)
        .where(and(eq(leases.resource, lease.resource), eq(leases.token, lease.token), eq(leases.holder, lease.holder)))
        .for('update');
      if (held === undefined) throw new Conflict('lease-lost', 'Pekerjaan ini sudah diambil alih pekerja lain.');
      return work(tx);
    });
  const note = (tx: Transaction, jobId: string, kind: 'job' | 'step', text: string, position: number | null = null) =>
    tx.insert(jobEvents).values({ jobId, kind, text, position, at: clock.now() });

  return tellUnavailable<Jobs>({
    ...readJobs(db),

    async create(job) {
      try {
        await db.transaction(async (tx) => {
          await tx.insert(jobs).values({ ...job, state: 'queued', activeInstallation: job.installationId, createdAt: clock.now() });
          await note(tx, job.id, 'job', 'queued');
        });
      } catch (error) {
        if (isDuplicate(error)) throw busy(error);
        throw error;
      }
    },

    async requeue(id) {
      try {
        return await db.transaction((tx) => requeue(tx, id, clock, note));
      } catch (error) {
        if (isDuplicate(error)) throw busy(error);
        throw error;
      }
    },

    async requestCancel(id) {
      const [result] = await db
        .update(jobs)
        .set({ cancelRequested: true })
        .where(and(eq(jobs.id, id), inArray(jobs.state, ['queued', 'running', 'interrupted']), eq(jobs.committed, false)));
      return result.affectedRows > 0;
    },

    savePlan: (id, lease, plan, steps) =>
      fenced(lease, async (tx) => {
        await tx.insert(jobPlans).values({ jobId: id, plan }).onDuplicateKeyUpdate({ set: { plan } });
        await tx.delete(jobSteps).where(eq(jobSteps.jobId, id));
        await tx.insert(jobSteps).values(steps.map((step, position) => ({ jobId: id, position, ...step, state: 'pending' as const })));
        await note(tx, id, 'job', 'planned');
      }),

    saveState: (id, lease, change) =>
      fenced(lease, async (tx) => {
        const ended = !isActive(change.state);
        await tx
          .update(jobs)
          .set({
            state: change.state,
            leaseToken: lease.token,
            startedAt: sql`coalesce(${jobs.startedAt}, ${clock.now()})`,
            endedAt: ended ? clock.now() : null,
            ...ANSWERS,
            ...(ended ? { activeInstallation: null } : {}),
            ...(change.cause === undefined ? {} : causeColumns(change.cause)),
          })
          .where(eq(jobs.id, id));
        await note(tx, id, 'job', change.state);
      }),

    commit: (id, lease) =>
      fenced(lease, async (tx) => {
        const [result] = await tx
          .update(jobs)
          .set({ committed: true })
          .where(and(eq(jobs.id, id), eq(jobs.cancelRequested, false)));
        return result.affectedRows > 0;
      }),

    saveStep: (id, lease, position, state) =>
      fenced(lease, async (tx) => {
        const begins = state === 'running' || state === 'undoing';
        await tx
          .update(jobSteps)
          .set({
            state,
            ...(begins ? { endedAt: null } : { endedAt: clock.now() }),
            ...(state === 'running' ? { startedAt: clock.now(), attempts: sql`${jobSteps.attempts} + 1` } : {}),
          })
          .where(and(eq(jobSteps.jobId, id), eq(jobSteps.position, position)));
        await note(tx, id, 'step', state, position);
      }),

    saveOutside: (id, lease, what) =>
      fenced(lease, async (tx) => {
        const outside = what === null ? ANSWERS : { outside: what.slice(0, LONGEST_OUTSIDE), outsideSince: clock.now() };
        await tx.update(jobs).set(outside).where(eq(jobs.id, id));
      }),

    async appendLog(id, lines) {
      if (lines.length === 0) return;
      await db
        .insert(jobEvents)
        .values(lines.map((line) => ({ jobId: id, kind: 'log' as const, ...line, text: line.text.slice(0, LONGEST_LINE) })));
    },
  });
}

type Note = (tx: Transaction, jobId: string, kind: 'job' | 'step', text: string) => Promise<unknown>;

async function requeue(tx: Transaction, id: string, clock: Clock, note: Note): Promise<boolean> {
  const [job] = await tx.select().from(jobs).where(eq(jobs.id, id)).for('update');
  if (job === undefined || (job.state !== 'undone' && job.state !== 'stuck')) return false;
  const [newest] = await tx
    .select({ id: max(jobs.id) })
    .from(jobs)
    .where(eq(jobs.installationId, job.installationId));
  if (newest?.id !== id) {
    throw new Conflict('ada-yang-lebih-baru', 'Sudah ada pekerjaan yang lebih baru untuk pemasangan ini.', {
      advice: 'Buka pekerjaan yang terbaru.',
    });
  }
  const fresh = job.state === 'undone';
  if (fresh) {
    await tx.delete(jobPlans).where(eq(jobPlans.jobId, id));
    await tx.delete(jobSteps).where(eq(jobSteps.jobId, id));
  }
  // A stuck job goes on where it stood: forward once it was past the point of no return, else back.
  const onward = job.committed ? ('interrupted' as const) : ('undoing' as const);
  const state = fresh ? ('queued' as const) : onward;
  await tx
    .update(jobs)
    .set({
      state,
      activeInstallation: job.installationId,
      attempt: job.attempt + 1,
      cancelRequested: false,
      endedAt: null,
      ...(fresh ? { startedAt: null, committed: false, ...causeColumns(null) } : {}),
    })
    .where(eq(jobs.id, id));
  await note(tx, id, 'job', state);
  await tx.insert(jobEvents).values({ jobId: id, kind: 'log', position: null, at: clock.now(), text: `Percobaan ke-${job.attempt + 1}` });
  return true;
}

function causeColumns(cause: Job['cause']) {
  return {
    causeCode: cause?.code ?? null,
    causeStep: cause?.step ?? null,
    causeMessage: cause?.message ?? null,
    causeAdvice: cause?.advice ?? null,
    fingerprint: cause === null ? null : fingerprintOf(cause),
  };
}

function busy(cause: unknown): Conflict {
  return new Conflict('masih-ada-pekerjaan', 'Masih ada pekerjaan yang berjalan untuk aplikasi ini di desa ini.', {
    cause,
    advice: 'Tunggu sampai selesai, atau batalkan lebih dahulu.',
  });
}
