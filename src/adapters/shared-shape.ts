import type { SharedKind, SharedManifest } from '../domain/shared.ts';
import { quoted } from './gabungan-shape.ts';
import type { Sql } from './mariadb-connection.ts';

export interface SharedShape {
  readonly table: string;
  readonly kind: SharedKind;
  /** Without those that the server fills itself. */
  readonly columns: readonly string[];
  /** Columns that name the desa itself: they are 1 in a schema of its own. */
  readonly naming: ReadonlySet<string>;
  /** The counted key, if it has one. */
  readonly id: string | null;
  /** Which rows are the desa's, told of the table under this name. */
  readonly isOurs: (alias: string) => string;
}

export interface SharedKey {
  readonly table: string;
  readonly column: string;
  readonly parent: string;
  readonly parentColumn: string;
  readonly isNullable: boolean;
}

export interface SharedShapes {
  readonly tables: readonly SharedShape[];
  readonly views: readonly string[];
  /** Keys of one column between tables of the schema. */
  readonly keys: readonly SharedKey[];
}

/** Reads a shared schema and decides whose the rows of each table are. */
export async function readSharedShapes(sql: Sql, schema: string, manifest: SharedManifest, configId: number): Promise<SharedShapes> {
  const found = await sql.query(
    'SELECT TABLE_NAME AS t, TABLE_TYPE AS y FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? ORDER BY 1',
    [schema],
  );
  const columns = await sql.query(
    'SELECT TABLE_NAME AS t, COLUMN_NAME AS c, EXTRA AS x, IS_NULLABLE AS n FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION',
    [schema],
  );
  const byTable = Map.groupBy(columns, (row) => String(row.t));
  const isNullable = new Set(columns.filter(({ n }) => n === 'YES').map(({ t, c }) => `${t}.${c}`));
  const keys = (await keysOf(sql, schema)).map((key) => ({ ...key, isNullable: isNullable.has(`${key.table}.${key.column}`) }));
  const has = (table: string, column: string): boolean => (byTable.get(table) ?? []).some(({ c }) => c === column);
  const names = found.filter(({ y }) => y === 'BASE TABLE').map(({ t }) => String(t));

  /** The row that a table without an owner of its own follows. */
  const leaderOf = (table: string): Pick<SharedKey, 'column' | 'parent' | 'parentColumn'> | null => {
    const told = manifest.through.find((one) => one.table === table && has(table, one.column) && has(one.of, 'id'));
    if (told !== undefined) return { column: told.column, parent: told.of, parentColumn: 'id' };
    return keys.find((key) => key.table === table && has(key.parent, manifest.owner)) ?? null;
  };
  const kindOf = (table: string): SharedKind => {
    if (table === manifest.identity) return 'identity';
    if (has(table, manifest.owner)) return 'owned';
    if (manifest.left.includes(table)) return 'left';
    return leaderOf(table) === null ? 'common' : 'through';
  };
  const owned = (alias: string): string => {
    const owner = `${alias}.${quoted(manifest.owner)}`;
    return `(${owner} = ${configId} OR ${owner} IS NULL)`;
  };
  const isOurs = (table: string): SharedShape['isOurs'] => {
    switch (kindOf(table)) {
      case 'identity':
        return (alias) => `${alias}.id = ${configId}`;
      case 'owned':
        return owned;
      case 'through': {
        const leader = leaderOf(table);
        if (leader === null) return () => '0';
        const parent = `${quoted(schema)}.${quoted(leader.parent)}`;
        return (alias) =>
          `EXISTS (SELECT 1 FROM ${parent} l WHERE l.${quoted(leader.parentColumn)} = ${alias}.${quoted(leader.column)} AND ${owned('l')})`;
      }
      case 'common':
        return () => '1';
      default:
        return () => '0';
    }
  };
  return {
    keys,
    views: found.filter(({ y }) => y === 'VIEW').map(({ t }) => String(t)),
    tables: names.map((table) => {
      const rows = byTable.get(table) ?? [];
      const naming = keys.filter((key) => key.table === table && key.parent === manifest.identity).map(({ column }) => column);
      return {
        ...{ table, kind: kindOf(table), isOurs: isOurs(table) },
        columns: rows.filter(({ x }) => !String(x).toUpperCase().includes('GENERATED')).map(({ c }) => String(c)),
        naming: new Set([...naming, ...(table === manifest.identity ? ['id'] : has(table, manifest.owner) ? [manifest.owner] : [])]),
        id: rows.map(({ c, x }) => (String(x).includes('auto_increment') ? String(c) : null)).find((name) => name !== null) ?? null,
      };
    }),
  };
}

async function keysOf(sql: Sql, schema: string): Promise<readonly Omit<SharedKey, 'isNullable'>[]> {
  const rows = await sql.query(
    `SELECT TABLE_NAME AS t, CONSTRAINT_NAME AS k, COLUMN_NAME AS c, REFERENCED_TABLE_NAME AS p, REFERENCED_COLUMN_NAME AS pc
     FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ? AND REFERENCED_TABLE_SCHEMA = ? ORDER BY 1, 2, ORDINAL_POSITION`,
    [schema, schema],
  );
  return [...Map.groupBy(rows, ({ t, k }) => `${t}.${k}`).values()]
    .flatMap((parts) => (parts.length === 1 ? parts : []))
    .map(({ t, c, p, pc }) => ({ table: String(t), column: String(c), parent: String(p), parentColumn: String(pc) }));
}
