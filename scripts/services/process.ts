import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Broken } from '../../src/domain/errors.ts';
import type { Account } from './account.ts';

/** Something to run as our child. Its output goes to its log file directly, so that it never waits for us. */
export interface Program {
  readonly name: string;
  readonly command: readonly string[];
  readonly logFile: string;
  /** Whom it runs as; null: as ourselves. */
  readonly account: Account | null;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface RunningProcess {
  readonly pid: number;
  /** Why it ended, in words. */
  readonly exited: Promise<string>;
  /** The same at this moment: null while it runs. */
  ended(): string | null;
  /** Asks it to end, and ends it after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts a program that ends with us, even when we are killed outright: the kernel sends it SIGTERM then. `setpriv`
 * asks for that after it has changed the account, because a change of account forgets the wish; so no program may
 * change its account by itself (no `mariadbd --user`). A session of its own keeps the terminal's Ctrl-C from it:
 * who stops when is for us to say.
 */
export async function startTied(program: Program): Promise<RunningProcess> {
  const log = openSync(program.logFile, 'a', 0o640);
  const account =
    program.account === null ? [] : ['--reuid', `${program.account.uid}`, '--regid', `${program.account.gid}`, '--clear-groups'];
  const child = spawn('setpriv', [...account, '--pdeathsig', 'SIGTERM', '--', ...program.command], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...program.env },
  });
  closeSync(log);
  const ended = () =>
    child.signalCode !== null ? `sinyal ${child.signalCode}` : child.exitCode !== null ? `kode ${child.exitCode}` : null;
  const exited = new Promise<string>((resolve) => child.once('exit', () => resolve(ended() ?? 'sebab tak dikenal')));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new Broken('program-gagal', `${program.name} tidak dapat dijalankan.`, { cause: error })));
  });
  const pid = child.pid ?? 0;
  return { pid, exited, ended, stop: (graceMs) => endProcess(pid, exited, graceMs) };
}

async function endProcess(pid: number, exited: Promise<unknown>, graceMs: number): Promise<void> {
  sendSignal(pid, 'SIGTERM');
  if (await settlesWithin(exited, graceMs)) return;
  sendSignal(-pid, 'SIGKILL');
  await settlesWithin(exited, 3_000);
}

/** Sends a signal to a process (or, negative, its group). One that is gone already has what it wanted. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const late = delay(ms, false, { signal: timer.signal }).catch(() => false);
  const won = await Promise.race([promise.then(() => true), late]);
  timer.abort();
  return won;
}

/**
 * When a process started, as the kernel counts it; null when there is none. With the pid it names a process for good,
 * because pids are used again.
 */
export function startOf(pid: number): string | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    // A zombie has ended; only its parent has not looked yet.
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null; // no such process: that is the answer
  }
}
