import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { layScene } from '../support/api-scene.ts';
import { ACCOUNT_NAMES, type AccountName, type ApiWorld, apiWorld, DESA, NEIGHBOUR, PASSWORD } from '../support/api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
});
beforeEach(async () => {
  await world.reset();
  await layScene(world);
});
afterAll(() => world.close());

type Expected = Readonly<Record<AccountName, number>>;
const everybody = (status: number): Expected => ({
  superadmin: status,
  kabupaten: status,
  operator: status,
  kecamatan: status,
  tetangga: status,
  pembaca: status,
});
/** Who works at DESA's region sees it; for the neighbour it does not exist. */
const seen = (status: number): Expected => ({ ...everybody(status), tetangga: 404 });

/** Who may move the whole fleet; others are told so. */
const ROLLING = (status: number) => ({ superadmin: status, kabupaten: status, operator: status });

/** Who may give the rows of all desa away. */
const GIVING = (status: number): Expected => ({ ...everybody(403), superadmin: status, kabupaten: status });

/** Who may do what reaches beyond this Pendopo. */
const OWNING = (status: number): Expected => ({ ...everybody(403), superadmin: status });

interface Case {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly body?: object;
  readonly expected: Expected;
}

/** Never answers in full, so fleet-stream.test.ts looks at it. */
const ENDLESS = 'GET /api/v1/armada/aliran';

