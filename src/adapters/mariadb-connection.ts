import { type ConnectionOptions, createConnection, createPool } from 'mysql2/promise';
import type { Secret } from '../domain/secret.ts';
import { connectionOptions } from './db/client.ts';
import { noAnswer, translateError } from './mariadb-errors.ts';

export type Row = Readonly<Record<string, unknown>>;

/** What the adapters need of a connection. Values are escaped by the driver: `?` a value, `??` an identifier. */
export interface Sql {
  query(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

export interface SqlPool extends Sql {
  /** Runs several statements on one connection. */
  withConnection<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface SqlConnection extends Sql {
  close(): Promise<void>;
  /** Drops the connection without a word; the server frees what it held. */
  destroy(): void;
}

/** Longer than the slowest statement (dropping a big schema); a server that hangs must not hold a worker for ever. */
const STATEMENT_MS = 120_000;
/** Backslashes must mean what the driver's escaping thinks; a metadata lock must not be waited for all day (the server's default). */
const SESSION = "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION', lock_wait_timeout = 30";

/** A small pool without a default schema. @param session settings of each connection @throws from `query`: Unavailable, Broken */
export function openPool(url: Secret, connections: number, session = ''): SqlPool {
  const pool = createPool({ ...serverOptions(url), connectionLimit: connections, enableKeepAlive: true, maxIdle: 1, idleTimeout: 60_000 });
  pool.pool.on('connection', (connection) => connection.query(`${SESSION}${session}`));
  const withConnection: SqlPool['withConnection'] = async (work) => {
    try {
      const connection = await pool.getConnection();
      try {
        return await work({ query: (sql, values) => run(connection, sql, values) });
      } catch (error) {
        // What failed may have left a statement running or a transaction open; a new connection costs a millisecond.
        connection.destroy();
        throw error;
      } finally {
        connection.release();
      }
    } catch (error) {
      throw translateError(error);
    }
  };
  return { withConnection, query: (sql, values) => withConnection((one) => one.query(sql, values)), close: () => pool.end() };
}

/** A connection of one's own, for what lives as long as it does: named locks. */
export async function openConnection(url: Secret): Promise<SqlConnection> {
  return connect(serverOptions(url));
}

export async function connect(options: ConnectionOptions): Promise<SqlConnection> {
  try {
    const connection = await createConnection({ connectTimeout: 5_000, ...options });
    // A connection that breaks while idle is told by the next query; without a listener it would end the process.
    connection.on('error', () => connection.destroy());
    // The driver never settles a query whose connection is destroyed under it.
    const gone = Promise.withResolvers<never>();
    gone.promise.catch((reason: unknown) => reason); // nobody may be waiting
    return {
      async query(sql, values) {
        try {
          return await Promise.race([run(connection, sql, values), gone.promise]);
        } catch (error) {
          throw translateError(error);
        }
      },
      close: () => connection.end(),
      destroy() {
        connection.destroy();
        gone.reject(noAnswer(new Error('the connection was given up')));
      },
    };
  } catch (error) {
    throw translateError(error);
  }
}

export function serverOptions(url: Secret): ConnectionOptions {
  const { database: _ours, ...server } = connectionOptions(url);
  return server;
}

interface Queryable {
  query(options: { sql: string; timeout: number; values: unknown[] }): Promise<readonly [unknown, unknown]>;
}

async function run(connection: Queryable, sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
  const [rows] = await connection.query({ sql, timeout: STATEMENT_MS, values: [...values] });
  return Array.isArray(rows) ? rows.filter((row): row is Row => typeof row === 'object' && row !== null) : [];
}
