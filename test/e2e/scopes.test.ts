import type { ChildProcess } from 'node:child_process';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { parseKodeTenant } from '../../src/domain/wilayah.ts';
import { requestBackup, requestUpdate } from '../../src/workflows/commands/change.ts';
import { requestInstall, requestRemove } from '../../src/workflows/commands/installations.ts';
import { retryJob } from '../../src/workflows/commands/jobs.ts';
import { revokeReader } from '../../src/workflows/commands/readers.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { killOnce } from '../support/chaos.ts';
import { type Instance, killHard, startInstance } from '../support/instance.ts';
import { makeRepository, type Release, type Repository } from '../support/repository.ts';
import { visit } from '../support/visit.ts';

const [DESA, KECAMATAN, KABUPATEN] = ['52.01.14.2001', '52.01.14', '52.01'];
const FIRST = 900_000;

let repositories: readonly Repository[];
let pendopo: Instance;
let workers: readonly ChildProcess[];
beforeAll(async () => {
  const newer = (app: string, changes: Release['changes']) => makeRepository({ app, releases: [{ tag: 'v1.1.0', changes }] });
  repositories = [
    newer('contoh-gabungan', {}),
    newer('contoh-kecamatan', { 'composer.json': (text) => text.replace('"php": "^8.1"', '"php": "^8.4"') }),
  ];
  pendopo = await startInstance({
    databaseUrl: inject('databaseUrl'),
    redisUrl: inject('redisUrl'),
    env: {
      CONTOH_GABUNGAN_REPO: repositories[0]?.path ?? '',
      CONTOH_KECAMATAN_REPO: repositories[1]?.path ?? '',
      PENDOPO_FRONT_DRIVER: 'nginx',
    },
  });
  workers = [pendopo.worker(), pendopo.worker()];
  for (const kode of [DESA, KECAMATAN, KABUPATEN]) await createTenant(pendopo.tools, pendopo.admin, { kode });
}, 60_000);
afterAll(async () => {
  await pendopo.close();
  for (const repository of repositories) repository.remove();
}, 60_000);

const see = (kode: string, path: string, more: Parameters<typeof visit>[3] = {}) =>
  visit(pendopo.config, `${kode.replaceAll('.', '')}.localhost`, path, more);
const succeeds = async (asked: Promise<{ jobId: string }>) =>
  expect(await pendopo.ended((await asked).jobId, FIRST)).toMatchObject({ state: 'succeeded', cause: null });
const install = (kode: string, app: string, tag?: string) =>
  requestInstall(pendopo.tools, pendopo.admin, { kode, app, ...(tag === undefined ? {} : { tag }) });
const gabungan = { kode: KABUPATEN, app: 'contoh-gabungan' };

async function ask(query: string): Promise<number> {
  const connection = await createConnection(connectionOptions(pendopo.config.databaseUrl));
  const [rows] = await connection.query({ sql: query, rowsAsArray: true });
  await connection.end();
  const [first] = Array.isArray(rows) ? rows : [];
  return Number(Array.isArray(first) ? first[0] : Number.NaN);
}