const CASES: readonly Case[] = [
  { method: 'GET', url: '/auth/saya', expected: everybody(200) },
  { method: 'GET', url: '/wilayah', expected: everybody(200) },
  { method: 'GET', url: '/wilayah/cari?q=Mening', expected: everybody(200) },
  { method: 'GET', url: '/aplikasi', expected: everybody(200) },
  { method: 'GET', url: '/desa', expected: everybody(200) },
  { method: 'GET', url: `/desa/${DESA}`, expected: seen(200) },
  { method: 'GET', url: '/sertifikat', expected: { ...everybody(403), superadmin: 200, kabupaten: 200 } },
  { method: 'POST', url: '/sertifikat', body: { chain: 'x', key: 'x' }, expected: { ...everybody(403), superadmin: 400, kabupaten: 400 } },
  { method: 'POST', url: '/sertifikat/X/hapus', expected: { ...everybody(403), superadmin: 404, kabupaten: 404 } },
  { method: 'GET', url: '/sertifikat/permintaan', expected: { ...everybody(403), superadmin: 200, kabupaten: 200 } },
  // Nobody issues certificates here.
  {
    ...{ method: 'POST', url: '/sertifikat/permintaan', body: { host: 'sukamaju.desa.id' } },
    expected: { ...everybody(403), superadmin: 409, kabupaten: 409 },
  },
  { method: 'GET', url: '/sertifikat/penerbit', expected: { ...everybody(403), superadmin: 200, kabupaten: 200 } },
  {
    ...{ method: 'PUT', url: '/sertifikat/penerbit', body: { email: 'a@b.id', agreed: false } },
    expected: { ...everybody(403), superadmin: 400 },
  },
  { method: 'DELETE', url: '/sertifikat/penerbit', expected: { ...everybody(403), superadmin: 204 } },
  { method: 'GET', url: `/desa/${DESA}/sertifikat`, expected: seen(200) },
  {
    ...{ method: 'PUT', url: `/desa/${DESA}/sertifikat`, body: { choice: 'upload' } },
    expected: { ...seen(403), superadmin: 200, kabupaten: 200 },
  },
  { method: 'GET', url: `/desa/${DESA}/domain`, expected: seen(200) },
  // Its app still waits for a decision.
  {
    ...{ method: 'POST', url: `/desa/${DESA}/domain`, body: { domain: 'baru.desa.id' } },
    expected: { ...seen(403), superadmin: 409, kabupaten: 409 },
  },
  { method: 'POST', url: '/desa', body: { kode: '52.01.14.2003' }, expected: { ...everybody(403), superadmin: 201, kabupaten: 201 } },
  {
    method: 'POST',
    url: '/desa/5201142002/aplikasi/contoh/pasang',
    expected: { ...everybody(202), kecamatan: 403, tetangga: 404, pembaca: 403 },
  },
  {
    method: 'POST',
    url: '/desa/5201142002/pasang',
    body: { apps: [{ app: 'contoh' }] },
    expected: { ...everybody(202), kecamatan: 403, tetangga: 404, pembaca: 403 },
  },
  {
    method: 'POST',
    url: `/desa/${DESA}/aplikasi/contoh/hapus`,
    body: { confirm: DESA },
    expected: { superadmin: 202, kabupaten: 202, operator: 403, kecamatan: 403, tetangga: 404, pembaca: 403 },
  },
  { method: 'POST', url: '/pasang-masal', body: { rows: [{ kode: DESA, app: 'contoh' }] }, expected: everybody(202) },
  {
    method: 'POST',
    url: `/desa/${DESA}/setelan`,
    body: { apps: { contoh: { gangguan: 'lambat' } } },
    expected: { ...seen(202), kecamatan: 403, pembaca: 403 },
  },
  { method: 'POST', url: `/desa/${DESA}/tangguhkan`, expected: { ...seen(202), kecamatan: 403, pembaca: 403 } },
  // Nothing of it is suspended.
  { method: 'POST', url: `/desa/${DESA}/aktifkan`, expected: { ...seen(409), kecamatan: 403, pembaca: 403 } },
  {
    method: 'PUT',
    url: '/pemasangan/PASANG1/setelan',
    body: { settings: { gangguan: 'lambat' } },
    expected: { ...seen(200), kecamatan: 403, pembaca: 403 },
  },
  {
    method: 'POST',
    url: '/pemasangan/PASANG1/kata-sandi-admin',
    expected: { superadmin: 200, kabupaten: 200, operator: 403, kecamatan: 403, tetangga: 404, pembaca: 403 },
  },
  { method: 'GET', url: '/pekerjaan', expected: everybody(200) },
  { method: 'GET', url: '/pekerjaan/ringkasan', expected: everybody(200) },
  { method: 'GET', url: '/pekerjaan/sebab', expected: everybody(200) },
  { method: 'GET', url: '/pekerjaan/GAGAL', expected: seen(200) },
  { method: 'GET', url: '/pekerjaan/GAGAL/kejadian', expected: seen(200) },
  { method: 'GET', url: '/pekerjaan/GAGAL/aliran', expected: seen(200) },
  { method: 'POST', url: '/pekerjaan/GAGAL/coba-lagi', expected: { ...seen(202), pembaca: 403 } },
  { method: 'POST', url: '/pekerjaan/JALAN/batalkan', expected: { ...seen(202), kecamatan: 403, pembaca: 403 } },
  { method: 'POST', url: '/pekerjaan/coba-lagi', body: { fingerprint: 's:x' }, expected: { ...everybody(202), pembaca: 403 } },
  { method: 'GET', url: '/arsip', expected: everybody(200) },
  { method: 'POST', url: '/arsip/ARSIP1/pulihkan', expected: { ...everybody(202), kecamatan: 403, tetangga: 404, pembaca: 403 } },
  { method: 'POST', url: `/desa/${DESA}/aplikasi/contoh/perbarui`, expected: { ...seen(202), kecamatan: 403, pembaca: 403 } },
  { method: 'POST', url: `/desa/${DESA}/aplikasi/contoh/cadangkan`, expected: { ...seen(202), kecamatan: 403, pembaca: 403 } },
  {
    method: 'POST',
    url: `/desa/${DESA}/aplikasi/contoh/mundur-versi`,
    body: { confirm: DESA },
    expected: { ...seen(202), kecamatan: 403, pembaca: 403 },
  },
  { method: 'GET', url: '/cadangan', expected: everybody(200) },
  { method: 'GET', url: '/cadangan/giliran', expected: everybody(200) },
  {
    method: 'POST',
    url: '/cadangan/CADANG1/pulihkan',
    body: { confirm: DESA },
    expected: { ...seen(202), kecamatan: 403, pembaca: 403 },
  },
  { method: 'POST', url: '/cadangan/CADANG1/uji', expected: { ...seen(202), kecamatan: 403, pembaca: 403 } },
  { method: 'GET', url: '/cadangan/CADANG1/pratinjau', expected: seen(200) },
  // Its files are not there; who may not take it away is told that first.
  { method: 'POST', url: '/cadangan/CADANG1/unduh', expected: { ...everybody(403), superadmin: 404, kabupaten: 404, tetangga: 404 } },
  { method: 'GET', url: '/unduhan/TAUTAN1', expected: everybody(404) },
  { method: 'GET', url: `/desa/${DESA}/kontak`, expected: seen(200) },
  {
    ...{ method: 'PUT', url: `/desa/${DESA}/kontak`, body: { email: 'desa@kab.example' } },
    expected: { ...seen(403), superadmin: 200, kabupaten: 200 },
  },
  { method: 'GET', url: '/pemberitahuan', expected: { ...everybody(403), ...ROLLING(200) } },
  { method: 'PUT', url: '/pemberitahuan', body: { channel: 'webhook', url: 'x' }, expected: { ...everybody(403), superadmin: 400 } },
  { method: 'POST', url: '/pemberitahuan/email/coba', expected: { ...everybody(403), superadmin: 404 } },
  { method: 'DELETE', url: '/pemberitahuan/email', expected: { ...everybody(403), superadmin: 200 } },
  { method: 'GET', url: '/salinan-luar', expected: everybody(200) },
  { method: 'PUT', url: '/salinan-luar', body: { place: 'di mana saja' }, expected: { ...everybody(403), superadmin: 400 } },
  { method: 'DELETE', url: '/salinan-luar', expected: { ...everybody(403), superadmin: 204 } },
  { method: 'GET', url: '/pembaruan', expected: everybody(200) },
  { method: 'POST', url: '/pembaruan', body: { app: 'contoh' }, expected: { ...everybody(403), ...ROLLING(201) } },
  { method: 'GET', url: '/pembaruan/JALAN1', expected: { ...everybody(200), tetangga: 404 } },
  { method: 'POST', url: '/pembaruan/JALAN1/hentikan', expected: { ...everybody(403), ...ROLLING(200) } },
  { method: 'POST', url: '/pembaruan/HENTI1/lanjutkan', expected: { ...everybody(403), ...ROLLING(200) } },
  { method: 'POST', url: '/pembaruan/HENTI1/akhiri', expected: { ...everybody(403), ...ROLLING(200) } },
  { method: 'POST', url: '/pembaruan/HENTI1/coba-lagi', expected: { ...everybody(403), ...ROLLING(200) } },
  { method: 'POST', url: '/pembaruan/HENTI1/lewati', body: { kode: DESA }, expected: { ...everybody(403), ...ROLLING(200) } },
  { method: 'POST', url: '/pembaruan/JALAN1/ikutkan', body: { kode: DESA }, expected: { ...everybody(403), ...ROLLING(200) } },
  { method: 'GET', url: '/gladi', expected: everybody(200) },
  { method: 'POST', url: '/gladi', body: { app: 'contoh', tag: 'v1.2.0' }, expected: { ...everybody(403), ...ROLLING(201) } },
  { method: 'GET', url: '/gladi/GLADI1', expected: { ...everybody(200), tetangga: 404 } },
  { method: 'POST', url: '/pembaruan/HENTI1/mundurkan', expected: { ...everybody(403), ...ROLLING(409) } },
  { method: 'GET', url: '/aplikasi/contoh/rilis', expected: everybody(200) },
  {
    method: 'POST',
    url: '/aplikasi/contoh/rilis/tahan',
    body: { tag: 'v1.2.0', reason: 'Merusak data.' },
    expected: { ...everybody(403), ...ROLLING(200) },
  },
  {
    method: 'PUT',
    url: '/pemasangan/PASANG1/kunci-versi',
    body: { pinned: true },
    expected: { ...seen(200), kecamatan: 403, pembaca: 403 },
  },
  { method: 'GET', url: '/jadwal', expected: everybody(200) },
  {
    method: 'PUT',
    url: '/jadwal/cadangan-malam',
    body: { pattern: '0 1 * * *', enabled: true },
    expected: { ...everybody(403), ...ROLLING(200) },
  },
  { method: 'POST', url: '/jadwal/cadangan-malam/jalankan', expected: { ...everybody(403), ...ROLLING(202) } },
  { method: 'GET', url: '/gabungan/ringkasan', expected: everybody(200) },
  { method: 'GET', url: '/gabungan/ringkasan/wilayah?per=desa', expected: everybody(200) },
  { method: 'GET', url: '/gabungan/pendaftaran', expected: everybody(200) },
  { method: 'POST', url: `/gabungan/pendaftaran/${DESA}/periksa`, expected: { ...seen(202), pembaca: 403 } },
  { method: 'POST', url: `/gabungan/pendaftaran/${DESA}/perbaiki`, expected: { ...seen(202), pembaca: 403 } },
  { method: 'POST', url: '/gabungan/unduh', body: { format: 'sql' }, expected: { ...GIVING(201), tetangga: 403 } },
  { method: 'GET', url: '/gabungan/unduhan/TAUTAN1', expected: everybody(404) },
  // Its job is not done yet.
  ...['daftar', 'lepas', 'sambung'].map(
    (word): Case => ({
      ...{ method: 'POST', url: `/gabungan/pendaftaran/${DESA}/${word}` },
      expected: { ...seen(409), kecamatan: 403, pembaca: 403 },
    }),
  ),
  {
    ...{ method: 'POST', url: `/gabungan/pendaftaran/${DESA}/hapus` },
    expected: { ...seen(403), superadmin: 409, kabupaten: 409 },
  },
  { method: 'GET', url: '/gabungan/akun', expected: GIVING(200) },
  { method: 'POST', url: '/gabungan/akun', body: { name: 'baru', purpose: 'OpenKab' }, expected: GIVING(201) },
  { method: 'POST', url: '/gabungan/akun/analis/ganti-sandi', expected: GIVING(200) },
  { method: 'POST', url: '/gabungan/akun/analis/cabut', expected: GIVING(204) },
  { method: 'GET', url: '/pindahan', expected: OWNING(200) },
  { method: 'POST', url: '/pindahan', body: { name: 'baru', app: 'contoh', url: 'mysql://a:b@c/d' }, expected: OWNING(202) },
  { method: 'POST', url: '/pindahan/kabupaten/salin', expected: OWNING(202) },
  { method: 'POST', url: '/pindahan/kabupaten/hapus', expected: OWNING(204) },
  { method: 'GET', url: '/pindahan/kabupaten/desa', expected: OWNING(200) },
  { method: 'GET', url: `/pindahan/kabupaten/desa/${DESA}`, expected: OWNING(200) },
  // It is installed already.
  { method: 'POST', url: `/pindahan/kabupaten/desa/${DESA}`, body: {}, expected: OWNING(409) },
  { method: 'GET', url: '/auth/sesi', expected: everybody(200) },
  // There is no such session of theirs.
  { method: 'POST', url: '/auth/sesi/LAIN/akhiri', expected: everybody(404) },
  { method: 'POST', url: '/auth/sesi/akhiri-semua', expected: everybody(204) },
  { method: 'GET', url: '/auth/faktor-kedua', expected: everybody(200) },
  { method: 'POST', url: '/auth/faktor-kedua', body: { password: PASSWORD }, expected: everybody(201) },
  // Nobody has one yet.
  { method: 'POST', url: '/auth/faktor-kedua/pastikan', body: { code: '123456' }, expected: everybody(409) },
  { method: 'POST', url: '/auth/faktor-kedua/kode-cadangan', body: { code: '123456' }, expected: everybody(400) },
  { method: 'POST', url: '/auth/faktor-kedua/matikan', body: { password: 'x', code: '123456' }, expected: everybody(400) },
  { method: 'GET', url: '/pengguna/UPEMBACA/sesi', expected: { ...everybody(403), superadmin: 200, pembaca: 200 } },
  { method: 'POST', url: '/pengguna/UPEMBACA/akhiri-sesi', expected: { ...everybody(403), superadmin: 204, pembaca: 204 } },
  { method: 'POST', url: '/pengguna/UPEMBACA/faktor-kedua/setel-ulang', expected: { ...everybody(403), superadmin: 409 } },
  { method: 'GET', url: '/kebijakan/faktor-kedua', expected: everybody(200) },
  { method: 'PUT', url: '/kebijakan/faktor-kedua', body: { roles: ['superadmin'] }, expected: { ...everybody(403), superadmin: 200 } },
  { method: 'POST', url: '/auth/keluar', expected: everybody(204) },
];

