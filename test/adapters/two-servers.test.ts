import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { Secret } from '../../src/domain/secret.ts';
import { dropSlice, healSlice } from '../../src/workflows/registration.ts';
import { type Service, startMariadb } from '../support/children.ts';
import { type CombinedWorld, openCombinedWorld, type TestDesa } from '../support/combined-desa.ts';

/**
 * The recipe of docs/DEPLOYMENT.md: two servers with a Pendopo each, and a third one that hears the binary logs of both
 * and holds all desa in one combined schema. Ports of loopback, since replication knows no sockets.
 */
const INSTANCE = 'bersama';
const GABUNGAN = `${INSTANCE}_gabungan_contoh`;
const run = promisify(execFile);

interface Source {
  readonly service: Service;
  readonly port: number;
  readonly world: CombinedWorld;
}
let reporting: Service;
let report: Connection;
const sources: Source[] = [];
let satu: TestDesa;
let dua: TestDesa;

beforeAll(async () => {
  const binlog = (id: number) => [
    '--log-bin=biner',
    '--binlog-format=ROW',
    `--server-id=${id}`,
    `--gtid-domain-id=${id}`,
    '--sync-binlog=1',
  ];
  const [one, two] = [await freePort(), await freePort()];
  const services = await Promise.all([
    startMariadb({ durable: true, port: one, settings: binlog(1) }),
    startMariadb({ durable: true, port: two, settings: binlog(2) }),
    startMariadb({
      settings: [
        '--server-id=9',
        '--slave-exec-mode=IDEMPOTENT',
        `--replicate-wild-do-table=${INSTANCE}\\_gabungan%.%`,
        '--slave-net-timeout=4',
      ],
    }),
  ]);
  [, , reporting] = services;
  report = await createConnection(connectionOptions(new Secret(reporting.url)));
  for (const [at, port] of [one, two].entries()) {
    const service = services[at];
    if (service === undefined) throw new Error('no server');
    const world = await openCombinedWorld(service.url, { instance: INSTANCE, firstNumber: at === 0 ? 2 : 1_002 });
    await world.sql("CREATE USER 'salin'@'127.0.0.1' IDENTIFIED BY 'kata'");
    await world.sql("GRANT REPLICATION SLAVE ON *.* TO 'salin'@'127.0.0.1'");
    await report.query(
      `CHANGE MASTER 'server${at + 1}' TO MASTER_HOST='127.0.0.1', MASTER_PORT=${port}, MASTER_USER='salin', MASTER_PASSWORD='kata', MASTER_USE_GTID=slave_pos, MASTER_CONNECT_RETRY=1`,
    );
    await report.query(`START SLAVE 'server${at + 1}'`);
    sources.push({ service, port, world });
  }
}, 120_000);
afterAll(async () => {
  report?.destroy();
  // Its own connection to the server that was killed is gone; all of it goes with the servers.
  for (const one of sources) await one.world.close().catch(() => undefined);
  await Promise.all([...sources.map(({ service }) => service.stop()), reporting?.stop()]);
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const world = (at: 0 | 1): CombinedWorld => {
  const found = sources[at]?.world;
  if (found === undefined) throw new Error('no source');
  return found;
};
const ask = async (query: string): Promise<RowDataPacket[]> =>
  (await report.query<RowDataPacket[]>(query.replaceAll('@', `${GABUNGAN}.`)))[0];
const arrives = (query: string, rows: readonly object[]) =>
  vi.waitFor(async () => expect(await ask(query)).toEqual(rows), { timeout: 20_000, interval: 100 });
const faults = async () =>
  (await ask('SHOW ALL SLAVES STATUS')).map((row) => [row.Connection_name, row.Last_SQL_Error, row.Last_IO_Error].join(' ').trim());
const perDesa = 'SELECT config_id AS c, COUNT(*) AS n FROM @tweb_penduduk GROUP BY 1 ORDER BY 1';

describe('a reporting server behind two servers', () => {
  it('holds the desa of both in one schema, under numbers and ids that never meet', { timeout: 60_000 }, async () => {
    satu = await world(0).addDesa();
    // The second server begins with the tables of the first, so that columns stand in the same order everywhere.
    const { stdout } = await run('mariadb-dump', [
      '--no-data',
      '--skip-triggers',
      '--skip-add-drop-table',
      `--socket=${sources[0]?.service.socket}`,
      GABUNGAN,
    ]);
    await world(1).sql('SET SESSION sql_log_bin = 0');
    await world(1).sql('CREATE DATABASE ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci', [GABUNGAN]);
    await world(1).sql('SET SESSION sql_log_bin = 1');
    const quietly = '--init-command=SET sql_log_bin = 0, foreign_key_checks = 0';
    const loading = run('mariadb', [quietly, `--socket=${sources[1]?.service.socket}`, GABUNGAN]);
    loading.child.stdin?.end(stdout);
    await loading;
    dua = await world(1).addDesa();
    expect([satu.configId, dua.configId]).toEqual([2, 1_002]);

    await arrives(perDesa, [
      { c: 2, n: 2 },
      { c: 1_002, n: 2 },
    ]);
    const joined =
      'SELECT p.config_id AS c, COUNT(*) AS n FROM @tweb_penduduk p JOIN @tweb_keluarga k ON k.id = p.id_kk GROUP BY 1 ORDER BY 1';
    expect(await ask(joined)).toEqual(await ask(perDesa));
    // Both write the reference tables and the rows of number 1: the same ones.
    await arrives('SELECT COUNT(*) AS n FROM @tweb_penduduk_sex', [{ n: 2 }]);
    expect(await ask('SELECT COUNT(*) AS n FROM @tweb_penduduk_umur WHERE config_id = 1')).toEqual([{ n: 1 }]);
    expect(await ask("SELECT SCHEMA_NAME AS s FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'bersama%'")).toEqual([
      { s: GABUNGAN },
    ]);
    expect(await faults()).toEqual(['server1', 'server2']);
  });

  it('follows what desa write, cascades and new columns of either server', { timeout: 60_000 }, async () => {
    await satu.write('DELETE FROM @tweb_keluarga');
    await world(0).feed();
    await arrives(perDesa, [{ c: 1_002, n: 2 }]);
    // A release reaches the first server, later the second.
    for (const [at, desa] of [
      [0, satu],
      [1, dua],
    ] as const) {
      await desa.write("ALTER TABLE @kategori ADD COLUMN slug VARCHAR(20) DEFAULT 's'");
      await desa.write(`INSERT INTO @kategori (config_id, kategori) VALUES (1, 'dari ${at}')`);
      await world(at).feed();
      expect(await healSlice(world(at).tools, desa.id, world(at).signal)).toBe(true);
      await arrives(`SELECT slug FROM @kategori WHERE kategori = 'dari ${at}'`, [{ slug: 's' }]);
    }
    expect(await faults()).toEqual(['server1', 'server2']);
  });

  it('goes on with one server while the other is down, and hears it out when it is back', { timeout: 60_000 }, async () => {
    const second = sources[1]?.service;
    await dua.write("INSERT INTO @kategori (config_id, kategori) VALUES (1, 'sebelum mati')");
    await world(1).feed();
    await second?.kill();
    await satu.write("INSERT INTO @kategori (config_id, kategori) VALUES (1, 'yang lain mati')");
    await world(0).feed();
    await arrives("SELECT config_id AS c FROM @kategori WHERE kategori = 'yang lain mati'", [{ c: 2 }]);
    await second?.restart();
    const again = await createConnection(connectionOptions(new Secret(second?.url ?? '')));
    await again.query(`INSERT INTO ${dua.slice.schema}.kategori (config_id, kategori) VALUES (1, 'hidup lagi')`);
    await again.end();
    await vi.waitFor(() => world(1).feed(), { timeout: 20_000, interval: 300 });
    await arrives("SELECT COUNT(*) AS n FROM @kategori WHERE config_id = 1002 AND kategori IN ('sebelum mati', 'hidup lagi')", [{ n: 2 }]);
    expect((await faults()).map((line) => line.split(' ')[0])).toEqual(['server1', 'server2']);
  });

  it('lets a desa go that leaves its server, and keeps the others', { timeout: 60_000 }, async () => {
    await dropSlice(world(0).tools, satu.id, world(0).signal);
    await arrives('SELECT id FROM @config ORDER BY id', [{ id: 1_002 }]);
    await arrives(perDesa, [{ c: 1_002, n: 2 }]);
  });
});
