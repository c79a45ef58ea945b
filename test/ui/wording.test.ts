import { describe, expect, test } from 'vitest';
import { ALL_STATES } from '../../src/domain/job.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { dataSafety } from '../../src/ui/job-words.ts';
import { ago, clockTime, duration, lookOfJob, moment, monogram, namaLengkap, size } from '../../src/ui/present.ts';
import { faultsOf, textOf } from '../support/html-check.ts';
import { tellJob } from '../support/ui-jobs.ts';
import { DESA, openSite, smallWorld } from '../support/ui-site.ts';

const CAUSE = { code: 'disk-penuh', step: 'load-data', message: 'Ruang disk habis.', advice: 'Kosongkan disk, lalu tekan Coba lagi.' };

test('dates carry the name of their zone', () => {
  const date = new Date('2026-11-24T18:05:09Z');
  expect(moment(date, 'Asia/Jakarta')).toBe('25 Nov 2026 01.05 WIB');
  expect(moment(date, 'Asia/Makassar')).toBe('25 Nov 2026 02.05 WITA');
  expect(moment(date, 'Asia/Jayapura')).toBe('25 Nov 2026 03.05 WIT');
  expect(clockTime(date, 'Asia/Jakarta')).toBe('01.05.09');
});

test.each([
  [0, '0,0 detik'],
  [840, '0,8 detik'],
  [9_949, '9,9 detik'],
  [9_950, '10 detik'],
  [65_000, '1 menit 5 detik'],
  [7_380_000, '2 jam 3 menit'],
  [-5, '0,0 detik'],
])('%i ms lasts %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
});

test.each([
  [10, 'baru saja'],
  [70, '1 menit lalu'],
  [7_200, '2 jam lalu'],
  [86_000, 'kemarin'],
  [5 * 86_400, '5 hari lalu'],
  [100 * 86_400, '3 bulan lalu'],
  [800 * 86_400, '2 tahun lalu'],
])('%i seconds ago is %s', (seconds, words) => {
  const now = new Date('2026-11-24T00:00:00Z');
  expect(ago(new Date(now.getTime() - seconds * 1000), now)).toBe(words);
});

test('sizes, names and marks', () => {
  expect(size(999)).toBe('999 B');
  expect(size(12_400_000)).toBe('12,4 MB');
  expect(size(480_000_000_000)).toBe('480 GB');
  expect(namaLengkap({ kode: parseKodeDesa('52.01.14.2001'), nama: 'Meninting' })).toBe('Desa Meninting');
  expect(namaLengkap({ kode: parseKodeDesa('52.01.14.1003'), nama: 'Kota' })).toBe('Kelurahan Kota');
  expect(monogram('OpenSID')).toBe('OS');
  expect(monogram('Contoh')).toBe('CO');
});

describe('jobs', () => {
  test('each state has a word of its own; a cancelled job did not fail', () => {
    const words = ALL_STATES.map((state) => lookOfJob({ state, cause: null }).word);
    expect(new Set(words).size).toBe(ALL_STATES.length);
    expect(lookOfJob({ state: 'undone', cause: { ...CAUSE, code: 'dibatalkan' } }).word).toBe('Dibatalkan');
    expect(lookOfJob({ state: 'undone', cause: CAUSE }).word).toBe('Gagal, dikembalikan');
  });

  test('the page of a failed job answers the three questions', async () => {
    const world = smallWorld();
    const job = tellJob(world, { kode: DESA, state: 'undone', cause: CAUSE });
    const { body } = await (await openSite({ world })).get(`/pekerjaan/${job.id}`);
    const text = textOf(body);
    expect(text).toMatch(
      /Apa yang terjadi\? Ruang disk habis\..*Apakah datanya aman\? Aman\..*Apa langkah berikutnya\? Kosongkan disk, lalu tekan Coba lagi\./,
    );
    expect(text).toContain('(langkah “Mengisi basis data”)');
    expect(faultsOf(body)).toEqual([]);
  });

  test('a stuck removal says that the archive is there', () => {
    expect(dataSafety({ state: 'stuck', workflow: 'remove', committed: true })).toContain('dapat dipulihkan');
    expect(dataSafety({ state: 'stuck', workflow: 'install', committed: false })).toContain('sebelum Anda memutuskan');
  });
});

test.each(ALL_STATES)('pages show a %s job without English or codes of states', async (state) => {
  const world = smallWorld();
  const job = tellJob(world, { kode: DESA, state, ...(state === 'stuck' || state === 'undone' ? { cause: CAUSE } : {}) });
  const site = await openSite({ world });
  for (const path of ['/desa', `/desa/${DESA}`, '/pekerjaan', `/pekerjaan/${job.id}`, '/arsip', '/aplikasi', '/desa/tambah']) {
    const { body } = await site.get(path);
    expect(body).toContain('<html lang="id" ');
    expect(textOf(body), path).not.toMatch(
      /\b(queued|running|interrupted|undoing|succeeded|undone|stuck|pending|skipped|failed|active|absent|install|undefined|null|NaN)\b/i,
    );
    expect(faultsOf(body), path).toEqual([]);
  }
});
