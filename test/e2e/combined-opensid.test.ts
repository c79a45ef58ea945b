import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { requestBackup, requestRestore, requestUpdate } from '../../src/workflows/commands/change.ts';
import { requestInstall, requestRemove } from '../../src/workflows/commands/installations.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { combinedOf } from '../support/combined.ts';
import { work } from '../support/desa-data.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { opensidRows } from '../support/opensid-rows.ts';

/** Real OpenSID, from the repository that OPENSID_REPO names. Without it there is nothing to try. */
const REPO = process.env.OPENSID_REPO ?? '';
const DESA = ['52.01.14.2001', '52.01.14.2004', '52.01.14.2005'] as const;
const [ONE, TWO, THREE] = DESA;
const APP = 'opensid';
const RESIDENTS = 300;
const FIRST = 1_800_000;
const SEEN_MS = 15_000;

let pendopo: Instance;
let sql: (statement: string) => Promise<RowDataPacket[]>;
let end: () => Promise<void>;
beforeAll(async () => {
  if (REPO === '') return;
  pendopo = await startInstance({ databaseUrl: inject('databaseUrl'), redisUrl: inject('redisUrl'), env: { OPENSID_REPO: REPO } });
  pendopo.realWorker();
  const connection = await createConnection(connectionOptions(pendopo.config.databaseUrl));
  sql = async (statement) => (await connection.query<RowDataPacket[]>(statement))[0];
  end = () => connection.end();
}, 60_000);
afterAll(async () => {
  await end?.();
  await pendopo?.close();
}, 60_000);

const digits = (kode: string): string => kode.replaceAll('.', '');
const schemaOf = (kode: string): string => `${pendopo.config.instance}_${digits(kode)}_${APP}`;
const gabungan = (): string => `${pendopo.config.instance}_gabungan`;
const numberOf = async (statement: string, schema: string): Promise<number> =>
  Number((await sql(statement.replaceAll('@', `${schema}.`)))[0]?.n);
const write = (kode: string, statements: string | readonly string[]) => work(pendopo, kode, statements, APP);

/** What a statement counts in every desa together. */
async function inDesa(statement: string, kodes: readonly string[] = DESA): Promise<number> {
  let sum = 0;
  for (const kode of kodes) sum += await numberOf(statement, schemaOf(kode));
  return sum;
}

/** Waits for the workers alone: nothing here brings anything over. */
async function untilSame(statement: string, kodes: readonly string[] = DESA): Promise<number> {
  const wanted = await inDesa(statement, kodes);
  await expect.poll(() => numberOf(statement, gabungan()), { timeout: SEEN_MS }).toBe(wanted);
  return wanted;
}

/** Both sides of every table of every desa agree, row by row. */
async function expectProven(kodes: readonly string[] = DESA): Promise<void> {
  for (const kode of kodes) expect([kode, await combinedOf(pendopo, kode, APP)]).toMatchObject([kode, { state: 'registered', wrong: [] }]);
}

async function done({ jobId }: { readonly jobId: string }): Promise<void> {
  expect(await pendopo.ended(jobId, FIRST)).toMatchObject({ state: 'succeeded', cause: null });
}

const JOINS = {
  id: 'SELECT COUNT(*) AS n FROM @tweb_penduduk p JOIN @tweb_keluarga k ON k.id = p.id_kk JOIN @tweb_wil_clusterdesa w ON w.id = p.id_cluster',
  'the newest note': `SELECT COUNT(*) AS n FROM @tweb_penduduk p JOIN (SELECT MAX(id) AS id, id_pend FROM @log_penduduk GROUP BY id_pend) b ON b.id_pend = p.id
    JOIN @log_penduduk l ON l.id = b.id WHERE l.kode_peristiwa NOT IN (2, 3, 4)`,
  nik: 'SELECT COUNT(*) AS n FROM @program g JOIN @program_peserta s ON s.program_id = g.id JOIN @tweb_penduduk p ON p.nik = s.peserta WHERE g.sasaran = 1',
  no_kk:
    'SELECT COUNT(*) AS n FROM @program g JOIN @program_peserta s ON s.program_id = g.id JOIN @tweb_keluarga k ON k.no_kk = s.peserta WHERE g.sasaran = 2',
  'the id of a group':
    'SELECT COUNT(*) AS n FROM @program g JOIN @program_peserta s ON s.program_id = g.id JOIN @kelompok q ON q.id = s.peserta WHERE g.sasaran = 4',
};

