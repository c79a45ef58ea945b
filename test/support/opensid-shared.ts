import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { readCombined } from '../../src/adapters/catalogue-combined.ts';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import type { Secret } from '../../src/domain/secret.ts';

/** Ids of the second desa begin here, those of the third at twice as much: every desa has fewer rows a table. */
const ROOM = 200_000;
const { combined: manifest } = readCombined(
  readFileSync(fileURLToPath(new URL('../../templates/apps/opensid/gabungan.yaml', import.meta.url)), 'utf8'),
);

/**
 * A schema as OpenSID shares it between desa, made of schemas of the same release: the first desa's as it is, the others'
 * rows under their own `config_id` and with ids moved, as merging them does.
 * @param schemas at that server, the first desa first; their numbers there are 1, 2, …
 */
export async function makeOpensidShared(serverUrl: Secret, schemas: readonly string[], into: string): Promise<void> {
  const { database: _none, ...server } = connectionOptions(serverUrl);
  const connection = await createConnection(server);
  const sql = async (statement: string, values: readonly unknown[] = []) =>
    (await connection.query<RowDataPacket[]>(statement, [...values]))[0];
  try {
    const [first = ''] = schemas;
    await sql('CREATE DATABASE ?? CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci', [into]);
    await sql('USE ??', [into]);
    await sql("SET SESSION foreign_key_checks = 0, sql_mode = 'NO_AUTO_VALUE_ON_ZERO'");
    const tables = await sql("SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE'", [
      first,
    ]);
    const moved = await idColumns(sql, first);
    for (const { t } of tables) {
      const [made] = await sql('SHOW CREATE TABLE ??.??', [first, t]);
      await sql(String(made?.['Create Table']));
      const columns = await sql(
        "SELECT COLUMN_NAME AS c, DATA_TYPE AS d FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND EXTRA NOT LIKE '%GENERATED%'",
        [first, t],
      );
      const isOwned = t === 'config' || columns.some(({ c }) => c === 'config_id');
      for (const [at, schema] of schemas.entries()) {
        if (at > 0 && !isOwned) continue;
        const values = columns.map(({ c, d }) => sharedValue(String(t), String(c), String(d), at, moved));
        const names = columns.map(({ c }) => `\`${c}\``).join(', ');
        await sql(`INSERT INTO ??.?? (${names}) SELECT ${values.join(', ')} FROM ??.??`, [into, t, schema, t]);
      }
    }
    for (const { v } of await sql('SELECT TABLE_NAME AS v FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ?', [first])) {
      const [made] = await sql('SHOW CREATE VIEW ??.??', [first, v]);
      const text = String(made?.['Create View']).replace(/^CREATE .*? VIEW /s, 'CREATE SQL SECURITY INVOKER VIEW ');
      await sql(text.replaceAll(`\`${first}\``, `\`${into}\``));
    }
  } finally {
    await connection.end();
  }
}

type Sql = (statement: string, values?: readonly unknown[]) => Promise<RowDataPacket[]>;

/** `table.column` of what holds ids of desa's rows: counted keys, foreign keys to tables that have an owner, and what the manifest knows. */
async function idColumns(sql: Sql, schema: string): Promise<ReadonlySet<string>> {
  const found = await sql(
    `SELECT TABLE_NAME AS t, COLUMN_NAME AS c FROM information_schema.COLUMNS c WHERE TABLE_SCHEMA = ? AND EXTRA LIKE '%auto_increment%'
     UNION SELECT k.TABLE_NAME, k.COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.COLUMNS o
       ON o.TABLE_SCHEMA = k.TABLE_SCHEMA AND o.TABLE_NAME = k.REFERENCED_TABLE_NAME AND o.COLUMN_NAME = 'config_id' WHERE k.TABLE_SCHEMA = ?`,
    [schema, schema],
  );
  return new Set([...found.map(({ t, c }) => `${t}.${c}`), ...(manifest?.ids ?? []), 'program_peserta.peserta']);
}

function sharedValue(table: string, column: string, type: string, at: number, moved: ReadonlySet<string>): string {
  const own = `\`${column}\``;
  if (column === 'config_id' || (table === 'config' && column === 'id')) return `IF(${own} IS NULL, NULL, ${at + 1})`;
  // Two desa cannot share this number there.
  if (table === 'cdesa' && column === 'nomor') return `${own} + ${at}`;
  if (!moved.has(`${table}.${column}`) && !moved.has(`*.${column}`)) return own;
  return type.endsWith('int')
    ? `IF(${own} > 0, ${own} + ${at * ROOM}, ${own})`
    : `IF(${own} REGEXP '^[1-9][0-9]{0,4}$', ${own} + ${at * ROOM}, ${own})`;
}
