import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import type { Clock, Ids } from '../domain/ports-world.ts';

const BEAT_MS = 2_000;
/** A holder that has not touched its file for so long is dead. */
const STALE_MS = 15_000;

/**
 * Mutual exclusion between processes (also in different containers) by a file that its holder keeps touching.
 * Two may work at once only if a holder was frozen for 15 s; git's own locks then make one of them fail, no more.
 */
export async function withLockFile<T>(
  file: string,
  tools: { clock: Clock; ids: Ids; signal: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const token = tools.ids.next();
  while (!(await take(file, token))) {
    tools.signal?.throwIfAborted();
    await breakStale(file, token, tools.clock);
    await tools.clock.sleep(200, tools.signal);
  }
  const beat = setInterval(() => {
    // A lock that was taken away shows at the end; a beat that fails is nothing to stop for.
    touch(file, tools.clock).catch(() => clearInterval(beat));
  }, BEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if ((await contentOf(file)) === token) await rm(file, { force: true });
  }
}

async function take(file: string, token: string): Promise<boolean> {
  try {
    await writeFile(file, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    // On a full disk the file is made and stays empty: nobody would hold it, and everybody would wait for it.
    await rm(file, { force: true });
    throw error;
  }
}

/** Moves a dead holder's file away; puts it back if it was a fresh one that appeared in between. */
async function breakStale(file: string, token: string, clock: Clock): Promise<void> {
  const seen = await contentOf(file);
  if (seen === null || !(await isStale(file, clock))) return;
  const aside = `${file}.${token}`;
  try {
    await rename(file, aside);
    if ((await contentOf(aside)) !== seen) await link(aside, file);
  } catch (error) {
    // Somebody else was quicker.
    if (!hasCode(error, 'ENOENT') && !hasCode(error, 'EEXIST')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function isStale(file: string, clock: Clock): Promise<boolean> {
  try {
    return clock.now().getTime() - (await stat(file)).mtimeMs > STALE_MS;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

async function touch(file: string, clock: Clock): Promise<void> {
  const now = clock.now();
  await utimes(file, now, now);
}

async function contentOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
