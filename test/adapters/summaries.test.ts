import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createCatalogue } from '../../src/adapters/catalogue.ts';
import { readCombined } from '../../src/adapters/catalogue-combined.ts';
import { readSummary } from '../../src/adapters/catalogue-summary.ts';
import { createCombined, type OpenCombined } from '../../src/adapters/gabungan.ts';
import { createCombinedReads, type OpenCombinedReads } from '../../src/adapters/gabungan-figures.ts';
import { addFigures, byBand, everybody } from '../../src/domain/summary.ts';
import { parseKodeDesa, parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { makeSummaries } from '../../src/workflows/summaries.ts';
import { fillCombined } from '../support/combined-rows.ts';
import { openTestRecords, type TestRecords } from '../support/records.ts';
import { type TestDatabase, testDatabase } from '../support/services.ts';

const FOLDER = fileURLToPath(new URL('../../templates/apps/opensid', import.meta.url));
const NOVEMBER = '2026-11-25';
const never = new AbortController().signal;
const yes = async () => true;

const { combined: manifest } = readCombined(readFileSync(`${FOLDER}/gabungan.yaml`, 'utf8'));
const { summary } = readSummary(readFileSync(`${FOLDER}/ringkasan.yaml`, 'utf8'), manifest);
if (manifest === null || summary === null) throw new Error('the manifests of OpenSID are wrong');

let database: TestDatabase;
let reads: OpenCombinedReads;
let combined: OpenCombined;
let records: TestRecords;
const counted: number[] = [];
const unreadable = new Set<number>();

beforeAll(async () => {
  database = await testDatabase();
  const instance = database.prefix.slice(0, -1);
  await fillCombined(database, `${instance}_gabungan`);
  reads = createCombinedReads({ url: database.url, instance });
  combined = createCombined({ url: database.url, instance });
  records = await openTestRecords(inject('databaseUrl'), {
    apps: createCatalogue({ templatesFolder: fileURLToPath(new URL('../../templates', import.meta.url)), repos: new Map() }),
    combined,
    combinedReads: {
      ...reads,
      async figures(of, what, configId) {
        counted.push(configId);
        if (unreadable.has(configId)) throw new Error('a table is locked');
        return reads.figures(of, what, configId, NOVEMBER);
      },
    },
  });
});
afterAll(async () => {
  await records.close();
  await reads.close();
  await combined.close();
  await database.close();
});

describe('the figures of one slice', () => {
  it('count who lives there, by OpenSID’s own ages, and nobody of a neighbour', async () => {
    const figures = await reads.figures(manifest, summary, 2, NOVEMBER);
    expect(figures).toEqual({
      ages: { 18: [1, 0, 0], 17: [0, 1, 0], 36: [0, 1, 0], '': [0, 0, 1] },
      groups: { pendidikan: { 5: [1, 1, 0], 1: [0, 1, 0], '': [0, 0, 1] }, agama: { 1: [1, 1, 1], '': [0, 1, 0] } },
      counts: { keluarga: 1, rtm: 0, artikel: 1, surat: 1 },
      programs: [{ name: 'BLT', participants: 2 }],
      doubtful: 1,
    });
    const [row] = await database.sql(
      'SELECT SUM(sex = 1) AS l, SUM(sex = 2) AS p, COUNT(*) AS n FROM ??.tweb_penduduk WHERE config_id = 2 AND status_dasar = 1',
      [`${database.prefix}gabungan`],
    );
    const all = everybody(figures.ages);
    expect([all[0], all[1], all[0] + all[1] + all[2]]).toEqual([Number(row?.l), Number(row?.p), row?.n]);
  });

  it('add up over desa: people, families, programmes of the same name; bands are the reserved number’s', async () => {
    const both = addFigures([await reads.figures(manifest, summary, 2, NOVEMBER), await reads.figures(manifest, summary, 3, NOVEMBER)]);
    expect(everybody(both.ages)).toEqual([2, 4, 2]);
    expect([both.counts, both.programs]).toEqual([{ keluarga: 2, rtm: 0, artikel: 2, surat: 2 }, [{ name: 'BLT', participants: 4 }]]);
    expect(byBand(both.ages, await reads.bands(manifest, summary))).toEqual([
      { from: 0, to: 17, people: [0, 2, 0] },
      { from: 18, to: 99_999, people: [2, 2, 0] },
    ]);
    expect((await reads.labels(manifest, summary)).get('pendidikan')?.get('5')).toBe('SLTA');
  });
});

describe('summaries', () => {
  it('are made for a new desa, left alone while nothing changes, and made anew soon after a change and every day', async () => {
    const { tools } = records;
    const kode = parseKodeDesa('52.01.14.2001');
    const names = { nama: 'Desa', namaKecamatan: 'Kec', namaKabupaten: 'Kab', namaProvinsi: 'Prov', domain: null };
    const region = {
      kodeKecamatan: parseKodeWilayah('52.01.14'),
      kodeKabupaten: parseKodeWilayah('52.01'),
      kodeProvinsi: parseKodeWilayah('52'),
    };
    await tools.tenants.create({ kode, ...names, ...region }, { id: 'U', username: 'uji', role: 'superadmin', wilayah: null });
    await tools.registrations.ensure('I2', kode, 'opensid', 's2');
    await tools.registrations.save('I2', { state: 'registered' });
    const now = new Date();
    const midnight = new Date(now.getTime() - 3_600_000);
    const later = (ms: number) => new Date(Date.now() + ms);
    expect(await tools.summaries.due(now, midnight, 9)).toEqual(['I2']);

    await makeSummaries(tools, new Map(), yes, never);
    expect(counted).toEqual([2]);
    const [made] = await tools.summaries.list({ app: 'opensid', within: parseKodeWilayah('52.01.14') });
    expect([made?.nama, made?.figures && everybody(made.figures.ages)]).toEqual(['Desa', [1, 2, 1]]);
    // The same as rows, for read accounts that see no people.
    const rows = await database.sql(
      "SELECT nama, jumlah FROM ??.pendopo_ringkasan WHERE config_id = 2 AND (kelompok = 'penduduk' OR nilai = '5')",
      [`${database.prefix}gabungan`],
    );
    expect(rows).toEqual([
      { nama: 'Penduduk', jumlah: 4 },
      { nama: 'SLTA', jumlah: 2 },
    ]);
    expect(await tools.summaries.due(later(0), midnight, 9)).toEqual([]);
    expect(await tools.summaries.due(later(0), later(1), 9)).toEqual(['I2']);
    await tools.clock.sleep(5);
    await tools.registrations.noteChanged('I2');
    expect(await tools.summaries.due(later(0), midnight, 9)).toEqual([]);
    expect(await tools.summaries.due(later(2_500), midnight, 9)).toEqual(['I2']);
    expect(await tools.summaries.list({ app: 'opensid', within: parseKodeWilayah('52.01.01') })).toEqual([]);
  });

  it('of a desa that has left are forgotten; one that cannot be counted is tried again later and keeps nobody else from it; who lost the right to count stops', async () => {
    const { tools } = records;
    await tools.registrations.save('I2', { state: 'none' });
    await tools.summaries.forgetGone();
    await tools.registrations.save('I2', { state: 'registered' });
    expect((await tools.summaries.list({ app: 'opensid', within: null }))[0]).toMatchObject({ figures: null, madeAt: null });

    await tools.registrations.noteChanged('I2');
    const { configId } = await tools.registrations.ensure('I1', parseKodeDesa('52.01.14.2002'), 'opensid', 's1');
    await tools.registrations.save('I1', { state: 'registered' });
    unreadable.add(configId);
    counted.length = 0;
    await tools.clock.sleep(2_100);
    expect([await makeSummaries(tools, new Map(), async () => false, never), counted]).toEqual([0, []]);
    const waiting = new Map<string, number>();
    expect(await makeSummaries(tools, waiting, yes, never)).toBe(1);
    expect([counted, [...waiting.keys()]]).toEqual([[configId, 2], ['I1']]);
    expect(await makeSummaries(tools, waiting, yes, never)).toBe(0);
  });
});
