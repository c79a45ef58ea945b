import { describe, expect, test } from 'vitest';
import { type Actor, ROLES } from '../../src/domain/access.ts';
import { parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { anActor } from '../support/builders.ts';
import { externalUrls, faultsOf, tagsOf, textOf } from '../support/html-check.ts';
import { tellJob } from '../support/ui-jobs.ts';
import { CSRF, DESA, NEIGHBOUR, openSite, smallWorld, type UiSite } from '../support/ui-site.ts';

const CAUSE = { code: 'disk-penuh', step: 'load-data', message: 'Ruang disk habis.', advice: 'Kosongkan disk.' };

interface Scene {
  readonly site: UiSite;
  readonly jobs: { readonly failed: string; readonly waiting: string };
}

async function sceneFor(actor: Actor): Promise<Scene> {
  const world = smallWorld();
  tellJob(world, { kode: DESA, state: 'succeeded' });
  tellJob(world, { kode: DESA, app: 'pbb', state: 'succeeded', workflow: 'remove' });
  const waiting = tellJob(world, { kode: NEIGHBOUR, app: 'pbb', state: 'queued' });
  const failed = tellJob(world, { kode: NEIGHBOUR, state: 'undone', cause: CAUSE });
  return { site: await openSite({ world, actor }), jobs: { failed: failed.id, waiting: waiting.id } };
}

const actionsOn = (body: string): readonly string[] => tagsOf(body).flatMap(({ attributes }) => attributes.get('action') ?? []);

describe.each(ROLES)('role %s', (role) => {
  const actor = anActor({ role });
  const adds = role === 'superadmin' || role === 'kabupaten';
  const installs = adds || role === 'operator';
  const retries = installs || role === 'kecamatan';

  test('sees only the buttons it may press, and gets a page for the others', async () => {
    const { site, jobs } = await sceneFor(actor);
    const desa = (await site.get(`/desa/${DESA}`)).body;
    const failed = (await site.get(`/pekerjaan/${jobs.failed}`)).body;
    const waiting = (await site.get(`/pekerjaan/${jobs.waiting}`)).body;
    expect((await site.get('/desa')).body.includes('href="/desa/tambah"')).toBe(adds);
    expect(actionsOn(desa).includes(`/desa/${DESA}/pbb/pasang`)).toBe(installs);
    expect(desa.includes(`href="/desa/${DESA}/opensid/hapus"`)).toBe(adds);
    expect(actionsOn(desa).includes(`/desa/${DESA}/opensid/sandi`)).toBe(adds);
    expect(actionsOn(failed).includes(`/pekerjaan/${jobs.failed}/coba-lagi`)).toBe(retries);
    expect(actionsOn(waiting).includes(`/pekerjaan/${jobs.waiting}/batalkan`)).toBe(installs);
    expect(actionsOn((await site.get('/pekerjaan')).body).includes('/pekerjaan/coba-lagi-semua')).toBe(retries);
    expect(actionsOn((await site.get('/arsip')).body).some((action) => action.endsWith('/pulihkan'))).toBe(installs);
  });

  test('may change the settings of a failed job only where it may install', async () => {
    const world = smallWorld();
    const failed = tellJob(world, { kode: DESA, app: 'contoh-opensid', state: 'undone', cause: CAUSE });
    const site = await openSite({ world, actor });
    const path = `/pekerjaan/${failed.id}/setelan`;
    expect(actionsOn((await site.get(`/pekerjaan/${failed.id}`)).body).includes(path)).toBe(installs);
    const { status, location } = await site.post(path, { 'contoh-opensid:setelan:gangguan': 'lambat' });
    expect([status, location]).toEqual(installs ? [303, `/pekerjaan/${failed.id}?pesan=coba-lagi`] : [403, '']);
    const { settings } = world.memory.installations.get(failed.installationId) ?? {};
    expect(settings).toEqual(installs ? { gangguan: 'lambat' } : {});
  });

  test('is refused what its buttons do not offer', async () => {
    const { site, jobs } = await sceneFor(actor);
    const [archive] = site.world.memory.archives.keys();
    const asked: readonly (readonly [string, boolean])[] = [
      [`/pekerjaan/${jobs.failed}/coba-lagi`, retries],
      [`/pekerjaan/${jobs.waiting}/batalkan`, installs],
      [`/desa/${DESA}/opensid/sandi`, adds],
      [`/arsip/${archive}/pulihkan`, installs],
      [`/desa/${DESA}/contoh-opensid/pasang`, false],
    ];
    for (const [path, allowed] of asked) {
      const { status, body } = await site.post(path);
      if (!allowed) expect([403, 409], `${role} ${path}`).toContain(status);
      else expect(status, `${role} ${path}`).toBeLessThan(400);
      if (status === 403) expect(textOf(body)).toContain('tidak berhak');
    }
    expect((await site.get('/desa/tambah')).status).toBe(adds ? 200 : 403);
    expect((await site.get(`/desa/${DESA}/opensid/hapus`)).status).toBe(adds ? 200 : 403);
  });
});

test('an account of a kecamatan sees neither the desa nor the jobs of its neighbour', async () => {
  const { site, jobs } = await sceneFor(anActor({ role: 'kecamatan', wilayah: parseKodeWilayah('52.01.14') }));
  for (const path of [
    `/desa/${NEIGHBOUR}`,
    `/pekerjaan/${jobs.failed}`,
    `/pekerjaan/${jobs.failed}/keadaan`,
    `/desa/${NEIGHBOUR}/opensid/hapus`,
  ]) {
    expect((await site.get(path)).status, path).toBe(404);
  }
  expect((await site.post(`/pekerjaan/${jobs.failed}/coba-lagi`)).status).toBe(404);
  for (const path of ['/desa', '/pekerjaan', '/arsip']) expect((await site.get(path)).body, path).not.toContain(NEIGHBOUR);
});

test('an account of a kabupaten is offered only its own wilayah', async () => {
  const site = await openSite({ actor: anActor({ role: 'kabupaten', wilayah: parseKodeWilayah('52.01') }) });
  const { body } = await site.get('/desa/tambah');
  expect(body).toContain('value="52.01"');
  expect(body).not.toContain('value="52.02"');
});

describe('the door', () => {
  const guest = { actor: null } as const;

  test('leads guests to the sign-in page and back to where they wanted to go', async () => {
    const site = await openSite(guest);
    const { status, location } = await site.get('/pekerjaan?keadaan=aktif');
    expect([status, location]).toEqual([303, '/masuk?lanjut=%2Fpekerjaan%3Fkeadaan%3Daktif']);
    const form = await site.get(location);
    expect(form.status).toBe(200);
    expect(faultsOf(form.body)).toEqual([]);
    expect(externalUrls(form.body)).toEqual([]);
    expect((await site.post('/masuk', { username: 'admin', password: 'x', lanjut: '/pekerjaan?keadaan=aktif' })).location).toBe(
      '/pekerjaan?keadaan=aktif',
    );
  });

  test.each(['//jahat.test', '/\\jahat.test', 'https://jahat.test', '/masuk', 'javascript:alert(1)', ''])(
    'does not send people to %j',
    async (lanjut) => {
      expect((await (await openSite(guest)).post('/masuk', { username: 'admin', password: 'x', lanjut })).location).toBe('/');
    },
  );

  test('tells why it stays shut, and keeps the name but never the password', async () => {
    const site = await openSite({ ...guest, doors: { signIn: async () => ({ error: 'Nama pengguna atau kata sandi salah.' }) } });
    const { status, body } = await site.post('/masuk', { username: '<admin>', password: 'rahasia-sekali' });
    expect(status).toBe(422);
    expect(textOf(body)).toContain('Nama pengguna atau kata sandi salah.');
    expect(
      tagsOf(body)
        .find(({ attributes }) => attributes.get('id') === 'nama')
        ?.attributes.get('value'),
    ).toBe('<admin>');
    expect(body).not.toContain('rahasia-sekali');
  });

  test('who must change the password sees nothing else first', async () => {
    const site = await openSite({ mustChangePassword: true });
    for (const path of ['/desa', `/desa/${DESA}`, '/pekerjaan']) expect((await site.get(path)).location, path).toBe('/ganti-sandi');
    expect((await site.post('/desa/tambah', { desa: '52.01.14.2002' })).location).toBe('/ganti-sandi');
    expect(site.world.memory.tenants.has('52.01.14.2002')).toBe(false);
    expect(textOf((await site.get('/ganti-sandi')).body)).toContain('hanya untuk masuk pertama kali');
    expect((await site.post('/ganti-sandi', { current: 'a', next: 'kata baru', repeat: 'kata lain' })).status).toBe(422);
    expect((await site.post('/ganti-sandi', { current: 'a', next: 'kata baru', repeat: 'kata baru' })).location).toBe(
      '/?pesan=sandi-diganti',
    );
  });

  test('htmx is told to leave the page instead of pasting the sign-in page into it', async () => {
    const { status, headers, body } = await (await openSite(guest)).get('/desa', { 'hx-request': 'true' });
    expect([status, headers['hx-redirect'], body]).toEqual([204, '/masuk?lanjut=%2Fdesa', '']);
  });
});

test('a form without its token changes nothing and says what to do', async () => {
  const site = await openSite();
  const { status, body } = await site.post('/desa/tambah', {
    _csrf: 'palsu',
    desa: '52.01.14.2002',
    kecamatan: '52.01.14',
    aksi: 'simpan',
  });
  expect(status).toBe(403);
  expect(textOf(body)).toContain('muat ulang halamannya');
  expect(site.world.memory.tenants.has('52.01.14.2002')).toBe(false);
});

test('every form that posts carries the token', async () => {
  const { site, jobs } = await sceneFor(anActor());
  for (const path of [
    '/desa',
    `/desa/${DESA}`,
    '/desa/tambah?kecamatan=52.01.14',
    `/pekerjaan/${jobs.failed}`,
    `/pekerjaan/${jobs.waiting}`,
    '/pekerjaan',
    '/arsip',
    `/desa/${DESA}/opensid/hapus`,
  ]) {
    const forms = (await site.get(path)).body
      .split('<form')
      .slice(1)
      .filter((form) => form.slice(0, form.indexOf('>')).includes('method="post"'));
    expect(forms.length, path).toBeGreaterThan(0);
    for (const form of forms) expect(form.slice(0, form.indexOf('</form>')), path).toContain(`name="_csrf" value="${CSRF}"`);
  }
});

test('unknown pages, broken records and their numbers', async () => {
  const site = await openSite();
  const unknown = await site.get('/tidak/ada');
  expect([unknown.status, textOf(unknown.body).includes('Halaman tidak ditemukan')]).toEqual([404, true]);
  expect((await site.get('/api/v1/tidak-ada')).headers['content-type']).toContain('json');

  const world = smallWorld();
  const broken = { ...world.tools.jobs, countByState: async () => Promise.reject(new Error('rahasia dari basis data')) };
  const ill = await openSite({ world: { ...world, tools: { ...world.tools, jobs: broken } } });
  const { status, body } = await ill.get('/pekerjaan');
  expect(status).toBe(500);
  expect(textOf(body)).toMatch(/Ada yang salah di sisi kami.*Nomor permintaan/);
  expect(body).not.toContain('rahasia dari basis data');
  expect(faultsOf(body)).toEqual([]);
});
