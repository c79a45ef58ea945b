import { spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { Broken } from '../domain/errors.ts';
import { errorCode } from './outside-errors.ts';

/** A program to run to its end. Values travel as separate arguments, streams or file descriptors; never through a shell. */
export interface Child {
  readonly program: string;
  readonly args: readonly string[];
  /** Feeds standard input; without it the program reads nothing. Need not listen to the signal: the program's end ends it. */
  readonly feed?: (input: Writable) => Promise<void>;
  /** Whether it may succeed without having read all of it. */
  readonly mayStopReading?: boolean;
  /** Drains standard output; without it the output is dropped. */
  readonly drain?: (output: Readable) => Promise<void>;
  /** Open descriptors the program gets as 3, 4, … */
  readonly descriptors?: readonly number[];
  /** Added to the few variables every program gets. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where it works; / when left out. */
  readonly cwd?: string;
  readonly owner?: { readonly uid: number; readonly gid: number };
  readonly signal: AbortSignal;
}

export interface ChildEnd {
  /** null when a signal ended it. */
  readonly code: number | null;
  /** The last part of what it said on standard error. */
  readonly stderr: string;
}

const STDERR_LIMIT = 8192;
const GRACE_MS = 3000;
// Our own environment stays outside: it may hold secrets, and options that change how the clients behave.
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' };

/**
 * Runs a program and resolves once it has ended and its streams are through. A failing stream ends the program and
 * is thrown; the exception is a closed pipe, where the program's own end says more.
 * @throws the signal's reason when aborted; Broken when the program is not installed
 */
export async function runChild(child: Child): Promise<ChildEnd> {
  child.signal.throwIfAborted();
  const stdin = child.feed === undefined ? 'ignore' : 'pipe';
  const stdout = child.drain === undefined ? 'ignore' : 'pipe';
  const process = spawn(child.program, [...child.args], {
    stdio: [stdin, stdout, 'pipe', ...(child.descriptors ?? [])],
    env: { ...ENVIRONMENT, ...child.environment },
    cwd: child.cwd ?? '/',
    ...child.owner,
  });

  let killTimer: NodeJS.Timeout | undefined;
  const end = (): void => {
    process.kill('SIGTERM');
    killTimer ??= setTimeout(() => process.kill('SIGKILL'), GRACE_MS);
  };
  child.signal.addEventListener('abort', end, { once: true });

  let stderr = '';
  process.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-STDERR_LIMIT);
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    process.once('error', (error) => reject(notStarted(child.program, error)));
    process.once('close', (code) => resolve(code));
  });
  const stream = async (work: Promise<void> | undefined): Promise<void> => {
    try {
      await work;
    } catch (error) {
      if (!isClosedPipe(error)) end();
      throw error;
    }
  };

  try {
    const [code, ...streams] = await Promise.allSettled([
      closed,
      stream(process.stdin === null ? undefined : child.feed?.(process.stdin)),
      stream(process.stdout === null ? undefined : child.drain?.(process.stdout)),
    ]);
    child.signal.throwIfAborted();
    if (code.status === 'rejected') throw code.reason;
    const failed = streams.find((one) => one.status === 'rejected');
    const isExplained = code.value !== 0 || child.mayStopReading === true;
    if (failed !== undefined && !(isExplained && isClosedPipe(failed.reason))) throw failed.reason;
    return { code: code.value, stderr: stderr.trim() };
  } finally {
    clearTimeout(killTimer);
    child.signal.removeEventListener('abort', end);
  }
}

function isClosedPipe(error: unknown): boolean {
  return ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'].includes(errorCode(error) ?? '');
}

function notStarted(program: string, cause: Error): Error {
  if (errorCode(cause) !== 'ENOENT') return cause;
  return new Broken('program-tidak-ada', `Program "${program}" tidak terpasang di server.`, {
    cause,
    advice: 'Pasang paketnya, lalu tekan Coba lagi. Tidak ada data yang berubah.',
  });
}
