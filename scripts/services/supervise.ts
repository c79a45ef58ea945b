import { join } from 'node:path';
import { explain } from '../../src/domain/errors.ts';
import { type Outcome, startOwnContainers, stopOwnContainers } from './containers.ts';
import { startEngine } from './docker.ts';
import { checkMariadb, checkRedis } from './external.ts';
import type { Kept } from './keep.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { rotateLog } from './logs.ts';
import { startMariadb } from './mariadb.ts';
import { settlePorts } from './ports.ts';
import { type FirstAdmin, prepareRecords, processNames, startProcesses } from './processes.ts';
import { startRedis } from './redis.ts';
import { type HouseSettings, readHouseSettings } from './settings.ts';

export interface SuperviseOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a taken port may be replaced by the next free one. */
  readonly mayMovePorts: boolean;
  /** Ends the start early. */
  readonly signal: AbortSignal;
  readonly tell: (text: string) => void;
  /** Tells a stage and how long it took. */
  readonly stage: <T>(text: string, work: () => Promise<T>) => Promise<T>;
}

/** A Pendopo that runs as a whole: services, records, processes. */
export interface House {
  readonly settings: HouseSettings;
  /** Made just now; null when there was one already. */
  readonly admin: FirstAdmin | null;
  stop(): Promise<void>;
}

const CONTAINERS_STOP_MS = 8_000;
const ROTATE_EVERY_MS = 60_000;

/** Starts everything in its order. What was started is stopped again, in the opposite order, by `stop` or when a later part fails. */
export async function supervise(options: SuperviseOptions): Promise<House> {
  const { tell, stage, signal } = options;
  const wanted = readHouseSettings(options.env);
  const ledger = await openLedger(wanted.config.dataFolder, tell);
  const stops: (() => Promise<void>)[] = [async () => ledger.close()];
  const stop = () => stopAll(stops, tell);
  try {
    const settings = await withFreePorts(wanted, options);
    await startServices(settings, ledger, options, stops);
    signal.throwIfAborted();
    const admin = await stage('Basis data Pendopo siap', () => prepareRecords(settings));
    signal.throwIfAborted();
    await stage('Aplikasi desa berjalan', async () => report('dijalankan', await startOwnContainers(containersOf(settings)), tell));
    signal.throwIfAborted();
    const processes = await stage(`Web, ${settings.workers} pekerja dan pintu depan siap`, () =>
      startProcesses(settings, { ledger, tell }),
    );
    stops.push(() => stopTogether(processes));
    stops.push(rotateLogs(settings));
    return { settings, admin, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function withFreePorts(settings: HouseSettings, { mayMovePorts, tell }: SuperviseOptions): Promise<HouseSettings> {
  const { config, env } = settings;
  const fixed = (name: string) => (env[name] ?? '').trim() !== '';
  const ports = await settlePorts(
    [
      { variable: 'PENDOPO_HTTP_PORT', what: 'panel admin', ...config.http, fixed: fixed('PENDOPO_HTTP_PORT') },
      { variable: 'PENDOPO_FRONT_PORT', what: 'situs desa', ...config.front, fixed: fixed('PENDOPO_FRONT_PORT') },
    ],
    { dataFolder: config.dataFolder, mayMove: mayMovePorts, tell },
  );
  const chosen = Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)]));
  return readHouseSettings({ ...env, ...chosen, PENDOPO_DATA: config.dataFolder });
}

/** The three do not need each other, so they start at the same time. */
async function startServices(
  settings: HouseSettings,
  ledger: Ledger,
  options: SuperviseOptions,
  stops: (() => Promise<void>)[],
): Promise<void> {
  const { config, logFolder, bufferPool, starts, env } = settings;
  const { stage, tell } = options;
  const shared = { ledger, tell, logFolder, dataFolder: config.dataFolder };
  const docker = stage('Docker siap', () => startEngine({ ...shared, dockerHost: starts.docker ? null : (env.DOCKER_HOST ?? null) }));
  const mariadb = stage('MariaDB siap', () =>
    starts.mariadb ? startMariadb({ ...shared, bufferPool }) : checkMariadb(config.databaseUrl),
  );
  const redis = stage('Redis siap', () => (starts.redis ? startRedis(shared) : checkRedis(config.redisUrl)));

  const outcomes = await Promise.allSettled([docker, mariadb, redis]);
  const [engine, ...databases] = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : null));
  if (engine) stops.push(() => engine.stop());
  stops.push(() => stopTogether(databases.filter((kept) => kept !== null)));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  // With a database of the operator's own the desa keep running without us.
  if (starts.mariadb) {
    stops.push(async () => report('dihentikan', await stopOwnContainers(containersOf(settings), CONTAINERS_STOP_MS), tell));
  }
}

async function stopAll(stops: (() => Promise<void>)[], tell: (text: string) => void): Promise<void> {
  for (let next = stops.pop(); next !== undefined; next = stops.pop()) {
    try {
      await next();
    } catch (error) {
      // The rest must stop all the same.
      tell(`Gagal menghentikan sebagian: ${explain(error)}`);
    }
  }
}

async function stopTogether(kept: readonly Kept[]): Promise<void> {
  await Promise.all(kept.map((one) => one.stop()));
}

function containersOf({ config }: HouseSettings) {
  return { dockerHost: config.dockerHost, instance: config.instance, dataFolder: config.dataFolder };
}

function report(verb: string, outcome: Outcome, tell: (text: string) => void): void {
  if (outcome.done > 0) tell(`${outcome.done} aplikasi desa ${verb}.`);
  for (const failure of outcome.failures) tell(`Sebagian aplikasi desa tidak ${verb}: ${failure}`);
}

function rotateLogs(settings: HouseSettings): () => Promise<void> {
  const names = [...processNames(settings), 'mariadb', 'redis', 'dockerd', 'prepare'];
  const timer = setInterval(() => {
    for (const name of names) rotateLog(join(settings.logFolder, `${name}.log`));
  }, ROTATE_EVERY_MS);
  return async () => clearInterval(timer);
}
