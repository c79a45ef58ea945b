import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createConnection } from 'mysql2/promise';
import { inject } from 'vitest';
import { obey } from '../../scripts/cli/command-line.ts';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { readConfig } from '../../src/config.ts';
import type { Cause, JobState } from '../../src/domain/job.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { migrate, wire } from '../../src/wiring.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/pendopo.ts', import.meta.url));

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as JSON. */
  json(): Record<string, unknown>;
  /** Standard error as JSON. */
  problem(): Record<string, unknown>;
}

/** A Pendopo with records and no workers, and its command line. */
export interface Place {
  readonly tools: Toolbox;
  readonly env: Readonly<Record<string, string>>;
  /** Starts the real script. */
  spawn(args: readonly string[], changes?: Readonly<Record<string, string>>): Promise<Said>;
  /** The same without a process of its own, for long lists of cases. */
  say(...args: readonly string[]): Promise<Said>;
  /** Does a worker's part: brings a job into a state, with a cause. */
  endJob(jobId: string, state: JobState, cause?: Cause): Promise<void>;
  close(): Promise<void>;
}

let places = 0;

export async function openPlace(): Promise<Place> {
  const instance = `c${process.pid.toString(36)}${(places++).toString(36)}`;
  const folder = mkdtempSync('/tmp/pdc-');
  const url = new URL(inject('databaseUrl'));
  url.pathname = `/${instance}`;
  const env = {
    PATH: process.env.PATH ?? '',
    NO_COLOR: '1',
    PENDOPO_DATA: folder,
    PENDOPO_INSTANCE: instance,
    DATABASE_URL: url.href,
    REDIS_URL: inject('redisUrl'),
    PENDOPO_TENANT_DB_SOCKET_DIR: folder,
    // Ports on which nothing can listen for us.
    PENDOPO_HTTP_PORT: '9',
    PENDOPO_FRONT_PORT: '9',
    PENDOPO_LOG_LEVEL: 'silent',
  };
  const config = readConfig(env);
  await migrate(config, ['52.01.14', '52.01.01'].map(parseKodeWilayah));
  const { tools, close } = await wire(config, 'test');
  return {
    tools,
    env,
    spawn: (args, changes = {}) => spawnScript(args, { ...env, ...changes }),
    say: (...args) => sayInside(args, env),
    endJob: (jobId, state, cause) => endJob(tools, jobId, state, cause ?? null),
    async close() {
      await close();
      const connection = await createConnection(connectionOptions(config.databaseUrl));
      await connection.query('DROP DATABASE ??', [instance]);
      await connection.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @param env the whole of it */
export function spawnScript(args: readonly string[], env: Readonly<Record<string, string>>, timeout = 60_000): Promise<Said> {
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], { cwd: '/', env, timeout }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve(said(code, stdout, stderr));
    });
  });
}

async function sayInside(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Said> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  const [out, err]: [string[], string[]] = [[], []];
  const json = args.includes('--json');
  try {
    const code = await obey(args, {
      json,
      width: null,
      answer: (document, text) => void out.push(json ? JSON.stringify(document) : text()),
      line: (record, text) => void out.push(...(json ? [JSON.stringify(record)] : text === null ? [] : [text])),
      note: (text) => void (json || err.push(text)),
      fail: (text) => void err.push(text),
    });
    return said(code, out.join('\n'), err.join('\n'));
  } finally {
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, before);
  }
}

function said(code: number, stdout: string, stderr: string): Said {
  return { code, stdout, stderr, json: () => record(stdout), problem: () => record(stderr) };
}

function record(text: string): Record<string, unknown> {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed === 'object' && parsed !== null) return Object.fromEntries(Object.entries(parsed));
  throw new Error(`no JSON object: ${text}`);
}

async function endJob(tools: Toolbox, jobId: string, state: JobState, cause: Cause | null): Promise<void> {
  const job = await tools.jobs.find(jobId);
  const lease = await tools.leases.acquire(`desa/${job?.kode}`, 'test', 10_000);
  if (lease === null) throw new Error(`the desa of ${jobId} is held`);
  await tools.jobs.saveState(jobId, lease, { state, cause });
  await tools.leases.release(lease);
}
