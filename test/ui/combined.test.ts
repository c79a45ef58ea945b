import { describe, expect, test } from 'vitest';
import { anActor } from '../support/builders.ts';
import { faultsOf, textOf } from '../support/html-check.ts';
import { DESA, openSite } from '../support/ui-site.ts';

describe('Database Gabungan', () => {
  test('shows figures with how old they are, a picture with its table, and slices that need a look on top', async () => {
    const { body, status } = await (await openSite()).get('/gabungan');
    expect([status, faultsOf(body)]).toEqual([200, []]);
    const text = textOf(body);
    for (const words of ['1 dari 2 desa terhitung', 'Penduduk 29', 'Keluarga 9', '1 penduduk terhitung hidup', 'Berbeda: penduduk.']) {
      expect(text).toContain(words);
    }
    expect(body.match(/<rect class="pd-men"/g)?.length).toBeGreaterThan(16);
    expect(text.indexOf('Sedang diperbaiki')).toBeLessThan(text.indexOf('Terbukti sama'));
  });

  test('asks for a proof, makes a read account whose connection is seen once, and takes it back', async () => {
    const site = await openSite();
    const { location } = await site.post(`/gabungan/${DESA}/opensid/periksa`, {});
    expect(location).toBe('/gabungan?pesan=periksa-diminta');
    expect((await site.post('/gabungan/unduh', { isi: 'csv:penduduk', aplikasi: 'opensid' })).location).toMatch(
      /^\/api\/v1\/gabungan\/unduhan\/./,
    );
    expect((await site.post('/gabungan/unduh', { isi: 'csv:rahasia', aplikasi: 'opensid' })).status).toBe(422);
    const made = await site.post('/gabungan/akun', { nama: 'openkab', keperluan: 'OpenKab' });
    expect([made.status, faultsOf(made.body)]).toEqual([200, []]);
    expect(textOf(made.body)).toContain('OPENKAB_DB_USERNAME=test_baca_openkab');
    const password = [...site.world.memory.secrets].find(([ref]) => ref.startsWith('reader/openkab/'))?.[1].expose() ?? 'none';
    expect(textOf(made.body)).toContain(password);
    const page = await site.get('/gabungan');
    expect(page.body).toContain('test_baca_openkab');
    expect(page.body).not.toContain(password);
    expect((await site.post('/gabungan/akun/openkab/cabut', {})).location).toBe('/gabungan?pesan=akun-dicabut');
    expect((await site.post('/gabungan/akun', { nama: 'X', keperluan: 'y' })).status).toBe(422);
  });

  test('offers read accounts to those alone who may give the rows of all desa away', async () => {
    const site = await openSite({ actor: anActor({ role: 'operator' }) });
    expect(textOf((await site.get('/gabungan')).body)).not.toContain('Akun baca');
    expect((await site.post('/gabungan/akun', { nama: 'abc', keperluan: 'y' })).status).toBe(403);
  });
});
