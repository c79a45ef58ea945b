import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { diskFull, isDiskFull } from '../domain/errors.ts';

const PART_BYTES = 128 * 1024;

export interface WrittenFile {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes a file that is complete or not there at all: beside its place under `.part`, flushed to the disk, then
 * renamed. `fill` gets the stream; when it throws, nothing stays behind.
 * @throws Broken `disk-penuh`
 */
export async function writeWhole(file: string, fill: (into: Writable) => Promise<void>): Promise<WrittenFile> {
  const part = `${file}.part`;
  try {
    const meter = createMeter();
    const filling = fill(meter.stream).catch((error: unknown) => {
      meter.stream.destroy(error instanceof Error ? error : new Error(String(error)));
      throw error;
    });
    const writing = pipeline(meter.stream, createWriteStream(part, { mode: 0o600, flush: true }));
    // Both must have ended before the part may be removed. A full disk shows in `writing`; `filling` then only finds
    // its stream closed.
    const failed = (await Promise.allSettled([writing, filling])).find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    await rename(part, file);
    await syncFolder(dirname(file));
    return meter.read();
  } catch (error) {
    await rm(part, { force: true });
    throw isDiskFull(error) ? diskFull(error) : error;
  }
}

/** Makes a rename last over a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function createMeter(): { readonly stream: Transform; read(): WrittenFile } {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  return { stream, read: () => ({ bytes, sha256: hash.digest('hex') }) };
}

/** All of an open file. Unlike a stream over its descriptor, it leaves the handle open whatever happens. */
export async function* bytesOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(PART_BYTES), 0, PART_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

export async function sha256Of(file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of bytesOf(file)) hash.update(part);
  return hash.digest('hex');
}
