import { existsSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Broken } from '../../src/domain/errors.ts';
import type { Ledger } from './ledger.ts';
import { tailFile } from './logs.ts';
import { type Program, type RunningProcess, startTied } from './process.ts';

/** A program that is started again whenever it ends by itself. */
export interface Kept {
  readonly name: string;
  stop(): Promise<void>;
}

export interface KeepOptions {
  /** Whether it answers. Asked again and again after each start. */
  readonly isReady: () => Promise<boolean>;
  /** How long a first start may take. */
  readonly readyMs: number;
  /** How long it may take to stop by itself. */
  readonly graceMs: number;
  readonly ledger: Ledger;
  /** Words for the person at the terminal. */
  readonly tell: (text: string) => void;
}

const PAUSES_MS = [500, 1_000, 2_000, 5_000, 10_000, 30_000];
/** Having run that long, the next end counts as the first one. */
const CALM_MS = 60_000;

/**
 * Starts the program, returns once it answers, and from then on starts it anew when it ends.
 * @throws Broken with the end of its log when it does not come up
 */
export async function keepRunning(program: Program, options: KeepOptions): Promise<Kept> {
  const halt = new AbortController();
  const logStart = existsSync(program.logFile) ? statSync(program.logFile).size : 0;
  let current = await startOnce(program, options);
  await waitUntilReady(program, logStart, current, options);

  async function watch(): Promise<void> {
    for (let failures = 0; ; failures += 1) {
      const since = Date.now();
      const reason = await current.exited;
      if (halt.signal.aborted) return;
      if (Date.now() - since > CALM_MS) failures = 0;
      const pause = PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)] ?? 30_000;
      options.tell(`${program.name} berhenti (${reason}), dijalankan lagi dalam ${pause / 1000} detik. Log: ${program.logFile}`);
      await delay(pause, undefined, { signal: halt.signal }).catch(() => options.tell(`${program.name} tidak dijalankan lagi`));
      if (halt.signal.aborted) return;
      current = await startOnce(program, options);
      if (halt.signal.aborted) return current.stop(options.graceMs);
    }
  }
  const watching = watch();
  return {
    name: program.name,
    async stop() {
      halt.abort();
      await current.stop(options.graceMs);
      await watching;
    },
  };
}

async function startOnce(program: Program, { ledger }: KeepOptions): Promise<RunningProcess> {
  const running = await startTied(program);
  ledger.note(program.name, running.pid);
  return running;
}

async function waitUntilReady(
  program: Program,
  logStart: number,
  running: RunningProcess,
  { isReady, readyMs, graceMs }: KeepOptions,
): Promise<void> {
  const deadline = Date.now() + readyMs;
  while (running.ended() !== null || !(await isReady())) {
    const reason = running.ended();
    if (reason === null && Date.now() < deadline) {
      await delay(50);
      continue;
    }
    await running.stop(graceMs);
    const why = reason === null ? `belum siap setelah ${Math.round(readyMs / 1000)} detik` : `berhenti dengan ${reason}`;
    const tail = tailFile(program.logFile, logStart, 15);
    throw new Broken('program-tidak-siap', `${program.name} ${why}.`, {
      cause: new Error(tail === '' ? 'lognya kosong' : `akhir lognya:\n${tail}`),
      advice: `Log lengkap: ${program.logFile}`,
    });
  }
}
