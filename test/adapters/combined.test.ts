import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCombined } from '../../src/adapters/catalogue-combined.ts';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { createCombined, type OpenCombined } from '../../src/adapters/gabungan.ts';
import { createDatabases, type OpenDatabases } from '../../src/adapters/mariadb.ts';
import type { CombinedManifest, Slice } from '../../src/domain/combined.ts';
import { Secret } from '../../src/domain/secret.ts';
import { type TestDatabase, testDatabase } from '../support/services.ts';

const TEMPLATE = fileURLToPath(new URL('../../templates/apps/contoh-opensid', import.meta.url));

let database: TestDatabase;
let combined: OpenCombined;
let databases: OpenDatabases;
let manifest: CombinedManifest;
let all: string;
let records: string;

const sliceOf = (configId: number): Slice => ({
  installationId: `I${configId}`,
  configId,
  schema: `${database.prefix}d${configId}`,
  manifest,
});
const inDesa = (configId: number, statement: string) => database.sql(statement.replaceAll('@', `${sliceOf(configId).schema}.`));
const staleOf = async (configId: number) =>
  (await database.sql('SELECT table_name AS t FROM ??.stale_slices WHERE installation_id = ? ORDER BY 1', [records, `I${configId}`])).map(
    ({ t }) => t,
  );
const wrongOf = async (configId: number) =>
  (await combined.verify(sliceOf(configId))).filter(({ isEqual }) => !isEqual).map(({ table }) => table);
const countIn = async (table: string, configId: number) =>
  Number((await database.sql('SELECT COUNT(*) AS n FROM ??.?? WHERE config_id = ?', [all, table, configId]))[0]?.n);

async function aDesa(configId: number): Promise<void> {
  const { schema } = sliceOf(configId);
  await databases.createSchema(schema, { charset: 'utf8mb3', collation: 'utf8mb3_general_ci' });
  const { database: _none, ...server } = connectionOptions(database.url);
  const connection = await createConnection({ ...server, database: schema, multipleStatements: true });
  await connection.query(readFileSync(`${TEMPLATE}/source/skema.sql`, 'utf8'));
  await connection.query(`
    INSERT INTO config (id, app_key, nama_desa, kode_desa) VALUES (1, 'rahasia', 'Desa ${configId}', '52011420${10 + configId}');
    INSERT INTO tweb_penduduk_sex VALUES (1, 'LAKI-LAKI'), (2, 'PEREMPUAN');
    INSERT INTO tweb_status_dasar VALUES (1, 'HIDUP'), (2, 'MATI');
    INSERT INTO tweb_penduduk_umur (config_id, nama, dari, sampai, status) VALUES (1, 'Balita', 0, 5, 1);
    INSERT INTO user (config_id, username, password, nama) VALUES (1, 'admin', 'sandi', 'Admin');
    INSERT INTO kategori (config_id, kategori) VALUES (1, 'Berita');
    INSERT INTO tweb_wil_clusterdesa (config_id, rt, rw, dusun) VALUES (1, '1', '1', 'Timur');
    INSERT INTO tweb_keluarga (config_id, no_kk, id_cluster) VALUES (1, '520114000000000${configId}', 1);
    INSERT INTO tweb_penduduk (config_id, nama, nik, id_kk, sex, id_cluster) VALUES (1, 'Amaq é', '${configId}', 1, 1, 1), (1, '', NULL, 1, 2, 1);
    INSERT INTO artikel (config_id, isi, id_kategori, id_user, judul) VALUES (1, 'isi', 1, 1, 'judul')`);
  await connection.end();
}

async function register(configId: number): Promise<void> {
  const tables = await combined.prepare(sliceOf(configId));
  await combined.attach(sliceOf(configId));
  await combined.repair(sliceOf(configId), tables);
}

