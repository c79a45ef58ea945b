import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Broken, Conflict, Forbidden, Invalid, NotFound, Unavailable } from '../../src/domain/errors.ts';
import { type ApiWorld, apiWorld, DESA } from '../support/api-world.ts';

let world: ApiWorld;
let failure: unknown = null;
beforeAll(async () => {
  world = await apiWorld({
    ui: async (app) => {
      app.get('/gagal', async () => {
        throw failure;
      });
    },
  });
});
beforeEach(() => world.reset());
afterAll(() => world.close());

const INNER = 'connect ECONNREFUSED /var/run/rahasia.sock';

describe('a domain error', () => {
  it.each([
    [404, new NotFound('tidak-ada', 'Tidak ada.')],
    [409, new Conflict('bentrok', 'Bentrok.', { advice: 'Tunggu.' })],
    [403, new Forbidden('tidak-berhak', 'Tidak berhak.')],
    [400, new Invalid('salah', 'Salah.', { field: 'kode' })],
    [503, new Unavailable('mati', 'Basis data tidak menjawab.', { cause: new Error(INNER), advice: 'Coba lagi.' })],
    [500, new Broken('rusak', 'Perintah gagal.', { cause: new Error(INNER) })],
  ])('becomes %i', async (status, error) => {
    failure = error;
    const answer = await world.app.inject({ url: '/gagal' });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toEqual({
      type: `urn:pendopo:masalah:${error.code}`,
      title: expect.stringMatching(/\S/),
      status,
      detail: error.message,
      code: error.code,
      ...(error.advice === null ? {} : { advice: error.advice }),
      ...(error.field === null ? {} : { field: error.field }),
      request: expect.stringMatching(/^[0-9A-Z]{26}$/),
    });
    expect(answer.body).not.toContain('ECONNREFUSED');
    expect(answer.headers['retry-after']).toBe(status === 503 ? '5' : undefined);
  });
});

it('says so when the records do not answer, also to who signs in or is signed in', async () => {
  const { users } = world.memory.tools;
  const { find, findByName } = users;
  const token = await world.tokenOf('operator');
  const down = async () => {
    throw new Unavailable('basis-data-mati', 'Basis data tidak menjawab.', { cause: new Error(INNER) });
  };
  Object.assign(users, { find: down, findByName: down });
  const answers = [
    await world.app.inject({ url: '/api/v1/desa', headers: { authorization: `Bearer ${token}` } }),
    await world.app.inject({ method: 'POST', url: '/api/v1/auth/masuk', payload: { username: 'operator', password: 'x' } }),
  ];
  Object.assign(users, { find, findByName });
  for (const answer of answers) {
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'basis-data-mati', detail: 'Basis data tidak menjawab.' });
    expect(answer.body).not.toContain('ECONNREFUSED');
  }
});

describe('an error nobody foresaw', () => {
  it('tells nothing of itself but the number under which the log has all of it', async () => {
    failure = new TypeError(`cannot read ${INNER}`);
    const answer = await world.app.inject({ url: '/gagal' });
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('rahasia');
    expect(answer.body).not.toContain('TypeError');
    const { request, code } = answer.json<{ request: string; code: string }>();
    expect(code).toBe('kesalahan-server');
    const logged = world.memory.logged.find(({ level }) => level === 'error');
    expect(logged?.fields).toMatchObject({ request, method: 'GET', route: '/gagal', reason: expect.stringContaining('rahasia') });
  });

  it.each([
    ['text', 'teks rahasia'],
    ['nothing', null],
    ['an object', { statusCode: 'x', message: 'rahasia' }],
  ])('also when %s was thrown', async (_what, thrown) => {
    failure = thrown;
    const answer = await world.app.inject({ url: '/gagal' });
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({ code: 'kesalahan-server' });
    expect(answer.body).not.toContain('rahasia');
  });
});

