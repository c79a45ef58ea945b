import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { readShapes } from '../../src/adapters/gabungan-shape.ts';
import { openPool } from '../../src/adapters/mariadb-connection.ts';
import type { Slice } from '../../src/domain/combined.ts';
import { digitsOf, type KodeDesa } from '../../src/domain/wilayah.ts';
import { readOverview } from '../../src/workflows/combined-overview.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { dropSlice } from '../../src/workflows/registration.ts';
import { findSlice } from '../../src/workflows/slices.ts';
import { opensidRows } from '../../test/support/opensid-rows.ts';
import { canReach } from '../demo/choose.ts';
import { tell } from '../terminal/screen.ts';
import { fillCombined, type Query, shareReferences } from './combined-fill.ts';
import { readerQueries } from './combined-queries.ts';
import { heal, measureFreshness, measureWrites } from './combined-writes.ts';
import { desaOfProvinsi } from './fleet.ts';
import { type BenchOptions, openPlace, type Place } from './place.ts';
import { machine, printTable } from './print.ts';
import { decimal, inSeconds, percentile } from './stats.ts';
import { untilEnded } from './timing.ts';

const APP = 'opensid';
const RESIDENTS = 3_500;
const LONGEST_S = 60;
/** What `docs/OPERATIONS.md` gives read accounts. */
const READER = "optimizer_switch = 'split_materialized=off', tmp_table_size = 268435456, max_heap_table_size = 268435456";

/**
 * The combined database of a whole kabupaten: one desa really installed and registered, the others written as their
 * registration would have written them, and the same rows in OpenSID's own shared layout beside it.
 */
export async function benchCombined(options: BenchOptions): Promise<void> {
  const place = await openPlace(options, { PENDOPO_WORKERS: '1', PENDOPO_POOL: '0', PENDOPO_BUFFER_POOL: '3G' });
  const { tools, house } = place;
  const connection = await createConnection(connectionOptions(house.settings.config.databaseUrl));
  const query: Query = async (statement, values = []) => {
    const [rows] = await connection.query<RowDataPacket[]>(statement, [...values]);
    return Array.isArray(rows) ? rows : [];
  };
  try {
    const { repo } = tools.apps.entry(APP);
    if (!(await canReach(repo))) return tell(`OpenSID tidak terjangkau di ${repo}: beri OPENSID_REPO=/folder/atau/alamat-git.`);
    const [first, ...others] = (await desaOfProvinsi(place)).slice(0, options.desa ?? 450);
    if (first === undefined) return;
    const slice = await installOne(place, first, query, options.signal);
    const registered = await reregister(place, slice, options.signal);
    const combined = tools.combined.schemaOf(slice.manifest);
    const shared = `${house.settings.config.instance}_bersama`;
    await fill(place, query, { slice, first, others, combined, shared });
    await measureWrites(place, query, slice, Math.min(options.runs, 5), options.signal);
    const fresh = await measureFreshness(place, query, slice, combined, options.signal);
    const counting = await registerOthers(place, others, options.signal);
    const overview = await timesOf(20, () => readOverview(tools, place.actor, { app: APP }));
    printTable(
      `Database gabungan ${others.length + 1} desa × ${RESIDENTS} penduduk (${machine()})`,
      ['Yang diukur', 'p50', 'p95'],
      [
        ['mendaftarkan satu desa, detik', ...two(registered, inSeconds)],
        ['sampai perubahan terlihat, milidetik', ...two(fresh, (ms) => decimal(ms, 0))],
        [
          `menghitung ringkasan satu desa (semua: ${inSeconds(counting.allMs)} detik), milidetik`,
          ...two(counting.each, (ms) => decimal(ms, 0)),
        ],
        ['ringkasan kabupaten, milidetik', ...two(overview, (ms) => decimal(ms, 0))],
      ],
    );
    await measureQueries(query, { gabungan: combined, bersama: shared });
  } finally {
    await connection.end();
    await place.close();
  }
}

async function installOne(place: Place, kode: KodeDesa, query: Query, signal: AbortSignal): Promise<Slice> {
  tell('Memasang satu desa dengan OpenSID …');
  const job = await untilEnded(place.tools, await place.install(kode, APP), signal);
  if (job.state !== 'succeeded') throw new Error(`installing ended ${job.state}: ${job.cause?.message}`);
  const found = await findSlice(place.tools, job.installationId);
  if (found === null) throw new Error('the desa is not registered');
  await query(`USE \`${found.slice.schema}\``);
  for (const statement of opensidRows({ digits: digitsOf(kode), residents: RESIDENTS })) await query(statement);
  return found.slice;
}

/** Out and in again, with all its rows. */
async function reregister({ tools }: Place, slice: Slice, signal: AbortSignal): Promise<readonly number[]> {
  const took: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    await dropSlice(tools, slice.installationId, signal);
    // Not as one that waits for the reconciler: we do it.
    await tools.registrations.save(slice.installationId, { state: 'detached' });
    took.push(await heal(tools, slice, signal));
  }
  return took;
}

