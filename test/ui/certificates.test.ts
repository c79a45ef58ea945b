import { expect, test } from 'vitest';
import { parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { anActor } from '../support/builders.ts';
import { faultsOf, textOf } from '../support/html-check.ts';
import { fillCertificates } from '../support/ui-certificates.ts';
import { CSRF, DESA, openSite, smallWorld } from '../support/ui-site.ts';

const NAMES = ['batulayar', 'senggigi'];

function certifiedWorld(names: readonly string[] = NAMES) {
  const world = smallWorld();
  fillCertificates(world.memory, names);
  return world;
}

test('the page says of every name how long it lasts, or why it has none and when it is tried again', async () => {
  const world = certifiedWorld();
  const { body } = await (await openSite({ world })).get('/sertifikat');
  const text = textOf(body);
  for (const words of [
    ...['Menunggu sertifikat', 'Penerbit tidak dapat membuka http://batulayar.desa.id/ (port 80) dari internet.', 'ditolak 1 kali'],
    ...['Timeout during connect', 'www.narmada.desa.id belum ada di DNS.', 'Dicoba lagi', 'Sedang diminta', 'Let’s Encrypt'],
    ...['Unggah pengganti untuk kediri.desa.id, *.lombokbaratkab.go.id.', 'berakhir 2 hari lalu', '12 hari lagi', 'dipakai 2 alamat'],
  ]) {
    expect(text).toContain(words);
  }
  expect(text.indexOf('kediri.desa.id', text.indexOf('Masa berlaku'))).toBeLessThan(
    text.indexOf('senggigi.desa.id', text.indexOf('Masa berlaku')),
  );
  expect(faultsOf(body)).toEqual([]);
});

test('hundreds of certificates come fifty at a time, and are found by name', async () => {
  const names = Array.from({ length: 120 }, (_, index) => `desa-${index}`);
  const site = await openSite({ world: certifiedWorld(names) });
  const rows = (body: string): number => (body.match(/<th scope="row">/g) ?? []).length;
  const first = (await site.get('/sertifikat')).body;
  expect([rows(first), /lewati(=|&#61;)50/.test(first)]).toEqual([50, true]);
  expect(rows((await site.get('/sertifikat?lewati=100')).body)).toBe(22);
  const found = (await site.get('/sertifikat?cari=desa-77')).body;
  expect([rows(found), textOf(found).includes('desa-77.desa.id')]).toEqual([1, true]);
  expect(textOf((await site.get('/sertifikat?cari=zzz')).body)).toContain('Tidak ada yang cocok');
});

test('only a superadmin sets the authority; who looks after sites asks for names, within limits', async () => {
  const world = certifiedWorld();
  const form = 'action="/sertifikat/penerbit"';
  expect((await (await openSite({ world })).get('/sertifikat')).body).toContain(form);
  const site = await openSite({ world, actor: anActor({ role: 'kabupaten' }) });
  expect((await site.get('/sertifikat')).body).not.toContain(form);
  expect((await site.post('/sertifikat/penerbit', { _csrf: CSRF, email: 'a@b.id', agreed: 'ya' })).status).toBe(403);
  const host = 'batulayar.desa.id';
  expect((await site.post('/sertifikat/minta', { host })).location).toContain('sertifikat-diminta');
  expect(world.memory.certified.orders.get(host)?.askedBy).toBe('admin');
  const order = world.memory.certified.orders.get(host);
  if (order === undefined) throw new Error('no order');
  world.memory.certified.orders.set(host, { ...order, refused: [world.memory.now, world.memory.now, world.memory.now] });
  const refused = await site.post('/sertifikat/minta', { host });
  expect(textOf(refused.body)).toContain('sudah terlalu sering ditolak penerbit');
  const wrong = await site.post('/sertifikat/minta', { host: '*.desa.id' });
  expect([wrong.status, textOf(wrong.body).includes('tidak sah')]).toEqual([422, true]);
});

test('a desa chooses where its certificates come from', async () => {
  const world = certifiedWorld();
  world.memory.addresses.set(DESA, { domain: 'meninting.desa.id', port: null, www: true, own: {}, old: [], security: 'any' });
  const tenant = world.memory.tenants.get(DESA);
  if (tenant !== undefined) world.memory.tenants.set(DESA, { ...tenant, domain: 'meninting.desa.id' });
  const site = await openSite({ world });
  expect((await site.get(`/desa/${DESA}`)).body).toContain(`action="/desa/${DESA}/sertifikat"`);
  await site.post(`/desa/${DESA}/sertifikat`, { cara: 'upload' });
  expect(world.memory.certified.choices.get(DESA)).toBe('upload');
  expect((await site.post(`/desa/${DESA}/sertifikat`, { cara: 'lain' })).status).toBe(422);
});

test('the dashboard shows what ends soon to who may see the desa it serves', async () => {
  const world = certifiedWorld();
  const { body } = await (await openSite({ world })).get('/');
  const text = textOf(body.slice(body.indexOf('judul-sertifikat-akhir')));
  for (const words of ['kediri.desa.id', 'batulayar.desa.id', 'satu.lombokbaratkab.go.id +1', '12 hari lagi', 'perlu diganti orang']) {
    expect(text).toContain(words);
  }
  expect(text).not.toContain('senggigi.desa.id');
  const elsewhere = await openSite({ world, actor: anActor({ role: 'kecamatan', wilayah: parseKodeWilayah('52.01.01') }) });
  expect(textOf((await elsewhere.get('/')).body)).not.toContain('kediri.desa.id');
});
