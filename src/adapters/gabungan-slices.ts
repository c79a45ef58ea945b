import { ID_SPAN, type Slice, type SliceProof } from '../domain/combined.ts';
import { combinedValue, ownerColumn, ownIdOf, quoted, type Shape } from './gabungan-shape.ts';
import type { FeedPlace } from './gabungan-triggers.ts';
import type { Sql } from './mariadb-connection.ts';

/** A desa that works on the table lets us wait; we try again later rather than long. */
const WAIT_SECONDS = 5;

/**
 * Loads one table's slice anew. The desa's rows are locked for reading before any combined row is touched, the same order
 * in which its own writes go: whoever comes second waits, and nobody in a circle.
 */
export async function reloadSlice(sql: Sql, slice: Slice, shape: Shape, place: FeedPlace): Promise<void> {
  const [from, into] = [`${quoted(slice.schema)}.${quoted(shape.table)}`, `${quoted(place.combined)}.${quoted(shape.table)}`];
  const id = ownIdOf(shape);
  const names = shape.columns.map(({ name }) => quoted(name)).join(', ');
  const values = shape.columns.map((column) => combinedValue(shape, column, slice.configId, 's')).join(', ');
  await sql.query(`SET SESSION innodb_lock_wait_timeout = ${WAIT_SECONDS}, foreign_key_checks = 0`);
  await sql.query('START TRANSACTION');
  try {
    await sql.query(`SELECT COUNT(*) FROM ${from} LOCK IN SHARE MODE`);
    await sql.query(`DELETE FROM ${into} WHERE ${quoted(ownerColumn(shape))} = ${slice.configId}`);
    await sql.query(
      `INSERT INTO ${into} (${names}) SELECT ${values} FROM ${from} s${id === null ? '' : ` WHERE s.${quoted(id)} < ${ID_SPAN}`}`,
    );
    await sql.query('DELETE FROM ??.stale_slices WHERE installation_id = ? AND table_name = ?', [
      place.records,
      slice.installationId,
      shape.table,
    ]);
    await sql.query('COMMIT');
  } catch (error) {
    await sql.query('ROLLBACK');
    throw error;
  } finally {
    await sql.query('SET SESSION innodb_lock_wait_timeout = DEFAULT, foreign_key_checks = 1');
  }
}

/** Both sides at one moment: how many rows, and a sum over every column of them. */
export async function proveSlice(sql: Sql, slice: Slice, shapes: readonly Shape[], combined: string): Promise<readonly SliceProof[]> {
  const there = new Set(
    (await sql.query('SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?', [combined])).map((row) =>
      String(row.t),
    ),
  );
  const known = await sql.query('SELECT TABLE_NAME AS t, COLUMN_NAME AS c FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ?', [
    combined,
  ]);
  const columns = new Set(known.map((row) => `${row.t}.${row.c}`));
  const proofs: SliceProof[] = [];
  await sql.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
  for (const shape of shapes) {
    const own = await digest(
      sql,
      `${quoted(slice.schema)}.${quoted(shape.table)} s`,
      shape.columns.map((column) => combinedValue(shape, column, slice.configId, 's')),
      '1',
    );
    const isWhole = there.has(shape.table) && shape.columns.every(({ name }) => columns.has(`${shape.table}.${name}`));
    const copy = isWhole
      ? await digest(
          sql,
          `${quoted(combined)}.${quoted(shape.table)} s`,
          shape.columns.map(({ name }) => `s.${quoted(name)}`),
          `s.${quoted(ownerColumn(shape))} = ${slice.configId}`,
        )
      : { rows: 0, sum: 'missing' };
    proofs.push({ table: shape.table, source: own.rows, combined: copy.rows, isEqual: own.rows === copy.rows && own.sum === copy.sum });
  }
  await sql.query('COMMIT');
  return proofs;
}

async function digest(sql: Sql, table: string, values: readonly string[], where: string): Promise<{ rows: number; sum: string }> {
  // CRC over the text of every column; NULL and the empty text must differ.
  const text = values.map((value) => `IFNULL(CONVERT(${value} USING utf8mb4), 0x00)`).join(', 0x1f, ');
  const [row] = await sql.query(
    `SELECT COUNT(*) AS n, CONCAT(IFNULL(SUM(CRC32(x)), 0), '/', BIT_XOR(CRC32(x))) AS s FROM (SELECT CONCAT(${text}) AS x FROM ${table} WHERE ${where}) t`,
  );
  return { rows: Number(row?.n ?? 0), sum: String(row?.s ?? '') };
}
