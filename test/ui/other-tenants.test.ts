import { expect, test } from 'vitest';
import { parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { aManifest, anActor } from '../support/builders.ts';
import { textOf } from '../support/html-check.ts';
import { MANIFESTS } from '../support/ui-fleet.ts';
import { openSite } from '../support/ui-site.ts';
import { uiWorld } from '../support/ui-world.ts';

const REGIONS = [
  ['52', 'Nusa Tenggara Barat'],
  ['52.01', 'Kabupaten Lombok Barat'],
  ['52.01.01', 'Gerung'],
  ['52.01.14', 'Batu Layar'],
  ['52.01.14.2001', 'Batulayar'],
] as const;
const OPENDK = aManifest({ name: 'opendk', title: 'OpenDK', scope: 'kecamatan', sample: false });

test('kecamatan and kabupaten have a list of their own, the page of a desa, and only apps of their scope', async () => {
  const world = uiWorld({ regions: REGIONS, manifests: [...MANIFESTS, OPENDK] });
  const site = await openSite({ world });
  await site.post('/desa/tambah', { desa: '52.01.14.2001' });
  for (const kode of ['520114', '52.01.01', '52.01']) {
    expect((await site.post('/kecamatan', { kode })).location).toMatch(/^\/desa\/52\.01(\.\d\d)?$/);
  }
  const list = textOf((await site.get('/kecamatan')).body).replaceAll(/\s+/g, ' ');
  expect(list).toMatch(/52\.01 Kabupaten Lombok Barat.*52\.01\.01 Kecamatan Gerung.*52\.01\.14 Kecamatan Batu Layar/);

  const page = (await site.get('/desa/52.01.14')).body;
  expect(page).toContain('action="/desa/52.01.14/opendk/pasang"');
  expect(page).not.toContain('/opensid/pasang');
  expect(textOf(page)).toContain('Kode kecamatan');
  expect(textOf((await site.get('/desa')).body)).not.toContain('Kecamatan Gerung');
  const refused = await site.post('/desa/52.01.14/opensid/pasang', {});
  expect([refused.status, textOf(refused.body)]).toEqual([
    422,
    expect.stringContaining('OpenSID adalah aplikasi desa, sedangkan 52.01.14 adalah kecamatan.'),
  ]);
  expect((await site.post('/kecamatan', { kode: '52.01.77' })).status).toBe(422);

  const own = await openSite({ world, actor: anActor({ role: 'kecamatan', wilayah: parseKodeWilayah('52.01.14') }) });
  const shown = textOf((await own.get('/kecamatan')).body);
  expect(shown).toContain('Batu Layar');
  expect(shown).not.toContain('Gerung');
  expect(shown).not.toContain('Daftarkan');
  for (const [kode, status] of [
    ['52.01.14', 200],
    ['52.01.01', 404],
    ['52.01', 404],
  ] as const) {
    expect((await own.get(`/desa/${kode}`)).status, kode).toBe(status);
  }
});
