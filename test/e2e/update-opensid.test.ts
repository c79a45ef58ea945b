import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { lockedOutMs } from '../../src/domain/job.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { linkBackup, openBackup } from '../../src/workflows/commands/backup-link.ts';
import { requestBackup, requestRollback, requestUpdate } from '../../src/workflows/commands/change.ts';
import { requestInstall } from '../../src/workflows/commands/installations.ts';
import { startRehearsal } from '../../src/workflows/commands/rehearsals.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { combinedOf } from '../support/combined.ts';
import { dataOf, work } from '../support/desa-data.ts';
import { restoreElsewhere, rowsSaid, untar } from '../support/elsewhere.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { scraps } from '../support/sound.ts';
import { visit } from '../support/visit.ts';

/** Real OpenSID, from the repository that OPENSID_REPO names. Without it there is nothing to try. */
const REPO = process.env.OPENSID_REPO ?? '';
const KODE = '52.01.14.2001';
const PLACE = { kode: KODE, app: 'opensid' };
const FIRST = 1_800_000;

let pendopo: Instance;
beforeAll(async () => {
  if (REPO === '') return;
  pendopo = await startInstance({ databaseUrl: inject('databaseUrl'), redisUrl: inject('redisUrl'), env: { OPENSID_REPO: REPO } });
  pendopo.worker();
}, 60_000);
afterAll(() => pendopo?.close(), 60_000);

const ROWS = [
  'SET @config = (SELECT id FROM config LIMIT 1)',
  "INSERT INTO tweb_wil_clusterdesa (config_id, rt, rw, dusun) SELECT @config, LPAD(seq, 3, '0'), '001', 'Mekarsari' FROM seq_1_to_4",
  `INSERT INTO tweb_keluarga (config_id, no_kk, id_cluster, tgl_daftar)
     SELECT @config, CONCAT('520114000000', LPAD(seq, 4, '0')), (SELECT MIN(id) FROM tweb_wil_clusterdesa) + seq % 4, NOW() FROM seq_1_to_40`,
  `INSERT INTO tweb_penduduk (config_id, nama, nik, id_kk, kk_level, sex, tempatlahir, tanggallahir, agama_id, status_kawin, id_cluster, created_by)
     SELECT @config, CONCAT('Penduduk ', seq), CONCAT('520114010190', LPAD(seq, 4, '0')), (SELECT MIN(id) FROM tweb_keluarga) + seq % 40,
       IF(seq <= 40, 1, 4), 1 + seq % 2, 'Senggigi', DATE_SUB('2020-01-01', INTERVAL seq * 97 DAY), 1, 1,
       (SELECT MIN(id) FROM tweb_wil_clusterdesa) + seq % 4, 1 FROM seq_1_to_150`,
  'UPDATE tweb_keluarga k SET nik_kepala = (SELECT MIN(p.id) FROM tweb_penduduk p WHERE p.id_kk = k.id)',
  `INSERT INTO artikel (config_id, judul, isi, id_kategori, id_user, slug, tgl_upload)
     SELECT @config, 'Panen raya', '<p>Panen raya di Mekarsari.</p>', (SELECT MIN(id) FROM kategori), (SELECT MIN(id) FROM user), 'panen-raya', NOW()`,
];
const SAME = ['tweb_penduduk', 'tweb_keluarga', 'artikel'];

const photo = (): string => pendopo.tools.files.path('desa/5201142001/opensid/desa/upload/artikel/panen.jpg');
const data = async () => {
  const found = await dataOf(pendopo, KODE, SAME, 'opensid');
  // What a release adds to a table is its own business; what people wrote is not.
  return Object.fromEntries(Object.entries(found).map(([table, rows]) => [table, core(rows)]));
};
function core(rows: string): unknown {
  const list: unknown = JSON.parse(rows);
  if (!Array.isArray(list)) return list;
  return list.map(({ id, nik, nama, no_kk, nik_kepala, id_kk, tanggallahir, judul, isi }) => ({
    ...{ id, nik, nama, no_kk, nik_kepala, id_kk, tanggallahir, judul, isi },
  }));
}