async function fill(
  { tools, house }: Place,
  query: Query,
  {
    slice,
    first,
    others,
    combined,
    shared,
  }: { slice: Slice; first: KodeDesa; others: readonly KodeDesa[]; combined: string; shared: string },
): Promise<void> {
  tell(`Menulis baris ${others.length} desa lain …`);
  const begun = performance.now();
  const pool = openPool(house.settings.config.databaseUrl, 1);
  const shapes = await pool.withConnection((sql) => readShapes(sql, slice.schema, slice.manifest));
  await pool.close();
  const real = { configId: slice.configId, digits: digitsOf(first) };
  const plan = {
    ...{ combined, shared, aside: `${house.settings.config.instance}_ukur`, schema: slice.schema, real },
    ...{ shapes: shapes.tables, reserved: slice.manifest.reserved },
    others: others.map((kode, at) => ({ configId: slice.configId + 1 + at, digits: digitsOf(kode) })),
  };
  const rows = await fillCombined(query, plan);
  await shareReferences(query, plan, slice.manifest.references);
  const wrong = (await tools.combined.verify(slice)).filter(({ isEqual }) => !isEqual);
  if (wrong.length > 0) throw new Error(`the filled tables differ: ${wrong.map(({ table }) => table).join(', ')}`);
  tell(`${rows} baris dalam ${inSeconds(performance.now() - begun)} detik`);
}

/** On record as registered, so that the worker counts them. @returns how long that took */
async function registerOthers({ tools, actor }: Place, others: readonly KodeDesa[], signal: AbortSignal) {
  for (const kode of others) {
    await createTenant(tools, actor, { kode });
    const { installationId } = await tools.registrations.ensure(tools.ids.next(), kode, APP, 'tidak_ada');
    await tools.registrations.save(installationId, { state: 'registered', provenAt: tools.clock.now() });
  }
  const begun = performance.now();
  tell('Menghitung ringkasan semua desa …');
  while ((await tools.summaries.list({ app: APP, within: null })).some(({ madeAt }) => madeAt === null))
    await tools.clock.sleep(100, signal);
  const allMs = performance.now() - begun;
  const { combined, summary } = tools.apps.entry(APP);
  if (combined === null || summary === null) throw new Error('OpenSID has no summary');
  const numbers = (await tools.registrations.list()).slice(0, 20).map(({ configId }) => configId);
  const each = await timesOf(numbers.length, (at) => tools.combinedReads.figures(combined, summary, numbers[at] ?? 2, '2026-11-25'));
  return { allMs, each };
}

async function measureQueries(query: Query, layouts: { readonly gabungan: string; readonly bersama: string }): Promise<void> {
  tell('Mengirim pertanyaan pembaca …');
  const [someone] = await query(
    `SELECT c.kode_kecamatan, p.nik, p.config_id FROM \`${layouts.gabungan}\`.config c JOIN \`${layouts.gabungan}\`.tweb_penduduk p ON p.config_id = c.id ORDER BY c.id DESC LIMIT 1`,
  );
  const samples = { kodeKecamatan: String(someone?.kode_kecamatan), nik: String(someone?.nik), configId: Number(someone?.config_id) };
  const variants: readonly (readonly [string, string, string])[] = [
    ['bersama (OpenSID)', layouts.bersama, 'max_statement_time = DEFAULT'],
    ['gabungan', layouts.gabungan, 'max_statement_time = DEFAULT'],
    ['gabungan, akun baca', layouts.gabungan, READER],
  ];
  for (const schema of Object.values(layouts)) {
    for (const table of ['tweb_penduduk', 'tweb_keluarga', 'log_penduduk', 'program_peserta', 'config'])
      await query(`ANALYZE TABLE \`${schema}\`.${table}`);
  }
  const cells = new Map<string, string[]>();
  for (const [, schema, session] of variants) {
    await query(`SET SESSION ${session}`);
    await query(`SET SESSION max_statement_time = ${LONGEST_S}`);
    await query(`USE \`${schema}\``);
    for (const one of readerQueries(samples))
      cells.set(one.name, [...(cells.get(one.name) ?? []), await timeOf(query, one.sql, one.values ?? [])]);
  }
  printTable(
    'Pertanyaan pembaca, dalam milidetik',
    ['Pertanyaan', ...variants.map(([label]) => label)],
    [...cells].map(([name, list]) => [name, ...list]),
  );
}

/** The second time, when what it needs is in memory; of a long one the first. */
async function timeOf(query: Query, sql: string, values: readonly string[]): Promise<string> {
  try {
    const [first = 0] = await timesOf(1, () => query(sql, values));
    const [again = first] = first > 5_000 ? [first] : await timesOf(1, () => query(sql, values));
    return decimal(again, again < 10 ? 1 : 0);
  } catch {
    return `> ${LONGEST_S} detik`;
  }
}

async function timesOf(times: number, work: (at: number) => Promise<unknown>): Promise<number[]> {
  const took: number[] = [];
  for (let at = 0; at < times; at += 1) {
    const begun = performance.now();
    await work(at);
    took.push(performance.now() - begun);
  }
  return took;
}

function two(values: readonly number[], shown: (ms: number) => string): readonly string[] {
  return [shown(percentile(values, 0.5)), shown(percentile(values, 0.95))];
}
