import type { Sql } from './mariadb-connection.ts';
import { errnoOf } from './mariadb-errors.ts';

/** The connection ended before we could end it. */
const ENDED_ALREADY = 1094;

/** Ends a connection of the server, by its id there; one that has ended meanwhile is as good. */
export async function killConnection(sql: Pick<Sql, 'query'>, id: unknown): Promise<void> {
  try {
    await sql.query('KILL CONNECTION ?', [id]);
  } catch (error) {
    if (errnoOf(error) !== ENDED_ALREADY) throw error;
  }
}
