import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { Secret } from '../../src/domain/secret.ts';
import { totalOf } from '../../src/domain/summary.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { readOverview } from '../../src/workflows/combined-overview.ts';
import { requestBackup, requestRestore, requestUpdate } from '../../src/workflows/commands/change.ts';
import { requestInstall, requestRemove, revealAdminPassword } from '../../src/workflows/commands/installations.ts';
import { addSource, previewMove, removeSource, requestMove } from '../../src/workflows/commands/move.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { combinedOf } from '../support/combined.ts';
import { work } from '../support/desa-data.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { opensidRows } from '../support/opensid-rows.ts';
import { makeOpensidShared } from '../support/opensid-shared.ts';
import { statisticsOf } from '../support/opensid-statistics.ts';
import { signInAt } from '../support/sign-in.ts';
import { visit } from '../support/visit.ts';

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
/** A desa's own rows and those of nobody, as three desa of one schema would have them. */
const shared = (): string => `${pendopo.config.instance}_asal`;
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

  it('could have shared one schema, as OpenSID shares it', async () => {
    await makeOpensidShared(pendopo.config.databaseUrl, DESA.map(schemaOf), shared());
    const rows = await sql(
      `SELECT config_id, COUNT(*) AS n, COUNT(DISTINCT id_kk) AS k FROM ${shared()}.tweb_penduduk GROUP BY 1 ORDER BY 1`,
    );
    expect(rows.map(({ config_id, n }) => [config_id, n])).toEqual([1, 2, 3].map((id) => [id, RESIDENTS]));
    const mixed = 'SELECT COUNT(*) AS n FROM @tweb_penduduk p JOIN @tweb_keluarga k ON k.id = p.id_kk WHERE k.config_id <> p.config_id';
    expect(await numberOf(mixed, shared())).toBe(0);
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

  it('stand side by side in two releases', async () => {
    await done(await requestUpdate(pendopo.tools, pendopo.admin, { kode: TWO, app: APP, tag: 'v2410.0.0' }));
    await expectProven();
    for (const statement of Object.values(JOINS)) await untilSame(statement);
  });

  it('are summed up as OpenSID itself shows it on its page of statistics, which v2409 cannot show', async () => {
    const summaryOf = () => readOverview(pendopo.tools, pendopo.admin, { app: APP, wilayah: TWO });
    await expect.poll(async () => (await summaryOf()).desa, { timeout: 60_000 }).toEqual({ all: 1, counted: 1, changed: 0 });
    const summary = await summaryOf();
    const installation = (await pendopo.tools.tenants.find(parseKodeDesa(TWO)))?.installations.find(({ app }) => app === APP);
    const admin = await revealAdminPassword(pendopo.tools, pendopo.admin, installation?.id ?? '');
    const host = `${digits(TWO)}.localhost`;
    const { cookies } = await signInAt(pendopo.config, host, {
      username: admin?.username ?? '',
      password: admin?.password.expose() ?? '',
    });
    const shown = (lap: string) => statisticsOf(pendopo.config, host, cookies, lap);

    const [men, women] = summary.people;
    expect((await shown('4')).get('TOTAL')).toEqual([totalOf(summary.people), men, women]);
    for (const [name, lap] of Object.entries({ pendidikan: '0', pekerjaan: '1', agama: '3', perkawinan: '2' })) {
      const rows = summary.groups.find((group) => group.name === name)?.rows ?? [];
      expect([name, rows.length > 3]).toEqual([name, true]);
      const ours = rows.map(({ label, people }) => [label.toUpperCase(), [totalOf(people), people[0], people[1]]]);
      const theirs = [...(await shown(lap))].filter(([label, [all]]) => all > 0 && label !== 'JUMLAH' && label !== 'TOTAL');
      expect([name, Object.fromEntries(ours)]).toEqual([name, Object.fromEntries(theirs)]);
    }
    const bands = await sql(`SELECT TRIM(UPPER(nama)) AS nama, dari, sampai FROM ${schemaOf(TWO)}.tweb_penduduk_umur WHERE status = 1`);
    const ages = await shown('13');
    expect(bands.length).toBeGreaterThan(10);
    expect(bands.map(({ nama }) => [nama, ages.get(nama)])).toEqual(
      bands.map(({ nama, dari, sampai }) => {
        const people = summary.bands.find(({ from, to }) => from === dari && to === sampai)?.people;
        return [nama, people && [totalOf(people), people[0], people[1]]];
      }),
    );
    const programs = await sql(`SELECT id, nama, sasaran FROM ${schemaOf(TWO)}.program ORDER BY sasaran`);
    expect(programs).toHaveLength(4);
    const listed = new Map([...(await shown('bantuan_penduduk')), ...(await shown('bantuan_keluarga'))]);
    for (const { id, nama, sasaran } of programs) {
      // Programmes for rumah tangga and groups have a page of their own, which tells who is not in them.
      const rows = sasaran > 2 ? await shown(`50${id}`) : listed;
      const apart = (rows.get('TOTAL')?.[0] ?? Number.NaN) - (rows.get('BUKAN PESERTA')?.[0] ?? Number.NaN);
      const theirs = sasaran > 2 ? apart : listed.get(String(nama).toUpperCase())?.[0];
      const ours = summary.programs.find(({ name }) => name === nama)?.participants;
      expect([sasaran, nama, theirs]).toEqual([sasaran, nama, ours]);
      expect(ours).toBeGreaterThan(0);
    }
  });

  it('take their rows along when they are removed', async () => {
    await done(await requestRemove(pendopo.tools, pendopo.admin, { kode: THREE, app: APP, confirm: THREE }));
    const owned = await sql(
      `SELECT TABLE_NAME AS t FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '${gabungan()}' AND COLUMN_NAME = 'config_id'`,
    );
    for (const { t } of owned)
      expect([t, await numberOf(`SELECT COUNT(*) AS n FROM @${t} WHERE config_id = 4`, gabungan())]).toEqual([t, 0]);
    await expectProven([ONE, TWO]);
    for (const statement of Object.values(JOINS)) await untilSame(statement, [ONE, TWO]);
  });

  it('is moved out of a schema shared with the others into its own: first told, then proven, migrated, and at work', async () => {
    const { tools, admin, config } = pendopo;
    const url = new URL(config.databaseUrl.expose());
    url.pathname = `/${shared()}`;
    const before = await tools.databases.countRows(shared());
    await addSource(tools, admin, { name: 'kabupaten', app: APP, url: new Secret(url.href) });
    await expect.poll(async () => (await tools.sharedSources.find('kabupaten'))?.state, { timeout: 120_000 }).toBe('ready');
    const report = await previewMove(tools, admin, { source: 'kabupaten', kode: THREE });
    expect(report).toMatchObject({ desa: { configId: 3, kode: digits(THREE) }, obstacles: [] });
    expect(report.tables.filter(({ orphans }) => orphans > 0)).toEqual([]);
    const told = new Map(report.tables.map(({ table, rows }) => [table, rows]));
    expect([told.get('tweb_penduduk'), told.get('config'), told.get('program')]).toEqual([RESIDENTS, 1, 4]);

    await done(await requestMove(tools, admin, { source: 'kabupaten', kode: THREE, tag: 'v2410.0.0' }));
    const home = await visit(config, `${digits(THREE)}.localhost`, '/siteman');
    expect([home.status, home.body.includes('name="username"')]).toEqual([200, true]);
    expect((await visit(config, `${digits(THREE)}.localhost`, '/')).status).toBe(200);
    // The newer release may add rows of its own to what it seeds; what people wrote is as it was told.
    for (const table of [
      'tweb_penduduk',
      'tweb_keluarga',
      'tweb_rtm',
      'log_penduduk',
      'program',
      'program_peserta',
      'artikel',
      'log_surat',
      'kelompok',
      'cdesa',
      'user',
    ])
      expect([table, await numberOf(`SELECT COUNT(*) AS n FROM @${table}`, schemaOf(THREE))]).toEqual([table, told.get(table)]);
    expect(await numberOf('SELECT COUNT(*) AS n FROM @config', schemaOf(THREE))).toBe(1);
    expect(await numberOf(`SELECT COUNT(*) AS n FROM @tweb_penduduk WHERE nik NOT LIKE '${digits(THREE)}%'`, schemaOf(THREE))).toBe(0);
    expect(await tools.databases.countRows(shared())).toEqual(before);
    // Its number in the combined database is the one it had.
    expect(await untilSame('SELECT COUNT(*) AS n FROM @tweb_penduduk')).toBeGreaterThan(RESIDENTS);
    expect(await numberOf('SELECT COUNT(*) AS n FROM @tweb_penduduk WHERE config_id = 4', gabungan())).toBe(RESIDENTS);
    for (const statement of Object.values(JOINS)) await untilSame(statement);
    await expectProven();
    await removeSource(tools, admin, 'kabupaten');
  });
});
