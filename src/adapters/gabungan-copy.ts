import { ID_SPAN, type Slice } from '../domain/combined.ts';
import { longTextBytes, type Room } from './gabungan-room.ts';
import { combinedValue, ownerColumn, ownIdOf, quoted, type Shape } from './gabungan-shape.ts';
import type { Sql } from './mariadb-connection.ts';

/** Some rows of one table of one desa. */
export type Piece =
  | { readonly ids: readonly number[] }
  /** Ids above the first and up to the second; null: without end. */
  | { readonly above: number | null; readonly upTo: number | null };

/** Where rows are copied to. */
export interface Destination {
  readonly schema: string;
  readonly room: Room;
}

const ALL: Piece = { above: null, upTo: null };
const ROWS_A_PIECE = 1_000;

/**
 * Makes the combined rows of a piece equal to the desa's as they are now. They are first read into a temporary table, by
 * a read that locks nothing and is over before the first combined row is touched: whatever happens there, and however
 * long somebody holds rows there, the desa never meets us.
 * @param along what belongs into the same transaction
 */
export async function copyPiece(sql: Sql, slice: Slice, shape: Shape, to: Destination, piece: Piece, along?: () => Promise<void>) {
  const { schema: combined, room } = to;
  await room.require(sql, [combined, slice.schema]);
  const stage = `${quoted(combined)}.\`pendopo_stage\``;
  const into = `${quoted(combined)}.${quoted(shape.table)}`;
  const names = shape.columns.map(({ name }) => quoted(name));
  const key = [ownerColumn(shape), ...shape.primary.filter((name) => name !== ownerColumn(shape))];
  const values = shape.columns.map((column) => `${combinedValue(shape, column, slice, 's')} AS ${quoted(column.name)}`);
  const rows = ownIdOf(shape) === null ? '1' : within(piece, `s.${quoted(ownIdOf(shape) ?? '')}`, 0);
  const inSpan = ownIdOf(shape) === null ? '' : ` AND s.${quoted(ownIdOf(shape) ?? '')} < ${ID_SPAN}`;
  const keyColumns = shape.columns.filter(({ name }) => key.includes(name)).map(({ name, type }) => `${quoted(name)} ${type} NOT NULL`);
  await sql.query(
    `CREATE OR REPLACE TEMPORARY TABLE ${stage} (${keyColumns.join(', ')}, PRIMARY KEY (${key.map(quoted).join(', ')})) ENGINE=InnoDB SELECT ${values.join(', ')} FROM ${quoted(slice.schema)}.${quoted(shape.table)} s WHERE ${rows}${inSpan}`,
  );
  const bytes = await longTextBytes(sql, stage, shape);
  if (bytes > 0) await room.require(sql, [combined, slice.schema], 2 * bytes);
  await sql.query('START TRANSACTION');
  await removeGone(sql, slice, shape, { stage, into, key }, piece);
  // A row may point at one that comes later.
  await sql.query('SET SESSION foreign_key_checks = 0');
  await sql.query(
    `INSERT INTO ${into} (${names.join(', ')}) SELECT ${names.join(', ')} FROM ${stage} ON DUPLICATE KEY UPDATE ${names.map((name) => `${name} = VALUES(${name})`).join(', ')}`,
  );
  await sql.query('SET SESSION foreign_key_checks = 1');
  await along?.();
  await sql.query('COMMIT');
  await sql.query(`DROP TEMPORARY TABLE ${stage}`);
}

interface Place {
  readonly stage: string;
  readonly into: string;
  readonly key: readonly string[];
}

/** Who points at a row that goes goes too, or lets go of it, by the combined tables' own keys: as it went in the desa. */
async function removeGone(sql: Sql, { configId }: Slice, shape: Shape, { stage, into, key }: Place, piece: Piece): Promise<void> {
  const id = ownIdOf(shape);
  const isOurs = `${into}.${quoted(ownerColumn(shape))} = ${configId}`;
  if (id === null || !('ids' in piece)) {
    const range = id === null ? '1' : within(piece, `${into}.${quoted(id)}`, configId * ID_SPAN);
    const same = key.map((name) => `s.${quoted(name)} = ${into}.${quoted(name)}`).join(' AND ');
    await sql.query(
      `DELETE ${into} FROM ${into} LEFT JOIN ${stage} s ON ${same} WHERE ${isOurs} AND ${range} AND s.${quoted(ownerColumn(shape))} IS NULL`,
    );
    return;
  }
  const there = new Set((await sql.query(`SELECT ${quoted(id)} AS id FROM ${stage}`)).map((row) => Number(row.id)));
  const gone = piece.ids.map((one) => combinedId(one, configId)).filter((one) => !there.has(one));
  if (gone.length === 0) return;
  // A row that came and went before it was ever copied may have left children here: they go with it only if it is there.
  await sql.query(`INSERT IGNORE INTO ${into} (${quoted(ownerColumn(shape))}, ${quoted(id)}) VALUES ?`, [
    gone.map((one) => [configId, one]),
  ]);
  await sql.query(`DELETE FROM ${into} WHERE ${isOurs} AND ${quoted(id)} IN (?)`, [gone]);
}

/** The pieces of a whole table, small enough that each is copied in moments. */
export async function* piecesOf(sql: Sql, slice: Slice, shape: Shape): AsyncGenerator<Piece> {
  const id = ownIdOf(shape);
  let above: number | null = null;
  while (id !== null) {
    const [row] = await sql.query(
      `SELECT s.${quoted(id)} AS id FROM ${quoted(slice.schema)}.${quoted(shape.table)} s WHERE s.${quoted(id)} > ? ORDER BY 1 LIMIT 1 OFFSET ${ROWS_A_PIECE - 1}`,
      [above ?? -ID_SPAN],
    );
    if (row === undefined) break;
    const upTo: number = Number(row.id);
    yield { above, upTo };
    above = upTo;
  }
  yield id === null ? ALL : { above, upTo: null };
}

export function piecesOfIds(ids: readonly number[]): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < ids.length; at += ROWS_A_PIECE) pieces.push({ ids: ids.slice(at, at + ROWS_A_PIECE) });
  return pieces;
}

/** As `combinedValue` tells it in SQL. */
function combinedId(id: number, configId: number): number {
  return id > 0 ? id + configId * ID_SPAN : id;
}

function within(piece: Piece, column: string, shift: number): string {
  if ('ids' in piece) return `${column} IN (${piece.ids.map((id) => Number(id)).join(', ')})`;
  const { above, upTo } = piece;
  const parts = [...(above === null ? [] : [`${column} > ${above + shift}`]), ...(upTo === null ? [] : [`${column} <= ${upTo + shift}`])];
  return parts.length === 0 ? '1' : parts.join(' AND ');
}
