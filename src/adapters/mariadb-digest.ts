import type { ConserveManifest } from '../domain/manifest.ts';
import type { TableDigest } from '../domain/ports-world.ts';
import type { Sql } from './mariadb-connection.ts';

/**
 * Rows and content of tables, for comparing the time before an update with the time after it. Columns a release does
 * not have yet are left out, and the answer says which were there. utf8mb4, since a migration may change a table's
 * character set without changing what it says.
 */
export async function digestTables(sql: Sql, schema: string, wanted: readonly ConserveManifest[]): Promise<readonly TableDigest[]> {
  const digests: TableDigest[] = [];
  await sql.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
  for (const { table, columns } of wanted) {
    const there = await columnsOf(sql, schema, table);
    if (there.size === 0) continue;
    const known = columns.filter((column) => there.has(column));
    const content = known.map(() => "COALESCE(CONVERT(?? USING utf8mb4), '\\0')").join(', ');
    const sum = known.length === 0 ? '0' : `COALESCE(SUM(CRC32(CONCAT_WS('|', ${content}))), 0)`;
    const [row] = await sql.query(`SELECT COUNT(*) AS amount, ${sum} AS content FROM ??.??`, [...known, schema, table]);
    digests.push({ table, rows: Number(row?.amount), columns: known, sum: String(row?.content) });
  }
  await sql.query('COMMIT');
  return digests;
}

async function columnsOf(sql: Sql, schema: string, table: string): Promise<ReadonlySet<string>> {
  const rows = await sql.query('SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?', [
    schema,
    table,
  ]);
  return new Set(rows.map(({ name }) => String(name)));
}
