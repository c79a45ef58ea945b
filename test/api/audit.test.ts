import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { pageDoors } from '../../src/api/doors.ts';
import { FORMS, PAGES } from '../../src/ui/pages.ts';
import { uiPlugin } from '../../src/ui/ui.ts';
import { type ApiWorld, apiWorld, DESA, openBrowser, PASSWORD } from '../support/api-world.ts';

/** Routes whose handlers write nothing down themselves: what a forgetful new route is like. */
let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld({
    ui: async (scope, tools) => {
      await scope.register(uiPlugin, { ...pageDoors(scope), tools });
      await scope.register(async (forgetful) => {
        forgetful.addHook('preParsing', forgetful.authenticate);
        forgetful.post('/uji/:kode/ubah', async (_request, reply) => reply.redirect('/', 303));
        forgetful.post('/uji/:kode/gagal', async (_request, reply) => reply.code(422).send('tidak'));
        forgetful.get('/uji/:kode/unduh', async (_request, reply) =>
          reply.header('content-disposition', 'attachment; filename="x.csv"').send('isi'),
        );
        forgetful.get('/uji/:kode/lihat', async () => 'isi');
      });
    },
  });
});
beforeEach(() => world.reset());
afterAll(() => world.close());

it('a change or a download that a route forgot to write down is on record all the same', async () => {
  const recorded = async (method: 'GET' | 'POST', path: string) => {
    const before = world.memory.audit.length;
    await world.ask('operator', method, `/uji/${DESA}/${path}`, method === 'POST' ? { a: 1 } : undefined);
    return world.memory.audit.slice(before);
  };
  const row = { actor: 'operator', action: 'request', kode: DESA, detail: { kode: DESA } };
  expect(await recorded('POST', 'ubah')).toEqual([{ ...row, target: 'POST /uji/:kode/ubah' }]);
  expect(await recorded('GET', 'unduh')).toEqual([
    { ...row, action: 'download', target: 'GET /uji/:kode/unduh', detail: { kode: DESA, file: 'x.csv' } },
  ]);
  expect(await recorded('POST', 'gagal'), 'nothing was changed').toEqual([]);
  expect(await recorded('GET', 'lihat'), 'nothing was taken along').toEqual([]);
});

it('a download that cannot be written down is not given', async () => {
  const { audit } = world.memory.tools;
  const note = audit.note;
  Object.assign(audit, { note: async () => Promise.reject(new Error('penuh')) });
  try {
    const answer = await world.ask('operator', 'GET', `/uji/${DESA}/unduh`);
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('isi');
  } finally {
    Object.assign(audit, { note });
  }
});

it('only previews and what a person prefers to see may go unrecorded', () => {
  const unrecorded = [...PAGES, ...FORMS].flatMap(([path, , traits]) => (traits?.recorded === false ? [path] : []));
  expect(unrecorded).toEqual(['/tampilan', '/desa/kolom', '/desa/impor/periksa', '/desa/massal/periksa']);
});

it('files that pages give are on record in words of their own, whoever takes them', async () => {
  const downloads: readonly (readonly [string, string])[] = [
    ['/desa/ekspor', 'export-desa'],
    ['/desa/ekspor?jenis=xlsx', 'export-desa'],
    ['/jejak/ekspor', 'export-audit'],
    ['/jejak/ekspor?jenis=xlsx', 'export-audit'],
    ['/desa/impor/contoh', 'download'],
    ['/api/v1/gabungan/ringkasan/wilayah?per=desa&format=csv', 'download'],
  ];
  for (const [path, action] of downloads) {
    const before = world.memory.audit.length;
    const answer = await world.ask('superadmin', 'GET', path);
    expect(answer.headers['content-disposition'], path).toMatch(/^attachment/);
    expect(
      world.memory.audit.slice(before).map((row) => row.action),
      path,
    ).toEqual([action]);
  }
});

it('what is asked for at a page is written once, in words of its own, for the person at the browser', async () => {
  const browser = openBrowser(world.app);
  await browser.signIn('superadmin');
  const forms: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ['/pengguna', { username: 'budi', nama: 'Budi', peran: 'operator' }, 'create-user'],
    ['/pengguna/UPEMBACA', { nama: 'pembaca', peran: 'operator', wilayah: '52.01' }, 'change-user'],
    ['/pengguna/UPEMBACA/sandi', {}, 'reset-password'],
    ['/pengguna/UPEMBACA/akhiri-sesi', {}, 'end-sessions'],
    ['/pengaturan/dua-langkah', { peran: 'operator' }, 'change-policy'],
    ['/akun/dua-langkah', { password: PASSWORD }, 'begin-second-factor'],
    ['/desa/tambah', { desa: '52.01.14.2003', kecamatan: '52.01.14', aksi: 'simpan' }, 'create-tenant'],
    ['/tampilan', { tema: 'gelap' }, ''],
  ];
  for (const [path, fields, action] of forms) {
    const before = world.memory.audit.length;
    const body = new URLSearchParams({ ...fields, _csrf: await browser.csrf() }).toString();
    const answer = await browser.request('POST', path, body, { 'content-type': 'application/x-www-form-urlencoded' });
    expect(answer.statusCode, `${path} ${answer.body.slice(0, 400)}`).toBeLessThan(400);
    const written = world.memory.audit.slice(before);
    expect(
      written.map((row) => row.action),
      path,
    ).toEqual(action === '' ? [] : [action]);
    for (const { actor } of written) expect(actor).toBe('superadmin');
  }
});
