import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gunzipSync } from 'node:zlib';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readCombined } from '../../src/adapters/catalogue-combined.ts';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { createCombinedExport } from '../../src/adapters/gabungan-export.ts';
import { createReaderAccounts } from '../../src/adapters/gabungan-readers.ts';
import { Secret } from '../../src/domain/secret.ts';
import { parseKodeDesa, parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { detachSlice, dropSlice, healSlice, verifySlice } from '../../src/workflows/registration.ts';
import { type CombinedWorld, openCombinedWorld, type TestDesa } from '../support/combined-desa.ts';

let world: CombinedWorld;
let two: TestDesa;
let three: TestDesa;
beforeAll(async () => {
  world = await openCombinedWorld(inject('databaseUrl'));
  two = await world.addDesa();
  three = await world.addDesa();
});
afterAll(() => world.close());

const heal = (desa: TestDesa) => healSlice(world.tools, desa.id, world.signal);
const expectEqual = async () =>
  expect([await two.wrong(), await three.wrong(), await two.stale(), await three.stale()]).toEqual([[], [], [], []]);
const waiting = async (desa: TestDesa) => (await world.tools.combined.outbox.changes({ limit: 100, installationId: desa.id }))?.length;

describe('two desa with the same local ids', () => {
  it('stand side by side, equal to their sources, and no join mixes them', async () => {
    await expectEqual();
    const rows = await world.sql(
      'SELECT p.config_id AS c, COUNT(*) AS n FROM ??.tweb_penduduk p JOIN ??.tweb_keluarga k ON k.id = p.id_kk GROUP BY 1 ORDER BY 1',
      [world.combined, world.combined],
    );
    expect(rows).toEqual([
      { c: 2, n: 2 },
      { c: 3, n: 2 },
    ]);
    expect(await world.sql('SELECT id, nama_desa FROM ??.config ORDER BY id', [world.combined])).toEqual([
      { id: 2, nama_desa: 'Desa 11' },
      { id: 3, nama_desa: 'Desa 12' },
    ]);
    expect(await world.sql('SELECT COUNT(*) AS n FROM ??.tweb_penduduk_umur WHERE config_id = 1', [world.combined])).toEqual([{ n: 1 }]);
  });

  it('show no column that must stay with the desa', async () => {
    const columns = (
      await world.sql('SELECT COLUMN_NAME AS c FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ?', [world.combined])
    ).map(({ c }) => c);
    for (const name of ['password', 'username', 'app_key']) expect(columns).not.toContain(name);
  });
});

describe('a combined table', () => {
  const keysOf = async (table: string) =>
    (
      await world.sql(
        'SELECT INDEX_NAME AS k, GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX) AS c FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? GROUP BY 1',
        [world.combined, table],
      )
    ).map(({ k, c }) => `${k} (${c})`);
  const cascades = async () =>
    world.sql('SELECT CONSTRAINT_NAME AS k FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ? ORDER BY 1', [
      world.combined,
    ]);

  it('is found by the bare id, as readers join it; one that was keyed by desa and id before is turned over with its cascades', async () => {
    const [before, keys] = [await cascades(), await keysOf('kategori')];
    expect(keys).toEqual(expect.arrayContaining(['PRIMARY (id)', 'config_id (config_id)']));
    await world.sql(
      `SET SESSION foreign_key_checks = 0;
       ALTER TABLE ${world.combined}.kategori DROP PRIMARY KEY, ADD PRIMARY KEY (config_id, id), ADD UNIQUE KEY id (id), DROP KEY config_id;
       SET SESSION foreign_key_checks = 1`,
    );
    expect(await keysOf('kategori')).not.toContain('PRIMARY (id)');
    for (let times = 0; times < 2; times += 1) {
      expect(await heal(two)).toBe(true);
      expect((await keysOf('kategori')).toSorted()).toEqual(keys.toSorted());
    }
    expect(await cascades()).toEqual(before);
    await expectEqual();
  });
});

describe('a desa whose schema is gone', () => {
  it('is never taken for proven: there would be nothing that differs', async () => {
    const four = await world.addDesa();
    await world.sql('DROP DATABASE ??', [four.slice.schema]);
    expect(await verifySlice(world.tools, four.id, world.signal)).toBe(false);
    expect(await heal(four)).toBe(false);
    expect(await world.tools.registrations.find(four.id)).toMatchObject({ state: 'stale', finding: expect.stringContaining('tidak ada') });
    expect(await world.sql('SELECT COUNT(*) AS n FROM ??.tweb_penduduk WHERE config_id = 4', [world.combined])).toEqual([{ n: 2 }]);
    await dropSlice(world.tools, four.id, world.signal);
  });
});

describe('what a desa writes', () => {
  it('arrives in one round: rows, updates in bulk, a changed id, and what cascades take with them', async () => {
    await two.write("INSERT INTO @tweb_penduduk (config_id, nama, nik, id_kk, id_cluster) VALUES (1, 'Inaq', '77', 1, 1)");
    await two.write("UPDATE @tweb_penduduk SET nama = CONCAT(nama, '!')");
    await two.write('UPDATE @tweb_keluarga SET id = 40 WHERE id = 1');
    await world.feed(1);
    expect(await waiting(two)).toBe(0);
    expect(await two.count('tweb_penduduk')).toBe(3);
    await expectEqual();
    await two.write('DELETE FROM @tweb_keluarga WHERE id = 40');
    await world.feed(1);
    expect(await two.count('tweb_penduduk')).toBe(0);
    await two.write('DELETE FROM @kategori');
    await world.feed(1);
    expect(await two.count('artikel')).toBe(0);
    await expectEqual();
  });

  it('shows ids in texts where they are ids, and values where they may be seen', async () => {
    await two.write("INSERT INTO @kategori (id, config_id, kategori, enabled) VALUES (3, 1, 'Biasa', 1), (4, 1, 'Kelompok', 4)");
    await two.write(
      "INSERT INTO @artikel (config_id, isi, id_kategori, id_user, judul, gambar) VALUES (1, '', 3, 1, 'a', '17'), (1, '', 4, 1, 'b', '17'), (1, '', 4, 1, 'c', '5201140101900001')",
    );
    await two.write("INSERT INTO @tweb_keluarga (config_id, no_kk, id_cluster, alamat) VALUES (1, '1', 1, 'tampak'), (1, '2', 1, 'tidak')");
    await world.feed(1);
    const shown = await world.sql('SELECT gambar AS x FROM ??.artikel WHERE config_id = 2 ORDER BY judul', [world.combined]);
    expect(shown.map(({ x }) => x)).toEqual(['17', '20000017', '5201140101900001']);
    expect(await world.sql('SELECT alamat FROM ??.tweb_keluarga WHERE config_id = 2 ORDER BY no_kk', [world.combined])).toEqual([
      { alamat: 'tampak' },
      { alamat: null },
    ]);
    await expectEqual();
  });

  it('arrives without a primary key, too, where another key tells its rows apart', async () => {
    await two.write("INSERT INTO @pengunjung VALUES ('2026-11-02', 1, 1)");
    await two.write("UPDATE @pengunjung SET jumlah = 2 WHERE tanggal = '2026-11-02'");
    await world.feed(1);
    const rows = await world.sql('SELECT config_id, DAY(tanggal) AS d, jumlah FROM ??.pengunjung ORDER BY 1, 2', [world.combined]);
    expect(rows.map((row) => Object.values(row))).toEqual([
      [2, 1, 7],
      [2, 2, 2],
      [3, 1, 7],
    ]);
    await expectEqual();
  });

  it('is what the list of regions says where readers group by it, whatever the desa calls its kecamatan', async () => {
    const [kode, names] = [parseKodeDesa('52.01.14.2001'), { nama: 'Batulayar', namaKabupaten: 'Kab', namaProvinsi: 'NTB', domain: null }];
    const [kodeKecamatan, kodeKabupaten, kodeProvinsi] = ['52.01.14', '52.01', '52'].map(parseKodeWilayah);
    if (kodeKecamatan === undefined || kodeKabupaten === undefined || kodeProvinsi === undefined) throw new Error('unreachable');
    const regions = { kodeKecamatan, kodeKabupaten, kodeProvinsi, namaKecamatan: "Ba'tu Layar" };
    await world.tools.tenants.create({ kode, ...names, ...regions }, { id: 'U', username: 'uji', role: 'superadmin', wilayah: null });
    await two.write("UPDATE @config SET nama_kecamatan = 'KEC. BATU LAYAR', kode_desa = '52.01.14.2'");
    await world.feed(1);
    const [row] = await world.sql('SELECT nama_desa, kode_desa, nama_kecamatan FROM ??.config WHERE id = 2', [world.combined]);
    expect(row).toEqual({ nama_desa: 'Desa 11', kode_desa: '5201142001', nama_kecamatan: "Ba'tu Layar" });
    expect(await verifySlice(world.tools, two.id, world.signal)).toBe(true);
  });

  it('is not noted when its transaction is taken back', async () => {
    const desa = await three.connect();
    await desa.write('START TRANSACTION');
    await desa.write("UPDATE @tweb_penduduk SET nama = 'x'");
    await desa.write('ROLLBACK');
    await desa.end();
    expect(await waiting(three)).toBe(0);
    await expectEqual();
  });

  it('leaves nothing behind when a parent came and went before it was ever copied', async () => {
    const { outbox } = world.tools.combined;
    await three.write("INSERT INTO @kategori (id, config_id, kategori) VALUES (50, 1, 'Sebentar')");
    await three.write("INSERT INTO @artikel (config_id, isi, id_kategori, id_user, judul) VALUES (1, 'i', 50, 1, 'anak')");
    // The child is copied, its parent not yet; then both go in the desa, the child by a cascade that nobody notes.
    const changes = (await outbox.changes({ limit: 10, installationId: three.id })) ?? [];
    await world.tools.combined.apply(
      three.slice,
      'artikel',
      changes.filter(({ table }) => table === 'artikel'),
    );
    expect(await three.count('artikel')).toBe(2);
    await three.write('DELETE FROM @kategori WHERE id = 50');
    await world.feed();
    expect(await three.count('artikel')).toBe(1);
    await expectEqual();
  });

  it('is found by the next proof when it went past the triggers, and is mended', async () => {
    await three.write('SET foreign_key_checks = 0; TRUNCATE @artikel');
    expect(await verifySlice(world.tools, three.id, world.signal)).toBe(false);
    expect(await three.stale()).toEqual(['artikel']);
    expect(await world.tools.registrations.needingRepair()).toEqual([three.id]);
    expect(await heal(three)).toBe(true);
    await expectEqual();
  });

  it('never lands in the next desa, even with an id beyond its span', async () => {
    await two.write("INSERT INTO @kategori (id, config_id, kategori) VALUES (10000001, 1, 'jauh')");
    await two.write("INSERT INTO @kategori (id, config_id, kategori) VALUES (7, 1, 'dekat')");
    await world.feed();
    expect([await two.stale(), await two.count('kategori'), await three.wrong()]).toEqual([['kategori'], 3, []]);
    expect(await heal(two)).toBe(false);
    await two.write('DELETE FROM @kategori WHERE id = 10000001; ALTER TABLE @kategori AUTO_INCREMENT = 8');
    expect(await heal(two)).toBe(true);
    await expectEqual();
  });
});

describe('the combined side', () => {
  it('may lack a column, a table or everything: the desa writes on, the rest is fed, and it is mended', async () => {
    const write = async () => {
      await three.write("UPDATE @tweb_penduduk SET nama = CONCAT(nama, 'z') WHERE id = 1");
      await three.write("INSERT INTO @artikel (config_id, isi, id_kategori, id_user, judul) VALUES (1, 'i', 1, 1, 'j')");
      await three.write("INSERT INTO @kategori (config_id, kategori) VALUES (1, 'Baru')");
      await world.feed();
    };
    await world.sql('ALTER TABLE ??.tweb_penduduk DROP COLUMN nama', [world.combined]);
    await world.sql('DROP TABLE ??.artikel', [world.combined]);
    await write();
    expect(await three.stale()).toEqual(['artikel', 'tweb_penduduk']);
    expect(await three.count('kategori')).toBe(2);
    // Everybody's: a column that is gone is gone for all.
    for (const desa of [two, three]) expect(await heal(desa)).toBe(true);
    await expectEqual();

    await world.sql('DROP DATABASE ??', [world.combined]);
    await write();
    expect(await three.stale()).toEqual(['artikel', 'kategori', 'tweb_penduduk']);
    for (const desa of [two, three]) expect(await heal(desa)).toBe(true);
    await expectEqual();
  });

  it('may lose the outbox: the desa writes on, and every slice is compared', async () => {
    await world.sql('DROP TABLE ??.outbox', [world.outbox]);
    await two.write("INSERT INTO @kategori (config_id, kategori) VALUES (1, 'Tercatat di tempat lain')");
    await world.sql('DROP DATABASE ??', [world.outbox]);
    await three.write("INSERT INTO @kategori (config_id, kategori) VALUES (1, 'Tidak tercatat')");
    await world.feed();
    expect([...(await world.tools.registrations.needingRepair())].sort()).toEqual([two.id, three.id].sort());
    for (const desa of [two, three]) expect(await heal(desa)).toBe(true);
    await two.write("INSERT INTO @kategori (config_id, kategori) VALUES (1, 'Lagi')");
    await world.feed(1);
    expect(await waiting(two)).toBe(0);
    await expectEqual();
  });

  it('is never taken for ourselves: with a desa’s open transaction on it everything of ours goes on', async () => {
    const url = connectionOptions(new Secret(inject('databaseUrl')));
    const slow = await createConnection(url);
    await slow.query('START TRANSACTION');
    const note = 'INSERT INTO ??.?? (installation_id, table_name, row_id) VALUES (?, ?, 1)';
    for (const table of ['outbox', 'refused']) await slow.query(note, [world.outbox, table, three.id, 'kategori']);
    try {
      await detachSlice(world.tools, two.id, world.signal);
      await world.tools.registrations.save(two.id, { state: 'registering' });
      expect(await heal(two)).toBe(true);
      await two.write("INSERT INTO @kategori (config_id, kategori) VALUES (1, 'Sambil lalu')");
      await world.feed();
      expect(await verifySlice(world.tools, two.id, world.signal)).toBe(true);
    } finally {
      await slow.query('ROLLBACK');
      await slow.end();
    }
    await expectEqual();
  });

  it('keeps one mark in the place of a heap, when nobody has fed for long', async () => {
    const heap = 'INSERT INTO @outbox (installation_id, table_name, row_id) SELECT ?, ?, seq FROM @seq_1_to_20001';
    await world.sql(heap.replaceAll('@', `${world.outbox}.`), [two.id, 'kategori']);
    await world.feed(2);
    expect([await two.stale(), await waiting(two)]).toEqual([['kategori'], 0]);
    expect(await heal(two)).toBe(true);
    await expectEqual();
  });
});

describe('taken along', () => {
  const copy = () =>
    createCombinedExport({ url: new Secret(inject('databaseUrl')), instance: world.outbox.replace('_umpan', ''), scratchFolder: scratch });
  const scratch = mkdtempSync('/tmp/pdt-export-');
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('as SQL it loads with the plain client and is the same; as CSV it has every row and column', async () => {
    const all = copy();
    const file = join(scratch, 'gabungan.sql.gz');
    await pipeline(Readable.from(all.sql(two.slice.manifest, null)), createWriteStream(file));
    const [url, elsewhere] = [connectionOptions(new Secret(inject('databaseUrl'))), `${world.combined}_salinan`];
    await world.sql('CREATE DATABASE ?? CHARACTER SET utf8mb4', [elsewhere]);
    const place = 'socketPath' in url ? ['-S', url.socketPath] : ['-h', url.host, '-P', String(url.port)];
    execFileSync('mariadb', ['--no-defaults', ...place, '-u', url.user, elsewhere], {
      input: gunzipSync(readFileSync(file)),
      env: { ...process.env, MYSQL_PWD: url.password },
    });
    for (const table of await all.tables(two.slice.manifest)) {
      const sums = await world.sql('CHECKSUM TABLE ??.??, ??.??', [world.combined, table, elsewhere, table]);
      expect([table, sums[1]?.Checksum]).toEqual([table, sums[0]?.Checksum]);
    }
    const rows = [];
    for await (const row of all.rows(two.slice.manifest, 'tweb_penduduk')) rows.push(row);
    const [head = [], ...body] = rows;
    const there = await world.sql('SELECT COUNT(*) AS n FROM ??.tweb_penduduk', [world.combined]);
    expect([body.length, body.every((row) => row.length === head.length)]).toEqual([there[0]?.n, true]);
    const named = await world.sql("SELECT COUNT(*) AS n FROM ??.tweb_penduduk WHERE nama LIKE 'Amaq é%'", [world.combined]);
    expect(named[0]?.n).toBeGreaterThan(0);
    expect(body.map((row) => row[head.indexOf('nama')]).filter((name) => name?.startsWith('Amaq é'))).toHaveLength(Number(named[0]?.n));
    await all.close();
    await world.sql('DROP DATABASE ??', [elsewhere]);
  });

  it('leaves nothing at work when nobody takes it any more', async () => {
    await world.sql("CREATE TABLE ??.besar AS SELECT seq AS id, REPEAT('x', 900) AS isi FROM ??.seq_1_to_60000", [
      world.combined,
      world.combined,
    ]);
    const all = copy();
    const working = async () =>
      (await world.sql('SHOW FULL PROCESSLIST')).filter(({ Info }) => /^SELECT .*besar/s.test(String(Info))).length;
    for (const stream of [all.sql(two.slice.manifest, 'besar'), all.rows(two.slice.manifest, 'besar')]) {
      let seen = 0;
      for await (const _piece of stream) {
        seen += 1;
        if (seen === 2) expect(await working()).toBe(1);
        if (seen === 2) break;
      }
      await expect.poll(working, { timeout: 5_000 }).toBe(0);
    }
    await all.close();
    await world.sql('DROP TABLE ??.besar', [world.combined]);
  });
});

describe('a desa', () => {
  it('writes through the triggers with its own account, and reads neither outbox, combined database nor neighbour', async () => {
    const { schema } = three.slice;
    const url = connectionOptions(new Secret(inject('databaseUrl')));
    await world.sql("CREATE USER ??@localhost IDENTIFIED BY 'kata'", [schema]);
    await world.sql('GRANT SELECT, INSERT, UPDATE, DELETE ON ??.* TO ??@localhost', [schema, schema]);
    const desa = await createConnection({ ...url, user: schema, password: 'kata', database: schema });
    await desa.query("INSERT INTO kategori (config_id, kategori) VALUES (1, 'Lain')");
    for (const table of [`${world.combined}.tweb_penduduk`, `${world.outbox}.outbox`, `${two.slice.schema}.tweb_penduduk`]) {
      await expect(desa.query(`SELECT * FROM ${table}`)).rejects.toMatchObject({ errno: 1142 });
    }
    await desa.end();
    await world.sql('DROP USER ??@localhost', [schema]);
    expect(await waiting(three)).toBe(1);
    await expectEqual();
  });

  it('shows a read account no column that must stay with it, whatever the account may read', async () => {
    const url = new Secret(inject('databaseUrl'));
    const { socketPath = '' } = { socketPath: undefined, ...connectionOptions(url) };
    const accounts = createReaderAccounts({ url, apps: { kind: 'socket', folder: socketPath.replace(/\/[^/]*$/, '') } });
    const account = `${world.combined}_baca`.slice(0, 80);
    await world.tools.combined.publish(
      three.slice,
      [{ group: 'penduduk', value: '', name: 'Penduduk', male: 1, female: 1, untold: 0, total: 2 }],
      new Date(),
    );
    for (const [grants, artikel] of [
      [null, true],
      [three.slice.manifest.grants.kependudukan?.tables ?? [], false],
      [three.slice.manifest.grants.statistik?.tables ?? [], false],
    ] as const) {
      await accounts.ensure(account, new Secret('kata-baca'), world.combined, grants);
      const reader = await createConnection({ socketPath, user: account, password: 'kata-baca', database: world.combined });
      reader.on('error', () => undefined);
      const may = (query: string) =>
        reader.query(query).then(
          () => true,
          () => false,
        );
      expect([await may('SELECT id FROM artikel'), await may('SELECT nama_desa FROM config')]).toEqual([artikel, true]);
      for (const hidden of ['app_key FROM config', 'password FROM user', 'username FROM user', `* FROM ${three.slice.schema}.user`])
        expect([hidden, await may(`SELECT ${hidden}`)]).toEqual([hidden, false]);
      const [columns] = await reader.query(
        "SELECT COLUMN_NAME AS c FROM information_schema.COLUMNS WHERE COLUMN_NAME IN ('password', 'username', 'app_key', 'api_token')",
      );
      expect(columns).toEqual([]);
      if (grants === three.slice.manifest.grants.statistik?.tables) {
        expect(await may('SELECT nik FROM tweb_penduduk')).toBe(false);
        expect((await reader.query('SELECT jumlah FROM pendopo_ringkasan'))[0]).toEqual([{ jumlah: 2 }]);
      }
      await reader.end();
    }
    await accounts.drop(account);
    await accounts.close();
  });

  it('that gains a column with its next release shows it, while the other keeps its old form', async () => {
    await detachSlice(world.tools, two.id, world.signal);
    expect(await world.tools.combined.isAttached(two.slice)).toBe(false);
    await two.write("ALTER TABLE @kategori ADD COLUMN slug VARCHAR(20) DEFAULT 'a'");
    await world.tools.registrations.save(two.id, { state: 'registering' });
    expect(await heal(two)).toBe(true);
    await three.write("INSERT INTO @kategori (config_id, kategori) VALUES (1, 'Masih')");
    // A column that comes without us being told is missed by nobody for long.
    await three.write('ALTER TABLE @kategori ADD COLUMN warna VARCHAR(20), ADD COLUMN api_token VARCHAR(20)');
    await three.write("UPDATE @kategori SET warna = 'hijau' WHERE id = 1");
    await world.feed();
    expect(await three.stale()).toEqual(['kategori']);
    expect(await heal(three)).toBe(true);
    const [row] = await world.sql("SELECT * FROM ??.kategori WHERE warna = 'hijau'", [world.combined]);
    expect(row).toMatchObject({ config_id: 3, slug: null });
    expect(Object.keys(row ?? {})).not.toContain('api_token');
    await expectEqual();
  });

  it('that leaves takes its slice along and nobody else’s; what it had on its way comes to nothing', async () => {
    await two.write("INSERT INTO @kategori (config_id, kategori) VALUES (1, 'Terakhir')");
    await dropSlice(world.tools, two.id, world.signal);
    await world.feed();
    expect([await two.count('kategori'), await waiting(two), await three.wrong()]).toEqual([0, 0, []]);
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
