import type { Slice } from '../domain/combined.ts';
import { readShapes, type Shape, type Shapes } from './gabungan-shape.ts';
import type { Sql } from './mariadb-connection.ts';

/** Shapes of the desa's schemas, read once and again when a table's columns are no longer what they were. */
export interface ShapeShelf {
  read(sql: Sql, slice: Slice): Promise<Shapes>;
  /** null: the desa has no such table, or none of it is copied. */
  shapeOf(sql: Sql, slice: Slice, table: string): Promise<Shape | null>;
  forget(schema: string): void;
}

interface Known {
  readonly shapes: Shapes;
  /** Columns of the tables that were asked for, as they were when the shapes were read. */
  readonly columns: Map<string, string>;
}

export function createShapeShelf(): ShapeShelf {
  const known = new Map<string, Known>();
  // Hundreds of desa have the same few shapes.
  const distinct = new Map<string, Shapes>();
  const read: ShapeShelf['read'] = async (sql, slice) => {
    const shapes = await readShapes(sql, slice.schema, slice.manifest);
    const text = JSON.stringify([shapes.tables, shapes.references, [...shapes.outsiders]]);
    const shared = distinct.get(text) ?? shapes;
    distinct.set(text, shared);
    known.set(slice.schema, { shapes: shared, columns: new Map() });
    return shared;
  };

  return {
    read,
    async shapeOf(sql, slice, table) {
      const now = await columnsOf(sql, slice.schema, table);
      const before = known.get(slice.schema);
      const isKnown = before?.columns.get(table) === now;
      const shapes = isKnown && before !== undefined ? before.shapes : await read(sql, slice);
      known.get(slice.schema)?.columns.set(table, now);
      return shapes.tables.find((shape) => shape.table === table) ?? null;
    },
    forget: (schema) => void known.delete(schema),
  };
}

async function columnsOf(sql: Sql, schema: string, table: string): Promise<string> {
  const rows = await sql.query(
    'SELECT COLUMN_NAME AS c, COLUMN_TYPE AS y FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION',
    [schema, table],
  );
  return rows.map((row) => `${row.c} ${row.y}`).join();
}
