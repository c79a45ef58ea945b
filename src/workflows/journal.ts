import { explain, Unavailable } from '../domain/errors.ts';
import type { Cause, Job, JobState, StepState } from '../domain/job.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { Lease } from '../domain/ports-jobs.ts';
import type { Vault } from '../domain/ports-world.ts';
import type { StepTools } from './step.ts';

const FLUSH_MS = 250;
/** A flood of output keeps its newest lines between two flushes. */
const MOST_LINES = 500;

/** What a running job writes down: its moves at once, its log lines in small batches, secrets masked in both. */
export interface Journal {
  state(state: JobState, cause?: Cause | null): Promise<void>;
  /** Passes the point of no return; false when a wish to cancel came first. */
  commit(): Promise<boolean>;
  step(position: number, state: StepState): Promise<void>;
  failed(position: number, error: unknown, state?: 'failed' | 'undo-failed'): Promise<void>;
  tell(position: number | null, line: string): void;
  /** What outside does not answer; null: it does again. */
  outside(what: string | null): Promise<void>;
  /** The toolbox for one call of a step. */
  toolsFor(position: number | null, signal: AbortSignal): StepTools;
  flush(): Promise<void>;
  close(): Promise<void>;
}

export function openJournal({ job, lease, tools }: { job: Job; lease: Lease; tools: Toolbox }): Journal {
  const { jobs, clock, log } = tools;
  const secrets = new Set<string>();
  const mask = (text: string): string => {
    let masked = text;
    for (const secret of secrets) masked = masked.replaceAll(secret, '[rahasia]');
    return masked;
  };
  const vault: Vault = {
    ...tools.vault,
    read: async (ref) => {
      const secret = await tools.vault.read(ref);
      secrets.add(secret.expose());
      return secret;
    },
  };

  let lines: { position: number | null; at: Date; text: string }[] = [];
  let flushing: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => {
    flushing = flushing.then(async () => {
      const batch = lines;
      lines = [];
      await jobs.appendLog(job.id, batch);
    });
    return flushing;
  };
  /** Log lines that cannot be written must not fail the job; its moves can. */
  const flushInBackground = (): void => {
    flush().catch((error: unknown) => {
      flushing = Promise.resolve();
      log.warn({ job: job.id, err: error }, 'log lines lost');
    });
  };
  const timer = setInterval(() => lines.length > 0 && flushInBackground(), FLUSH_MS);

  const tell = (position: number | null, line: string): void => {
    const text = mask(line.trimEnd());
    if (text === '') return;
    if (lines.length >= MOST_LINES) lines.shift();
    lines.push({ position, at: clock.now(), text });
  };

  return {
    tell,
    flush,
    async state(state, cause) {
      const masked = cause ? { ...cause, message: mask(cause.message), advice: mask(cause.advice) } : cause;
      await jobs.saveState(job.id, lease, masked === undefined ? { state } : { state, cause: masked });
    },
    commit: () => jobs.commit(job.id, lease),
    async outside(what) {
      try {
        await jobs.saveOutside(job.id, lease, what === null ? null : mask(what));
      } catch (error) {
        // The records may be what does not answer: then nobody can read this either, and the job goes on waiting.
        if (!(error instanceof Unavailable)) throw error;
        log.warn({ job: job.id, err: error }, 'wait not written down');
      }
    },
    async step(position, state) {
      await flush();
      await jobs.saveStep(job.id, lease, position, state);
    },
    async failed(position, error, state = 'failed') {
      tell(position, `Gagal: ${explain(error)}`);
      await flush();
      await jobs.saveStep(job.id, lease, position, state);
    },
    toolsFor: (position, signal) => ({ ...tools, vault, signal, tell: (line) => tell(position, line) }),
    async close() {
      clearInterval(timer);
      if (lines.length > 0) flushInBackground();
      await flushing.catch((error: unknown) => log.warn({ job: job.id, err: error }, 'log lines lost'));
    },
  };
}
