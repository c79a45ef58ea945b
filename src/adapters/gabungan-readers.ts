import type { Config } from '../config.ts';
import type { ReaderAccounts } from '../domain/reader.ts';
import type { Secret } from '../domain/secret.ts';
import { openPool, type Sql } from './mariadb-connection.ts';
import { killConnection } from './mariadb-kill.ts';
import { dropAccount, ensureAccount } from './mariadb-users.ts';

const CONNECTIONS = 1;
/** A reader that asks too much waits for itself, not the desa for it. */
const LIMITS = 'MAX_USER_CONNECTIONS 20 MAX_STATEMENT_TIME 120';

export type OpenReaderAccounts = ReaderAccounts & { close(): Promise<void> };

export function createReaderAccounts(options: { readonly url: Secret; readonly apps: Config['tenantDatabase'] }): OpenReaderAccounts {
  const pool = openPool(options.url, CONNECTIONS);
  const host = options.apps.kind === 'socket' ? 'localhost' : '%';
  return {
    ensure: (account, password, schema, tables) =>
      pool.withConnection(async (sql) => {
        await ensureAccount(sql, { user: account, host, schema, privileges: tables === null ? ['SELECT'] : [] }, password.expose());
        if (tables !== null) await grantTables(sql, { account, host }, schema, tables);
        await sql.query(`ALTER USER ?@? WITH ${LIMITS}`, [account, host]);
        await cutOff(sql, account);
      }),
    drop: (account) =>
      pool.withConnection(async (sql) => {
        // The account first, so that nobody comes back in between.
        await dropAccount(sql, account);
        await cutOff(sql, account);
      }),
    allow: (account, schema, tables) => pool.withConnection((sql) => grantTables(sql, { account, host }, schema, tables)),
    close: () => pool.close(),
  };
}

/** Just these tables, as far as they are there: a right on one that is not cannot be given. */
async function grantTables(
  sql: Sql,
  { account, host }: { readonly account: string; readonly host: string },
  schema: string,
  tables: readonly string[],
): Promise<void> {
  const found = await sql.query('SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?', [schema]);
  const there = new Set(found.map((row) => String(row.t)));
  const given = await sql.query('SELECT Table_name AS t FROM mysql.tables_priv WHERE User = ? AND Host = ? AND Db = ?', [
    account,
    host,
    schema,
  ]);
  const held = new Set(given.map((row) => String(row.t)));
  for (const table of tables)
    if (there.has(table) && !held.has(table)) await sql.query('GRANT SELECT ON ??.?? TO ?@?', [schema, table, account, host]);
  for (const table of held)
    if (!tables.includes(table)) await sql.query('REVOKE ALL PRIVILEGES ON ??.?? FROM ?@?', [schema, table, account, host]);
}

/** Dropping an account, or changing its password, leaves alone whoever is signed in. */
async function cutOff(sql: Sql, account: string): Promise<void> {
  for (const { id } of await sql.query('SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = ?', [account]))
    await killConnection(sql, id);
}
