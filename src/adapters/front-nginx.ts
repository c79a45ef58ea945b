import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Broken, explain, Unavailable } from '../domain/errors.ts';
import { runChild } from './child.ts';
import { giveCertificate, usableHosts } from './front-certificates.ts';
import { CHALLENGE_FOLDER } from './front-challenges.ts';
import { type FrontDriver, type FrontPages, PAGE_FILES, requireFreePort } from './front-driver.ts';
import { type NginxFacts, renderNginxConf } from './front-nginx-conf.ts';
import { portsOf } from './front-routes.ts';
import { httpProbe } from './http-probe.ts';
import { errorCode } from './outside-errors.ts';

export interface NginxOptions extends Omit<NginxFacts, 'user'> {
  readonly pages: FrontPages;
  /** Folder of the apps' sockets. */
  readonly runFolder: string;
  /** Receives what nginx says, line by line. */
  readonly onLine: (line: string) => void;
}

const LIMIT_MS = 10_000;
const TEST_MS = 30_000;
/** A reload lets old and new workers listen together for 100 ms; longer than that only new ones answer. */
const STEADY_MS = 150;
const LOOK_EVERY_MS = 10;
const QUIT_MS = 5_000;
const LONGEST_LOG = 32 * 1024 * 1024;
const LOG_EVERY_MS = 60_000;

/** A private nginx: own prefix, own pid file, own logs, in the foreground as our child. It reads and writes nothing of the system's nginx. */
export async function startNginx(options: NginxOptions): Promise<FrontDriver> {
  const { folder } = options;
  const conf = join(folder, 'nginx.conf');
  const user = await workerAccount(options);
  const facts: NginxFacts = { ...options, user };
  await prepareFolder(folder, options.pages);
  const owner = await ownerOf(user);
  const { promise: failure, resolve: fail } = Promise.withResolvers<Error>();
  let child: ChildProcess | null = null;
  let stopping = false;
  let own: readonly number[] = [];

  const start = async (): Promise<void> => {
    for (const port of [options.port, options.tlsPort]) if (port !== null) await requireFreePort(options.host, port);
    child = spawnNginx(folder, conf, options.onLine, (reason) => {
      if (!stopping) fail(reason);
    });
  };
  const logKeeping = setInterval(() => {
    keepLogShort(folder, () => child?.kill('SIGUSR1')).catch((error: unknown) => options.onLine(`access.log: ${String(error)}`));
  }, LOG_EVERY_MS);
  logKeeping.unref();

  /** A new desa's port that is taken is refused. At the start one desa that cannot be reached must not keep all others out. */
  const mayOpen = async (port: number, starting: boolean): Promise<boolean> => {
    try {
      await requireFreePort(options.host, port);
      return true;
    } catch (error) {
      if (!starting) throw error;
      options.onLine(explain(error));
      return false;
    }
  };

  return {
    failure,
    async serve(set) {
      // nginx's own test does not say whether somebody else has the port.
      const ports: number[] = [];
      for (const port of portsOf(set)) if (own.includes(port) || (await mayOpen(port, child === null))) ports.push(port);
      const candidate = `${conf}.baru`;
      const hosts = await usableHosts(folder, set.hosts, options.onLine, (id) => giveCertificate(folder, id, owner));
      await writeFile(candidate, renderNginxConf({ ...set, hosts }, facts, ports));
      await test(folder, candidate);
      await rename(candidate, conf);
      if (child === null) await start();
      else child.kill('SIGHUP');
      await Promise.race([waitForVersion(join(folder, 'control.sock'), set.version), failure.then((reason) => Promise.reject(reason))]);
      own = ports;
    },
    async stop() {
      stopping = true;
      clearInterval(logKeeping);
      if (child !== null) await end(child);
    },
  };
}

/** As www-data where it may reach the apps' sockets and the pages; as root where the data folder is closed to it (below /root, say). */
async function workerAccount({ runFolder, folder }: NginxOptions): Promise<string | null> {
  if (process.getuid?.() !== 0) return null;
  for (const path of [runFolder, folder]) {
    await mkdir(path, { recursive: true, mode: 0o711 });
    const may = await runChild({
      program: 'setpriv',
      args: ['--reuid=www-data', '--regid=www-data', '--clear-groups', '--', 'test', '-x', path],
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    if (may.code !== 0) return 'root';
  }
  return 'www-data';
}

/** Uid and gid of the account that opens certificates. */
async function ownerOf(user: string | null): Promise<{ readonly uid: number; readonly gid: number }> {
  const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  if (user === null) return own;
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((one) => one.startsWith(`${user}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? own : { uid: Number(uid), gid: Number(gid) };
}

async function prepareFolder(folder: string, pages: FrontPages): Promise<void> {
  // What a killed nginx left would keep a new one from listening.
  await rm(join(folder, 'control.sock'), { force: true });
  for (const name of ['pages', 'tmp', CHALLENGE_FOLDER]) {
    await mkdir(join(folder, name), { recursive: true, mode: 0o755 });
    await chmod(join(folder, name), 0o755);
  }
  for (const page of ['notFound', 'maintenance', 'notAnswering', 'tooLarge'] as const) {
    await writeFile(join(folder, 'pages', PAGE_FILES[page]), pages[page], { mode: 0o644 });
  }
}

/** @throws Broken with nginx's own words */
async function test(folder: string, conf: string): Promise<void> {
  const { code, stderr } = await runChild({
    program: 'nginx',
    args: ['-t', '-q', '-e', 'stderr', '-p', folder, '-c', conf],
    signal: AbortSignal.timeout(TEST_MS),
  });
  if (code !== 0) throw new Broken('nginx-menolak', 'nginx menolak pengaturannya.', { cause: new Error(stderr) });
}

function spawnNginx(folder: string, conf: string, onLine: (line: string) => void, onEnd: (reason: Error) => void): ChildProcess {
  // setpriv: nginx ends when we are killed. detached: Ctrl-C reaches only us, and its workers can be ended as a group.
  const child = spawn('setpriv', ['--pdeathsig', 'SIGTERM', '--', 'nginx', '-e', 'stderr', '-p', folder, '-c', conf], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let last = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter((one) => one !== '')) {
      last = line;
      onLine(line);
    }
  });
  child.once('error', onEnd);
  child.once('exit', (code, signal) => {
    endGroup(child.pid); // workers of a master that was killed hold the port
    onEnd(new Error(`nginx ended with ${code ?? signal}: ${last}`));
  });
  return child;
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error; // ESRCH: none was left
  }
}

async function waitForVersion(socket: string, version: number): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  let since: number | null = null;
  while (performance.now() < end) {
    const answer = await httpProbe.get(socket, { host: 'front', path: '/', scheme: 'http', timeoutMs: 1_000 });
    const isNew = answer?.body === String(version);
    since = isNew ? (since ?? performance.now()) : null;
    if (since !== null && performance.now() - since >= STEADY_MS) return;
    await delay(LOOK_EVERY_MS);
  }
  throw new Unavailable('nginx-tidak-menjawab', 'nginx belum memakai daftar alamat yang baru.');
}

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
  child.kill('SIGQUIT');
  const timer = setTimeout(() => child.kill('SIGTERM'), QUIT_MS);
  const last = setTimeout(() => endGroup(child.pid), QUIT_MS + 1_000);
  await ended;
  clearTimeout(timer);
  clearTimeout(last);
}

/** One old log is kept beside the new one. */
async function keepLogShort(folder: string, reopen: () => void): Promise<void> {
  const log = join(folder, 'access.log');
  if ((await stat(log)).size < LONGEST_LOG) return;
  await rename(log, `${log}.1`);
  reopen();
}
