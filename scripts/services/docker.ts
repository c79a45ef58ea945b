import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Broken, explain, Unavailable } from '../../src/domain/errors.ts';
import { answers } from './answers.ts';
import { type KeepOptions, type Kept, keepRunning } from './keep.ts';

export interface EngineOptions extends Pick<KeepOptions, 'ledger' | 'tell'> {
  readonly logFolder: string;
  /** The operator's own DOCKER_HOST; null: the machine's engine, started when none answers. */
  readonly dockerHost: string | null;
  /** Where the engine we start listens, and what else it is told. Tests run one of their own this way. */
  readonly socket?: string;
  readonly flags?: readonly string[];
}

const DEFAULT_SOCKET = '/var/run/docker.sock';
const PID_FILE = '/var/run/docker.pid';
/** For kernels and containers whose packet filter cannot be set: desa containers need no network, only image building does. */
const WITHOUT_NETWORK = ['--iptables=false', '--ip6tables=false', '--bridge=none'];

/** @returns what stops the engine again, or null when it was not us who started it */
export async function startEngine(options: EngineOptions): Promise<Kept | null> {
  const socket = options.socket ?? DEFAULT_SOCKET;
  const host = options.dockerHost ?? `unix://${socket}`;
  if (await engineAnswers(host)) return null;
  if (options.dockerHost !== null) {
    throw new Unavailable('docker-tidak-menjawab', `Docker di ${options.dockerHost} (DOCKER_HOST) tidak menjawab.`, {
      advice: 'Jalankan Docker di sana, atau kosongkan DOCKER_HOST supaya Pendopo memakai Docker mesin ini.',
    });
  }
  options.tell('Menjalankan Docker …');
  if (existsSync('/run/systemd/system') && socket === DEFAULT_SOCKET) return startUnit(host);
  return startDaemon(socket, options);
}

/** Whether the engine answers. systemd may hold the first question back until it has started it. */
function engineAnswers(dockerHost: string): Promise<boolean> {
  const question = 'GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n';
  if (dockerHost.startsWith('unix://')) return answers(dockerHost.slice('unix://'.length), ' 200 ', question, 10_000);
  const { hostname, port } = new URL(dockerHost);
  return answers({ host: hostname, port: Number(port || 2375) }, ' 200 ', question, 10_000);
}

async function startUnit(host: string): Promise<Kept> {
  const started = spawnSync('systemctl', ['start', 'docker.service'], { encoding: 'utf8' });
  if (started.status !== 0 || !(await engineAnswers(host))) {
    throw new Broken('docker-gagal', 'Layanan Docker mesin ini tidak mau jalan.', {
      cause: new Error(started.stderr.trim() || 'docker.service jalan, tetapi soketnya tidak menjawab'),
      advice: 'Lihat sebabnya: journalctl -u docker.service -n 50',
    });
  }
  return {
    name: 'docker',
    async stop() {
      spawnSync('systemctl', ['stop', 'docker.socket', 'docker.service'], { stdio: 'ignore' });
    },
  };
}

async function startDaemon(socket: string, options: EngineOptions): Promise<Kept> {
  mountControlGroups();
  forgetDeadDaemon();
  const start = (flags: readonly string[]) =>
    keepRunning(
      {
        name: 'docker',
        command: ['dockerd', '-H', `unix://${socket}`, '--shutdown-timeout=5', '--log-level=warn', ...(options.flags ?? []), ...flags],
        logFile: join(options.logFolder, 'dockerd.log'),
        account: null,
        env: process.env,
      },
      { ...options, isReady: () => engineAnswers(`unix://${socket}`), readyMs: 60_000, graceMs: 12_000 },
    );
  try {
    return await start([]);
  } catch (error) {
    if (!/iptables|nf_tables|network controller|bridge/i.test(explain(error))) throw error;
    options.tell('Docker tidak dapat mengatur jaringan mesin ini; dicoba lagi tanpa jaringan container.');
    return start(WITHOUT_NETWORK);
  }
}

/** Where no init system has mounted the kernel's control groups, Docker cannot limit a container. */
function mountControlGroups(): void {
  const mounts = readFileSync('/proc/mounts', 'utf8');
  if (/ cgroup2? /.test(mounts)) return;
  spawnSync('mount', ['-t', 'cgroup2', 'none', '/sys/fs/cgroup'], { stdio: 'ignore' });
}

/** dockerd refuses to start when the pid in its old file belongs to any process, be it another program. */
function forgetDeadDaemon(): void {
  if (!existsSync(PID_FILE)) return;
  const commandFile = `/proc/${readFileSync(PID_FILE, 'utf8').trim()}/comm`;
  if (!existsSync(commandFile) || readFileSync(commandFile, 'utf8').trim() !== 'dockerd') rmSync(PID_FILE, { force: true });
}
