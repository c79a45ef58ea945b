import type { Shape, ShapeColumn } from '../../src/adapters/gabungan-shape.ts';
import { quoted } from '../../src/adapters/gabungan-shape.ts';
import { ID_SPAN } from '../../src/domain/combined.ts';

export type Query = (statement: string, values?: readonly unknown[]) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** A desa of the measurement: its number and the ten digits of its kode. */
export interface FilledDesa {
  readonly configId: number;
  readonly digits: string;
}

export interface FillPlan {
  readonly combined: string;
  /** OpenSID's own combined layout: its tables as it makes them, all desa in them, ids in one row of numbers. */
  readonly shared: string;
  /** Kept while filling. */
  readonly aside: string;
  /** The schema of the desa that is really registered, and is copied as many times as there are others. */
  readonly schema: string;
  readonly real: FilledDesa;
  readonly others: readonly FilledDesa[];
  readonly shapes: readonly Shape[];
  /** Tables whose rows the reserved number has, too. */
  readonly reserved: readonly string[];
}

/** Numbers that a desa has for itself in the shared layout, whose ids are INT. */
const SHARED_SPAN = 100_000;
const IN_SHARED = new Set([
  ...['config', 'tweb_penduduk', 'tweb_keluarga', 'tweb_rtm', 'tweb_wil_clusterdesa', 'tweb_penduduk_umur', 'log_penduduk'],
  ...['program', 'program_peserta', 'kelompok', 'artikel', 'kategori'],
]);
const WITH_DIGITS = new Set(['nik', 'no_kk', 'peserta', 'kartu_nik', 'kode_desa']);

/**
 * Writes what registering those other desa would have written, table by table in the order of the key, and the same rows
 * in OpenSID's shared layout. @returns rows in the combined tables
 */
export async function fillCombined(query: Query, plan: FillPlan): Promise<number> {
  const { combined, shared, aside, schema, real, others, shapes } = plan;
  for (const name of [shared, aside])
    await query('CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci', [name]);
  await query('CREATE OR REPLACE TABLE ??.desa (config_id BIGINT PRIMARY KEY, digits VARCHAR(10) NOT NULL)', [aside]);
  await query('INSERT INTO ??.desa VALUES ?', [aside, [real, ...others].map(({ configId, digits }) => [configId, digits])]);
  // An empty table whose keys nobody checks is filled in one go, its indexes last.
  await query("SET SESSION foreign_key_checks = 0, unique_checks = 0, sql_mode = ''");
  let total = 0;
  for (const shape of shapes) {
    const { table, isIdentity } = shape;
    const owner = isIdentity ? 'id' : 'config_id';
    const key = [owner, ...shape.primary.filter((name) => name !== owner)].map(quoted).join(', ');
    await query(`CREATE TABLE ${at(aside, table)} (PRIMARY KEY (${key})) AS SELECT * FROM ${at(combined, table)} WHERE ${owner} = ?`, [
      real.configId,
    ]);
    const [kept] = await query(`SELECT COUNT(*) AS n FROM ${at(aside, table)}`);
    if (Number(kept?.n) === 0) continue;
    const all = !isIdentity && !plan.reserved.includes(table);
    if (all) await query(`TRUNCATE TABLE ${at(combined, table)}`);
    await copyOver(
      query,
      plan,
      shape,
      combined,
      ID_SPAN * real.configId,
      `d.config_id * ${ID_SPAN}`,
      all ? '1' : `d.config_id <> ${real.configId}`,
    );
    total += Number(kept?.n) * (others.length + 1);
    if (!IN_SHARED.has(table)) continue;
    await query(`CREATE TABLE ${at(shared, table)} LIKE ${at(schema, table)}`);
    await copyOver(query, plan, shape, shared, ID_SPAN * real.configId, `(d.config_id - 1) * ${SHARED_SPAN}`, '1');
    const [shown] = await query(`SELECT COUNT(*) AS n FROM ${at(shared, table)}`);
    // Rows that a unique key does not take are left out without a word when nobody checks.
    if (Number(shown?.n) !== Number(kept?.n) * (others.length + 1)) throw new Error(`the shared layout lacks rows of ${table}`);
  }
  await query('SET SESSION foreign_key_checks = 1, unique_checks = 1');
  return total;
}

/** Reference tables are the same in both layouts. */
export async function shareReferences(query: Query, { shared, schema }: FillPlan, references: readonly string[]): Promise<void> {
  for (const table of references) {
    await query(`CREATE TABLE ${at(shared, table)} LIKE ${at(schema, table)}`);
    await query(`INSERT INTO ${at(shared, table)} SELECT * FROM ${at(schema, table)}`);
  }
}

function copyOver(query: Query, plan: FillPlan, shape: Shape, into: string, from: number, to: string, where: string) {
  const { aside, real } = plan;
  // The desa's key stays with it, but OpenSID's own layout wants one of each.
  const key =
    shape.isIdentity && into === plan.shared ? { name: ', app_key', value: ", CONCAT('k', d.config_id)" } : { name: '', value: '' };
  const names = shape.columns.map(({ name }) => quoted(name)).join(', ') + key.name;
  const values = shape.columns.map((column) => movedValue(shape, column, real, from, to)).join(', ') + key.value;
  // In the order of the key: the desa outside, its rows inside.
  return query(
    `INSERT INTO ${at(into, shape.table)} (${names}) SELECT ${values} FROM ${at(aside, 'desa')} d STRAIGHT_JOIN ${at(aside, shape.table)} s WHERE ${where} ORDER BY NULL`,
  );
}

function movedValue(shape: Shape, { name, type, isId }: ShapeColumn, real: FilledDesa, from: number, to: string): string {
  const own = `s.${quoted(name)}`;
  if (name === 'config_id' || (shape.isIdentity && name === 'id')) return 'd.config_id';
  if (shape.isIdentity && name === 'kode_kecamatan') return 'LEFT(d.digits, 6)';
  if (isId && type === 'BIGINT') return `IF(${own} >= ${ID_SPAN}, ${own} - ${from} + ${to}, ${own})`;
  const text = WITH_DIGITS.has(name) ? `REPLACE(${own}, '${real.digits}', d.digits)` : own;
  return isId ? `IF(${own} REGEXP '^[1-9][0-9]{7}$', CAST(${own} - ${from} + ${to} AS CHAR), ${text})` : text;
}

function at(schema: string, table: string): string {
  return `${quoted(schema)}.${quoted(table)}`;
}
