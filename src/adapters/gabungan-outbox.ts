import type { Change, ChangeFilter, Outbox } from '../domain/outbox.ts';
import { quoted } from './gabungan-shape.ts';
import type { Row, Sql, SqlPool } from './mariadb-connection.ts';
import { errnoOf } from './mariadb-errors.ts';

/** What a trigger may write to. */
export interface OutboxPlace {
  readonly changes: string;
  readonly refused: string;
}

/** A schema of its own: no right of a reader and no change of the records ever comes near it. */
export function outboxPlace(instance: string): OutboxPlace & { readonly schema: string } {
  const schema = `${instance}_umpan`;
  return { schema, changes: `${quoted(schema)}.\`outbox\``, refused: `${quoted(schema)}.\`refused\`` };
}

/**
 * Never altered, and no key but the counted one: every desa's open transaction holds a metadata lock on them, behind
 * which an ALTER would make all others wait. A new form is a new table, and the triggers are made anew.
 */
const COLUMNS = `seq BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  installation_id CHAR(26) CHARACTER SET ascii NOT NULL,
  table_name VARCHAR(64) CHARACTER SET utf8mb4 NOT NULL,
  row_id BIGINT NULL`;
/** No such schema, no such table, the table's file is gone. */
const MISSING = new Set([1049, 1146, 1932]);
const AT_ONCE = 2_000;

export function createOutbox(pool: SqlPool, instance: string): Outbox {
  const place = outboxPlace(instance);
  const { schema, changes, refused } = place;
  const placeOf = { outbox: changes, refused } as const;

  const read = async ({ limit, installationId, except }: ChangeFilter): Promise<readonly Change[]> => {
    const conditions = [
      ...(installationId === undefined ? [] : ['installation_id = ?']),
      ...(except !== undefined && except.installations.length > 0 ? ['installation_id NOT IN (?)'] : []),
      ...(except !== undefined && except.tables.length > 0 ? ['table_name NOT IN (?)'] : []),
    ];
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const values = [
      ...(installationId === undefined ? [] : [installationId]),
      ...(except === undefined ? [] : [except.installations, except.tables].filter((list) => list.length > 0)),
    ];
    const from = (place: Change['place']): string =>
      `(SELECT '${place}' AS place, seq, installation_id, table_name, row_id FROM ${placeOf[place]} ${where} ORDER BY seq LIMIT ?)`;
    const rows = await pool.query(`${from('refused')} UNION ALL ${from('outbox')}`, [...values, limit, ...values, limit]);
    return rows.map(changeOf);
  };
  const forget: Outbox['forget'] = (list) => pool.withConnection((sql) => forgetChanges(sql, place, list));

  return {
    async ensure() {
      const there = await pool.query(
        "SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME IN ('outbox', 'refused') AND ENGINE = 'InnoDB'",
        [schema],
      );
      if (there.length === 2) return false;
      await pool.query('CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci', [schema]);
      for (const table of [changes, refused]) await pool.query(`CREATE TABLE IF NOT EXISTS ${table} (${COLUMNS}) ENGINE=InnoDB`);
      return true;
    },
    async changes(filter) {
      try {
        return await read(filter);
      } catch (error) {
        if (MISSING.has(errnoOf(error) ?? 0)) return null;
        throw error;
      }
    },
    forget,
    async heaps(over) {
      const rows = await pool.query(
        `SELECT installation_id, table_name FROM ${changes} GROUP BY installation_id, table_name HAVING COUNT(*) > ?`,
        [over],
      );
      return rows.map((row) => ({ installationId: String(row.installation_id), table: String(row.table_name) }));
    },
    async forgetAll(installationId, table) {
      const only = table === undefined ? '' : 'AND table_name = ?';
      for (;;) {
        const rows = await pool.query(
          `SELECT 'outbox' AS place, seq, installation_id, table_name, row_id FROM ${changes} WHERE installation_id = ? ${only} ORDER BY seq LIMIT ${AT_ONCE}`,
          [installationId, ...(table === undefined ? [] : [table])],
        );
        await forget(rows.map(changeOf));
        if (rows.length < AT_ONCE) return;
      }
    },
  };
}

/**
 * Number by number through the primary key, so that no row is looked at but those: a desa's note that is not committed
 * yet is never waited for. With `IN` MariaDB reads through all rows when there are few, whatever index is forced.
 */
export async function forgetChanges(sql: Sql, place: OutboxPlace, list: readonly Change[]): Promise<void> {
  for (const [name, table] of [
    ['outbox', place.changes],
    ['refused', place.refused],
  ] as const) {
    const seqs = list.filter((change) => change.place === name).map(({ seq }) => seq);
    for (let at = 0; at < seqs.length; at += AT_ONCE) {
      await sql.query(
        `DELETE ${table} FROM JSON_TABLE(?, '$[*]' COLUMNS (seq BIGINT UNSIGNED PATH '$')) handled STRAIGHT_JOIN ${table} FORCE INDEX (PRIMARY) ON ${table}.seq = handled.seq`,
        [JSON.stringify(seqs.slice(at, at + AT_ONCE))],
      );
    }
  }
}

function changeOf(row: Row): Change {
  return {
    seq: Number(row.seq),
    place: row.place === 'refused' ? 'refused' : 'outbox',
    installationId: String(row.installation_id),
    table: String(row.table_name),
    row: row.row_id === null ? null : Number(row.row_id),
  };
}
