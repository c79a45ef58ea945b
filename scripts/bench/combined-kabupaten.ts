import { readShapes } from '../../src/adapters/gabungan-shape.ts';
import { openPool } from '../../src/adapters/mariadb-connection.ts';
import type { Slice } from '../../src/domain/combined.ts';
import { digitsOf, type KodeDesa } from '../../src/domain/wilayah.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { findSlice } from '../../src/workflows/slices.ts';
import { opensidRows } from '../../test/support/opensid-rows.ts';
import { tell } from '../terminal/screen.ts';
import { type FillPlan, fillCombined, type Query, shareReferences } from './combined-fill.ts';
import { desaOfProvinsi } from './fleet.ts';
import type { BenchOptions, Place } from './place.ts';
import { inSeconds } from './stats.ts';
import { untilEnded } from './timing.ts';

export const APP = 'opensid';
export const RESIDENTS = 3_500;
const DESA = 450;

/** A kabupaten whose desa all stand in the combined database, and once more in OpenSID's own shared layout. */
export interface Kabupaten {
  /** Of the desa that is really installed. */
  readonly slice: Slice;
  readonly desa: number;
  readonly combined: string;
  readonly shared: string;
  /** How long the worker took to count all of them; NaN where they were counted in an earlier run. */
  readonly countingMs: number;
}

/** In a kept folder that is full it only opens the door. */
export async function fillKabupaten(place: Place, query: Query, options: BenchOptions): Promise<Kabupaten> {
  const [first, ...others] = (await desaOfProvinsi(place)).slice(0, options.desa ?? DESA);
  if (first === undefined) throw new Error('no desa to fill');
  const { config } = place.house.settings;
  const shared = `${config.instance}_bersama`;
  const isFull =
    (await query("SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = 'penuh'", [`${config.instance}_ukur`]))
      .length > 0;
  const slice = isFull ? await sliceOf(place, first) : await installOne(place, first, query, options.signal);
  const combined = place.tools.combined.schemaOf(slice.manifest);
  const there = { slice, combined, shared, desa: others.length + 1 };
  if (isFull) {
    // Nobody is due to be proven while we measure.
    await query('UPDATE registrations SET proven_at = UTC_TIMESTAMP()');
    return { ...there, countingMs: Number.NaN };
  }
  await fill(place, query, first, others, there);
  const countingMs = await registerOthers(place, others, options.signal);
  await query('CREATE TABLE ??.penuh (id INT)', [`${config.instance}_ukur`]);
  return { ...there, countingMs };
}

async function sliceOf({ tools }: Place, kode: KodeDesa): Promise<Slice> {
  const installation = (await tools.tenants.find(kode))?.installations.find(({ app }) => app === APP);
  const found = installation === undefined ? null : await findSlice(tools, installation.id);
  if (found === null) throw new Error('the desa is not registered');
  return found.slice;
}

async function installOne(place: Place, kode: KodeDesa, query: Query, signal: AbortSignal): Promise<Slice> {
  tell('Memasang satu desa dengan OpenSID …');
  const job = await untilEnded(place.tools, await place.install(kode, APP), signal);
  if (job.state !== 'succeeded') throw new Error(`installing ended ${job.state}: ${job.cause?.message}`);
  const slice = await sliceOf(place, kode);
  await query(`USE \`${slice.schema}\``);
  for (const statement of opensidRows({ digits: digitsOf(kode), residents: RESIDENTS })) await query(statement);
  return slice;
}

async function fill(
  { tools, house }: Place,
  query: Query,
  first: KodeDesa,
  others: readonly KodeDesa[],
  { slice, combined, shared }: Pick<Kabupaten, 'slice' | 'combined' | 'shared'>,
): Promise<void> {
  tell(`Menulis baris ${others.length} desa lain …`);
  const begun = performance.now();
  // Whose machine loses its power now begins anew.
  for (const setting of ['innodb_log_file_size = 2147483648', 'innodb_flush_log_at_trx_commit = 0']) await query(`SET GLOBAL ${setting}`);
  const pool = openPool(house.settings.config.databaseUrl, 1);
  const shapes = await pool.withConnection((sql) => readShapes(sql, slice.schema, slice.manifest));
  await pool.close();
  const real = { configId: slice.configId, digits: digitsOf(first) };
  const plan: FillPlan = {
    ...{ combined, shared, aside: `${house.settings.config.instance}_ukur`, schema: slice.schema, real },
    ...{ shapes: shapes.tables, reserved: slice.manifest.reserved },
    others: others.map((kode, at) => ({ configId: slice.configId + 1 + at, digits: digitsOf(kode) })),
  };
  const rows = await fillCombined(query, plan);
  await shareReferences(query, plan, slice.manifest.references);
  await query('SET GLOBAL innodb_flush_log_at_trx_commit = 1');
  for (const schema of [combined, shared]) {
    for (const table of ['tweb_penduduk', 'tweb_keluarga', 'log_penduduk', 'program_peserta', 'config'])
      await query(`ANALYZE TABLE \`${schema}\`.${table}`);
  }
  const wrong = (await tools.combined.verify(slice)).filter(({ isEqual }) => !isEqual);
  if (wrong.length > 0) throw new Error(`the filled tables differ: ${wrong.map(({ table }) => table).join(', ')}`);
  tell(`${rows} baris dalam ${inSeconds(performance.now() - begun)} detik`);
}

/** On record as registered, so that the worker counts them. @returns how long that took */
async function registerOthers({ tools, actor }: Place, others: readonly KodeDesa[], signal: AbortSignal): Promise<number> {
  for (const kode of others) {
    await createTenant(tools, actor, { kode });
    const { installationId } = await tools.registrations.ensure(tools.ids.next(), kode, APP, 'tidak_ada');
    await tools.registrations.save(installationId, { state: 'registered', provenAt: tools.clock.now() });
  }
  const begun = performance.now();
  tell('Menghitung ringkasan semua desa …');
  while ((await tools.summaries.list({ app: APP, within: null })).some(({ madeAt }) => madeAt === null))
    await tools.clock.sleep(100, signal);
  return performance.now() - begun;
}
