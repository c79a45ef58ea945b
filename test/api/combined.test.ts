import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cellOf } from '../../src/api/csv.ts';
import { Broken } from '../../src/domain/errors.ts';
import { type ApiWorld, apiWorld, DESA, NEIGHBOUR } from '../support/api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

const get = async (account: Parameters<ApiWorld['ask']>[0], url: string, headers = {}) =>
  world.ask(account, 'GET', `/api/v1/gabungan${url}`, undefined, headers);

describe('the summary of the combined database', () => {
  it('tells figures, names and how old they are', async () => {
    const answer = (await get('kabupaten', '/ringkasan')).json();
    expect(answer).toMatchObject({
      kesegaran: { umurDetik: 480, desa: 2, terhitung: 1, berubahSejakItu: 1 },
      penduduk: { laki: 12, perempuan: 16, lain: 1, jumlah: 29, perluDiperiksa: 1 },
      tanpaTanggalLahir: 1,
      hitungan: [{ nama: 'keluarga', judul: 'Keluarga', jumlah: 9 }],
    });
    expect(answer.kelompok[0].baris.map(({ nama }: { nama: string }) => nama)).toEqual(['ISLAM', 'Nomor 2', 'Belum mengisi']);
    expect(answer.piramida).toHaveLength(16);
    expect(answer.piramida[15]).toMatchObject({ dari: 75, perempuan: 3, jumlah: 3 });
  });

  it('holds a kecamatan’s own desa only, and refuses what lies outside', async () => {
    expect((await get('tetangga', '/ringkasan')).json()).toMatchObject({ kesegaran: { desa: 1, dibuat: null }, penduduk: { jumlah: 0 } });
    const rows = (await get('kecamatan', '/ringkasan/wilayah?per=desa')).json().rows;
    expect(rows.map(({ kode }: { kode: string }) => kode)).toEqual([DESA]);
    expect((await get('tetangga', `/ringkasan?wilayah=${DESA}`)).statusCode).toBe(403);
    expect((await get('tetangga', '/ringkasan?wilayah=52')).statusCode).toBe(403);
    expect((await get('kabupaten', '/ringkasan?wilayah=52.1')).statusCode).toBe(400);
    expect((await get('kabupaten', '/ringkasan?aplikasi=tidak-ada')).statusCode).toBe(404);
    const own = (await get('tetangga', '/pendaftaran')).json().rows;
    expect(own).toMatchObject([
      { kode: NEIGHBOUR, state: 'stale', finding: 'Berbeda: penduduk.', staleTables: ['penduduk'], ageOfProofSeconds: 420 },
    ]);
  });

  it('comes as CSV for who asks so, by Accept or by format, with nothing that a spreadsheet would run', async () => {
    const csv = await get('kabupaten', '/ringkasan', { accept: 'text/csv' });
    expect(csv.headers['content-type']).toBe('text/csv; charset=utf-8');
    const lines = csv.body.split('\r\n');
    expect(lines[0]).toBe('\uFEFFkelompok,nilai,nama,laki,perempuan,lain,jumlah');
    expect(lines).toContain('agama,1,ISLAM,12,15,0,27');
    expect(lines).toContain("bantuan,,'=BLT,,,,4");
    const regions = await get('kabupaten', '/ringkasan/wilayah?format=csv');
    expect(regions.body).toContain('52.01.14,Kecamatan,1,12,16,1,29,9,4');
    expect(['a"b', '-1', 'x,y', null, -3].map(cellOf)).toEqual(['"a""b"', "'-1", '"x,y"', '', '-3']);
  });
});

it('gives a link to the whole or to one table, for its maker alone and for a quarter of an hour, and says what is wrong', async () => {
  const ask = (account: Parameters<typeof world.ask>[0], body: object) => world.ask(account, 'POST', '/api/v1/gabungan/unduh', body);
  const made = await ask('kabupaten', { format: 'csv', tabel: 'penduduk' });
  const { path } = made.json();
  const csv = await world.ask('kabupaten', 'GET', path);
  expect([made.statusCode, csv.headers['content-type'], csv.body]).toEqual([
    201,
    'text/csv; charset=utf-8',
    '\uFEFFid,nama\r\n20000001,"\'=A, ""b"""\r\n',
  ]);
  expect((await world.ask('superadmin', 'GET', path)).json()).toMatchObject({ code: 'tautan-berakhir' });
  const sql = await world.ask('kabupaten', 'GET', (await ask('kabupaten', { format: 'sql' })).json().path);
  expect([sql.headers['content-type'], sql.headers['content-disposition']]).toEqual([
    'application/gzip',
    expect.stringMatching(/gabungan-\d{4}-\d\d-\d\d\.sql\.gz/),
  ]);
  expect((await ask('kabupaten', { format: 'csv' })).json()).toMatchObject({ status: 400, code: 'tabel-belum-dipilih' });
  expect((await ask('kabupaten', { format: 'sql', tabel: 'rahasia' })).json()).toMatchObject({ status: 400, code: 'tabel-tidak-ada' });
});

