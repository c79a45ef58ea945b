import { createHash } from 'node:crypto';
import { Unavailable } from '../domain/errors.ts';
import type { Locks } from '../domain/ports-jobs.ts';
import type { SqlConnection } from './mariadb-connection.ts';

export interface LocksOptions {
  /** Opens the connection that a lock lives in. */
  readonly connect: () => Promise<SqlConnection>;
  /** Locks are the server's, so that of another Pendopo must be another one. */
  readonly instance: string;
  /** How long to wait for another holder before giving up. */
  readonly limitMs?: number;
}

const LONGEST_NAME = 64;
/** The server wakes us the moment the lock is free; this only bounds how long a statement runs. */
const POLL_SECONDS = 1;

/** Longer than any work under a lock: an idle connection must not be closed for idleness. */
const STAY = 'SET SESSION wait_timeout = 86400';

/**
 * MariaDB's named locks, each in a connection of its own: when its holder dies, the connection ends and the lock is free.
 */
export function createLocks({ connect, instance, limitMs = 1_200_000 }: LocksOptions): Locks {
  const acquire = async (name: string, signal: AbortSignal): Promise<SqlConnection> => {
    const connection = await connect();
    const leave = (): void => connection.destroy();
    signal.addEventListener('abort', leave, { once: true });
    try {
      await take(connection, name, signal, limitMs);
      return connection;
    } catch (error) {
      connection.destroy();
      // An aborted wait ends as a lost connection; the reason says more.
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  };

  return {
    async withLock(name, signal, work) {
      signal.throwIfAborted();
      const connection = await acquire(lockName(instance, name), signal);
      try {
        return await work();
      } finally {
        letGo(connection);
      }
    },
    async tryLock(name, work) {
      const connection = await connect();
      try {
        await connection.query(STAY, []);
        const [row] = await connection.query('SELECT GET_LOCK(?, 0) AS got', [lockName(instance, name)]);
        const isOurs = Number(row?.got) === 1;
        if (isOurs) await work();
        return isOurs;
      } finally {
        letGo(connection);
      }
    },
  };
}

async function take(connection: SqlConnection, name: string, signal: AbortSignal, limitMs: number): Promise<void> {
  await connection.query(STAY, []);
  const end = performance.now() + limitMs;
  while (performance.now() < end) {
    const [row] = await connection.query('SELECT GET_LOCK(?, ?) AS got', [name, POLL_SECONDS]);
    signal.throwIfAborted();
    if (Number(row?.got) === 1) return;
  }
  throw new Unavailable('kunci-dipakai', 'Pekerjaan lain masih memakai bagian ini.', {
    advice: 'Pekerjaan menunggu gilirannya dan mencoba lagi sendiri. Data aman.',
  });
}

/** Ends the session and with it the lock. Not waited for: the work is done, whatever the server says. */
function letGo(connection: SqlConnection): void {
  connection.close().catch(() => connection.destroy());
}

function lockName(instance: string, name: string): string {
  const full = `${instance}:${name}`;
  if (Buffer.byteLength(full) <= LONGEST_NAME) return full;
  return `${instance}:${createHash('sha256').update(name).digest('hex').slice(0, 40)}`;
}
