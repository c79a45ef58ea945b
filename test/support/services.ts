import { randomBytes } from 'node:crypto';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { inject } from 'vitest';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { Secret } from '../../src/domain/secret.ts';

export interface TestDatabase {
  /** Administrator's URL of the test run's server; no schema. */
  readonly url: Secret;
  /** Folder of its socket. */
  readonly socketFolder: string;
  /** Begins every schema and account of this test: what begins so goes at `close`. */
  readonly prefix: string;
  /** Runs one statement as administrator. */
  sql(statement: string, values?: readonly unknown[]): Promise<RowDataPacket[]>;
  close(): Promise<void>;
}

/** A corner of the run's MariaDB for one test file. */
export async function testDatabase(): Promise<TestDatabase> {
  const url = new Secret(inject('databaseUrl'));
  const { database: _none, ...server } = connectionOptions(url);
  const connection = await createConnection(server);
  const prefix = `t${randomBytes(4).toString('hex')}_`;
  const sql: TestDatabase['sql'] = async (statement, values = []) => {
    const [rows] = await connection.query<RowDataPacket[]>(statement, [...values]);
    return rows;
  };
  return {
    url,
    prefix,
    sql,
    socketFolder: ('socketPath' in server ? server.socketPath : '').replace(/\/[^/]*$/, ''),
    async close() {
      const starts = `${prefix.replaceAll('_', '\\_')}%`;
      for (const { name } of await sql('SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE ?', [starts])) {
        await sql('DROP DATABASE ??', [name]);
      }
      for (const { user, host } of await sql('SELECT User AS user, Host AS host FROM mysql.user WHERE User LIKE ?', [starts])) {
        await sql('DROP USER ?@?', [user, host]);
      }
      await connection.end();
    },
  };
}
