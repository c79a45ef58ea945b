import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { readCombined } from '../../src/adapters/catalogue-combined.ts';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { createCombined } from '../../src/adapters/gabungan.ts';
import { createLocks } from '../../src/adapters/locks.ts';
import { openConnection } from '../../src/adapters/mariadb-connection.ts';
import type { Slice } from '../../src/domain/combined.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { Secret } from '../../src/domain/secret.ts';
import { type KodeDesa, parseKodeDesa } from '../../src/domain/wilayah.ts';
import { feedRound } from '../../src/workflows/feeding.ts';
import { compareSlice } from '../../src/workflows/proof.ts';
import { healSlice } from '../../src/workflows/registration.ts';
import { findSlice } from '../../src/workflows/slices.ts';
import { openTestRecords } from './records.ts';

const TEMPLATE = fileURLToPath(new URL('../../templates/apps/contoh-opensid', import.meta.url));
const ROWS = `
  INSERT INTO config (id, app_key, nama_desa, kode_desa) VALUES (1, 'rahasia', 'Desa #', '52011420#');
  INSERT INTO tweb_penduduk_sex VALUES (1, 'LAKI-LAKI'), (2, 'PEREMPUAN');
  INSERT INTO tweb_status_dasar VALUES (1, 'HIDUP'), (2, 'MATI');
  INSERT INTO tweb_penduduk_umur (config_id, nama, dari, sampai, status) VALUES (1, 'Balita', 0, 5, 1);
  INSERT INTO user (config_id, username, password, nama) VALUES (1, 'admin', 'sandi', 'Admin');
  INSERT INTO kategori (config_id, kategori) VALUES (1, 'Berita');
  INSERT INTO tweb_wil_clusterdesa (config_id, rt, rw, dusun) VALUES (1, '1', '1', 'Timur');
  INSERT INTO tweb_keluarga (config_id, no_kk, id_cluster) VALUES (1, '52011400000000#', 1);
  INSERT INTO tweb_penduduk (config_id, nama, nik, id_kk, sex, id_cluster) VALUES (1, 'Amaq é', '#', 1, 1, 1), (1, '', NULL, 1, 2, 1);
  INSERT INTO artikel (config_id, isi, id_kategori, id_user, judul) VALUES (1, 'isi', 1, 1, 'judul');
  CREATE TABLE pengunjung (tanggal DATE NOT NULL, config_id INT NULL, jumlah BIGINT NOT NULL, UNIQUE KEY (config_id, tanggal));
  INSERT INTO pengunjung VALUES ('2026-11-01', 1, 7)`;

/** A combined database of its own with desa of the sample's schema, real records and real locks; nobody feeds but who asks. */
export interface CombinedWorld {
  readonly tools: Toolbox;
  readonly combined: string;
  readonly outbox: string;
  readonly signal: AbortSignal;
  /** Number 2, 3, … in the order they come. */
  addDesa(): Promise<TestDesa>;
  /** Administrator's statement. */
  sql(statement: string, values?: readonly unknown[]): Promise<RowDataPacket[]>;
  /** Rounds of the feeder until nothing waits any more, or so many. */
  feed(rounds?: number): Promise<void>;
  /** A process that feeds, for killing. */
  startFeeder(): ChildProcess;
  /** Another process of this world, with server, records and instance as its first arguments. */
  startProcess(script: URL, args: readonly string[]): ChildProcess;
  close(): Promise<void>;
}

/** What of the toolbox stands outside the records. The sample's manifest, and some rows of what it has no need of. */
export function outsideOf(url: Secret, instance: string, reserveBytes?: number) {
  const sample = readFileSync(`${TEMPLATE}/gabungan.yaml`, 'utf8').replace('  - artikel\n', '  - artikel\n  - pengunjung\n');
  const read = readCombined(`${sample}
idsWhere:
  - { column: artikel.gambar, by: id_kategori, of: kategori, tells: enabled, is: ['4'] }
shownWhere:
  - { column: tweb_keluarga.alamat, tells: no_kk, is: ['1'] }
`);
  const { combined: manifest } = read;
  if (manifest === null) throw new Error(JSON.stringify(read.faults));
  const apps: Toolbox['apps'] = new Proxy(Object.create(null), { get: () => () => ({ combined: manifest, summary: null }) });
  return {
    ...{ manifest, apps },
    database: createCombined({ url, instance, ...(reserveBytes === undefined ? {} : { reserveBytes }) }),
    locks: createLocks({ connect: () => openConnection(url), instance }),
  };
}

