import { StringDecoder } from 'node:string_decoder';

/** A line longer than this is cut: it is a dump, not a message. Answers are read before they are cut. */
const LONGEST_LINE = 2_000;
const LONGEST_ANSWER = 1_048_576;
const KEPT_LINES = 12;

/** Takes Docker's multiplexed stream apart: 8 bytes of header (channel, length), then that many bytes of one channel. */
export function demultiplex(onChunk: (channel: 'stdout' | 'stderr', chunk: Buffer) => void): (data: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  return (data) => {
    pending = pending.length === 0 ? data : Buffer.concat([pending, data]);
    while (pending.length >= 8) {
      const end = 8 + pending.readUInt32BE(4);
      if (pending.length < end) return;
      onChunk(pending[0] === 2 ? 'stderr' : 'stdout', pending.subarray(8, end));
      pending = pending.subarray(end);
    }
  };
}

export interface Lines {
  push(chunk: Buffer): void;
  /** Gives what stands after the last line break. */
  end(): void;
}

/** Characters that a chunk cuts in half arrive whole; empty lines are left out. */
export function splitLines(onLine: (line: string) => void): Lines {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const give = (line: string): void => {
    const trimmed = line.trimEnd();
    if (trimmed !== '') onLine(trimmed);
  };
  return {
    push(chunk) {
      const lines = (rest + decoder.write(chunk)).split(/\r\n|[\r\n]/);
      // A line without end must not eat the memory.
      rest = (lines.pop() ?? '').slice(0, LONGEST_ANSWER);
      for (const line of lines) give(line);
    },
    end() {
      give(rest + decoder.end());
      rest = '';
    },
  };
}

/** What a command said: lines go to `onLine` as they come, except the JSON object on the last line of stdout. */
export interface Reply {
  readonly stdout: Lines;
  readonly stderr: Lines;
  /** Ends both channels. `answer` is null when the last line was no JSON object. */
  finish(): { answer: Readonly<Record<string, unknown>> | null; lastLines: string };
}

export function collectReply(onLine: (line: string) => void): Reply {
  const kept: string[] = [];
  let held: string | null = null;
  const say = (line: string): void => {
    const short = shorten(line);
    kept.push(short);
    if (kept.length > KEPT_LINES) kept.shift();
    onLine(short);
  };
  const stdout = splitLines((line) => {
    if (held !== null) say(held);
    // Only what may be the answer waits until it is known to be the last line.
    held = line.startsWith('{') ? line : null;
    if (held === null) say(line);
  });
  const stderr = splitLines(say);
  return {
    stdout,
    stderr,
    finish() {
      stdout.end();
      stderr.end();
      const answer = held === null ? null : parseAnswer(held);
      if (answer === null && held !== null) say(held);
      return { answer, lastLines: kept.join('\n') };
    },
  };
}

export function shorten(line: string): string {
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
}

function parseAnswer(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : null;
  } catch (error) {
    // An ordinary last line that happens to begin with a brace.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
