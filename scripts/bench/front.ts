import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { Agent, createServer, request, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createFront } from '../../src/adapters/front.ts';
import type { Route } from '../../src/domain/ports-records.ts';
import type { Front } from '../../src/domain/ports-world.ts';
import { tell } from '../terminal/screen.ts';
import type { BenchOptions } from './place.ts';
import { machine, printTable } from './print.ts';
import { decimal, percentile } from './stats.ts';

const DESA = 500;
/** Requests a second while routes come, to known hosts in turn. */
const RATE = 200;
const PAUSE_MS = 1_200;
const WORKER = fileURLToPath(new URL('../../workers/front.ts', import.meta.url));

interface Load {
  readonly stop: () => Promise<void>;
  sent: number;
  readonly failed: string[];
}

/** 500 desa at the front and visitors at their sites: how soon one more is served, and whether anybody notices. */
export async function benchFront({ runs, signal }: BenchOptions): Promise<void> {
  const folder = await mkdtemp('/tmp/pdp-bench-front-');
  await chmod(folder, 0o711);
  const app = await startApp(folder);
  const port = await freePort();
  const process = startFront(folder, port);
  try {
    const front = createFront({ dataFolder: folder });
    const routes = Array.from({ length: DESA }, (_, index) => routeOf(index, app.socket));
    tell(`Membuka ${DESA} alamat …`);
    await untilServing(front, routes, signal);
    const rows: string[][] = [];
    for (const keepAlive of [false, true]) {
      const load = startLoad(port, keepAlive);
      await delay(PAUSE_MS, undefined, { signal });
      for (const pace of ['satu per satu', 'beruntun'] as const) {
        const took = await addOneByOne(front, routes, {
          runs,
          port,
          socket: app.socket,
          signal,
          pauseMs: pace === 'beruntun' ? 0 : PAUSE_MS,
        });
        const figures = [percentile(took, 0.5), percentile(took, 0.95), Math.max(...took)].map((ms) => decimal(ms, 0));
        rows.push([
          `${pace}, ${keepAlive ? 'sambungan dipakai lagi' : 'sambungan baru'}`,
          ...figures,
          String(load.sent),
          String(load.failed.length),
        ]);
      }
      await load.stop();
      for (const reason of new Set(load.failed)) tell(`  gagal: ${reason}`);
    }
    printTable(
      `Menambah satu alamat pada ${DESA} yang sudah ada, sambil ${RATE} permintaan per detik (${machine()})`,
      ['Cara', 'ms p50', 'p95', 'terlama', 'permintaan', 'gagal'],
      rows,
    );
  } finally {
    await endOf(process);
    app.server.closeAllConnections();
    app.server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function routeOf(index: number, socket: string): Route {
  return {
    ...{ host: `desa-${index}.kab.go.id`, path: '/', installationId: `I${index}`, kind: 'site', socket, state: 'open', target: null },
    ...{ security: 'any', uploadMb: 64, answerSeconds: 300 },
  };
}

interface Adding {
  readonly runs: number;
  readonly port: number;
  readonly socket: string;
  readonly pauseMs: number;
  readonly signal: AbortSignal;
}

/** From asking the front to the first whole answer at the new address. */
async function addOneByOne(front: Front, routes: Route[], { runs, port, socket, pauseMs, signal }: Adding): Promise<readonly number[]> {
  const took: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await delay(pauseMs, undefined, { signal });
    const route = routeOf(routes.length, socket);
    routes.push(route);
    const begun = performance.now();
    await front.apply(routes, signal);
    const { status } = await ask(port, route.host, undefined);
    if (status !== 200) throw new Error(`the new address answers HTTP ${status} though it is in effect`);
    took.push(performance.now() - begun);
  }
  return took;
}

/** Requests at a steady rate, however long their answers take: a front that stands still is not spared. */
function startLoad(port: number, keepAlive: boolean): Load {
  const agent = keepAlive ? new Agent({ keepAlive: true, maxSockets: 50 }) : undefined;
  const running = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const one = send().finally(() => running.delete(one));
    running.add(one);
  }, 1_000 / RATE);
  const load: Load = {
    ...{ sent: 0, failed: [] },
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
      agent?.destroy();
    },
  };
  async function send(): Promise<void> {
    const host = `desa-${load.sent++ % DESA}.kab.go.id`;
    let answer = await ask(port, host, agent);
    // A connection that was kept and has been closed meanwhile: browsers ask again, and so do we, once.
    if (answer.status === null && answer.reused) answer = await ask(port, host, undefined);
    if (answer.status !== 200) load.failed.push(answer.reason);
  }
  return load;
}

interface Answered {
  readonly status: number | null;
  readonly reason: string;
  readonly reused: boolean;
}

function ask(port: number, host: string, agent: Agent | undefined): Promise<Answered> {
  return new Promise((resolve) => {
    const question = request(
      { host: '127.0.0.1', port, path: '/', headers: { Host: host }, agent: agent ?? false, timeout: 10_000 },
      (answer) => {
        answer.resume();
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 0, reason: `HTTP ${answer.statusCode}`, reused: question.reusedSocket }),
        );
        answer.once('error', (error) => resolve({ status: 0, reason: error.message, reused: false }));
      },
    );
    question.once('timeout', () => question.destroy(new Error('no answer within 10 s')));
    question.once('error', (error) => resolve({ status: null, reason: error.message, reused: question.reusedSocket }));
    question.end();
  });
}

async function startApp(folder: string): Promise<{ readonly server: Server; readonly socket: string }> {
  await mkdir(`${folder}/run`, { mode: 0o711 });
  const socket = `${folder}/run/http.sock`;
  const server = createServer((_question, answer) => answer.end('ok'));
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  await chmod(socket, 0o666);
  return { server, socket };
}

function startFront(folder: string, port: number): ChildProcess {
  const place = { PENDOPO_DATA: folder, PENDOPO_FRONT_HOST: '127.0.0.1', PENDOPO_FRONT_PORT: String(port), PENDOPO_LOG_LEVEL: 'error' };
  return spawn(process.execPath, [WORKER], { env: { PATH: process.env.PATH, ...place }, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The process has only just been started. */
async function untilServing(front: Front, routes: readonly Route[], signal: AbortSignal): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await front.apply(routes, signal);
    } catch (error) {
      if (tries >= 3) throw error;
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createTcpServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
