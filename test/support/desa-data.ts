import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import type { Instance } from './instance.ts';

/** All rows of some tables of a sample desa, as text: what must be the same before and after. */
export async function dataOf(
  pendopo: Instance,
  kode: string,
  tables: readonly string[] = DATA,
  app = SAMPLE,
): Promise<Readonly<Record<string, string>>> {
  return withSchema(pendopo, kode, app, async (query) => {
    const found: Record<string, string> = {};
    for (const table of tables) found[table] = JSON.stringify(await query(`SELECT * FROM \`${table}\` ORDER BY 1`));
    return found;
  });
}

const SAMPLE = 'contoh_opensid';
const DATA = ['config', 'tweb_penduduk', 'tweb_keluarga', 'artikel', 'user'];

/** A statement in a sample desa's schema, as if its staff had been at work. */
export async function work(pendopo: Instance, kode: string, statements: string | readonly string[], app = SAMPLE): Promise<void> {
  await withSchema(pendopo, kode, app, async (query) => {
    for (const statement of [statements].flat()) await query(statement);
  });
}

type Query = (statement: string) => Promise<readonly RowDataPacket[]>;

async function withSchema<T>({ config }: Instance, kode: string, app: string, act: (query: Query) => Promise<T>): Promise<T> {
  const connection = await createConnection(connectionOptions(config.databaseUrl));
  try {
    await connection.changeUser({ database: `${config.instance}_${kode.replaceAll('.', '')}_${app}` });
    return await act(async (statement) => {
      const [rows] = await connection.query<RowDataPacket[]>(statement);
      return rows;
    });
  } finally {
    await connection.end();
  }
}
