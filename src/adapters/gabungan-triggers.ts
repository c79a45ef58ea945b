import { ID_SPAN, type Slice } from '../domain/combined.ts';
import { combinedValue, ownerColumn, ownIdOf, quoted, type Shape, type Shapes } from './gabungan-shape.ts';
import type { Sql } from './mariadb-connection.ts';

const PREFIX = 'pendopo_';

export interface FeedPlace {
  readonly combined: string;
  /** Schema that holds `stale_slices`. */
  readonly records: string;
}

interface Trigger {
  readonly name: string;
  readonly sql: string;
}

/**
 * The desa's writes go on whatever happens to the combined side: a handler notes the table as stale instead, and not
 * even that may fail them.
 */
export function planTriggers(slice: Slice, shapes: Shapes, place: FeedPlace): readonly Trigger[] {
  const own = quoted(slice.schema);
  const note = (table: string): string =>
    `INSERT INTO ${quoted(place.records)}.stale_slices (installation_id, table_name, since) VALUES ('${slice.installationId}', '${table}', UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE since = since;`;
  const safe = (table: string, body: string): string =>
    `BEGIN DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END; ${note(table)} END; ${body} END`;
  const trigger = (letter: string, event: string, table: string, body: string): Trigger => {
    const name = `${PREFIX}${letter}_${table}`.slice(0, 64);
    return {
      name,
      sql: `CREATE OR REPLACE TRIGGER ${own}.${quoted(name)} AFTER ${event} ON ${own}.${quoted(table)} FOR EACH ROW ${safe(table, body)}`,
    };
  };
  const feeding = shapes.tables.flatMap((shape) => [
    trigger('i', 'INSERT', shape.table, writeRow(shape, slice.configId, place.combined)),
    trigger(
      'u',
      'UPDATE',
      shape.table,
      `${moveRow(shape, slice.configId, place.combined)} ${writeRow(shape, slice.configId, place.combined)}`,
    ),
    trigger(
      'd',
      'DELETE',
      shape.table,
      `DELETE FROM ${quoted(place.combined)}.${quoted(shape.table)} WHERE ${isRow(shape, slice.configId, 'OLD')};`,
    ),
  ]);
  const cascading = [...shapes.outsiders].map(([table, children]) => trigger('c', 'DELETE', table, children.map(note).join(' ')));
  return [...feeding, ...cascading];
}

/** Also heals: a row that the combined side has lost is there again. */
function writeRow(shape: Shape, configId: number, combined: string): string {
  const names = shape.columns.map(({ name }) => quoted(name));
  const values = shape.columns.map((column) => combinedValue(shape, column, configId, 'NEW'));
  const changes = names.map((name) => `${name} = VALUES(${name})`);
  const write = `INSERT INTO ${quoted(combined)}.${quoted(shape.table)} (${names.join(', ')}) VALUES (${values.join(', ')}) ON DUPLICATE KEY UPDATE ${changes.join(', ')};`;
  const id = ownIdOf(shape);
  // Beyond its span an id would be the next desa's: better stale than in a neighbour's row.
  return id === null ? write : `IF NEW.${quoted(id)} >= ${ID_SPAN} THEN SIGNAL SQLSTATE '45000'; ELSE ${write} END IF;`;
}

/** A row that changes its key moves, and takes its children along by the combined tables' own keys. */
function moveRow(shape: Shape, configId: number, combined: string): string {
  const keys = shape.columns.filter(({ name }) => shape.primary.includes(name));
  if (shape.isIdentity || keys.length === 0) return '';
  const moved = keys.map(({ name }) => `OLD.${quoted(name)} <=> NEW.${quoted(name)}`).join(' AND ');
  const changes = keys.map((column) => `${quoted(column.name)} = ${combinedValue(shape, column, configId, 'NEW')}`).join(', ');
  return `IF NOT (${moved}) THEN UPDATE ${quoted(combined)}.${quoted(shape.table)} SET ${changes} WHERE ${isRow(shape, configId, 'OLD')}; END IF;`;
}

function isRow(shape: Shape, configId: number, row: string): string {
  const keys = shape.columns.filter(({ name }) => shape.primary.includes(name));
  return [
    `${quoted(ownerColumn(shape))} = ${configId}`,
    ...(shape.isIdentity ? [] : keys.map((column) => `${quoted(column.name)} = ${combinedValue(shape, column, configId, row)}`)),
  ].join(' AND ');
}

export async function createTriggers(sql: Sql, slice: Slice, shapes: Shapes, place: FeedPlace): Promise<void> {
  const wanted = planTriggers(slice, shapes, place);
  const names = new Set(wanted.map(({ name }) => name));
  for (const name of await ownTriggers(sql, slice.schema)) {
    if (!names.has(name)) await sql.query('DROP TRIGGER IF EXISTS ??.??', [slice.schema, name]);
  }
  for (const one of wanted) await sql.query(one.sql);
}

export async function dropTriggers(sql: Sql, schema: string): Promise<void> {
  for (const name of await ownTriggers(sql, schema)) await sql.query('DROP TRIGGER IF EXISTS ??.??', [schema, name]);
}

export async function ownTriggers(sql: Sql, schema: string): Promise<readonly string[]> {
  const rows = await sql.query('SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?', [schema]);
  return rows.map((row) => String(row.name)).filter((name) => name.startsWith(PREFIX));
}
