import type { Config } from '../config.ts';
import type { ReaderAccounts } from '../domain/reader.ts';
import type { Secret } from '../domain/secret.ts';
import { openPool, type Sql } from './mariadb-connection.ts';
import { errnoOf } from './mariadb-errors.ts';
import { dropAccount, ensureAccount } from './mariadb-users.ts';

const CONNECTIONS = 1;
/** A reader that asks too much waits for itself, not the desa for it. */
const LIMITS = 'MAX_USER_CONNECTIONS 20 MAX_STATEMENT_TIME 120';
/** 1094: the connection ended before we could end it. */
const ENDED_ALREADY = 1094;

export type OpenReaderAccounts = ReaderAccounts & { close(): Promise<void> };

export function createReaderAccounts(options: { readonly url: Secret; readonly apps: Config['tenantDatabase'] }): OpenReaderAccounts {
  const pool = openPool(options.url, CONNECTIONS);
  const host = options.apps.kind === 'socket' ? 'localhost' : '%';
  return {
    ensure: (account, password, schema) =>
      pool.withConnection(async (sql) => {
        await ensureAccount(sql, { user: account, host, schema, privileges: ['SELECT'] }, password.expose());
        await sql.query(`ALTER USER ?@? WITH ${LIMITS}`, [account, host]);
        await cutOff(sql, account);
      }),
    drop: (account) =>
      pool.withConnection(async (sql) => {
        // The account first, so that nobody comes back in between.
        await dropAccount(sql, account);
        await cutOff(sql, account);
      }),
    close: () => pool.close(),
  };
}

/** Dropping an account, or changing its password, leaves alone whoever is signed in. */
async function cutOff(sql: Sql, account: string): Promise<void> {
  for (const { id } of await sql.query('SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = ?', [account])) {
    try {
      await sql.query('KILL CONNECTION ?', [id]);
    } catch (error) {
      if (!hasEnded(error)) throw error;
    }
  }
}

function hasEnded(error: unknown): boolean {
  return errnoOf(error) === ENDED_ALREADY;
}
