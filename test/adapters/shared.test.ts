import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSharedDatabases, type OpenSharedDatabases } from '../../src/adapters/shared.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { SharedManifest } from '../../src/domain/shared.ts';
import { SPLITS } from '../support/memory-shared.ts';
import { type TestDatabase, testDatabase } from '../support/services.ts';
import { makeSharedSchema, SHARED_KEYS, SHARED_KODES } from '../support/shared-rows.ts';

const manifest: SharedManifest = { ...SPLITS, left: ['log_ekspor'] };
const never = new AbortController().signal;
let database: TestDatabase;
let shared: OpenSharedDatabases;
let folder: string;
let source: string;
let copy: string;
let own: string;
let before: string;

const rowsOf = async (schema: string, query: string) => database.sql(query.replaceAll('@', `${schema}.`));
/** Every row of the source, and what its tables look like. */
const stateOfSource = async (): Promise<string> => {
  const tables = await database.sql('SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? ORDER BY 1', [source]);
  const sums = await database.sql(`CHECKSUM TABLE ${tables.map(({ t }) => `${source}.${t}`).join(', ')}`);
  return JSON.stringify(sums);
};

beforeAll(async () => {
  database = await testDatabase();
  folder = mkdtempSync('/tmp/pds-');
  [source, copy, own] = [`${database.prefix}asal`, `${database.prefix}sumber`, `${database.prefix}milik`];
  await makeSharedSchema(database.url.expose(), source);
  // Of desa 12, but it points at a family of desa 11; and one that must not be empty.
  await database.sql(`UPDATE ${source}.tweb_penduduk SET id_kk = 11 WHERE id = 1201`);
  await database.sql(`INSERT INTO ${source}.artikel (config_id, isi, id_kategori, id_user, judul) VALUES (12, 'i', 11, 12, 'yatim')`);
  shared = createSharedDatabases({ url: database.url, scratchFolder: folder });
  before = await stateOfSource();
});
afterAll(async () => {
  await shared.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

describe('a desa in a database that it shares with others', () => {
  it('is found in a copy; the source is only read', async () => {
    const url = new URL(database.url.expose());
    url.pathname = `/${source}`;
    await shared.fetch(new Secret(url.href), copy, never);
    expect(await shared.desa(copy, manifest)).toEqual(
      SHARED_KODES.map((kode, at) => ({ configId: 11 + at, kode: kode.replaceAll('.', ''), nama: `Desa ${11 + at}` })),
    );
    expect(await stateOfSource()).toBe(before);
    expect((await shared.key(copy, manifest, 12)).expose()).toBe(SHARED_KEYS[1]);
  });

  it('is told beforehand what it would bring, table by table', async () => {
    const { tables, obstacles } = await shared.inspect(copy, manifest, 12);
    const told = Object.fromEntries(tables.map(({ table, kind, rows, ofNobody, orphans }) => [table, [kind, rows, ofNobody, orphans]]));
    expect(told).toMatchObject({
      config: ['identity', 1, 0, 0],
      tweb_penduduk: ['owned', 2, 0, 1],
      kategori: ['owned', 2, 1, 0],
      artikel: ['owned', 2, 0, 1],
      catatan: ['through', 1, 0, 0],
      tweb_penduduk_sex: ['common', 2, 0, 0],
      migrasi: ['common', 1, 0, 0],
      log_ekspor: ['left', 0, 0, 0],
    });
    expect(obstacles).toEqual([]);
    await expect(shared.inspect(copy, manifest, 99)).rejects.toThrow('tidak ada');
  });

  it('gets its rows alone, as the first of its own schema; what points at others is left or emptied, and told', async () => {
    const into = {
      schema: own,
      label: 'pisah uji',
      charset: 'utf8mb3',
      collation: 'utf8mb3_general_ci',
      official: { nama_desa: 'Gerung Utara', tiada: 'x' },
    };
    const aborted = new AbortController();
    aborted.abort();
    await expect(shared.split(copy, manifest, 12, into, aborted.signal)).rejects.toThrow();
    // What was begun is begun again.
    const proof = await shared.split(copy, manifest, 12, into, never);
    expect(proof.orphans.toSorted((a, b) => a.table.localeCompare(b.table))).toEqual([
      { table: 'artikel', rows: 1, emptied: 0 },
      { table: 'tweb_penduduk', rows: 0, emptied: 1 },
    ]);
    expect(await rowsOf(own, 'SELECT id, kode_desa, nama_desa FROM @config')).toEqual([
      { id: 1, kode_desa: '5201012003', nama_desa: 'Gerung Utara' },
    ]);
    expect(await rowsOf(own, 'SELECT id, config_id, nama, nik, id_kk FROM @tweb_penduduk ORDER BY id')).toEqual([
      { id: 1200, config_id: 1, nama: 'Amaq 12 é', nik: '5201140101000012', id_kk: 12 },
      { id: 1201, config_id: 1, nama: '', nik: null, id_kk: null },
    ]);
    expect(await rowsOf(own, 'SELECT config_id, kategori FROM @kategori ORDER BY id')).toEqual([
      { config_id: null, kategori: 'Kabupaten' },
      { config_id: 1, kategori: 'Berita 12' },
    ]);
    expect(await rowsOf(own, 'SELECT isi FROM @catatan UNION ALL SELECT judul FROM @artikel')).toEqual([
      { isi: 'milik 12' },
      { isi: 'Judul 12' },
    ]);
    expect(await rowsOf(own, 'SELECT COUNT(*) AS n FROM @penduduk_hidup')).toEqual([{ n: 2 }]);
    // Its keys hold again, and nothing of a neighbour's is anywhere.
    await expect(
      rowsOf(own, "INSERT INTO @artikel (config_id, isi, id_kategori, id_user, judul) VALUES (1, '', 11, 12, '')"),
    ).rejects.toThrow();
    await rowsOf(own, 'DELETE FROM @tweb_penduduk WHERE id = 1200');
    expect(await rowsOf(own, 'SELECT COUNT(*) AS n FROM @catatan')).toEqual([{ n: 0 }]);
    await expect(shared.split(copy, manifest, 13, into, never)).rejects.toMatchObject({ code: 'skema-berisi' });
    expect(await stateOfSource()).toBe(before);
  });

  it('comes from a dump as well; one that reaches for other schemas or accounts is refused', async () => {
    const file = `${folder}/a.sql`;
    const load = async (text: string, end = '-- Dump completed on 2026-11-01  2:00:00\n'): Promise<unknown> => {
      writeFileSync(file, `${text}${end}`);
      return shared.load(file, copy, never);
    };
    await load(
      "CREATE TABLE config (id INT PRIMARY KEY, kode_desa TEXT, nama_desa TEXT);\nINSERT INTO config VALUES (7, '52.01.14.2001', 'A');\n",
    );
    expect(await shared.desa(copy, manifest)).toEqual([{ configId: 7, kode: '5201142001', nama: 'A' }]);
    for (const bad of [
      `DROP DATABASE ${own};`,
      `USE ${own};\nDROP TABLE artikel;`,
      `UPDATE ${own}.config SET nama_desa = 'x';`,
      'CREATE USER x@localhost;',
    ])
      await expect(load(`${bad}\n`), bad).rejects.toMatchObject({ code: 'salinan-tidak-termuat' });
    await expect(load('CREATE TABLE config (id INT PRIMARY KEY);\n', '')).rejects.toMatchObject({ code: 'salinan-terpotong' });
    expect(await rowsOf(own, 'SELECT nama_desa FROM @config')).toEqual([{ nama_desa: 'Gerung Utara' }]);
    expect(await database.sql('SELECT User FROM mysql.user WHERE User = ?', [copy])).toEqual([]);
  });
});
