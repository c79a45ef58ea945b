import { drizzle, type MySql2Database } from 'drizzle-orm/mysql2';
import { createPool, type Pool } from 'mysql2/promise';
import { Unavailable } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';

export type Database = MySql2Database & { readonly $client: Pool };
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

export interface OpenDatabase {
  readonly db: Database;
  readonly pool: Pool;
  close(): Promise<void>;
}

/**
 * Opens the control plane's records. Times are UTC on both sides; reads see what is committed, so that two workers
 * never argue over a snapshot.
 */
export function openDatabase(url: Secret, connections = 10): OpenDatabase {
  const pool = createPool({ ...connectionOptions(url), connectionLimit: connections, enableKeepAlive: true });
  pool.pool.on('connection', (connection) => {
    connection.query("SET time_zone = '+00:00', tx_isolation = 'READ-COMMITTED'");
  });
  return { db: drizzle({ client: pool }), pool, close: () => pool.end() };
}

/** mysql2 knows sockets only as an option, so a URL's `socketPath` is taken out of it. */
export function connectionOptions(url: Secret) {
  const parsed = new URL(url.expose());
  const socketPath = parsed.searchParams.get('socketPath');
  return {
    ...(socketPath === null ? { host: parsed.hostname, port: Number(parsed.port || 3306) } : { socketPath }),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: parsed.pathname.slice(1),
    timezone: 'Z',
    charset: 'utf8mb4_unicode_ci',
    connectTimeout: 5_000,
  };
}

const LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ETIMEDOUT',
  'EPIPE',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
]);
/** 1053 shutdown in progress, 1040 too many connections, 1205 lock wait, 1213 deadlock, 1927 connection killed. */
const PASSING = new Set([1053, 1040, 1205, 1213, 1927]);

interface DriverError extends Error {
  readonly code?: unknown;
  readonly errno?: unknown;
}

/** The driver's own error below drizzle's wrapping. */
export function driverError(error: unknown): DriverError | null {
  let current: unknown = error;
  while (current instanceof Error) {
    if ('errno' in current || 'code' in current) return current;
    current = current.cause;
  }
  return null;
}

export function isDuplicate(error: unknown): boolean {
  return driverError(error)?.errno === 1062;
}

/** Gives every method of a repository one more duty: a database that does not answer is told as Unavailable. */
export function tellUnavailable<T extends object>(repository: T): T {
  return new Proxy(repository, {
    get(target, key, receiver) {
      const value: unknown = Reflect.get(target, key, receiver);
      if (typeof value !== 'function') return value;
      return async (...inputs: unknown[]) => {
        try {
          return await Reflect.apply(value, target, inputs);
        } catch (error) {
          throw translate(error);
        }
      };
    },
  });
}

function translate(error: unknown): unknown {
  const inner = driverError(error);
  if (inner === null) return error;
  const lost = typeof inner.code === 'string' && LOST.has(inner.code);
  const passing = typeof inner.errno === 'number' && PASSING.has(inner.errno);
  const closed = /closed state|Pool is closed/.test(inner.message);
  if (!(lost || passing || closed)) return error;
  return new Unavailable('basis-data-tidak-menjawab', 'Basis data Pendopo tidak menjawab.', { cause: error });
}
