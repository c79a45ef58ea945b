import { fork } from 'node:child_process';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Broken } from '../../src/domain/errors.ts';
import { answers, answersHttp } from './answers.ts';
import { type KeepOptions, type Kept, keepRunning } from './keep.ts';
import { tailFile } from './logs.ts';
import type { HouseSettings } from './settings.ts';

export interface FirstAdmin {
  readonly username: string;
  readonly password: string;
}

/** Faster at the start (see the file), and a third smaller: what a young generation of 2 MB cannot hold is collected sooner. */
const PRELOAD = ['--max-semi-space-size=2', '--import', new URL('../require-drizzle.mjs', import.meta.url).href];

type Shared = Pick<KeepOptions, 'ledger' | 'tell'>;

/**
 * Migrations and the first administrator, in a process that ends afterwards.
 * @returns the administrator when it was made just now, with the password nobody can read again
 */
export async function prepareRecords({ env, logFolder }: HouseSettings): Promise<FirstAdmin | null> {
  const logFile = join(logFolder, 'prepare.log');
  const log = openSync(logFile, 'a', 0o640);
  const logStart = fstatSync(log).size;
  const script = fileURLToPath(new URL('./prepare.ts', import.meta.url));
  const child = fork(script, [], { stdio: ['ignore', log, log, 'ipc'], env: { ...env }, execArgv: PRELOAD });
  closeSync(log);
  const answer = await new Promise<unknown>((resolve) => {
    child.once('message', resolve);
    child.once('exit', (code, signal) => resolve(`proses berhenti (${signal ?? code}); akhir lognya:\n${tailFile(logFile, logStart, 15)}`));
  });
  if (typeof answer === 'object' && answer !== null && 'kind' in answer) {
    if (answer.kind === 'ready') return 'admin' in answer && isAdmin(answer.admin) ? answer.admin : null;
    if ('message' in answer) {
      const advice = 'advice' in answer && typeof answer.advice === 'string' ? answer.advice : `Log lengkap: ${logFile}`;
      throw new Broken('persiapan-gagal', 'Basis data Pendopo gagal disiapkan.', { cause: answer.message, advice });
    }
  }
  throw new Broken('persiapan-gagal', 'Basis data Pendopo gagal disiapkan.', { cause: answer, advice: `Log lengkap: ${logFile}` });
}

/** Starts the web, the workers and the front; returns when all answer. @throws Broken when one does not come up */
export async function startProcesses(settings: HouseSettings, shared: Shared): Promise<readonly Kept[]> {
  const { config, workers } = settings;
  const webHost = reachable(config.http.host);
  const front = { host: reachable(config.front.host), port: config.front.port };
  const starting = [
    keepNode('web', 'src/main.ts', settings, shared, () => answersHttp(`http://${webHost}:${config.http.port}/healthz`, 200)),
    ...Array.from({ length: workers }, (_, index) => keepNode(`worker-${index + 1}`, 'workers/main.ts', settings, shared, livesFor(1_500))),
    keepNode('front', 'workers/front.ts', settings, shared, () => answers(front, 'HTTP/', 'GET / HTTP/1.0\r\n\r\n')),
  ];
  const outcomes = await Promise.allSettled(starting);
  const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined) return started;
  await Promise.all(started.map((kept) => kept.stop()));
  throw failed.reason;
}

/** Host names under which the processes write their logs. */
export function processNames({ workers }: HouseSettings): readonly string[] {
  return ['web', ...Array.from({ length: workers }, (_, index) => `worker-${index + 1}`), 'front'];
}

function keepNode(name: string, script: string, settings: HouseSettings, shared: Shared, isReady: () => Promise<boolean>): Promise<Kept> {
  const path = fileURLToPath(new URL(`../../${script}`, import.meta.url));
  return keepRunning(
    {
      name,
      command: [process.execPath, ...PRELOAD, path],
      logFile: join(settings.logFolder, `${name}.log`),
      account: null,
      env: settings.env,
    },
    { ...shared, isReady, readyMs: 60_000, graceMs: 8_000 },
  );
}

/** For what has no address to ask: it is taken to be up once it has lived for a moment. */
function livesFor(ms: number): () => Promise<boolean> {
  const begun = Date.now();
  return async () => Date.now() - begun > ms;
}

function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

function isAdmin(value: unknown): value is FirstAdmin {
  return (
    typeof value === 'object' &&
    value !== null &&
    'username' in value &&
    typeof value.username === 'string' &&
    'password' in value &&
    typeof value.password === 'string'
  );
}