describe('apps of the kabupaten and of a kecamatan', () => {
  it('install only where they belong; one that reads waits for a desa to read', { timeout: FIRST }, async () => {
    await expect(install(DESA, 'contoh-gabungan')).rejects.toMatchObject({ code: 'lingkup-salah' });
    await expect(install(KABUPATEN, 'contoh-kecamatan')).rejects.toMatchObject({ code: 'lingkup-salah' });
    const { jobId } = await install(KABUPATEN, 'contoh-gabungan', 'v1.0.0');
    expect(await pendopo.ended(jobId, FIRST)).toMatchObject({ state: 'undone', cause: { code: 'gabungan-masih-kosong' } });

    await succeeds(install(DESA, 'contoh-opensid'));
    await retryJob(pendopo.tools, pendopo.admin, jobId);
    const [ended] = await Promise.all([pendopo.ended(jobId, FIRST), succeeds(install(KECAMATAN, 'contoh-kecamatan', 'v1.0.0'))]);
    expect(ended).toMatchObject({ state: 'succeeded', cause: null });
  });

  it('show what the combined database holds, by an account that reads it and nothing else', async () => {
    const schema = `${pendopo.config.instance}_gabungan_contoh`;
    const living = await ask(`SELECT COUNT(*) FROM ${schema}.tweb_penduduk WHERE status_dasar = 1`);
    expect(living).toBeGreaterThan(0);
    const { body } = await see(KABUPATEN, '/');
    expect(body).toContain('<h1>Kabupaten Lombok Barat</h1>');
    expect(body).toContain(`<b id="desa">1</b> desa, <b id="penduduk">${living}</b> penduduk`);
    const [reader] = await pendopo.tools.readers.list();
    expect(reader).toMatchObject({
      name: 'contoh-gabungan-5201',
      app: 'contoh-opensid',
      account: `${pendopo.config.instance}_baca_contoh_gabungan_5201`,
    });
    const password = await pendopo.tools.vault.read(reader?.passwordRef ?? '');
    expect(
      await pendopo.tools.databases.canSignIn(reader?.account ?? '', password, `${pendopo.config.instance}_5201142001_contoh_opensid`),
    ).toBe(false);
    await expect(revokeReader(pendopo.tools, pendopo.admin, 'contoh-gabungan-5201')).rejects.toMatchObject({ code: 'akun-milik-aplikasi' });
  });

  it('are reached through the front only where their manifest lets people', async () => {
    const answers = async (path: string, more: Parameters<typeof visit>[3] = {}): Promise<number> =>
      (await see(KABUPATEN, path, more)).status;
    for (const path of ['/api/v1/rahasia', '/api/v1/rahasia/', '/api/v1/%72ahasia?x=1']) expect(await answers(path), path).toBe(404);
    expect((await see(KABUPATEN, '/api/v1/ringkasan?kode_kecamatan=520114')).body).toContain('"desa":1');
    for (const query of ['kode_kecamatan=52.01.14', 'kode.kecamatan=1', "kode_kecamatan=1'%20or%20'1"]) {
      expect(await answers(`/api/v1/ringkasan?${query}`), query).toBe(400);
    }
    expect(await answers('/api/v1/ringkasan', { fields: new URLSearchParams({ kode_kecamatan: "1' or '1" }) })).toBe(400);
  });

  it('are updated, backed up and removed as a desa is, and leave nothing', async () => {
    const tenant = await pendopo.tools.tenants.find(parseKodeTenant(KABUPATEN));
    const id = tenant?.installations[0]?.id ?? '';
    await succeeds(requestUpdate(pendopo.tools, pendopo.admin, { ...gabungan, tag: 'v1.1.0' }));
    expect((await see(KABUPATEN, '/')).body).toContain('Contoh Gabungan 1.1.0');
    const guest = await see(KECAMATAN, '/', { fields: new URLSearchParams({ nama: 'Inaq Sari' }) });
    expect(guest.body).toContain('<b id="tamu">1</b>');
    // A release chooses its PHP, so an update may bring another one.
    expect(guest.body).toContain('Contoh Kecamatan 1.0.0, PHP 8.2<');
    await succeeds(requestUpdate(pendopo.tools, pendopo.admin, { kode: KECAMATAN, app: 'contoh-kecamatan', tag: 'v1.1.0' }));
    const { body } = await see(KECAMATAN, '/');
    expect([body.includes('Contoh Kecamatan 1.1.0, PHP 8.4<'), body.includes('<b id="tamu">1</b>')]).toEqual([true, true]);
    await Promise.all([
      succeeds(requestBackup(pendopo.tools, pendopo.admin, { kode: KECAMATAN, app: 'contoh-kecamatan' })),
      succeeds(requestRemove(pendopo.tools, pendopo.admin, { ...gabungan, confirm: '5201' })),
    ]);
    expect(await pendopo.tools.readers.list()).toEqual([]);
    const account = `${pendopo.config.instance}_baca_contoh_gabungan_5201`;
    expect(await pendopo.tools.databases.userExists(account)).toBe(false);
    expect([await pendopo.tools.claims.of(id), await pendopo.tools.vault.exists(`installation/${id}/reader-password`)]).toEqual([
      [],
      false,
    ]);
    expect((await see(KABUPATEN, '/')).status).toBe(404);
    expect((await see(KECAMATAN, '/')).status).toBe(200);
  });

  it('have one account that reads, or none, whenever a worker dies while it is made or taken away', async () => {
    const { tools, admin, config } = pendopo;
    for (const worker of workers) await killHard(worker);
    const account = `${config.instance}_baca_contoh_gabungan_5201`;
    const kill = (step: string) => ({ step, moment: 'during', afterMs: 15 }) as const;
    const { jobId } = await install(KABUPATEN, 'contoh-gabungan', 'v1.1.0');
    expect(await killOnce(pendopo, jobId, kill('open-reader'))).toMatchObject({ killed: true, job: { state: 'succeeded', cause: null } });
    expect((await tools.readers.list()).map((reader) => reader.account)).toEqual([account]);
    expect((await see(KABUPATEN, '/')).body).toContain('<b id="desa">1</b> desa');
    const removed = (await requestRemove(tools, admin, { ...gabungan, confirm: '5201' })).jobId;
    expect(await killOnce(pendopo, removed, kill('close-reader'))).toMatchObject({
      killed: true,
      job: { state: 'succeeded', cause: null },
    });
    expect([await tools.readers.list(), await tools.databases.userExists(account)]).toEqual([[], false]);
  });
});