beforeAll(async () => {
  database = await testDatabase();
  records = `${database.prefix}ctl`;
  await database.sql('CREATE DATABASE ??', [records]);
  await database.sql(
    'CREATE TABLE ??.stale_slices (installation_id VARCHAR(26), table_name VARCHAR(64), since DATETIME(3), PRIMARY KEY (installation_id, table_name))',
    [records],
  );
  const url = new URL(database.url.expose());
  url.pathname = `/${records}`;
  combined = createCombined({ url: new Secret(url.href), instance: database.prefix.slice(0, -1) });
  databases = createDatabases({ url: database.url, apps: { kind: 'socket', folder: database.socketFolder }, scratchFolder: '/tmp' });
  const read = readCombined(readFileSync(`${TEMPLATE}/gabungan.yaml`, 'utf8'));
  if (read.combined === null) throw new Error(JSON.stringify(read.faults));
  manifest = read.combined;
  all = combined.schemaOf(manifest);
  for (const configId of [2, 3]) await aDesa(configId);
  for (const configId of [2, 3]) await register(configId);
});
afterAll(async () => {
  await combined.close();
  await databases.close();
  await database.close();
});

describe('two desa with the same local ids', () => {
  it('stand side by side, equal to their sources, and no join mixes them', async () => {
    expect([await wrongOf(2), await wrongOf(3)]).toEqual([[], []]);
    const rows = await database.sql(
      'SELECT p.config_id AS c, COUNT(*) AS n FROM ??.tweb_penduduk p JOIN ??.tweb_keluarga k ON k.id = p.id_kk GROUP BY 1 ORDER BY 1',
      [all, all],
    );
    expect(rows).toEqual([
      { c: 2, n: 2 },
      { c: 3, n: 2 },
    ]);
    expect(await database.sql('SELECT id, nama_desa FROM ??.config ORDER BY id', [all])).toEqual([
      { id: 2, nama_desa: 'Desa 2' },
      { id: 3, nama_desa: 'Desa 3' },
    ]);
    expect(await countIn('tweb_penduduk_umur', 1)).toBe(1);
  });

  it('show no column that must stay with the desa', async () => {
    const columns = (await database.sql('SELECT COLUMN_NAME AS c FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ?', [all])).map(
      ({ c }) => c,
    );
    for (const name of ['password', 'username', 'app_key']) expect(columns).not.toContain(name);
  });
});

describe('what a desa writes', () => {
  it('is in the combined database at once: rows, updates in bulk, a changed id, and what cascades take with them', async () => {
    await inDesa(2, "INSERT INTO @tweb_penduduk (config_id, nama, nik, id_kk, id_cluster) VALUES (1, 'Inaq', '77', 1, 1)");
    await inDesa(2, "UPDATE @tweb_penduduk SET nama = CONCAT(nama, '!')");
    await inDesa(2, 'UPDATE @tweb_keluarga SET id = 40 WHERE id = 1');
    expect(await wrongOf(2)).toEqual([]);
    await inDesa(2, 'DELETE FROM @tweb_keluarga WHERE id = 40');
    expect(await countIn('tweb_penduduk', 2)).toBe(0);
    await inDesa(2, 'DELETE FROM @kategori');
    expect(await countIn('artikel', 2)).toBe(0);
    expect([await wrongOf(2), await wrongOf(3), await staleOf(2)]).toEqual([[], [], []]);
  });

  it('is taken back with its transaction', async () => {
    await inDesa(3, 'START TRANSACTION');
    await inDesa(3, "UPDATE @tweb_penduduk SET nama = 'x'");
    await inDesa(3, 'ROLLBACK');
    expect(await wrongOf(3)).toEqual([]);
  });

  it('succeeds when the combined column or table is gone; the table is marked, and repaired it is equal again', async () => {
    await database.sql('ALTER TABLE ??.tweb_penduduk DROP COLUMN nama', [all]);
    await inDesa(3, "UPDATE @tweb_penduduk SET nama = 'baru' WHERE id = 1");
    expect(await staleOf(3)).toEqual(['tweb_penduduk']);
    await database.sql('DROP TABLE ??.artikel', [all]);
    await inDesa(3, "INSERT INTO @artikel (config_id, isi, id_kategori, id_user, judul) VALUES (1, 'i', 1, 1, 'j')");
    expect(await staleOf(3)).toEqual(['artikel', 'tweb_penduduk']);
    expect(await wrongOf(3)).toEqual(['tweb_penduduk', 'artikel']);
    await combined.prepare(sliceOf(3));
    await combined.repair(sliceOf(3), ['artikel', 'tweb_penduduk']);
    expect([await wrongOf(3), await staleOf(3)]).toEqual([[], []]);
  });

  it('succeeds when the whole combined schema is gone', async () => {
    await database.sql('DROP DATABASE ??', [all]);
    await inDesa(3, "UPDATE @tweb_penduduk SET nama = 'lagi'");
    await inDesa(3, 'DELETE FROM @artikel');
    expect(await staleOf(3)).toEqual(['artikel', 'tweb_penduduk']);
    for (const configId of [2, 3]) await register(configId);
    expect([await wrongOf(2), await wrongOf(3)]).toEqual([[], []]);
  });

  it('never lands in the next desa, even with an id beyond its span', async () => {
    await inDesa(2, "INSERT INTO @kategori (id, config_id, kategori) VALUES (10000001, 1, 'jauh')");
    expect(await staleOf(2)).toEqual(['kategori']);
    expect(await wrongOf(3)).toEqual([]);
    await inDesa(2, 'DELETE FROM @kategori WHERE id = 10000001');
    await combined.repair(sliceOf(2), ['kategori']);
    expect(await wrongOf(2)).toEqual([]);
  });
});