export interface TestDesa {
  readonly id: string;
  readonly configId: number;
  readonly slice: Slice;
  /** A connection of the desa's staff; `@` stands for its schema. */
  connect(): Promise<{ write(statement: string): Promise<number>; end(): Promise<void> }>;
  /** One statement, and how many milliseconds it took. */
  write(statement: string): Promise<number>;
  stale(): Promise<readonly string[]>;
  /** Tables that differ once all that is noted has arrived. */
  wrong(): Promise<readonly string[]>;
  count(table: string): Promise<number>;
}

export interface WorldOptions {
  /** What must stay free on the disk. */
  readonly reserveBytes?: number;
  readonly instance?: string;
  /** Of the first desa. */
  readonly firstNumber?: number;
}

export async function openCombinedWorld(
  serverUrl: string,
  { reserveBytes, instance = anInstance(), firstNumber }: WorldOptions = {},
): Promise<CombinedWorld> {
  const url = new Secret(serverUrl);
  const { database, locks, manifest, apps } = outsideOf(url, instance, reserveBytes);
  const records = await openTestRecords(serverUrl, { combined: database, locks, apps }, firstNumber);
  const { database: _none, ...server } = connectionOptions(url);
  const open = async () => createConnection({ ...server, multipleStatements: true });
  const admin = await open();
  const sql: CombinedWorld['sql'] = async (statement, values = []) => (await admin.query<RowDataPacket[]>(statement, [...values]))[0];
  const { tools } = records;
  const signal = new AbortController().signal;
  const combined = database.schemaOf(manifest);
  const rests = { installations: new Map<string, number>(), tables: new Map<string, number>() };
  let desa = 0;
  const startProcess: CombinedWorld['startProcess'] = (script, args) => {
    const words = [fileURLToPath(script), serverUrl, records.databaseUrl.expose(), instance, ...args];
    return spawn(process.execPath, words, { stdio: ['ignore', 'ignore', 'inherit'] });
  };

  return {
    ...{ tools, combined, outbox: `${instance}_umpan`, signal, sql },
    startProcess,
    startFeeder: () => startProcess(new URL('feeder.ts', import.meta.url), []),
    async addDesa() {
      desa += 1;
      const schema = `${instance}_d${desa}`;
      await sql('CREATE DATABASE ?? CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci', [schema]);
      const connection = await open();
      await connection.changeUser({ database: schema });
      await connection.query(readFileSync(`${TEMPLATE}/source/skema.sql`, 'utf8'));
      await connection.query(ROWS.replaceAll('#', String(10 + desa)));
      await connection.end();
      const id = tools.ids.next();
      await tools.registrations.ensure(id, kodeOf(desa), 'contoh-opensid', schema);
      await tools.registrations.save(id, { state: 'registering' });
      if (!(await healSlice(tools, id, signal))) throw new Error('not registered');
      return desaOf(id, schema);
    },
    async feed(rounds = 50) {
      for (let round = 0; round < rounds && (await feedRound(tools, rests, signal)) > 0; round += 1);
    },
    async close() {
      await database.close();
      await records.close();
      for (const { name } of await sql('SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE ?', [
        `${instance}\\_%`,
      ])) {
        await sql('DROP DATABASE ??', [name]);
      }
      await admin.end();
    },
  };

  async function desaOf(id: string, schema: string): Promise<TestDesa> {
    const found = await findSlice(tools, id);
    if (found === null) throw new Error('no slice');
    const { slice } = found;
    const connectHere: TestDesa['connect'] = async () => {
      const connection = await open();
      await connection.changeUser({ database: schema });
      return {
        async write(statement) {
          const begun = performance.now();
          await connection.query(statement.replaceAll('@', `${schema}.`));
          return performance.now() - begun;
        },
        end: () => connection.end(),
      };
    };
    return {
      ...{ id, configId: slice.configId, slice, connect: connectHere },
      async write(statement) {
        const here = await connectHere();
        const took = await here.write(statement);
        await here.end();
        return took;
      },
      stale: async () => [...(await tools.registrations.staleTables(id))].sort(),
      async wrong() {
        // As the records are now: the list of regions may say more than when it came.
        const now = (await findSlice(tools, id))?.slice ?? slice;
        const { wrong, open: unsettled } = await compareSlice(tools, now, false, signal);
        return [...wrong.map(({ table }) => table), ...unsettled];
      },
      count: async (table) =>
        Number((await sql('SELECT COUNT(*) AS n FROM ??.?? WHERE config_id = ?', [combined, table, slice.configId]))[0]?.n),
    };
  }
}

function anInstance(): string {
  return `t${Math.random().toString(36).slice(2, 9)}`;
}

function kodeOf(n: number): KodeDesa {
  return parseKodeDesa(`52.01.14.${2000 + n}`);
}