describe.skipIf(REPO === '')('three desa with the real OpenSID in the combined database', { timeout: FIRST }, () => {
  it('are registered as they are installed, the same C-Desa number in each', async () => {
    for (const kode of DESA) {
      await createTenant(pendopo.tools, pendopo.admin, { kode: parseKodeDesa(kode) });
      await done(await requestInstall(pendopo.tools, pendopo.admin, { kode, app: APP, tag: 'v2409.0.0' }));
    }
    for (const kode of DESA) await write(kode, opensidRows({ digits: digits(kode), residents: RESIDENTS }));
    expect(await untilSame('SELECT COUNT(*) AS n FROM @tweb_penduduk')).toBe(3 * RESIDENTS);
    for (const table of ['tweb_keluarga', 'program_peserta', 'artikel', 'log_surat', 'log_penduduk', 'sys_traffic'])
      expect([table, await untilSame(`SELECT COUNT(*) AS n FROM @${table}`)]).not.toEqual([table, 0]);
    const twins = await sql(`SELECT config_id FROM ${gabungan()}.cdesa WHERE nomor = '1' ORDER BY 1`);
    expect(twins.map((row) => row.config_id)).toEqual([2, 3, 4]);
    const [row] = await sql(`SELECT * FROM ${gabungan()}.sys_traffic LIMIT 1`);
    expect(Object.keys(row ?? {})).not.toContain('ipAddress');
    await expectProven();
  });

  it.each(Object.entries(JOINS))('count the same joined by %s as every desa for itself', async (_by, statement) => {
    expect(await untilSame(statement)).toBeGreaterThan(0);
  });

  it('never mix, though their ids are the same at home', async () => {
    const locals = await Promise.all(DESA.map((kode) => numberOf('SELECT MIN(id) AS n FROM @tweb_penduduk', schemaOf(kode))));
    expect(new Set(locals).size).toBe(1);
    const mixed = `SELECT COUNT(*) AS n FROM @tweb_penduduk p JOIN @tweb_keluarga k ON k.id = p.id_kk WHERE k.config_id <> p.config_id`;
    expect(await numberOf(mixed, gabungan())).toBe(0);
  });

  it('show cascades and changes in bulk', async () => {
    await write(ONE, 'DELETE FROM program WHERE sasaran = 1');
    await write(ONE, 'DELETE FROM tweb_keluarga WHERE id % 10 = 0');
    await write(TWO, ["UPDATE tweb_penduduk SET alamat_sekarang = CONCAT('Lorong ', id)", 'DELETE FROM artikel WHERE id % 2 = 0']);
    for (const table of ['program_peserta', 'tweb_penduduk', 'log_penduduk', 'artikel'])
      await untilSame(`SELECT COUNT(*) AS n FROM @${table}`);
    await untilSame("SELECT COUNT(*) AS n FROM @tweb_penduduk WHERE alamat_sekarang LIKE 'Lorong %'");
    await expectProven();
  });

  it('show what a restore has put back', async () => {
    const place = { kode: parseKodeDesa(ONE), app: APP };
    const before = await numberOf('SELECT COUNT(*) AS n FROM @tweb_penduduk', schemaOf(ONE));
    await done(await requestBackup(pendopo.tools, pendopo.admin, place));
    await write(ONE, 'DELETE FROM tweb_penduduk WHERE id % 3 = 0');
    await untilSame('SELECT COUNT(*) AS n FROM @tweb_penduduk');
    const id = (await pendopo.tools.tenants.find(place.kode))?.installations.find(({ app }) => app === APP)?.id ?? '';
    const [backup] = await pendopo.tools.backups.list({ installationId: id, limit: 1 });
    await done(await requestRestore(pendopo.tools, pendopo.admin, { backupId: backup?.id ?? '' }));
    expect(await numberOf('SELECT COUNT(*) AS n FROM @tweb_penduduk', schemaOf(ONE))).toBe(before);
    await expectProven();
  });

  it('stand side by side in two releases, and one that is removed takes its rows along', async () => {
    await done(await requestUpdate(pendopo.tools, pendopo.admin, { kode: TWO, app: APP, tag: 'v2410.0.0' }));
    await expectProven();
    for (const statement of Object.values(JOINS)) await untilSame(statement);
    await done(await requestRemove(pendopo.tools, pendopo.admin, { kode: THREE, app: APP, confirm: THREE }));
    const owned = await sql(
      `SELECT TABLE_NAME AS t FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '${gabungan()}' AND COLUMN_NAME = 'config_id'`,
    );
    for (const { t } of owned)
      expect([t, await numberOf(`SELECT COUNT(*) AS n FROM @${t} WHERE config_id = 4`, gabungan())]).toEqual([t, 0]);
    await expectProven([ONE, TWO]);
    for (const statement of Object.values(JOINS)) await untilSame(statement, [ONE, TWO]);
  });
});
