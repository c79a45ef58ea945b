import type { Config } from '../config.ts';
import type { DatabaseAddress, Databases, TableCount } from '../domain/ports-world.ts';
import type { Secret } from '../domain/secret.ts';
import type { DatabaseServer } from './mariadb-client.ts';
import { connect, openPool, type Sql, serverOptions } from './mariadb-connection.ts';
import { digestTables } from './mariadb-digest.ts';
import { dumpSchema } from './mariadb-dump.ts';
import { errnoOf } from './mariadb-errors.ts';
import { loadDump, readLoadMark } from './mariadb-load.ts';
import { named } from './mariadb-names.ts';
import { accountExists, dropAccount, ensureAccount } from './mariadb-users.ts';

export interface DatabasesOptions {
  /** Administrator's account, as in DATABASE_URL. */
  readonly url: Secret;
  /** How the apps reach the same server. */
  readonly apps: Config['tenantDatabase'];
  /** Private folder for short-lived files. */
  readonly scratchFolder: string;
}

export type OpenDatabases = Databases & { close(): Promise<void> };

const CONNECTIONS = 4;
const COUNTS_A_QUERY = 40;
/** 1044, 1045, 1698 wrong account or password; 1049 no such schema. */
const REFUSED = new Set([1044, 1045, 1049, 1698]);

/** The desa's databases: DDL through the driver, dumps and loads by MariaDB's own programs. */
export function createDatabases({ url, apps, scratchFolder }: DatabasesOptions): OpenDatabases {
  const server: DatabaseServer = {
    admin: serverOptions(url),
    pool: openPool(url, CONNECTIONS),
    scratchFolder,
  };
  const { pool } = server;
  const host = apps.kind === 'socket' ? 'localhost' : '%';

  return {
    address: addressFor(apps),
    schemaExists: async (schema) => (await readLoadMark(pool, named(schema))).exists,
    userExists: async (user) => accountExists(pool, named(user)),
    async createSchema(schema, { charset, collation }) {
      const values = [named(schema), named(charset), named(collation)];
      await pool.query('CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET ? COLLATE ?', values);
    },
    async ensureUser(user, password, schema, privileges) {
      const grant = { user: named(user), host, schema: named(schema), privileges };
      await pool.withConnection((sql) => ensureAccount(sql, grant, password.expose()));
    },
    canSignIn: async (user, password, schema) => canSignIn(apps, { user: named(user), password, schema: named(schema) }),
    async dropSchema(schema) {
      await pool.query('DROP DATABASE IF EXISTS ??', [named(schema)]);
    },
    dropUser: async (user) => pool.withConnection((sql) => dropAccount(sql, named(user))),
    loadedFrom: async (schema) => (await readLoadMark(pool, named(schema))).loadedFrom,
    dump: async (schema, file, signal) => dumpSchema(server, named(schema), file, signal),
    load: async (schema, file, label, { charset, collation }, signal, pace) =>
      loadDump(server, { schema: named(schema), file, label }, { charset: named(charset), collation: named(collation), pace }, signal),
    countRows: async (schema) => pool.withConnection((sql) => countRows(sql, named(schema))),
    digest: async (schema, wanted) => pool.withConnection((sql) => digestTables(sql, named(schema), wanted)),
    close: () => pool.close(),
  };
}

function addressFor(apps: Config['tenantDatabase']): DatabaseAddress {
  if (apps.kind === 'socket') return { host: 'localhost', port: 3306, socketFolder: apps.folder };
  return { host: apps.host, port: apps.port, socketFolder: null };
}

async function canSignIn(apps: Config['tenantDatabase'], account: { user: string; password: Secret; schema: string }): Promise<boolean> {
  // As the app would: its account is bound to the way in.
  const way = apps.kind === 'socket' ? { socketPath: `${apps.folder}/mysqld.sock` } : { host: apps.host, port: apps.port };
  try {
    const connection = await connect({ ...way, user: account.user, password: account.password.expose(), database: account.schema });
    await connection.close();
    return true;
  } catch (error) {
    if (REFUSED.has(errnoOf(error) ?? 0)) return false;
    throw error;
  }
}

async function countRows(sql: Sql, schema: string): Promise<readonly TableCount[]> {
  const tables = await sql.query(
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME",
    [schema],
  );
  const counts: TableCount[] = [];
  await sql.query('START TRANSACTION WITH CONSISTENT SNAPSHOT');
  for (let i = 0; i < tables.length; i += COUNTS_A_QUERY) {
    const part = tables.slice(i, i + COUNTS_A_QUERY);
    const query = part.map(() => 'SELECT ? AS name, COUNT(*) AS amount FROM ??.??').join(' UNION ALL ');
    const values = part.flatMap(({ name }) => [name, schema, name]);
    for (const row of await sql.query(query, values)) counts.push({ table: String(row.name), rows: Number(row.amount) });
  }
  await sql.query('COMMIT');
  return counts;
}
