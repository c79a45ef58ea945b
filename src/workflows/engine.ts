/**
 * Runs one job, whatever has happened to it before: makes its plan, goes through its steps, puts everything back
 * when one fails, and writes each move to the journal. Everything it decides from stands in MariaDB, so any worker
 * may go on where another one died. The rules are those of docs/ARCHITECTURE.md, "The life of a job".
 */
import { Broken, diskFull, explain, isDiskFull, PendopoError } from '../domain/errors.ts';
import type { Cause, Job, JobStep } from '../domain/job.ts';
import type { Plan } from '../domain/plan.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { Lease } from '../domain/ports-jobs.ts';
import { attempt, type Ended, type Stopped, type StopReason, stopped } from './attempt.ts';
import { type Journal, openJournal } from './journal.ts';
import { layOut, type Step, type Workflow } from './step.ts';

export interface Run {
  readonly job: Job;
  readonly lease: Lease;
  readonly workflow: Workflow;
  readonly tools: Toolbox;
  /** Aborted when this worker must let go: `shutdown` or `lease-lost`. */
  readonly stop: AbortSignal;
  /** Aborted when somebody asked to cancel. Heeded until the point of no return, and not while putting back. */
  readonly cancel: AbortSignal;
  /** How long to wait for something outside that does not answer before the step counts as failed. */
  readonly patienceMs?: number;
}

/** A step that took its worker down this often is the reason, not the victim. */
const MOST_ATTEMPTS = 10;
const PLAN_STEP = { name: 'plan', label: 'Menyusun rencana' };

export type Outcome = 'succeeded' | 'undone' | 'stuck' | 'interrupted' | 'lost';

/** @returns how it ended; `lost` when another worker has taken over. @throws Unavailable when the records cannot be written */
export async function runJob(run: Run): Promise<Outcome> {
  const journal = openJournal(run);
  try {
    return await proceed(run, journal);
  } catch (error) {
    if (error instanceof PendopoError && error.code === 'lease-lost') return 'lost';
    throw error;
  } finally {
    await journal.close();
  }
}

async function proceed(run: Run, journal: Journal): Promise<Outcome> {
  const { job } = run;
  const known = await run.tools.jobs.plan(job.id);
  if (job.state === 'undoing' && known !== null) return unwind(run, journal, known, lastBegun(await run.tools.jobs.steps(job.id)));

  await journal.state('running');
  const planned = known === null ? await makePlan(run, journal) : known;
  if (typeof planned === 'string') return planned;
  return forward(run, journal, planned);
}

/** The plan, stored; or how the job ended without one. Nothing has been done yet, so nothing is undone. */
async function makePlan(run: Run, journal: Journal): Promise<Plan | Outcome> {
  const { workflow, job, lease, tools } = run;
  const { steps } = layOut(workflow);
  const result = await attempt(run, journal, {
    step: PLAN_STEP,
    position: null,
    stop: onward(run),
    work: (stepTools) => workflow.plan(job, stepTools),
  });
  if (result.kind === 'stopped')
    return result.reason === 'cancelled' ? settle(run, journal, 'undone', CANCELLED) : pause(journal, result.reason);
  if (result.kind === 'failed') return settle(run, journal, 'undone', causeOf(result.error, PLAN_STEP.name, NOTHING_DONE));
  await tools.jobs.savePlan(
    job.id,
    lease,
    result.value,
    steps.map(({ name, label }) => ({ name, label })),
  );
  return result.value;
}

async function forward(run: Run, journal: Journal, plan: Plan): Promise<Outcome> {
  const { steps, commitAt } = layOut(run.workflow);
  const recorded = await run.tools.jobs.steps(run.job.id);
  // Past the line the world is being changed for good: what stands before it may no longer be asked or done again.
  const first = run.job.committed ? commitAt : 0;
  for (const [offset, step] of steps.slice(first).entries()) {
    const position = first + offset;
    const committed = position >= commitAt;
    const crossing = position === commitAt && !run.job.committed ? await cross(run, journal) : CROSSED;
    const result =
      crossing.kind === 'stopped' ? crossing : await take(run, journal, plan, { step, position, committed, recorded: recorded[position] });
    if (result.kind === 'done') continue;
    return end(run, journal, plan, result, {
      step,
      position,
      committed: committed && crossing.kind !== 'stopped',
      from: lastBegun(recorded, position),
    });
  }
  return settle(run, journal, 'succeeded', null);
}

interface Ending {
  readonly step: Step;
  readonly position: number;
  readonly committed: boolean;
  /** Where putting back begins. */
  readonly from: number;
}

/** A step did not get through: wait for another worker, put everything back, or leave it to a person. */
async function end(run: Run, journal: Journal, plan: Plan, result: Ended, { step, position, committed, from }: Ending): Promise<Outcome> {
  if (result.kind === 'stopped') {
    return result.reason === 'cancelled' ? putBack(run, journal, plan, CANCELLED, from) : pause(journal, result.reason);
  }
  await journal.failed(position, result.error);
  if (committed) return settle(run, journal, 'stuck', causeOf(result.error, step.name, STUCK_AHEAD));
  return putBack(run, journal, plan, causeOf(result.error, step.name, PUT_BACK), from);
}

const CROSSED = { kind: 'done' } as const;

/** Passes the point of no return, unless somebody has stopped the job before it. */
async function cross(run: Run, journal: Journal): Promise<typeof CROSSED | Stopped> {
  if (onward(run).aborted) return stopped(run);
  return (await journal.commit()) ? CROSSED : { kind: 'stopped', reason: 'cancelled' };
}