describe.each(CASES)('$method $url', ({ method, url, body, expected }) => {
  it.each(ACCOUNT_NAMES)('answers %s as it should', async (account) => {
    const before = world.memory.audit.length;
    const answer = await world.ask(account, method, `/api/v1${url}`, body);
    expect(answer.statusCode, answer.body).toBe(expected[account]);
    if (method === 'GET' || answer.statusCode >= 400) return;
    const written = world.memory.audit.slice(before).map(({ action }) => action);
    expect(written, 'on record, in words of its own').not.toEqual([]);
    expect(written).not.toContain('request');
  });

  it('sends away who is not signed in', async () => {
    const answer = await world.ask(null, method, `/api/v1${url}`, body);
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ code: 'belum-masuk' });
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
  });
});

it('covers every route that is described', () => {
  const open = ['/auth/csrf', '/auth/masuk', '/auth/masuk/kode', '/auth/perbarui', '/auth/kata-sandi'];
  const paths = Object.entries(world.app.swagger().paths ?? {}).flatMap(([path, methods]) =>
    Object.keys(methods ?? {}).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const covered = new Set(CASES.map(({ method, url }) => `${method} ${describedPath(url)}`));
  const missing = paths.filter(
    (path) => path.includes('/api/v1') && path !== ENDLESS && !covered.has(path) && !open.some((url) => path.endsWith(url)),
  );
  expect(missing).toEqual([]);
});

function describedPath(url: string): string {
  const [path = ''] = url.split('?');
  const named = path
    .replace(/\/desa\/[\d.]+/, '/desa/{kode}')
    .replace('/akun/analis/', '/akun/{nama}/')
    .replace(/\/pendaftaran\/[\d.]+/, '/pendaftaran/{kode}')
    .replace('/pindahan/kabupaten', '/pindahan/{sumber}')
    .replace('/aplikasi/contoh/', '/aplikasi/{app}/')
    .replace(/\/jadwal\/[a-z-]+/, '/jadwal/{task}')
    .replace('/pemberitahuan/email', '/pemberitahuan/{channel}')
    .replace('/sesi/LAIN/', '/sesi/{id}/')
    .replace('/pengguna/UPEMBACA/', '/pengguna/{id}/')
    .replace(/\/(pekerjaan|pemasangan|arsip|cadangan|pembaruan|gladi|unduhan|sertifikat)\/[A-Z0-9]+/, '/$1/{id}');
  return `/api/v1${named}`;
}

describe('lists', () => {
  it('hold only what lies in the region of the account', async () => {
    const kodeOf = async (account: AccountName, url: string): Promise<string[]> =>
      (await world.ask(account, 'GET', url)).json<{ rows: { kode: string }[] }>().rows.map(({ kode }) => kode);
    expect(await kodeOf('tetangga', '/api/v1/desa')).toEqual([NEIGHBOUR]);
    expect(await kodeOf('kecamatan', '/api/v1/desa')).toEqual([DESA, '52.01.14.2002']);
    expect(await kodeOf('tetangga', '/api/v1/pekerjaan')).toEqual([]);
    expect(await kodeOf('tetangga', `/api/v1/pekerjaan?desa=${DESA}`)).toEqual([]);
    expect(await kodeOf('kecamatan', '/api/v1/pekerjaan')).toEqual([DESA, DESA]);
    expect(await kodeOf('tetangga', '/api/v1/arsip')).toEqual([]);
    expect(await kodeOf('operator', '/api/v1/arsip')).toEqual(['52.01.14.2002']);
  });

  it('do not count or group what lies outside', async () => {
    expect((await world.ask('tetangga', 'GET', '/api/v1/pekerjaan/ringkasan')).json()).toMatchObject({ running: 0, stuck: 0 });
    expect((await world.ask('tetangga', 'GET', '/api/v1/pekerjaan/sebab')).json()).toEqual({ rows: [] });
    expect((await world.ask('kecamatan', 'GET', '/api/v1/pekerjaan/sebab')).json()).toEqual({
      rows: [{ fingerprint: 's:x', message: 'm', count: 1 }],
    });
  });
});

it('does not let a bulk reach a neighbour: the row is refused and nothing is recorded', async () => {
  const answer = await world.ask('tetangga', 'POST', '/api/v1/pasang-masal', { rows: [{ kode: DESA, app: 'contoh' }] });
  expect(answer.json()).toMatchObject({ accepted: 0, refused: 1, results: [{ jobId: null, problem: { code: 'tidak-berhak' } }] });
  expect(world.memory.rung).toEqual([]);
});

it('retries by cause only the jobs that the account sees', async () => {
  expect((await world.ask('tetangga', 'POST', '/api/v1/pekerjaan/coba-lagi', { fingerprint: 's:x' })).json()).toEqual({ retried: [] });
  expect((await world.ask('kecamatan', 'POST', '/api/v1/pekerjaan/coba-lagi', { fingerprint: 's:x' })).json()).toEqual({
    retried: ['GAGAL'],
  });
});
