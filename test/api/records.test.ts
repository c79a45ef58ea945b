import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { createIdempotency } from '../../src/adapters/db/idempotency.ts';
import { hashPassword } from '../../src/api/password.ts';
import { buildServer } from '../../src/api/server.ts';
import type { Role } from '../../src/domain/access.ts';
import { parseKodeDesa, parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { openBrowser, PASSWORD, serverOptions } from '../support/api-world.ts';
import { aManifest } from '../support/builders.ts';
import { memoryTools } from '../support/memory-tools.ts';
import { openTestRecords, type TestRecords } from '../support/records.ts';

/** The rest of the API's tests works in memory; these show that the real records keep the same promises. */
let records: TestRecords;
let app: FastifyInstance;
const DESA = '52.01.14.2001';

beforeAll(async () => {
  records = await openTestRecords(inject('databaseUrl'), { apps: memoryTools([aManifest()]).tools.apps });
  const passwordHash = await hashPassword(PASSWORD);
  const accounts: readonly (readonly [string, Role, string | null])[] = [
    ['admin', 'superadmin', null],
    ['terkunci', 'operator', null],
    ['kecamatan', 'kecamatan', '52.01.14'],
    ['tetangga', 'kecamatan', '52.01.01'],
  ];
  for (const [username, role, wilayah] of accounts) {
    const user = { id: records.tools.ids.next(), username, name: username, role, passwordHash, mustChangePassword: false };
    await records.tools.users.create({ ...user, wilayah: wilayah === null ? null : parseKodeWilayah(wilayah) });
  }
  app = await buildServer(records.tools, {
    ...serverOptions(),
    idempotency: createIdempotency(records.db, systemClock),
    limits: { signInsPerMinute: 1_000, pollMs: 10, renewalGraceMs: 0, maxEventLoopDelayMs: 60_000 },
  });
});
afterAll(async () => {
  await app.close();
  await records.close();
});

const signIn = (username: string, password = PASSWORD) =>
  app.inject({ method: 'POST', url: '/api/v1/auth/masuk', payload: { username, password } });
async function asking(username: string) {
  const { accessToken } = (await signIn(username)).json<{ accessToken: string }>();
  return (method: 'GET' | 'POST', url: string, payload?: object, headers: Record<string, string> = {}) =>
    app.inject({
      method,
      url: `/api/v1${url}`,
      headers: { authorization: `Bearer ${accessToken}`, ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
}

describe('over the real records', () => {
  it('an account locks at the tenth wrong password', async () => {
    for (let i = 0; i < 9; i += 1) expect((await signIn('terkunci', 'salah sekali')).statusCode).toBe(401);
    expect((await signIn('terkunci')).statusCode, 'nine are forgiven').toBe(200);
    for (let i = 0; i < 10; i += 1) expect((await signIn('terkunci', 'salah sekali')).statusCode).toBe(401);
    expect((await signIn('terkunci')).statusCode).toBe(401);
  }, 60_000);

  it('a refresh token is good once, and its second use ends the family', async () => {
    const browser = openBrowser(app);
    await browser.signIn('kecamatan');
    const stolen = browser.cookies.get('pendopo_refresh');
    browser.cookies.delete('pendopo_access');
    expect((await browser.request('GET', '/api/v1/auth/saya')).statusCode).toBe(200);
    expect((await app.inject({ method: 'POST', url: '/api/v1/auth/perbarui', payload: { refreshToken: stolen } })).statusCode).toBe(401);
    browser.cookies.delete('pendopo_access');
    expect((await browser.request('GET', '/api/v1/auth/saya')).statusCode).toBe(401);
  });

  it('desa and jobs are seen by who is responsible, and asked for once by one key', async () => {
    const [admin, kecamatan, tetangga] = [await asking('admin'), await asking('kecamatan'), await asking('tetangga')];
    expect((await admin('POST', '/desa', { kode: DESA })).statusCode).toBe(201);
    expect((await admin('POST', '/desa', { kode: DESA })).statusCode).toBe(409);
    const install = () => admin('POST', `/desa/${DESA}/aplikasi/contoh/pasang`, undefined, { 'idempotency-key': 'pasang-1' });
    const [first, again] = [await install(), await install()];
    expect(first.statusCode).toBe(202);
    expect(again.json()).toEqual(first.json());
    expect(again.headers['idempotency-replayed']).toBe('true');
    const { jobId } = first.json<{ jobId: string }>();
    expect((await kecamatan('GET', `/pekerjaan/${jobId}`)).json()).toMatchObject({ state: 'queued', requestedBy: 'admin' });
    expect((await tetangga('GET', `/pekerjaan/${jobId}`)).statusCode).toBe(404);
    expect((await tetangga('GET', '/desa')).json()).toEqual({ rows: [], next: null, total: 0 });
    expect((await kecamatan('GET', '/desa?cari=Batu')).json()).toMatchObject({
      total: 1,
      rows: [{ kode: DESA, installations: [{ app: 'contoh', state: 'absent' }] }],
    });
  });

  it('a stream tells what a worker writes, and resumes', async () => {
    const kode = parseKodeDesa('52.01.14.2002');
    const admin = await asking('admin');
    await admin('POST', '/desa', { kode });
    const { jobId } = (await admin('POST', `/desa/${kode}/aplikasi/contoh/pasang`)).json<{ jobId: string }>();
    const { jobs, leases } = records.tools;
    const lease = await leases.acquire(`desa/${kode}`, 'test', 60_000);
    if (lease === null) throw new Error('no lease');
    const stream = admin('GET', `/pekerjaan/${jobId}/aliran`);
    await jobs.saveState(jobId, lease, { state: 'running' });
    for (let i = 1; i <= 30; i += 1) await jobs.appendLog(jobId, [{ position: null, at: new Date(), text: `baris ${i}` }]);
    await jobs.saveState(jobId, lease, { state: 'succeeded' });
    const told = (await stream).body;
    for (let i = 1; i <= 30; i += 1) expect(told.split(`"text":"baris ${i}"`)).toHaveLength(2);
    expect(told).toMatch(/event: end\ndata: {"state":"succeeded"}\n\n$/);
    const ids = [...told.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    const rest = (await admin('GET', `/pekerjaan/${jobId}/aliran`, undefined, { 'last-event-id': String(ids.at(-3)) })).body;
    expect([...rest.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))).toEqual(ids.slice(-2));
    expect((await admin('GET', `/pekerjaan/${jobId}/aliran`, undefined, { 'last-event-id': String(ids.at(-1)) })).statusCode).toBe(204);
  });
});
