import { describe, expect, test } from 'vitest';
import { anActor } from '../support/builders.ts';
import { faultsOf, textOf } from '../support/html-check.ts';
import { withCombined } from '../support/ui-combined.ts';
import { createFleet } from '../support/ui-fleet.ts';
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

  test('shows every desa as a tile by kecamatan, the number that is asked for, and among hundreds of desa those that need a look', async () => {
    const site = await openSite({ world: withCombined(await createFleet()) });
    const { body } = await site.get('/gabungan');
    expect(faultsOf(body)).toEqual([]);
    expect(body.match(/class="pd-t pd-shade-[1-5]" href="\/desa\//g)).toHaveLength(449);
    expect(body.match(/class="pd-t pd-t-empty"[^>]+aria-label="[^"]+: belum dihitung"/g)).toHaveLength(1);
    expect(body.match(/data-petak/g)).toHaveLength(26);
    expect(body.match(/formaction="[^"]+\/perbaiki"/g)).toHaveLength(50);
    expect(textOf(body)).toContain('400 desa lain terbukti sama');
    expect(textOf(body)).toContain('Berbeda: penduduk.');
    // Compressed it is some 30 kB; whole it must not grow with every desa's buttons.
    expect(body.length).toBeLessThan(300_000);

    const families = (await site.get('/gabungan?ukuran=keluarga&wilayah=33.05.01&semua=ya')).body;
    expect(textOf(families)).toContain('Keluarga tiap desa');
    expect(families).toContain('aria-label="Argopeni: 162"');
    expect(families).toContain('ukuran&#61;bantuan#petak-desa');
    expect((await site.get('/gabungan?semua=ya')).body.match(/formaction="[^"]+\/perbaiki"/g)).toHaveLength(450);
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
