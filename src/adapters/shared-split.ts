import { Broken } from '../domain/errors.ts';
import type { SharedManifest, SplitProof } from '../domain/shared.ts';
import { quoted } from './gabungan-shape.ts';
import type { Sql } from './mariadb-connection.ts';
import { readSharedShapes, type SharedKey, type SharedShape, type SharedShapes } from './shared-shape.ts';

/** In a schema of its own every desa is the first. */
const OWN_ID = 1;

/** Makes the tables and views of a shared schema in an empty one, and puts one desa's rows there. Proven table by table, then orphans are taken out. */
export async function splitDesa(
  sql: Sql,
  from: string,
  into: string,
  manifest: SharedManifest,
  configId: number,
  signal: AbortSignal,
): Promise<SplitProof> {
  const shapes = await readSharedShapes(sql, from, manifest, configId);
  await sql.query("SET SESSION foreign_key_checks = 0, unique_checks = 0, sql_mode = 'NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'");
  await sql.query('USE ??', [into]);
  for (const { table } of shapes.tables) {
    signal.throwIfAborted();
    const [row] = await sql.query('SHOW CREATE TABLE ??.??', [from, table]);
    await sql.query(String(row?.['Create Table']).replace(/ AUTO_INCREMENT=\d+/, ''));
  }
  // The source is a copy that nobody writes to, so no snapshot is needed.
  let rows = 0;
  for (const shape of shapes.tables) {
    signal.throwIfAborted();
    rows += await moveTable(sql, from, into, shape);
  }
  const orphans = await leaveOrphans(sql, into, shapes);
  // Strict again: what is written after this must fit.
  await sql.query("SET SESSION foreign_key_checks = 1, unique_checks = 1, sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'");
  await createViews(sql, from, into, shapes.views);
  return { tables: shapes.tables.length, rows, orphans };
}

/** Writes who the desa is, as far as this release has columns for it. */
export async function nameDesa(sql: Sql, schema: string, identity: string, official: Readonly<Record<string, string>>): Promise<void> {
  const columns = await sql.query('SELECT COLUMN_NAME AS c FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?', [
    schema,
    identity,
  ]);
  for (const [column, value] of Object.entries(official)) {
    if (columns.some(({ c }) => c === column))
      await sql.query('UPDATE ??.?? SET ?? = ? WHERE id = ?', [schema, identity, column, value, OWN_ID]);
  }
}

async function moveTable(sql: Sql, from: string, into: string, shape: SharedShape): Promise<number> {
  const { table, columns, naming, isOurs } = shape;
  const own = (column: string): string => `t.${quoted(column)}`;
  // A row of nobody's stays nobody's.
  const values = columns.map((column) => (naming.has(column) ? `IF(${own(column)} IS NULL, NULL, ${OWN_ID})` : own(column)));
  const [source, target] = [from, into].map((schema) => `${quoted(schema)}.${quoted(table)} t`);
  await sql.query(
    `INSERT INTO ${quoted(into)}.${quoted(table)} (${columns.map(quoted).join(', ')}) SELECT ${values.join(', ')} FROM ${source} WHERE ${isOurs('t')}`,
  );
  const wanted = await digest(sql, `${source} WHERE ${isOurs('t')}`, values);
  const moved = await digest(sql, `${target}`, columns.map(own));
  if (wanted.rows === moved.rows && wanted.sum === moved.sum) return moved.rows;
  throw new Broken('pisah-tidak-sama', `Tabel ${table} tidak sama: ${wanted.rows} baris di sumber, ${moved.rows} yang dipindahkan.`, {
    advice: 'Sumber tidak diubah dan yang sudah dibuat dibuang. Tekan Coba lagi; bila tetap begitu, laporkan nama tabelnya.',
  });
}

async function digest(sql: Sql, from: string, values: readonly string[]): Promise<{ readonly rows: number; readonly sum: string }> {
  const text = values.map((value) => `IFNULL(HEX(CAST(${value} AS BINARY)), 'x')`).join(", ',', ");
  const [row] = await sql.query(
    `SELECT COUNT(*) AS n, CONCAT(IFNULL(SUM(CRC32(CONCAT(${text}))), 0), '/', BIT_XOR(CRC32(CONCAT(${text})))) AS s FROM ${from}`,
  );
  return { rows: Number(row?.n ?? 0), sum: String(row?.s ?? '') };
}

/** Rows that point at rows of others: emptied where the column may be empty, else left behind, with what points at them in turn. */
async function leaveOrphans(sql: Sql, into: string, { keys, tables }: SharedShapes): Promise<SplitProof['orphans']> {
  const found = new Map<string, { rows: number; emptied: number }>();
  // What is the same for all was as it is before.
  const common = new Set(tables.filter(({ kind }) => kind === 'common').map(({ table }) => table));
  const checked = keys.filter(({ table }) => !common.has(table));
  for (let left = 1; left > 0; ) {
    left = 0;
    for (const key of checked) {
      const rows = await leaveOrphansOf(sql, into, key);
      left += rows;
      const before = found.get(key.table) ?? { rows: 0, emptied: 0 };
      if (rows > 0)
        found.set(key.table, key.isNullable ? { ...before, emptied: before.emptied + rows } : { ...before, rows: before.rows + rows });
    }
  }
  return [...found].map(([table, counts]) => ({ table, ...counts }));
}

/** @returns how many rows that were */
async function leaveOrphansOf(sql: Sql, into: string, { table, column, parent, parentColumn, isNullable }: SharedKey): Promise<number> {
  const child = `${quoted(into)}.${quoted(table)}`;
  const joined = `${child} t LEFT JOIN ${quoted(into)}.${quoted(parent)} p ON p.${quoted(parentColumn)} = t.${quoted(column)} `;
  const isOrphan = `t.${quoted(column)} IS NOT NULL AND p.${quoted(parentColumn)} IS NULL`;
  const [row] = await sql.query(`SELECT COUNT(*) AS n FROM ${joined} WHERE ${isOrphan}`);
  const rows = Number(row?.n ?? 0);
  if (rows === 0) return 0;
  if (isNullable) await sql.query(`UPDATE ${joined} SET t.${quoted(column)} = NULL WHERE ${isOrphan}`);
  else await sql.query(`DELETE t FROM ${joined} WHERE ${isOrphan}`);
  return rows;
}

/** With the rights of who asks. A view may need another one: what cannot be made yet is tried again after the others. */
async function createViews(sql: Sql, from: string, into: string, views: readonly string[]): Promise<void> {
  let left = views;
  while (left.length > 0) {
    const failed: string[] = [];
    let reason: unknown;
    for (const view of left) {
      const [row] = await sql.query('SHOW CREATE VIEW ??.??', [from, view]);
      const text = String(row?.['Create View'])
        .replace(/^CREATE .*? VIEW /s, 'CREATE SQL SECURITY INVOKER VIEW ')
        .replaceAll(`${quoted(from)}.`, `${quoted(into)}.`);
      try {
        await sql.query(text);
      } catch (error) {
        reason = error;
        failed.push(view);
      }
    }
    if (failed.length === left.length)
      throw new Broken('pandangan-gagal', `Pandangan ${failed.join(', ')} tidak dapat dibuat.`, { cause: reason });
    left = failed;
  }
}
