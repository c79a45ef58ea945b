import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Broken } from '../domain/errors.ts';
import type { CommandResult, CommandRun } from '../domain/ports-containers.ts';
import { dockerError } from './docker-engine.ts';
import { collectReply, demultiplex } from './docker-output.ts';

/** How a command ended: what it answered and with which code. `lastLines` serves the message of a failure. */
export interface Ending {
  readonly answer: Readonly<Record<string, unknown>> | null;
  readonly lastLines: string;
}

/** A time limit and the job's own signal in one; `explain` gives the right error once it has fired. */
export interface Deadline {
  readonly signal: AbortSignal;
  explain(): unknown;
}

export function startDeadline(run: CommandRun): Deadline {
  const limit = AbortSignal.timeout(run.command.timeoutSeconds * 1000);
  return {
    signal: AbortSignal.any([run.signal, limit]),
    explain: () => (run.signal.aborted ? run.signal.reason : tooLong(run)),
  };
}

function tooLong(run: CommandRun): Broken {
  return new Broken(
    'perintah-terlalu-lama',
    `Perintah "${nameOf(run)}" tidak selesai dalam ${run.command.timeoutSeconds} detik dan dihentikan.`,
  );
}

/**
 * Talks with a command over a hijacked connection: its input, then its output to the end.
 * @param end really ends the command's process; called when the deadline passes
 * @throws what the deadline explains, or Unavailable when the engine goes away
 */
export async function converse(stream: Duplex, run: CommandRun, deadline: Deadline, end: () => Promise<void>): Promise<Ending> {
  const reply = collectReply(run.onLine);
  stream.on(
    'data',
    demultiplex((channel, chunk) => reply[channel].push(chunk)),
  );
  try {
    // A command that does not read its input closes it early; that alone is no failure.
    stream.end(run.stdin.expose());
    await finished(stream, { writable: false, signal: deadline.signal });
  } catch (error) {
    stream.destroy();
    reply.finish();
    if (!deadline.signal.aborted) throw dockerError(`menjalankan perintah "${nameOf(run)}"`, error);
    await end();
    throw deadline.explain();
  }
  return reply.finish();
}

/** @throws Broken with the command's own words when it failed */
export function judge(run: CommandRun, ending: Ending, exitCode: number): CommandResult {
  const { answer, lastLines } = ending;
  if (exitCode === 0 && answer?.ok === true) return { ...answer, ok: true };
  const code = typeof answer?.kode === 'string' && /^[a-z][a-z0-9-]{0,59}$/.test(answer.kode) ? answer.kode : 'perintah-gagal';
  const said = typeof answer?.pesan === 'string' && answer.pesan !== '' ? answer.pesan : null;
  throw new Broken(code, said ?? unexplained(run, ending, exitCode), {
    cause: new Error(`${run.command.run.join(' ')} ended with code ${exitCode}${lastLines === '' ? '' : `: ${lastLines}`}`),
  });
}

function unexplained(run: CommandRun, { answer, lastLines }: Ending, exitCode: number): string {
  const what = exitCode === 0 && answer === null ? 'selesai tanpa jawaban JSON' : `gagal dengan kode ${exitCode}`;
  return `Perintah "${nameOf(run)}" ${what}.${lastLines === '' ? '' : ` Keluaran terakhir:\n${lastLines}`}`;
}

/** "konsol.php seed" rather than the whole path. */
export function nameOf(run: CommandRun): string {
  return run.command.run
    .slice(-2)
    .map((word) => word.split('/').at(-1) ?? word)
    .join(' ');
}
