import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import type { IdempotencyStore, StoredAnswer } from '../../src/api/idempotency.ts';
import { hashPassword } from '../../src/api/password.ts';
import { buildServer, type ServerOptions } from '../../src/api/server.ts';
import { createTokens } from '../../src/api/tokens.ts';
import type { Role } from '../../src/domain/access.ts';
import type { Job } from '../../src/domain/job.ts';
import { Secret } from '../../src/domain/secret.ts';
import { kecamatanOf, parseKodeDesa, parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { aManifest } from './builders.ts';
import { type Memory, memoryTools } from './memory-tools.ts';

export const PASSWORD = 'kuda-lumping 77';
const HASH = await hashPassword(PASSWORD);

/** Two accounts of kecamatan: one is responsible for DESA, its neighbour is not. */
const ACCOUNTS = {
  superadmin: { role: 'superadmin', wilayah: null },
  kabupaten: { role: 'kabupaten', wilayah: '52.01' },
  operator: { role: 'operator', wilayah: '52.01' },
  kecamatan: { role: 'kecamatan', wilayah: '52.01.14' },
  tetangga: { role: 'kecamatan', wilayah: '52.01.01' },
  pembaca: { role: 'pembaca', wilayah: '52.01' },
} as const satisfies Readonly<Record<string, { role: Role; wilayah: string | null }>>;
export type AccountName = keyof typeof ACCOUNTS;
export const ACCOUNT_NAMES = [
  'superadmin',
  'kabupaten',
  'operator',
  'kecamatan',
  'tetangga',
  'pembaca',
] as const satisfies readonly AccountName[];

/** A desa of kecamatan 52.01.14 where the app `contoh` runs, and one of the neighbour where nothing does. */
export const DESA = '52.01.14.2001';
export const NEIGHBOUR = '52.01.01.2001';

export interface ApiWorld {
  readonly app: FastifyInstance;
  readonly memory: Memory;
  /** Sends a request with the account's bearer token; null: without any. */
  ask(
    account: AccountName | null,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<LightMyRequestResponse>;
  tokenOf(account: AccountName): Promise<string>;
  addJob(changes?: Partial<Job>): Job;
  /** As if nothing had been done yet; the server stays. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function apiWorld(changes: Partial<ServerOptions> = {}): Promise<ApiWorld> {
  const memory = memoryTools([
    aManifest({ secrets: [{ name: 'admin-password', kind: 'password', reveal: true }] }),
    aManifest({ name: 'kabupaten-saja', title: 'Kabupaten saja', scope: 'kabupaten', mount: '/kab' }),
  ]);
  await fill(memory);

  const app = await buildServer(memory.tools, {
    ...serverOptions(),
    ...changes,
    limits: { perMinute: 10_000, signInsPerMinute: 1_000, pollMs: 10, maxEventLoopDelayMs: 60_000, ...changes.limits },
  });
  await app.ready();
  // Made without signing in: hashing passwords is slow on purpose.
  const tokens = createTokens(app, serverOptions().jwtKey);
  const tokenOf = async (account: AccountName): Promise<string> => {
    const user = await memory.tools.users.findByName(account);
    if (user === null) throw new Error(`no account ${account}`);
    return tokens.access(user, await sessionOf(user.id));
  };
  const sessionOf = async (userId: string): Promise<string> => {
    const [open] = await memory.tools.sessions.of(userId);
    if (open !== undefined) return open.id;
    const id = memory.tools.ids.next();
    const expiresAt = new Date(memory.now.getTime() + 3_600_000);
    await memory.tools.sessions.open({ id, userId, tokenHash: id, expiresAt, address: '127.0.0.1', device: 'uji' });
    return id;
  };
  let jobs = 0;

  return {
    app,
    memory,
    tokenOf,
    async ask(account, method, url, body, headers = {}) {
      const authorization = account === null ? {} : { authorization: `Bearer ${await tokenOf(account)}` };
      const request: InjectOptions = { method, url, headers: { ...authorization, ...headers } };
      return app.inject(body === undefined ? request : { ...request, payload: body });
    },
    addJob(more = {}) {
      jobs += 1;
      const job: Job = {
        ...{
          id: `JOB${String(jobs).padStart(4, '0')}`,
          workflow: 'install',
          installationId: `PASANG${jobs + 1}`,
          kode: parseKodeDesa(DESA),
          app: 'contoh',
        },
        ...{ state: 'running', input: { tag: null, settings: {}, archiveId: null }, requestedBy: 'operator', attempt: 1, committed: false },
        ...{ cause: null, cancelRequested: false, createdAt: memory.now, startedAt: memory.now, endedAt: null },
        ...more,
      };
      memory.jobs.set(job.id, job);
      return job;
    },
    async reset() {
      const {
        tenants,
        installations,
        jobs: kept,
        steps,
        archives,
        backups,
        users,
        secrets,
        events,
        sessions,
        audit,
        rung,
        logged,
        factors,
        policies,
      } = memory;
      const { rollouts, members, schedules, runs, pins, bars } = memory.rolling;
      for (const map of [tenants, installations, kept, steps, archives, backups, users, secrets, factors, policies]) map.clear();
      for (const map of [rollouts, members, schedules, pins, bars]) map.clear();
      runs.length = 0;
      for (const list of [events, sessions, audit, rung, logged]) list.length = 0;
      memory.shown.clear();
      jobs = 0;
      await fill(memory);
    },
    close: () => app.close(),
  };
}

async function fill(memory: Memory): Promise<void> {
  for (const [username, { role, wilayah }] of Object.entries(ACCOUNTS)) {
    const account = { id: `U${username.toUpperCase()}`, username, name: username, role, passwordHash: HASH, mustChangePassword: false };
    await memory.tools.users.create({ ...account, wilayah: wilayah === null ? null : parseKodeWilayah(wilayah) });
  }
  for (const [text, nama] of [
    [DESA, 'Meninting'],
    [NEIGHBOUR, 'Beleka'],
  ] as const)
    addDesa(memory, text, nama);
  memory.installations.set('PASANG1', {
    ...{ id: 'PASANG1', kode: parseKodeDesa(DESA), app: 'contoh', state: 'active', tag: 'v1.0.0', version: '1.0.0' },
    ...{ settings: {}, url: 'http://5201142001.localhost:8080/', updatedAt: memory.now },
  });
  memory.secrets.set('installation/PASANG1/admin-password', new Secret('rahasia-sekali'));
}

export function serverOptions(): ServerOptions {
  return {
    jwtKey: new Secret('0123456789abcdef0123456789abcdef'),
    secureCookies: false,
    pings: { database: async () => undefined, redis: async () => undefined },
    idempotency: memoryIdempotency(),
    metricsToken: null,
    trustProxy: false,
    ui: null,
  };
}

export function addDesa(memory: Memory, text: string, nama: string): void {
  const kode = parseKodeDesa(text);
  memory.tenants.set(kode, {
    ...{ kode, nama, domain: null, createdAt: memory.now },
    ...{ kodeKecamatan: kecamatanOf(kode), namaKecamatan: 'Kecamatan', kodeKabupaten: parseKodeWilayah('52.01') },
    ...{ namaKabupaten: 'Kabupaten Lombok Barat', kodeProvinsi: parseKodeWilayah('52'), namaProvinsi: 'Nusa Tenggara Barat' },
  });
}

export function memoryIdempotency(): IdempotencyStore {
  const kept = new Map<string, { hash: string; answer: StoredAnswer | null }>();
  return {
    async begin(key, actor, hash) {
      const found = kept.get(`${actor} ${key}`);
      if (found === undefined) {
        kept.set(`${actor} ${key}`, { hash, answer: null });
        return 'new';
      }
      return found.hash === hash ? (found.answer ?? 'busy') : 'mismatch';
    },
    async finish(key, actor, answer) {
      const found = kept.get(`${actor} ${key}`);
      if (found !== undefined) found.answer = answer;
    },
    async forget(key, actor) {
      kept.delete(`${actor} ${key}`);
    },
  };
}

/** A browser with its cookie jar. */
export interface Browser {
  readonly cookies: Map<string, string>;
  request(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: object | string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<LightMyRequestResponse>;
  /** A CSRF token for who is signed in now. */
  csrf(): Promise<string>;
  signIn(username: string, password?: string): Promise<LightMyRequestResponse>;
}

export function openBrowser(app: FastifyInstance): Browser {
  const cookies = new Map<string, string>();
  const browser: Browser = {
    cookies,
    async request(method, url, body, headers = {}) {
      const sent = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const request: InjectOptions = { method, url, headers: { ...(sent === '' ? {} : { cookie: sent }), ...headers } };
      const answer = await app.inject(body === undefined ? request : { ...request, payload: body });
      for (const { name, value, maxAge } of answer.cookies) {
        if (value === '' || maxAge === 0) cookies.delete(name);
        else cookies.set(name, value);
      }
      return answer;
    },
    async csrf() {
      return (await browser.request('GET', '/api/v1/auth/csrf')).json<{ token: string }>().token;
    },
    async signIn(username, password = PASSWORD) {
      const token = await browser.csrf();
      return browser.request('POST', '/api/v1/auth/masuk', { username, password, session: 'cookie' }, { 'x-csrf-token': token });
    },
  };
  return browser;
}
