import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import type { TarStream } from '../domain/ports-world.ts';
import { bytesOf } from './written-file.ts';

const BLOCK = 512;
/** tar-stream ends an archive with two empty blocks. */
const END = 2 * BLOCK;

/** Open files as one tar, which is made while it is read. Closes them, however it ends. */
export async function tarOf(files: readonly { readonly name: string; readonly handle: FileHandle }[]): Promise<TarStream> {
  const sized = await Promise.all(files.map(async (file) => ({ ...file, size: (await file.handle.stat()).size })));
  const bytes = sized.reduce((sum, { size }) => sum + BLOCK + Math.ceil(size / BLOCK) * BLOCK, END);
  const write = async (into: ReturnType<typeof pack>): Promise<void> => {
    for (const { name, handle, size } of sized) await pipeline(bytesOf(handle), into.entry({ name, size, mode: 0o600 }));
    into.finalize();
  };
  const read = async function* (): AsyncGenerator<Uint8Array> {
    const tar = pack();
    try {
      write(tar).catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))));
      for await (const part of tar) if (part instanceof Uint8Array) yield part;
    } finally {
      tar.destroy();
      for (const { handle } of sized) await handle.close();
    }
  };
  return { bytes, content: read() };
}
