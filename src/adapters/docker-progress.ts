import { dockerError, silent } from './docker-engine.ts';
import { isRecord, splitLines } from './docker-output.ts';

interface Progress {
  /** Lines for people. */
  readonly text: string;
  /** The failure, which the engine reports inside a stream that began with status 200. */
  readonly error: string | null;
}

/**
 * Reads the engine's stream of JSON lines (build, pull, import) to its end and gives its error, if it had one.
 * @param idleMs how long the stream may say nothing
 */
export async function followProgress(
  what: string,
  stream: NodeJS.ReadableStream,
  onText: (line: string) => void,
  idleMs: number,
): Promise<string | null> {
  let error: string | null = null;
  const lines = splitLines((line) => {
    const progress = parseProgress(line);
    error = progress.error ?? error;
    for (const text of progress.text.split(/[\r\n]+/)) if (text.trim() !== '') onText(text.trimEnd());
  });
  const watch = watchIdle(stream, idleMs, what);
  try {
    for await (const chunk of stream) {
      watch.alive();
      lines.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk));
    }
  } catch (failure) {
    throw dockerError(what, failure);
  } finally {
    watch.end();
  }
  lines.end();
  return error;
}

function watchIdle(stream: NodeJS.ReadableStream, idleMs: number, what: string): { alive(): void; end(): void } {
  const giveUp = (): void => {
    if ('destroy' in stream && typeof stream.destroy === 'function')
      stream.destroy(silent(new Error(`no progress within ${idleMs} ms: ${what}`)));
  };
  const timer = setTimeout(giveUp, idleMs);
  return { alive: () => void timer.refresh(), end: () => clearTimeout(timer) };
}

function parseProgress(line: string): Progress {
  const event = parseJson(line);
  if (!isRecord(event)) return { text: line, error: null };
  return { text: textOf(event.stream) ?? statusText(event), error: textOf(event.error) };
}

function statusText(event: Readonly<Record<string, unknown>>): string {
  // Bars that move ("Downloading 3 MB/29 MB") would be a flood of lines.
  return isRecord(event.progressDetail) && Object.keys(event.progressDetail).length > 0 ? '' : (textOf(event.status) ?? '');
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
