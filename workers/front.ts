import { watch } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { startBuiltin } from '../src/adapters/front-builtin.ts';
import { type FrontDriver, readPages } from '../src/adapters/front-driver.ts';
import { startNginx } from '../src/adapters/front-nginx.ts';
import { type Applied, forgetApplied, readRouteSet, writeApplied } from '../src/adapters/front-routes.ts';
import { createLog } from '../src/adapters/log.ts';
import { type Config, readConfig } from '../src/config.ts';
import { explain } from '../src/domain/errors.ts';
import type { Log } from '../src/domain/ports.ts';

/** The front process: serves the routes that the workers write, and tells them when they are in effect. */

/** Should the kernel not tell of a change (network disks): look anyway. */
const LOOK_EVERY_MS = 1_000;
/** A wave of desa ends within seconds; every reload of nginx costs a seventh of a second of work. */
const REST_MS = 500;

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

async function startDriver({ front, publicScheme: scheme, dataFolder }: Config, { info }: Log): Promise<FrontDriver> {
  const { driver, host, port } = front;
  const pages = await readPages(readPage);
  if (driver === 'builtin') return startBuiltin({ host, port, scheme, pages });
  const onLine = (line: string): void => info({ nginx: line }, 'nginx says');
  return startNginx({ host, port, scheme, pages, folder, runFolder: join(dataFolder, 'run'), onLine });
}

function readPage(name: string): Promise<string> {
  return readFile(fileURLToPath(new URL(`../templates/pages/${name}`, import.meta.url)), 'utf8');
}

async function keepServing(driver: FrontDriver, signal: AbortSignal): Promise<void> {
  const bell = createBell();
  const watcher = watch(folder, (_event, name) => {
    if (name === 'routes.json') bell.ring();
  });
  // Without routes yet it serves none, and so already shows its pages.
  let applied: Applied = { version: -1, routes: [], fault: null };
  try {
    while (!signal.aborted) {
      const next = await catchUp(driver, applied);
      if (next === applied) await bell.wait(LOOK_EVERY_MS, signal);
      else await delay(REST_MS);
      applied = next;
    }
  } finally {
    watcher.close();
  }
}

/** @returns what is in effect now: the same object when nothing new was wanted */
async function catchUp(driver: FrontDriver, applied: Applied): Promise<Applied> {
  const wanted = (await readWanted()) ?? (applied.version < 0 ? { version: 0, routes: [] } : applied);
  if (wanted.version === applied.version) return applied;
  const next = await serve(driver, wanted, applied);
  await writeApplied(folder, next);
  return next;
}

/** A missing or damaged file is no reason to stop serving what serves; the next job writes it anew. */
async function readWanted(): ReturnType<typeof readRouteSet> {
  try {
    return await readRouteSet(folder);
  } catch (error) {
    log.error({ err: error }, 'routes cannot be read');
    return null;
  }
}

async function serve(driver: FrontDriver, wanted: { version: number; routes: Applied['routes'] }, applied: Applied): Promise<Applied> {
  const begun = performance.now();
  try {
    const isNews = applied.version < 0 || !isDeepStrictEqual(wanted.routes, applied.routes);
    if (isNews) await driver.serve(wanted);
    log.info({ version: wanted.version, routes: wanted.routes.length, ms: Math.round(performance.now() - begun) }, 'routes in effect');
    return { ...wanted, fault: null };
  } catch (error) {
    if (applied.version < 0) throw error;
    log.error({ err: error, version: wanted.version }, 'routes refused; the old ones stay');
    return { version: wanted.version, routes: applied.routes, fault: explain(error) };
  }
}

function createBell() {
  let wake = Promise.withResolvers<void>();
  return {
    ring: () => wake.resolve(),
    async wait(ms: number, signal: AbortSignal): Promise<void> {
      const stop = new AbortController();
      const either = AbortSignal.any([stop.signal, signal]);
      await Promise.race([wake.promise, delay(ms, undefined, { signal: either }).catch(() => undefined)]);
      stop.abort();
      wake = Promise.withResolvers<void>();
    },
  };
}
