import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Broken, Unavailable } from '../domain/errors.ts';
import type { Front } from '../domain/ports.ts';
import { readApplied, readRouteSet, writeRouteSet } from './front-routes.ts';

export interface FrontOptions {
  readonly dataFolder: string;
  /** How long the front process may take to put routes into effect. */
  readonly limitMs?: number;
}

const POLL_MS = 30;

/**
 * The workers' side of the front: says in a file which routes are wanted and waits until the front process says that
 * they are in effect. The caller holds the lock `front`, since two writers would raise the same version.
 */
export function createFront({ dataFolder, limitMs = 15_000 }: FrontOptions): Front {
  const folder = join(dataFolder, 'front');
  return {
    async apply(wanted, signal) {
      const routes = wanted.map(({ host, path, installationId, socket, state }) => ({ host, path, installationId, socket, state }));
      const [asked, applied] = [await readRouteSet(folder), await readApplied(folder)];
      const isAsked = asked !== null && isDeepStrictEqual(asked.routes, routes) && applied?.fault == null;
      const version = isAsked ? asked.version : Math.max(asked?.version ?? 0, applied?.version ?? 0) + 1;
      if (!isAsked) await writeRouteSet(folder, { version, routes });
      await untilApplied(folder, version, limitMs, signal);
    },
    current: async () => (await readApplied(folder))?.routes ?? [],
  };
}

async function untilApplied(folder: string, version: number, limitMs: number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    const applied = await readApplied(folder);
    if (applied !== null && applied.version >= version) {
      if (applied.fault === null) return;
      throw new Broken('front-menolak', 'Gerbang situs (front) menolak daftar alamat; yang lama tetap berlaku.', { cause: applied.fault });
    }
    if (performance.now() > end) throw new Unavailable('front-tidak-menjawab', 'Gerbang situs (front) tidak menjawab.');
    await delay(POLL_MS, undefined, { signal });
  }
}