describe('a desa', () => {
  it('writes through the triggers with its own account, and reads neither the combined database nor a neighbour', async () => {
    const { schema } = sliceOf(3);
    await databases.ensureUser(schema, new Secret('kata'), schema, ['SELECT', 'INSERT', 'UPDATE', 'DELETE']);
    const desa = await createConnection({
      socketPath: `${database.socketFolder}/mysqld.sock`,
      user: schema,
      password: 'kata',
      database: schema,
    });
    await desa.query("INSERT INTO kategori (config_id, kategori) VALUES (1, 'Lain')");
    await expect(desa.query(`SELECT * FROM ${all}.tweb_penduduk`)).rejects.toMatchObject({ errno: 1142 });
    await expect(desa.query(`SELECT * FROM ${sliceOf(2).schema}.tweb_penduduk`)).rejects.toMatchObject({ errno: 1142 });
    await desa.end();
    expect([await wrongOf(3), await staleOf(3)]).toEqual([[], []]);
  });

  it('that gains a column with its next release shows it, while the other keeps its old form', async () => {
    await combined.detach(sliceOf(2).schema);
    expect(await combined.isAttached(sliceOf(2))).toBe(false);
    await inDesa(2, "ALTER TABLE @kategori ADD COLUMN slug VARCHAR(20) DEFAULT 'a'");
    await register(2);
    await inDesa(3, "INSERT INTO @kategori (config_id, kategori) VALUES (1, 'Masih')");
    expect([await combined.isAttached(sliceOf(2)), await wrongOf(2), await wrongOf(3), await staleOf(3)]).toEqual([true, [], [], []]);
  });

  it('that leaves takes its slice along and nobody else’s', async () => {
    await combined.detach(sliceOf(2).schema);
    await combined.dropSlice(sliceOf(2));
    expect(await countIn('kategori', 2)).toBe(0);
    expect(await wrongOf(3)).toEqual([]);
  });
});

describe('gabungan.yaml', () => {
  it('tells file and key of what is wrong', () => {
    const text = 'schema: gabungan\nidentity: config\ntables: [a, a]\nreserved: [b]\n';
    expect(readCombined(text).faults).toEqual([
      { file: 'gabungan.yaml', key: 'identity', text: 'tabel "config" tidak ada di tables' },
      { file: 'gabungan.yaml', key: 'tables.1', text: '"a" sudah disebut di atas' },
      { file: 'gabungan.yaml', key: 'reserved.0', text: 'tabel "b" tidak ada di tables' },
    ]);
    expect(readCombined('schema: lain\n').faults.map(({ key }) => key)).toEqual(['identity', 'tables', 'schema']);
  });
});
