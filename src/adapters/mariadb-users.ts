import { Broken } from '../domain/errors.ts';
import type { Sql } from './mariadb-connection.ts';

/** Rights an app may be given on its own schema. GRANT OPTION and everything that reaches beyond it is not among them. */
const GRANTABLE = new Set([
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'CREATE',
  'ALTER',
  'DROP',
  'INDEX',
  'REFERENCES',
  'CREATE VIEW',
  'SHOW VIEW',
  'CREATE ROUTINE',
  'ALTER ROUTINE',
  'EXECUTE',
  'TRIGGER',
  'EVENT',
  'LOCK TABLES',
  'CREATE TEMPORARY TABLES',
  'DELETE HISTORY',
]);

export interface Grant {
  readonly user: string;
  readonly host: string;
  readonly schema: string;
  readonly privileges: readonly string[];
}

/** Creates the account or sets its password, and leaves it with exactly these rights. Rights that fit already are not touched: the app may be at work. */
export async function ensureAccount(sql: Sql, grant: Grant, password: string): Promise<void> {
  const { user, host, schema } = grant;
  const wanted = [...new Set(grant.privileges.map((privilege) => privilege.toUpperCase()))];
  const wrong = wanted.find((privilege) => !GRANTABLE.has(privilege));
  if (wrong !== undefined) throw new Broken('hak-tidak-dikenal', `Hak basis data "${wrong}" tidak boleh diberikan kepada aplikasi.`);
  await sql.query('CREATE USER IF NOT EXISTS ?@? IDENTIFIED BY ?', [user, host, password]);
  await sql.query('ALTER USER ?@? IDENTIFIED BY ? ACCOUNT UNLOCK', [user, host, password]);
  if (await hasExactly(sql, grant, wanted)) return;
  await sql.query('REVOKE ALL PRIVILEGES, GRANT OPTION FROM ?@?', [user, host]);
  if (wanted.length > 0) await sql.query(`GRANT ${wanted.join(', ')} ON ${pattern(schema)}.* TO ?@?`, [user, host]);
}

/** Removes the account at every host. */
export async function dropAccount(sql: Sql, user: string): Promise<void> {
  for (const { host } of await sql.query('SELECT Host AS host FROM mysql.user WHERE User = ?', [user])) {
    await sql.query('DROP USER IF EXISTS ?@?', [user, host]);
  }
}

export async function accountExists(sql: Sql, user: string): Promise<boolean> {
  const [row] = await sql.query('SELECT 1 AS found FROM mysql.user WHERE User = ? LIMIT 1', [user]);
  return row !== undefined;
}

/** In a grant the schema is a pattern: unescaped, `_` would also give the neighbour's schema whose name differs there. */
function pattern(schema: string): string {
  return `\`${schema.replace(/[_%]/g, '\\$&')}\``;
}

async function hasExactly(sql: Sql, { user, host, schema }: Grant, wanted: readonly string[]): Promise<boolean> {
  const lines = (await sql.query('SHOW GRANTS FOR ?@?', [user, host])).map((row) => String(Object.values(row)[0]));
  const rights = lines.filter((line) => !line.startsWith('GRANT USAGE ON *.* '));
  const [only] = rights;
  const match = /^GRANT (.+) ON (.+)\.\* TO [^ ]+$/.exec(only ?? '');
  if (rights.length !== 1 || match === null) return wanted.length === 0 && rights.length === 0;
  const held = new Set(match[1]?.split(', '));
  return match[2] === pattern(schema) && held.size === wanted.length && wanted.every((privilege) => held.has(privilege));
}