describe('a request without the right shape', () => {
  it('is told every field at once, in Indonesian', async () => {
    const body = {
      rows: [
        { kode: '52.01.14.2001', app: 'OpenSID!' },
        { app: 'contoh', settings: { a: 'b'.repeat(4_001) }, warna: 'hijau' },
      ],
    };
    const answer = await world.ask('superadmin', 'POST', '/api/v1/pasang-masal', body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      code: 'isian-salah',
      errors: [
        { field: 'rows.0.app', detail: '"rows.0.app" tidak sesuai bentuknya.' },
        { field: 'rows.1.kode', detail: '"rows.1.kode" wajib diisi.' },
        { field: 'rows.1.warna', detail: '"rows.1.warna" tidak dikenal.' },
        { field: 'rows.1.settings.a', detail: '"rows.1.settings.a" paling banyak 4000 karakter.' },
      ],
    });
  });

  it.each([
    ['GET', '/desa?jumlah=0', 'jumlah', '"jumlah" paling kecil 1.'],
    ['GET', '/desa?jumlah=banyak', 'jumlah', '"jumlah" harus berupa bilangan bulat.'],
    ['GET', '/desa?keadaan=bagus', 'keadaan', '"keadaan" harus salah satu dari: absent, installing, active, suspended, removing.'],
    ['GET', '/desa?kecamatn=52.01.14', 'kecamatn', '"kecamatn" tidak dikenal.'],
    ['GET', '/pekerjaan/..%2f..', 'id', '"id" tidak sesuai bentuknya.'],
    ['GET', '/wilayah/cari?q=a', 'q', '"q" paling sedikit 2 karakter.'],
    ['POST', '/desa', 'kode', '"kode" wajib diisi.'],
  ] as const)('%s %s names the field', async (method, url, field, detail) => {
    const answer = await world.ask('superadmin', method, `/api/v1${url}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'isian-salah', field, detail });
  });

  it.each([
    ['GET', '/desa/12', 'kode-desa-salah'],
    ['GET', '/desa?kecamatan=gerung', 'kode-wilayah-salah'],
    ['GET', '/wilayah?induk=ab.cd', 'kode-wilayah-salah'],
  ] as const)('%s %s is told what a kode looks like', async (method, url, code) => {
    const answer = await world.ask('superadmin', method, `/api/v1${url}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code, field: 'kode' });
  });

  it.each([
    ['broken JSON', '{"kode":', 'application/json', 400, 'bukan-json'],
    ['another type', '<kode/>', 'text/xml', 415, 'jenis-isi'],
    ['too much', JSON.stringify({ kode: 'x'.repeat(1_100_000) }), 'application/json', 413, 'terlalu-besar'],
  ])('is refused for %s', async (_what, payload, type, status, code) => {
    const headers = { authorization: `Bearer ${await world.tokenOf('superadmin')}`, 'content-type': type };
    const answer = await world.app.inject({ method: 'POST', url: '/api/v1/desa', payload, headers });
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject({ code });
  });
});

describe('an address that does not exist', () => {
  it.each(['/api/v1/tidak-ada', '/api/v2/desa', '/tidak/ada', '/wp-login.php'])('%s is a 404', async (url) => {
    const answer = await world.app.inject({ url });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ code: 'alamat-tidak-ada' });
  });

  it('is counted by the rate limit', async () => {
    const strict = await apiWorld({ limits: { perMinute: 3 } });
    const guess = async (): Promise<number> => (await strict.app.inject({ url: '/.env' })).statusCode;
    expect([await guess(), await guess(), await guess(), await guess()]).toEqual([404, 404, 404, 429]);
    await strict.close();
  });

  it('an account has a share of its own; a made-up cookie has none', async () => {
    const strict = await apiWorld({ limits: { perMinute: 2, perMinuteSignedIn: 4 } });
    const ask = async (cookie: string): Promise<number> => (await strict.app.inject({ url: '/.env', headers: { cookie } })).statusCode;
    const own = `a=b; pendopo_access=${await strict.tokenOf('operator')}`;
    const other = `pendopo_access=${await strict.tokenOf('pembaca')}`;
    const forged = (n: number): string => `pendopo_access=${n}.e30.x`;
    expect([await ask(own), await ask(own), await ask(own), await ask(own), await ask(own)]).toEqual([404, 404, 404, 404, 429]);
    expect(await ask(other)).toBe(404);
    expect([await ask(forged(1)), await ask(forged(2)), await ask(forged(3))]).toEqual([404, 404, 429]);
    await strict.close();
  });
});

it('keeps browsers from caching, framing and guessing types', async () => {
  const { headers } = await world.ask('superadmin', 'GET', `/api/v1/desa/${DESA}`);
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['x-frame-options']).toBe('DENY');
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("script-src 'self'");
  expect(policy).toContain("style-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain('unsafe');
  expect(policy).not.toContain('upgrade-insecure-requests');
  expect(headers['strict-transport-security']).toBeUndefined();
});