it('lets a slice be proven or repaired: the worker finds the wish in the record, the audit who had it', async () => {
  expect((await world.ask('operator', 'POST', `/api/v1/gabungan/pendaftaran/${DESA}/periksa`)).json()).toEqual({ slices: 1 });
  expect((await world.memory.tools.registrations.find('PASANG1'))?.provenAt).toBeNull();
  await world.ask('kecamatan', 'POST', `/api/v1/gabungan/pendaftaran/${DESA}/perbaiki`);
  expect(await world.memory.tools.registrations.find('PASANG1')).toMatchObject({ state: 'stale', finding: 'Diminta oleh kecamatan.' });
  expect(world.memory.audit.map(({ action }) => action)).toEqual(['prove-slice', 'repair-slice']);
  expect((await world.ask('operator', 'POST', '/api/v1/gabungan/pendaftaran/52.01.14.2009/periksa')).statusCode).toBe(404);
});

describe('a read account', () => {
  it('is shown once, with what to paste, and its password is nowhere else', async () => {
    const made = await world.ask(
      'kabupaten',
      'POST',
      '/api/v1/gabungan/akun',
      { name: 'openkab', purpose: 'OpenKab' },
      { 'idempotency-key': 'a' },
    );
    const { password, env, url, username, database } = made.json();
    expect([username, database, made.statusCode]).toEqual(['test_baca_openkab', 'test_gabungan', 201]);
    expect(env.apiDatabaseGabungan.split('\n')).toEqual([
      ...[
        'OPENKAB_DB_HOST=localhost',
        'OPENKAB_DB_PORT=3306',
        'OPENKAB_DB_DATABASE=test_gabungan',
        'OPENKAB_DB_USERNAME=test_baca_openkab',
      ],
      ...[`OPENKAB_DB_PASSWORD="${password}"`, 'OPENKAB_DB_SOCKET=/soket/mysqld.sock'],
    ]);
    expect(decodeURIComponent(new URL(url).password)).toBe(password);
    const list = await get('kabupaten', '/akun');
    expect(list.json().rows).toMatchObject([{ name: 'openkab', purpose: 'OpenKab', account: 'test_baca_openkab', rotatedAt: null }]);
    expect(list.body + JSON.stringify(world.memory.audit)).not.toContain(password);

    const again = await world.ask('superadmin', 'POST', '/api/v1/gabungan/akun/openkab/ganti-sandi');
    expect(again.json().password).not.toBe(password);
    expect((await world.ask('kabupaten', 'POST', '/api/v1/gabungan/akun/openkab/cabut')).statusCode).toBe(204);
    expect([
      (await get('kabupaten', '/akun')).json().rows,
      [...world.memory.secrets.keys()].filter((ref) => ref.startsWith('reader/')),
    ]).toEqual([[], []]);
    expect(world.memory.audit.map(({ action }) => action)).toEqual(['create-reader', 'rotate-reader', 'revoke-reader']);
  });

  it('that cannot be made leaves its name free and no secret behind; a bad name is refused', async () => {
    const { readerAccounts } = world.memory.tools;
    const ensure = readerAccounts.ensure;
    readerAccounts.ensure = async () => Promise.reject(new Broken('basis-data', 'Basis data menolak.'));
    expect((await world.ask('kabupaten', 'POST', '/api/v1/gabungan/akun', { name: 'gagal', purpose: 'x' })).statusCode).toBe(500);
    readerAccounts.ensure = ensure;
    expect([await world.memory.tools.readers.list(), [...world.memory.secrets.keys()].filter((ref) => ref.startsWith('reader/'))]).toEqual([
      [],
      [],
    ]);
    for (const name of ['Besar', '1angka', 'a b', "x'--"]) {
      expect((await world.ask('kabupaten', 'POST', '/api/v1/gabungan/akun', { name, purpose: 'x' })).json().code, name).toBe(
        'nama-akun-salah',
      );
    }
  });
});