async function putBack(run: Run, journal: Journal, plan: Plan, cause: Cause, from: number): Promise<Outcome> {
  await journal.state('undoing', cause);
  return unwind(run, journal, plan, from);
}

interface Turn {
  readonly step: Step;
  readonly position: number;
  readonly committed: boolean;
  readonly recorded: JobStep | undefined;
}

type Taken = { readonly kind: 'done' } | Ended;

/** One step: asks the world first, acts only when there is something left to do. */
async function take(run: Run, journal: Journal, plan: Plan, turn: Turn): Promise<Taken> {
  const { step, position, committed, recorded } = turn;
  const stop = committed ? run.stop : onward(run);
  if (stop.aborted) return stopped(run);
  const before = await attempt(run, journal, { step, position, stop, work: (tools) => step.isDone(plan, tools) });
  if (before.kind !== 'value') return before;
  const wasDone = recorded?.state === 'done' || recorded?.state === 'skipped';
  if (before.value) {
    if (!wasDone) await journal.step(position, recorded?.state === 'running' ? 'done' : 'skipped');
    return { kind: 'done' };
  }
  if ((recorded?.attempts ?? 0) >= MOST_ATTEMPTS && recorded?.state === 'running') {
    return { kind: 'failed', error: new Broken('pekerja-mati-berulang', `Langkah ini ${MOST_ATTEMPTS} kali menghentikan pekerja.`) };
  }
  await journal.step(position, 'running');
  const result = await attempt(run, journal, { step, position, stop, work: (tools) => step.run(plan, tools) });
  if (result.kind !== 'value') return result;
  await journal.step(position, 'done');
  return { kind: 'done' };
}

/** Backwards from the step that failed, which may have got halfway. */
async function unwind(run: Run, journal: Journal, plan: Plan, from: number): Promise<Outcome> {
  const { steps } = layOut(run.workflow);
  for (let position = Math.min(from, steps.length - 1); position >= 0; position -= 1) {
    const step = steps[position];
    if (step === undefined) continue;
    const { undo } = step;
    if (undo === 'keep') {
      await journal.step(position, 'kept');
      continue;
    }
    await journal.step(position, 'undoing');
    const result = await attempt(run, journal, { step, position, stop: run.stop, work: (tools) => undo(plan, tools) });
    if (result.kind === 'stopped') return pauseUndo(run, result.reason);
    if (result.kind === 'failed') {
      await journal.failed(position, result.error, 'undo-failed');
      return settle(run, journal, 'stuck', causeOf(result.error, step.name, STUCK_BACK));
    }
    await journal.step(position, 'undone');
  }
  return settle(run, journal, 'undone', undefined);
}

/** A job that goes on after an interruption may have got further before than the step at which it stops now. */
function lastBegun(steps: readonly JobStep[], position = -1): number {
  return Math.max(
    position,
    steps.findLastIndex(({ state }) => state !== 'pending' && state !== 'undone' && state !== 'kept'),
  );
}

/** What a step heeds on its way forward. On the way back only `run.stop` counts: a cancelled job is being put back already. */
function onward(run: Run): AbortSignal {
  return AbortSignal.any([run.stop, run.cancel]);
}

/** The worker goes away; the job waits for the next one. A lost lease leaves all records to its new holder. */
async function pause(journal: Journal, reason: StopReason): Promise<Outcome> {
  if (reason === 'lease-lost') return 'lost';
  await journal.state('interrupted');
  return 'interrupted';
}

function pauseUndo(run: Run, reason: StopReason): Outcome {
  run.tools.log.info({ job: run.job.id, reason }, 'undo stops here and goes on in another worker');
  return reason === 'lease-lost' ? 'lost' : 'interrupted';
}

async function settle(
  run: Run,
  journal: Journal,
  state: 'succeeded' | 'undone' | 'stuck',
  cause: Cause | null | undefined,
): Promise<Outcome> {
  await journal.flush();
  await journal.state(state, cause);
  run.tools.log.info({ job: run.job.id, desa: run.job.kode, app: run.job.app, state, cause: cause?.code }, 'job ended');
  return state;
}

const NOTHING_DONE = 'Belum ada yang diubah. Perbaiki penyebabnya, lalu tekan Coba lagi.';
const PUT_BACK = 'Semua sudah dikembalikan seperti semula; desa lain tidak tersentuh. Perbaiki penyebabnya, lalu tekan Coba lagi.';
const STUCK_AHEAD = 'Data desa aman. Pekerjaan ini tidak dapat dikembalikan, hanya diteruskan: perbaiki penyebabnya, lalu tekan Coba lagi.';
const STUCK_BACK =
  'Sebagian belum dapat dikembalikan. Tidak ada yang hilang: perbaiki penyebabnya, lalu tekan Coba lagi untuk meneruskan pengembalian.';
const CANCELLED: Cause = {
  code: 'dibatalkan',
  step: 'dibatalkan',
  message: 'Pekerjaan dibatalkan oleh pengguna.',
  advice: 'Semua sudah dikembalikan seperti semula. Tekan Coba lagi untuk memulai dari awal.',
};

function causeOf(failure: unknown, step: string, outcome: string): Cause {
  // Any write anywhere may be the one that finds the disk full, those of libraries too.
  const error = !(failure instanceof PendopoError) && isDiskFull(failure) ? diskFull(failure) : failure;
  if (error instanceof PendopoError) {
    return { code: error.code, step, message: error.message, advice: error.advice === null ? outcome : `${error.advice} ${outcome}` };
  }
  return {
    code: 'kesalahan-tak-terduga',
    step,
    message: `Terjadi kesalahan yang tidak terduga: ${explain(error)}`.slice(0, 1_000),
    advice: outcome,
  };
}
