import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A private server of the test run, on a unix socket in a short folder below /tmp that goes with it. */
export interface Service {
  readonly url: string;
  readonly socket: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Ends it the hard way. Folder and data stay, and so does the socket's folder, which containers have mounted. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, on the same data and socket. */
  restart(): Promise<void>;
  /** Ends it for good; its folder goes too. */
  stop(): Promise<void>;
}

const run = promisify(execFile);
const PREFIX = 'pdt-';
const READY_MS = 60_000;
const isRoot = process.getuid?.() === 0;

export interface MariadbOptions {
  /** What was committed outlives `kill`, as it does in service. Off: a test's data need not outlive the test. */
  readonly durable?: boolean;
  /** Where its data stand: an empty folder, for example a small disk. Left out: a folder of its own. */
  readonly dataFolder?: string;
  /** Also reached on this port of loopback. */
  readonly port?: number;
  readonly settings?: readonly string[];
}

/** MariaDB with nothing in it. */
export async function startMariadb({ durable = false, dataFolder, port, settings: more = [] }: MariadbOptions = {}): Promise<Service> {
  const folder = await makeFolder();
  const user = isRoot ? ['--user=root'] : [];
  const datadir = `--datadir=${dataFolder ?? `${folder}/data`}`;
  // Temporary tables get their names by counting, so two servers must not share a folder for them.
  const env = { ...process.env, TMPDIR: `${folder}/tmp` };
  await mkdir(env.TMPDIR);
  await run('mariadb-install-db', ['--no-defaults', ...user, datadir, '--auth-root-authentication-method=socket', '--skip-test-db'], {
    env,
  });
  const socket = `${folder}/run/mysqld.sock`;
  const settings = [
    ...(port === undefined ? ['--skip-networking'] : ['--bind-address=127.0.0.1', `--port=${port}`]),
    '--skip-name-resolve',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_ci',
    '--innodb-buffer-pool-size=64M',
    `--innodb-flush-log-at-trx-commit=${durable ? 1 : 0}`,
    '--performance-schema=OFF',
    `--tmpdir=${folder}/tmp`,
    ...more,
  ];
  const command = ['mariadbd', '--no-defaults', ...user, datadir, `--socket=${socket}`, `--pid-file=${folder}/pid`, ...settings];
  const account = isRoot ? 'root' : encodeURIComponent(process.env.USER ?? 'root');
  return start(folder, command, socket, `mysql://${account}@localhost/?socketPath=${encodeURIComponent(socket)}`);
}

/** Redis as the queue wants it. */
export async function startRedis(): Promise<Service> {
  const folder = await makeFolder();
  const socket = `${folder}/run/redis.sock`;
  const settings = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', '', '--maxmemory-policy', 'noeviction'];
  return start(folder, ['redis-server', ...settings], socket, `unix://${socket}`);
}

async function start(folder: string, command: readonly string[], socket: string, url: string): Promise<Service> {
  let child = await launch(command, socket);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  return {
    url,
    socket,
    get pid() {
      return child.pid ?? 0;
    },
    kill,
    async restart() {
      child = await launch(command, socket);
    },
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Returns once it answers. */
async function launch(command: readonly string[], socket: string): Promise<ChildProcess> {
  // Dies with us, however we die.
  const child = spawn('setpriv', ['--pdeathsig', 'SIGKILL', '--', ...command], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4_000);
  });
  const end = Date.now() + READY_MS;
  while (!(await answers(socket))) {
    if (child.exitCode !== null || Date.now() > end) throw new Error(`${command[0]} did not start:\n${said}`);
    await delay(50);
  }
  return child;
}

/** `/tmp/pdt-<our pid>-…`. Those of runs that died are removed on the way. */
async function makeFolder(): Promise<string> {
  for (const name of await readdir('/tmp')) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !(await isAlive(pid))) await rm(`/tmp/${name}`, { recursive: true, force: true });
  }
  const folder = await mkdtemp(`/tmp/${PREFIX}${process.pid}-`);
  // Containers of a test mount this one: it holds the socket and nothing else.
  await mkdir(`${folder}/run`, { mode: 0o755 });
  return folder;
}

async function isAlive(pid: string): Promise<boolean> {
  try {
    return (await readFile(`/proc/${pid}/comm`, 'utf8')) !== '';
  } catch {
    return false; // "no such process" is the answer
  }
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', () => resolve(false));
  });
}