async function expectRunning(version: string): Promise<void> {
  const [row] = (await pendopo.tools.tenants.list({ search: KODE, limit: 1 })).rows;
  expect(row?.installations[0]).toMatchObject({ state: 'active', version });
  expect(await visit(pendopo.config, '5201142001.localhost', '/')).toMatchObject({ status: 200 });
  // The job's last steps attach and prove the feed: nothing of it is left to the reconciler.
  expect(await combinedOf(pendopo, KODE, 'opensid')).toEqual({ state: 'registered', configId: 2, wrong: [] });
}

async function done(jobId: string, what: string): Promise<void> {
  const begun = performance.now();
  expect(await pendopo.ended(jobId, FIRST)).toMatchObject({ state: 'succeeded', cause: null });
  const steps = await pendopo.tools.jobs.steps(jobId);
  const times = steps.flatMap(({ name, startedAt, endedAt }) =>
    startedAt === null || endedAt === null ? [] : [`${name} ${(endedAt.getTime() - startedAt.getTime()) / 1000}`],
  );
  console.info(`${what}: locked out ${lockedOutMs(steps)} ms, job ${Math.round(performance.now() - begun)} ms; ${times.join(', ')}`);
}

describe.skipIf(REPO === '')('real OpenSID v2409.0.0', { timeout: FIRST }, () => {
  it('is rehearsed, goes to v2410.0.0, back to the moment before, and forward again, with residents, families, an article and a photo', async () => {
    const { tools, admin } = pendopo;
    await createTenant(tools, admin, { kode: parseKodeDesa(KODE) });
    const { jobId } = await requestInstall(tools, admin, { ...PLACE, tag: 'v2409.0.0' });
    expect(await pendopo.ended(jobId, FIRST)).toMatchObject({ state: 'succeeded', cause: null });
    await work(pendopo, KODE, ROWS, 'opensid');
    mkdirSync(photo().replace('/panen.jpg', ''), { recursive: true });
    writeFileSync(photo(), 'JPEG');
    await expectRunning('2409.0.0');
    const before = await data();
    expect(JSON.stringify(before.tweb_penduduk)).toContain('Penduduk 150');

    await done((await requestBackup(tools, admin, PLACE)).jobId, 'backup');
    const [backup] = await tools.backups.list({ limit: 1 });
    const files = await untar((await openBackup(tools, admin, (await linkBackup(tools, admin, backup?.id ?? '')).id)).content);
    const elsewhere = await restoreElsewhere(files);
    expect(elsewhere.rows).toEqual(rowsSaid(files));
    expect(elsewhere).toMatchObject({ rows: { tweb_penduduk: 150, tweb_keluarga: 40 } });
    expect(elsewhere.views.length).toBeGreaterThan(2);

    const { rolloutId } = await startRehearsal(tools, admin, { app: PLACE.app, tag: 'v2410.0.0' });
    await done((await tools.rollouts.members(rolloutId))[0]?.jobId ?? '', 'rehearsal');
    await expectRunning('2409.0.0');
    expect(await data()).toEqual(before);
    expect(await scraps(pendopo)).toEqual([]);

    const update = async () => (await requestUpdate(tools, admin, { ...PLACE, tag: 'v2410.0.0' })).jobId;
    await done(await update(), 'update');
    await expectRunning('2410.0.0');
    expect(await data()).toEqual(before);
    expect(readFileSync(photo(), 'utf8')).toBe('JPEG');

    await work(pendopo, KODE, ["UPDATE artikel SET judul = 'Ditulis di 2410' WHERE judul = 'Panen raya'"], 'opensid');
    await done((await requestRollback(tools, admin, PLACE)).jobId, 'rollback');
    await expectRunning('2409.0.0');
    expect(await data()).toEqual(before);
    expect(readFileSync(photo(), 'utf8')).toBe('JPEG');

    await done(await update(), 'update again');
    await expectRunning('2410.0.0');
    expect(await data()).toEqual(before);
  });
});
