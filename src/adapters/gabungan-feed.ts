import { ID_SPAN, type Slice } from '../domain/combined.ts';
import { Broken } from '../domain/errors.ts';
import type { Change } from '../domain/outbox.ts';
import { copyPiece, type Destination, piecesOf, piecesOfIds } from './gabungan-copy.ts';
import { forgetChanges, type OutboxPlace } from './gabungan-outbox.ts';
import { ownIdOf, type Shape } from './gabungan-shape.ts';
import type { Sql } from './mariadb-connection.ts';

/** Copies what changes of one table point at; the changes go out of the outbox with the last piece, in its transaction. */
export async function applyChanges(
  sql: Sql,
  slice: Slice,
  shape: Shape,
  to: Destination,
  outbox: OutboxPlace,
  changes: readonly Change[],
): Promise<void> {
  const rows = [...new Set(changes.map(({ row }) => row))];
  const ids = rows.filter((row) => row !== null);
  if (ownIdOf(shape) === null || ids.length < rows.length) {
    await reloadTable(sql, slice, shape, to);
    await forgetChanges(sql, outbox, changes);
  } else {
    const pieces = piecesOfIds(ids.filter((id) => id < ID_SPAN));
    const last = pieces.at(-1);
    for (const piece of pieces) {
      await copyPiece(sql, slice, shape, to, piece, piece === last ? () => forgetChanges(sql, outbox, changes) : undefined);
    }
  }
  if (ids.every((id) => id < ID_SPAN)) return;
  // Beyond its span an id would be the next desa's: better stale than in a neighbour's row.
  throw new Broken('nomor-baris-terlalu-besar', `Tabel ${shape.table} memiliki nomor baris di luar ruang yang disediakan bagi satu desa.`);
}

export async function reloadTable(sql: Sql, slice: Slice, shape: Shape, to: Destination): Promise<void> {
  for await (const piece of piecesOf(sql, slice, shape)) await copyPiece(sql, slice, shape, to, piece);
}
