import { closeSync, copyFileSync, existsSync, openSync, readSync, statSync, truncateSync } from 'node:fs';

const LARGEST_LOG = 20 * 1024 * 1024;
const CHUNK = 64 * 1024;

/** The last lines that a log has gained since it was `from` bytes long. */
export function tailFile(file: string, from: number, lines: number): string {
  if (!existsSync(file)) return '';
  const size = statSync(file).size;
  return readPart(file, Math.max(from, size - CHUNK), size)
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .join('\n');
}

/** Hands over each new line of a log that another process writes. */
export function followLog(file: string, onLine: (line: string) => void): { poll(): void } {
  let position = existsSync(file) ? statSync(file).size : 0;
  let rest = '';
  return {
    poll() {
      const size = existsSync(file) ? statSync(file).size : 0;
      if (size < position) position = 0;
      while (position < size) {
        const end = Math.min(size, position + CHUNK);
        const lines = (rest + readPart(file, position, end)).split('\n');
        rest = lines.pop() ?? '';
        position = end;
        for (const line of lines) if (line.trim() !== '') onLine(line);
      }
    },
  };
}

/** Keeps a log and one older part. The writer goes on in the emptied file, since all open logs for appending. */
export function rotateLog(file: string): void {
  if (!existsSync(file) || statSync(file).size < LARGEST_LOG) return;
  copyFileSync(file, `${file}.1`);
  truncateSync(file);
}

function readPart(file: string, from: number, to: number): string {
  const handle = openSync(file, 'r');
  try {
    const buffer = Buffer.alloc(to - from);
    return buffer.toString('utf8', 0, readSync(handle, buffer, 0, buffer.length, from));
  } finally {
    closeSync(handle);
  }
}
