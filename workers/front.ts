import { watch } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { startBuiltin } from '../src/adapters/front-builtin.ts';
import { type FrontDriver, readPages } from '../src/adapters/front-driver.ts';
import { startNginx } from '../src/adapters/front-nginx.ts';
import { forgetApplied, type RouteSet, readRouteSet, writeApplied, writeInEffect } from '../src/adapters/front-routes.ts';
import { createLog } from '../src/adapters/log.ts';
import { type Config, readConfig } from '../src/config.ts';
import { explain } from '../src/domain/errors.ts';
import type { Log } from '../src/domain/ports-world.ts';

/** The front process: serves the routes that the workers write, and tells them when they are in effect. */

/** Should the kernel not tell of a change (network disks): look anyway. */
const LOOK_EVERY_MS = 1_000;
/** A wave of desa ends within seconds; every reload of nginx costs a seventh of a second of work. */
const REST_MS = 250;

const config = readConfig(process.env);
const log = createLog({ level: config.logLevel, name: 'front' });
const folder = join(config.dataFolder, 'front');
const shutdown = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => shutdown.abort(signal));

try {
  await run(shutdown.signal);
  process.exit(0);
} catch (error) {
  log.error({ err: error, cause: explain(error) }, 'front ends');
  process.exit(1);
}

async function run(signal: AbortSignal): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o711 });
  await forgetApplied(folder);
  const driver = await startDriver(config, log);
  try {
    await Promise.race([keepServing(driver, signal), driver.failure.then((reason) => Promise.reject(reason))]);
  } finally {
    await forgetApplied(folder);
    await driver.stop();
  }
}

async function startDriver({ front, publicScheme: scheme, publicTlsPort, dataFolder }: Config, { info }: Log): Promise<FrontDriver> {
  const { driver, host, port, tlsPort } = front;
  const pages = await readPages(readPage);
  const onLine = (line: string): void => info({ line }, `${driver} says`);
  if (driver === 'builtin') return startBuiltin({ host, port, tlsPort, folder, onLine, scheme, publicTlsPort, pages });
  return startNginx({ host, port, tlsPort, scheme, publicTlsPort, pages, folder, runFolder: join(dataFolder, 'run'), onLine });
}

function readPage(name: string): Promise<string> {
  return readFile(fileURLToPath(new URL(`../templates/pages/${name}`, import.meta.url)), 'utf8');
}

async function keepServing(driver: FrontDriver, signal: AbortSignal): Promise<void> {
  const bell = createBell();
  const watcher = watch(folder, (_event, name) => {
    if (name === 'routes.json') bell.ring();
  });
  try {
    // Without routes yet it serves none, and so already shows its pages.
    let seen = (await readWanted()) ?? { version: 0, routes: [], hosts: [] };
    let serving = await change(driver, null, seen);
    while (!signal.aborted) {
      await bell.wait(LOOK_EVERY_MS, signal);
      const wanted = await readWanted();
      if (wanted === null || wanted.version === seen.version) continue;
      seen = wanted;
      serving = await change(driver, serving, wanted);
      await delay(REST_MS);
    }
  } finally {
    watcher.close();
  }
}

/** A missing or damaged file is no reason to stop serving what serves; the next job writes it anew. */
async function readWanted(): Promise<RouteSet | null> {
  try {
    return await readRouteSet(folder);
  } catch (error) {
    log.error({ err: error }, 'routes cannot be read');
    return null;
  }
}

/** Goes over to the wanted routes, unless they are refused, and tells. @returns what is served now */
async function change(driver: FrontDriver, serving: RouteSet | null, wanted: RouteSet): Promise<RouteSet> {
  const { version, routes, hosts } = wanted;
  const begun = performance.now();
  try {
    if (!isDeepStrictEqual({ routes, hosts }, { routes: serving?.routes, hosts: serving?.hosts })) await driver.serve(wanted);
  } catch (error) {
    if (serving === null) throw error;
    log.error({ err: error, version }, 'routes refused; the old ones stay');
    await writeApplied(folder, { version, fault: explain(error) });
    return serving;
  }
  await writeInEffect(folder, wanted);
  await writeApplied(folder, { version, fault: null });
  log.info({ version, routes: routes.length, ms: Math.round(performance.now() - begun) }, 'routes in effect');
  return wanted;
}

/** Rung while nobody waits, it wakes the next one who does. */
function createBell() {
  let rung = Promise.withResolvers<void>();
  return {
    ring: () => rung.resolve(),
    async wait(ms: number, signal: AbortSignal): Promise<void> {
      const stop = new AbortController();
      const either = AbortSignal.any([stop.signal, signal]);
      await Promise.race([rung.promise, delay(ms, undefined, { signal: either }).catch(() => undefined)]);
      stop.abort();
      rung = Promise.withResolvers<void>();
    },
  };
}
