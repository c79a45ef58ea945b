/** One call of a step into the world: within its time, waiting for what does not answer, telling a stop from a failure. */
import { Broken, PendopoError, Unavailable } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { Clock } from '../domain/ports-world.ts';
import { PATIENCE_MS } from '../domain/waiting.ts';
import type { Journal } from './journal.ts';
import type { Step, StepTools } from './step.ts';

/** Why a job stops in the middle of a step. */
export type StopReason = 'shutdown' | 'lease-lost' | 'cancelled';

export interface Stopped {
  readonly kind: 'stopped';
  readonly reason: StopReason;
}
export interface Failed {
  readonly kind: 'failed';
  readonly error: unknown;
}
export type Ended = Stopped | Failed;
export type Attempt<T> = { readonly kind: 'value'; readonly value: T } | Ended;

export interface Call<T> {
  readonly step: Pick<Step, 'name' | 'label' | 'timeLimitSeconds'>;
  /** null while the plan is being made. */
  readonly position: number | null;
  /** Ends the call when it is aborted. */
  readonly stop: AbortSignal;
  readonly work: (tools: StepTools) => Promise<T>;
}

interface Caller {
  readonly tools: Toolbox;
  readonly stop: AbortSignal;
  /** How long to wait for something outside that does not answer before the step counts as failed. */
  readonly patienceMs?: number;
}

const STEP_LIMIT_SECONDS = 600;
const LONGEST_PAUSE_MS = 5_000;

/** @throws the Conflict `lease-lost`, which ends the run at once */
export async function attempt<T>(caller: Caller, journal: Journal, call: Call<T>): Promise<Attempt<T>> {
  const { clock } = caller.tools;
  const patience = caller.patienceMs ?? PATIENCE_MS;
  let waitingSince: number | null = null;
  for (let pause = 500; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const result = await callOnce(caller, journal, call);
    if (result.kind !== 'failed' || !(result.error instanceof Unavailable)) {
      if (waitingSince !== null && result.kind === 'value') await journal.outside(null);
      return result;
    }
    if (waitingSince === null) await journal.outside(result.error.message);
    waitingSince ??= clock.elapsed();
    if (clock.elapsed() - waitingSince > patience) return result;
    journal.tell(call.position, `Menunggu: ${result.error.message}`);
    if (!(await slept(clock, pause, call.stop))) return stopped(caller);
  }
}

async function callOnce<T>(caller: Caller, journal: Journal, { step, position, stop, work }: Call<T>): Promise<Attempt<T>> {
  const limit = AbortSignal.timeout((step.timeLimitSeconds ?? STEP_LIMIT_SECONDS) * 1_000);
  try {
    return { kind: 'value', value: await work(journal.toolsFor(position, AbortSignal.any([stop, limit]))) };
  } catch (error) {
    if (error instanceof PendopoError && error.code === 'lease-lost') throw error;
    if (stop.aborted) return stopped(caller);
    if (!limit.aborted) return { kind: 'failed', error };
    return {
      kind: 'failed',
      error: new Broken('langkah-terlalu-lama', `Langkah "${step.label}" melewati batas waktunya.`, { cause: error }),
    };
  }
}

/** The worker's own reasons count before a wish to cancel: that one is on record and will be heard by the next worker. */
export function stopped({ stop }: { readonly stop: AbortSignal }): Stopped {
  if (!stop.aborted) return { kind: 'stopped', reason: 'cancelled' };
  return { kind: 'stopped', reason: stop.reason === 'lease-lost' ? 'lease-lost' : 'shutdown' };
}

async function slept(clock: Clock, ms: number, stop: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, stop);
    return true;
  } catch (error) {
    if (stop.aborted) return false;
    throw error;
  }
}
