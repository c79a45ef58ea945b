import { createConnection } from 'mysql2';
import type { DatabaseServer } from './mariadb-client.ts';
import { translateError } from './mariadb-errors.ts';
import { killConnection } from './mariadb-kill.ts';

/** Rows that are read ahead of who takes them. */
const AHEAD = 200;

/**
 * Every row of a table as texts, read as fast as they are taken. When nobody takes them any more the server is told to
 * stop: closing our end alone would leave it waiting for a minute. @throws Unavailable, Broken
 */
export async function* readRows(
  { admin, pool }: DatabaseServer,
  schema: string,
  table: string,
): AsyncGenerator<readonly (string | null)[]> {
  const connection = createConnection({ ...admin, dateStrings: true, supportBigNumbers: true, bigNumberStrings: true });
  // What goes wrong comes out of the stream.
  connection.on('error', () => undefined);
  let isWhole = false;
  try {
    const found = connection
      .query({ sql: 'SELECT * FROM ??.??', values: [schema, table], rowsAsArray: true })
      .stream({ highWaterMark: AHEAD });
    for await (const row of found) if (Array.isArray(row)) yield row.map(textOf);
    isWhole = true;
  } catch (error) {
    throw translateError(error);
  } finally {
    const { threadId } = connection;
    connection.destroy();
    if (!isWhole && threadId !== null) await killConnection(pool, threadId);
  }
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return Buffer.isBuffer(value) ? value.toString('hex') : String(value);
}
