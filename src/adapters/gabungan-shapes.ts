import type { Slice } from '../domain/combined.ts';
import { columnsText, readShapes, type Shape, type Shapes } from './gabungan-shape.ts';
import type { Sql } from './mariadb-connection.ts';

/** Shapes of the desa's schemas, kept: reading them takes longer than most of what is done with them. */
export interface ShapeShelf {
  read(sql: Sql, slice: Slice): Promise<Shapes>;
  /** Those of some seconds ago will do: for steps of one piece of work that began with reading them. */
  recent(sql: Sql, slice: Slice): Promise<Shapes>;
  /** Of a table as its columns are now. null: the desa has no such table, or none of it is copied. */
  shapeOf(sql: Sql, slice: Slice, table: string): Promise<Shape | null>;
}

const RECENT_MS = 5_000;

export function createShapeShelf(): ShapeShelf {
  const known = new Map<string, { readonly shapes: Shapes; readonly at: number }>();
  // Hundreds of desa have the same few shapes.
  const distinct = new Map<string, Shapes>();
  const read: ShapeShelf['read'] = async (sql, slice) => {
    const shapes = await readShapes(sql, slice.schema, slice.manifest);
    const text = JSON.stringify([shapes.tables, shapes.references, [...shapes.outsiders], [...shapes.columns]]);
    const shared = distinct.get(text) ?? shapes;
    distinct.set(text, shared);
    known.set(slice.schema, { shapes: shared, at: performance.now() });
    return shared;
  };

  return {
    read,
    async recent(sql, slice) {
      const before = known.get(slice.schema);
      return before !== undefined && performance.now() - before.at < RECENT_MS ? before.shapes : read(sql, slice);
    },
    async shapeOf(sql, slice, table) {
      const now = await columnsOf(sql, slice.schema, table);
      const before = known.get(slice.schema)?.shapes;
      const shapes = before !== undefined && before.columns.get(table) === now ? before : await read(sql, slice);
      return shapes.tables.find((shape) => shape.table === table) ?? null;
    },
  };
}

async function columnsOf(sql: Sql, schema: string, table: string): Promise<string> {
  const query =
    'SELECT COLUMN_NAME AS c, COLUMN_TYPE AS y FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION';
  return columnsText(await sql.query(query, [schema, table]));
}
