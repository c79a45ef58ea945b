import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createConnection } from 'mysql2/promise';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { hashPassword } from '../../src/api/password.ts';
import { type Config, readConfig } from '../../src/config.ts';
import type { Actor } from '../../src/domain/access.ts';
import { isActive, type Job } from '../../src/domain/job.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { type KodeDesa, parseKodeDesa, parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { migrate, type Wired, wire } from '../../src/wiring.ts';
import { requestInstall, requestRemove } from '../../src/workflows/commands/installations.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { ensureFirstAdmin } from '../../src/workflows/first-admin.ts';
import { anActor } from './builders.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
/** As `npm start` does it; see there. */
const PRELOAD = ['--import', new URL('../../scripts/require-drizzle.mjs', import.meta.url).href];

export interface InstanceOptions {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The regions on record, with all below and above them. */
  readonly regions?: readonly string[];
}

/** A whole Pendopo of its own: schema, queue, data folder and front, with real workers that a test starts and kills. */
export interface Instance {
  readonly config: Config;
  readonly tools: Toolbox;
  readonly wired: Wired;
  readonly folder: string;
  /** What its processes are told; for its command line as well. */
  readonly env: Readonly<Record<string, string>>;
  readonly admin: Actor;
  /** The front process that runs now, or ran last. */
  front(): ChildProcess;
  /** A worker as it is in service. `worker` starts one that can be killed at a chosen moment. */
  realWorker(env?: Readonly<Record<string, string>>): ChildProcess;
  startFront(): ChildProcess;
  worker(env?: Readonly<Record<string, string>>): ChildProcess;
  /** Starts the web process and waits until it answers. The password is the first admin's, good for one sign-in. */
  web(): Promise<{ readonly url: string; readonly username: string; readonly password: string }>;
  install(kode: string, settings?: Readonly<Record<string, string>>, tag?: string): Promise<string>;
  remove(kode: string): Promise<string>;
  /** Waits until the job is no longer active. */
  ended(jobId: string, withinMs?: number): Promise<Job>;
  /** Everything of a desa that can be found in the world or in the record, by name. */
  leftovers(kode: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

let instances = 0;

export async function startInstance({
  databaseUrl,
  redisUrl,
  env = {},
  regions = ['52.01.14', '52.01.01'],
}: InstanceOptions): Promise<Instance> {
  const name = `t${process.pid.toString(36)}${(instances++).toString(36)}`;
  const folder = mkdtempSync('/tmp/pdp-');
  // As in service: nginx's workers, who are not root, pass through.
  chmodSync(folder, 0o711);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  const settings: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    PENDOPO_DATA: folder,
    PENDOPO_INSTANCE: name,
    DATABASE_URL: url.href,
    REDIS_URL: redisUrl,
    PENDOPO_TENANT_DB_SOCKET_DIR: dirname(url.searchParams.get('socketPath') ?? '/nowhere/x'),
    PENDOPO_FRONT_DRIVER: 'builtin',
    PENDOPO_FRONT_HOST: '127.0.0.1',
    PENDOPO_FRONT_PORT: String(await freePort()),
    PENDOPO_LOG_LEVEL: 'warn',
    // Work that no test waits for; one about the pool turns it on.
    PENDOPO_POOL: '0',
    // A test that adds a release wants to see it.
    PENDOPO_SOURCE_FRESH: '0',
    ...env,
  };
  const config = readConfig(settings);
  await migrate(config, regions.map(parseKodeWilayah));
  const wired = await wire(config, 'test');
  const { tools } = wired;
  const admin = anActor();
  // What the calendar of the day brings would disturb; a test of it turns it on.
  for (const schedule of await tools.schedules.list()) await tools.schedules.save({ ...schedule, enabled: false });
  const children = new Set<ChildProcess>();

  const start = (script: string, more: Readonly<Record<string, string>> = {}): ChildProcess => {
    const log = openSync(join(folder, 'processes.log'), 'a');
    const child = spawn(process.execPath, [...PRELOAD, join(PROJECT, script)], {
      env: { ...settings, ...more },
      stdio: ['ignore', log, log],
    });
    children.add(child);
    child.once('exit', () => children.delete(child));
    return child;
  };
  const startFront = (): ChildProcess => start('workers/front.ts');
  let front = startFront();

  const ended = async (jobId: string, withinMs = 120_000): Promise<Job> => {
    const limit = Date.now() + withinMs;
    for (;;) {
      const job = await tools.jobs.find(jobId);
      if (job !== null && !isActive(job.state)) return job;
      if (Date.now() > limit) throw new Error(`job ${jobId} is still ${job?.state} after ${withinMs} ms`);
      await tools.clock.sleep(100);
    }
  };

  return {
    ...{ config, tools, wired, folder, admin, ended, env: settings },
    front: () => front,
    startFront() {
      front = startFront();
      return front;
    },
    realWorker: (more = {}) => start('workers/main.ts', more),
    worker: (more = {}) => start('test/support/faulty-worker.ts', more),
    async web() {
      const port = await freePort();
      const first = await ensureFirstAdmin(tools, (password) => hashPassword(password.expose()));
      if (first === null) throw new Error('the first password has been changed already');
      const url = `http://127.0.0.1:${port}`;
      await untilAnswers(start('src/main.ts', { PENDOPO_HTTP_PORT: String(port) }), `${url}/masuk`);
      return { url, username: first.username, password: first.password.expose() };
    },
    async install(text, wanted = {}, tag) {
      const kode = parseKodeDesa(text);
      if ((await tools.tenants.find(kode)) === null) await createTenant(tools, admin, { kode });
      return (await requestInstall(tools, admin, { kode, app: 'contoh-opensid', settings: wanted, tag: tag ?? null })).jobId;
    },
    remove: async (kode) => (await requestRemove(tools, admin, { kode, app: 'contoh-opensid', confirm: kode })).jobId,
    ended,
    leftovers: (kode) => leftoversOf(tools, name, parseKodeDesa(kode)),
    async close() {
      for (const child of [...children]) await end(child);
      const { containers, networks } = await tools.containers.owned();
      for (const container of containers) await tools.containers.remove(container);
      for (const network of networks) await tools.containers.removeNetwork(network);
      await wired.close();
      await dropEverything(config);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function leftoversOf(tools: Toolbox, instance: string, kode: KodeDesa): Promise<string[]> {
  const digits = kode.replaceAll('.', '');
  const name = `${instance}_${digits}_contoh_opensid`;
  const container = `${instance}-${digits}-contoh-opensid`;
  const { containers, networks } = await tools.containers.owned();
  const installation = (await tools.tenants.find(kode))?.installations[0];
  const found: [string, boolean][] = [
    ...containers.map((text): [string, boolean] => [`container ${text}`, text.includes(digits)]),
    ...networks.map((text): [string, boolean] => [`network ${text}`, text.includes(digits)]),
    [`container ${container}`, (await tools.containers.find(container)) !== null],
    [`schema ${name}`, await tools.databases.schemaExists(name)],
    [`user ${name}`, await tools.databases.userExists(name)],
    [`folder desa/${digits}/contoh-opensid`, await tools.files.exists(`desa/${digits}/contoh-opensid`)],
    [`folder run/${digits}-contoh-opensid`, await tools.files.exists(`run/${digits}-contoh-opensid`)],
    ['route on record', (await tools.routes.all()).some(({ host }) => host.startsWith(digits))],
    ['route in effect', (await tools.front.current()).some(({ host }) => host.startsWith(digits))],
  ];
  if (installation !== undefined) {
    found.push(['claims', (await tools.claims.of(installation.id)).length > 0]);
    for (const secret of ['db-password', 'app-key', 'admin-password']) {
      found.push([`secret ${secret}`, await tools.vault.exists(`installation/${installation.id}/${secret}`)]);
    }
  }
  return [...new Set(found.filter(([, isThere]) => isThere).map(([what]) => what))];
}

/** Schemas and users of this instance, whatever a test has left; names begin with the instance's. */
async function dropEverything(config: Config): Promise<void> {
  const connection = await createConnection(connectionOptions(config.databaseUrl));
  const names = async (query: string): Promise<string[]> => {
    const [rows] = await connection.query({ sql: query, rowsAsArray: true }, [`${config.instance}%`]);
    return Array.isArray(rows) ? rows.map((row) => String(Array.isArray(row) ? row[0] : '')) : [];
  };
  for (const user of await names("SELECT CONCAT(QUOTE(User), '@', QUOTE(Host)) FROM mysql.user WHERE User LIKE ?"))
    await connection.query(`DROP USER ${user}`);
  for (const schema of await names('SELECT schema_name FROM information_schema.schemata WHERE schema_name LIKE ?')) {
    await connection.query('DROP DATABASE ??', [schema]);
  }
  await connection.end();
}

async function untilAnswers(child: ChildProcess, url: string): Promise<void> {
  const limit = Date.now() + 60_000;
  while (child.exitCode === null && Date.now() < limit) {
    // Nobody listens there yet: that is what is waited for.
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await delay(100);
  }
  throw new Error(`nothing answers at ${url}; see processes.log of the instance`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await gone;
  clearTimeout(hard);
}

/** Ends a worker the hard way and waits until it is gone. */
export async function killHard(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
