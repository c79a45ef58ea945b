import type { Slice, SliceProof } from '../domain/combined.ts';
import type { OutboxPlace } from './gabungan-outbox.ts';
import { combinedValue, ownerColumn, quoted, type Shape } from './gabungan-shape.ts';
import type { Sql } from './mariadb-connection.ts';

/**
 * Both sides of each table at one moment: how many rows, and a sum over every column of them. A table at a time, so that
 * the desa may alter one while we look at another.
 */
export async function proveSlice(
  sql: Sql,
  slice: Slice,
  shapes: readonly Shape[],
  combined: string,
  outbox: OutboxPlace,
): Promise<readonly SliceProof[]> {
  const known = await sql.query('SELECT TABLE_NAME AS t, COLUMN_NAME AS c FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ?', [
    combined,
  ]);
  const columns = new Set(known.map((row) => `${row.t}.${row.c}`));
  const proofs: SliceProof[] = [];
  for (const shape of shapes) {
    const isWhole = shape.columns.every(({ name }) => columns.has(`${shape.table}.${name}`));
    await sql.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await sql.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
    const own = await digest(
      sql,
      `${quoted(slice.schema)}.${quoted(shape.table)} s`,
      shape.columns.map((column) => combinedValue(shape, column, slice, 's')),
      '1',
    );
    const copy = isWhole
      ? await digest(
          sql,
          `${quoted(combined)}.${quoted(shape.table)} s`,
          shape.columns.map(({ name }) => `s.${quoted(name)}`),
          `s.${quoted(ownerColumn(shape))} = ${slice.configId}`,
        )
      : { rows: 0, sum: 'missing' };
    const isEqual = own.rows === copy.rows && own.sum === copy.sum;
    // Of the same moment, too; and of all tables, since a cascade shows in another than the one that is noted.
    const isInFlight = !isEqual && (await isWaiting(sql, slice.installationId, outbox));
    await sql.query('COMMIT');
    proofs.push({ table: shape.table, source: own.rows, combined: copy.rows, isEqual, isInFlight });
  }
  return proofs;
}

async function isWaiting(sql: Sql, installationId: string, { changes, refused }: OutboxPlace): Promise<boolean> {
  const [row] = await sql.query(
    `SELECT EXISTS (SELECT 1 FROM ${changes} WHERE installation_id = ?) OR EXISTS (SELECT 1 FROM ${refused} WHERE installation_id = ?) AS waits`,
    [installationId, installationId],
  );
  return Number(row?.waits) === 1;
}

async function digest(sql: Sql, table: string, values: readonly string[], where: string): Promise<{ rows: number; sum: string }> {
  // CRC over the text of every column; NULL and the empty text must differ.
  const text = values.map((value) => `IFNULL(CONVERT(${value} USING utf8mb4), 0x00)`).join(', 0x1f, ');
  const [row] = await sql.query(
    `SELECT COUNT(*) AS n, CONCAT(IFNULL(SUM(CRC32(x)), 0), '/', BIT_XOR(CRC32(x))) AS s FROM (SELECT CONCAT(${text}) AS x FROM ${table} WHERE ${where}) t`,
  );
  return { rows: Number(row?.n ?? 0), sum: String(row?.s ?? '') };
}
