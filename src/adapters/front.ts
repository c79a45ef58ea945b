import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Broken, diskFull, isDiskFull, Unavailable } from '../domain/errors.ts';
import type { Front } from '../domain/ports-world.ts';
import { dropOtherCertificates, keepCertificate } from './front-certificates.ts';
import { hideChallenge, showChallenge } from './front-challenges.ts';
import { readApplied, readInEffect, readRouteSet, writeRouteSet } from './front-routes.ts';

export interface FrontOptions {
  readonly dataFolder: string;
  /** How long the front process may take to put routes into effect. */
  readonly limitMs?: number;
}

const LOOK_EVERY_MS = 25;

/**
 * The workers' side of the front: says in a file which routes are wanted and waits until the front process says that
 * they are in effect. The caller holds the lock `front`, since two writers would raise the same version.
 */
export function createFront({ dataFolder, limitMs = 15_000 }: FrontOptions): Front {
  const folder = join(dataFolder, 'front');
  return {
    async apply(wanted, signal, hosts = []) {
      signal.throwIfAborted();
      // Always a new version, also for routes that serve already: only a living front answers to it.
      const version = 1 + Math.max(await versionOf(readRouteSet(folder)), await versionOf(readApplied(folder)));
      try {
        await writeRouteSet(folder, { version, routes: wanted, hosts });
      } catch (error) {
        throw isDiskFull(error) ? diskFull(error) : error;
      }
      await untilApplied(folder, version, limitMs, signal);
      await dropOtherCertificates(folder, new Set(hosts.map(({ certificateId }) => certificateId)));
    },
    keepCertificate: ({ id, chain }, key) => keepCertificate(folder, id, chain, key),
    showChallenge: (token, answer) => showChallenge(folder, token, answer),
    hideChallenge: (token) => hideChallenge(folder, token),
    secured: async () => (await readInEffect(folder))?.hosts ?? [],
    current: async () => (await readInEffect(folder))?.routes ?? [],
  };
}

/** 0 for a file that is missing or damaged: it is about to be written anew, with all routes of the record. */
async function versionOf(reading: Promise<{ readonly version: number } | null>): Promise<number> {
  try {
    return (await reading)?.version ?? 0;
  } catch (error) {
    if (error instanceof Broken) return 0;
    throw error;
  }
}

async function untilApplied(folder: string, version: number, limitMs: number, signal: AbortSignal): Promise<void> {
  const end = performance.now() + limitMs;
  while (performance.now() < end) {
    const applied = await readApplied(folder);
    if (applied !== null && applied.version >= version) {
      if (applied.fault === null) return;
      throw new Broken(
        'front-menolak',
        `Gerbang situs (front) menolak daftar alamat yang baru; yang lama tetap berlaku. ${applied.fault}`,
        {
          advice: 'Situs desa lain tidak terganggu. Lihat log proses front, lalu tekan Coba lagi.',
        },
      );
    }
    await delay(LOOK_EVERY_MS);
    signal.throwIfAborted();
  }
  throw new Unavailable('front-tidak-menjawab', 'Gerbang situs (front) tidak menjawab.', {
    advice: 'Situs yang sudah terbuka tidak berubah. Pekerjaan menunggu dan mencoba lagi sendiri; periksa apakah proses front berjalan.',
  });
}
