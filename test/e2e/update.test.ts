import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { lockedOutMs } from '../../src/domain/job.ts';
import { linkBackup, openBackup } from '../../src/workflows/commands/backup-link.ts';
import { requestBackup, requestDrill, requestRestore, requestRollback, requestUpdate } from '../../src/workflows/commands/change.ts';
import { configureOffsite } from '../../src/workflows/commands/offsite.ts';
import { runTask } from '../../src/workflows/commands/rollouts.ts';
import { previewRestore } from '../../src/workflows/restore-preview.ts';
import { keepSlowTasks } from '../../src/workflows/slow-tasks.ts';
import { combinedOf } from '../support/combined.ts';
import { dataOf, work } from '../support/desa-data.ts';
import { restoreElsewhere, rowsSaid, untar } from '../support/elsewhere.ts';
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
  /** Articles when the backup of the first test was made. */
  let whole = '';

  it('says what a restore would change, is fetched by its link alone, and loads elsewhere with the plain client', async () => {
    const { tools, admin } = pendopo;
    const { jobId } = await requestBackup(tools, admin, PLACE);
    expect(await pendopo.ended(jobId)).toMatchObject({ state: 'succeeded' });
    const [backup] = await tools.backups.list({ limit: 1 });
    if (backup === undefined) throw new Error('no backup on record');
    whole = (await dataOf(pendopo, KODE)).artikel ?? '';
    await work(pendopo, KODE, 'DELETE FROM artikel LIMIT 1');
    const preview = await previewRestore(tools, backup);
    const articles = preview.changes.find(({ table }) => table === 'artikel');
    expect(articles?.now).toBe((articles?.inBackup ?? 0) - 1);
    expect(preview).toMatchObject({ tagNow: 'v1.1.0', changes: [{ isKept: true }] });

    const link = await linkBackup(tools, admin, backup.id);
    await expect(openBackup(tools, { ...admin, username: 'orang-lain' }, link.id)).rejects.toMatchObject({ code: 'tautan-berakhir' });
    const { content, bytes } = await openBackup(tools, admin, link.id);
    const files = await untar(content);
    expect([...files.keys()]).toEqual(['backup.json', 'database.sql.gz', 'volumes.tar.gz']);
    expect(bytes).toBe(files.size * 512 + [...files.values()].reduce((sum, { length }) => sum + Math.ceil(length / 512) * 512, 1024));
    const { rows, views } = await restoreElsewhere(files);
    expect(rows).toEqual(rowsSaid(files));
    expect(Object.keys(rows).length).toBeGreaterThan(5);
    expect(views).toEqual(['keluarga_aktif', 'penduduk_hidup']);
  });

  it('comes back from the copies elsewhere when its folder is gone', async () => {
    const { tools, admin, folder } = pendopo;
    const made = await configureOffsite(tools, admin, { place: `${folder}/luar/gudang`, password: null });
    expect(made?.expose()).toMatch(/^[0-9a-f]{64}$/);
    await runTask(tools, admin, 'salin-luar');
    await keepSlowTasks(tools, 'uji', AbortSignal.timeout(60_000));
    expect((await tools.schedules.runs(1))[0]).toMatchObject({
      task: 'salin-luar',
      state: 'done',
      note: expect.stringContaining('Disalin'),
    });
    const [backup] = await tools.backups.list({ limit: 1 });
    if (backup === undefined) throw new Error('no backup on record');

    rmSync(tools.files.path(`backup/${backup.id}`), { recursive: true });
    const { jobId } = await requestRestore(tools, admin, { backupId: backup.id });
    expect(await pendopo.ended(jobId, 240_000)).toMatchObject({ state: 'succeeded', cause: null });
    expect((await dataOf(pendopo, KODE)).artikel).toBe(whole);
    expect(existsSync(tools.files.path(`backup/${backup.id}/backup.json`))).toBe(true);
    await siteAnswers('1.1.0');
  });

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
