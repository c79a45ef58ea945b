import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { lockedOutMs } from '../../src/domain/job.ts';
import { requestBackup, requestDrill, requestRestore, requestRollback, requestUpdate } from '../../src/workflows/commands/change.ts';
import { combinedOf } from '../support/combined.ts';
import { dataOf, work } from '../support/desa-data.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { makeRepository, RELEASES, type Repository } from '../support/repository.ts';
import { scraps } from '../support/sound.ts';
import { visit } from '../support/visit.ts';

const KODE = '52.01.14.2001';
const HOST = '5201142001.localhost';
const PLACE = { kode: KODE, app: 'contoh-opensid' };

let pendopo: Instance;
let repo: Repository;
beforeAll(async () => {
  repo = makeRepository({ releases: Object.values(RELEASES) });
  const env = { CONTOH_OPENSID_REPO: repo.path };
  pendopo = await startInstance({ databaseUrl: inject('databaseUrl'), redisUrl: inject('redisUrl'), env });
  pendopo.worker();
  await pendopo.ended(await pendopo.install(KODE, {}, 'v1.0.0'), 900_000);
}, 1_000_000);
afterAll(async () => {
  await pendopo?.close();
  repo?.remove();
}, 60_000);

const photo = (): string => pendopo.tools.files.path('desa/5201142001/contoh-opensid/desa/upload.txt');
const update = async (tag: string) => pendopo.ended((await requestUpdate(pendopo.tools, pendopo.admin, { ...PLACE, tag })).jobId, 240_000);

async function installed() {
  const row = (await pendopo.tools.tenants.list({ search: KODE, limit: 1 })).rows[0];
  return row?.installations[0];
}

async function siteAnswers(version: string): Promise<void> {
  expect(await visit(pendopo.config, HOST, '/')).toMatchObject({ status: 200 });
  expect(await installed()).toMatchObject({ state: 'active', version });
  expect(await scraps(pendopo)).toEqual([]);
  expect(await combinedOf(pendopo, KODE)).toEqual({ state: 'registered', configId: 2, wrong: [] });
}

describe('an update', { timeout: 300_000 }, () => {
  it('that fails half-way, never answers, or loses rows returns by itself with every row and file', async () => {
    writeFileSync(photo(), 'foto kantor desa');
    await work(pendopo, KODE, "UPDATE artikel SET isi = 'Ditulis warga' LIMIT 1");
    const before = await dataOf(pendopo, KODE);
    const cases = [
      [RELEASES.throwing, 'migrate-database', 'perintah-gagal'],
      [RELEASES.unhealthy, 'wait-until-healthy', 'aplikasi-tidak-sehat'],
      [RELEASES.losing, 'check-conserved', 'data-berubah'],
    ] as const;
    for (const [release, step, code] of cases) {
      const job = await update(release.tag);
      expect(job).toMatchObject({ state: 'undone', cause: { step, code } });
      expect(await dataOf(pendopo, KODE)).toEqual(before);
      expect(readFileSync(photo(), 'utf8')).toBe('foto kantor desa');
      await siteAnswers('1.0.0');
      expect(lockedOutMs(await pendopo.tools.jobs.steps(job.id))).toBeGreaterThan(0);
    }
  });

  it('keeps every row and file, and says how long visitors were locked out', async () => {
    const before = await dataOf(pendopo, KODE, ['config', 'tweb_penduduk', 'tweb_keluarga', 'user']);
    const job = await update(RELEASES.good.tag);
    expect(job).toMatchObject({ state: 'succeeded', cause: null });
    expect(await dataOf(pendopo, KODE, Object.keys(before))).toEqual(before);
    expect(readFileSync(photo(), 'utf8')).toBe('foto kantor desa');
    await siteAnswers('1.1.0');
    const ms = lockedOutMs(await pendopo.tools.jobs.steps(job.id));
    expect(ms).toBeGreaterThan(0);
    console.info(`locked out: ${ms} ms`);
  });

  it('to an older release, or to the same, is refused before anything is touched', async () => {
    expect(await update('v1.0.0')).toMatchObject({ state: 'undone', cause: { step: 'plan', code: 'versi-mundur' } });
    expect(await update('v1.1.0')).toMatchObject({ state: 'undone', cause: { step: 'plan', code: 'sudah-terbaru' } });
  });

  it('is rolled back to release and data of the moment before; what was written since can be had back', async () => {
    const { tools, admin } = pendopo;
    await work(pendopo, KODE, "UPDATE artikel SET judul = 'Setelah pembaruan' LIMIT 1");
    writeFileSync(photo(), 'foto baru');
    const after = await dataOf(pendopo, KODE);

    const back = await pendopo.ended((await requestRollback(tools, admin, PLACE)).jobId, 240_000);
    expect(back).toMatchObject({ state: 'succeeded', cause: null });
    expect(readFileSync(photo(), 'utf8')).toBe('foto kantor desa');
    expect((await dataOf(pendopo, KODE)).artikel).toContain('Ditulis warga');
    await siteAnswers('1.0.0');

    const kept = (await tools.backups.list({ limit: 20 })).find(({ reason }) => reason === 'before-rollback');
    if (kept === undefined) throw new Error('the rollback has kept no backup of the state before it');
    const again = await pendopo.ended((await requestRestore(tools, admin, { backupId: kept.id })).jobId, 240_000);
    expect(again).toMatchObject({ state: 'succeeded', cause: null });
    expect(await dataOf(pendopo, KODE)).toEqual(after);
    expect(readFileSync(photo(), 'utf8')).toBe('foto baru');
    await siteAnswers('1.1.0');
  });
});

describe('a backup', { timeout: 300_000 }, () => {
  it('is made of a desa at work, proven, and proven again by a drill that notices damage', async () => {
    const { tools, admin } = pendopo;
    expect(await pendopo.ended((await requestBackup(tools, admin, PLACE)).jobId)).toMatchObject({ state: 'succeeded', cause: null });
    const backup = (await tools.backups.list({ limit: 1 }))[0];
    if (backup === undefined) throw new Error('no backup on record');
    expect(backup).toMatchObject({ reason: 'by-hand', tag: 'v1.1.0', provenAt: null });

    expect(await pendopo.ended((await requestDrill(tools, admin, { backupId: backup.id })).jobId)).toMatchObject({ state: 'succeeded' });
    expect((await tools.backups.find(backup.id))?.provenAt).toBeInstanceOf(Date);

    const dump = tools.files.path(`backup/${backup.id}/database.sql.gz`);
    expect(existsSync(dump)).toBe(true);
    writeFileSync(dump, readFileSync(dump).subarray(0, 2_000));
    const before = await dataOf(pendopo, KODE);
    const refused = await pendopo.ended((await requestRestore(tools, admin, { backupId: backup.id })).jobId, 240_000);
    expect(refused).toMatchObject({ state: 'undone', cause: { code: 'cadangan-rusak' } });
    expect(await dataOf(pendopo, KODE)).toEqual(before);
    await siteAnswers('1.1.0');
  });
});
