import { type ColumnCondition, type CombinedManifest, ID_SPAN, type OfficialFact, type Slice } from '../domain/combined.ts';
import { looksSecret } from '../domain/secret-columns.ts';
import type { Row, Sql } from './mariadb-connection.ts';

export interface ShapeColumn {
  readonly name: string;
  /** In the combined table. */
  readonly type: string;
  /** Its values are ids of rows of this desa. */
  readonly isId: boolean;
  /** In these rows only. */
  readonly idWhere?: ColumnCondition;
  /** Empty in other rows. */
  readonly shownWhere?: ColumnCondition;
  /** Shows this of the list of regions in its place. */
  readonly official?: OfficialFact;
}

export interface ShapeKey {
  readonly name: string;
  readonly column: string;
  readonly parent: string;
  readonly parentColumn: string;
  readonly onDelete: string;
}

/** A desa's table as the combined database wants it. */
export interface Shape {
  readonly table: string;
  readonly columns: readonly ShapeColumn[];
  readonly primary: readonly string[];
  readonly keys: readonly ShapeKey[];
  /** `config`: its own id is the desa's number. */
  readonly isIdentity: boolean;
}

export interface Shapes {
  readonly tables: readonly Shape[];
  readonly references: readonly Shape[];
  /** Tables that are not copied, and the copied ones that lose rows by cascade when theirs go. */
  readonly outsiders: ReadonlyMap<string, readonly string[]>;
  /** The columns of every table, by which one that has changed is told. */
  readonly columns: ReadonlyMap<string, string>;
}

const NEVER_COPIED = new Set(['geometry', 'point', 'polygon']);
const TEXTS = new Set(['varchar', 'char']);
const WHOLE = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint']);
/** More letters in a row than this, and long texts move out of it: a row has 65,535 bytes. */
const ROW_LETTERS = 12_000;

/** Reads a desa's schema and decides what of it goes where. */
export async function readShapes(sql: Sql, schema: string, manifest: CombinedManifest): Promise<Shapes> {
  // Two questions: joined, the server answers them in a second instead of in 30 ms.
  const base = await sql.query(
    "SELECT TABLE_NAME AS t FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_TYPE = 'BASE TABLE'",
    [schema],
  );
  const isBase = new Set(base.map((row) => row.t));
  const columns = (
    await sql.query(
      `SELECT TABLE_NAME AS t, COLUMN_NAME AS c, DATA_TYPE AS d, COLUMN_TYPE AS y, CHARACTER_MAXIMUM_LENGTH AS n, IS_NULLABLE = 'YES' AS e
       FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, ORDINAL_POSITION`,
      [schema],
    )
  ).filter((row) => isBase.has(row.t));
  const usage = await sql.query(
    `SELECT TABLE_NAME AS t, COLUMN_NAME AS c, CONSTRAINT_NAME AS k, REFERENCED_TABLE_NAME AS p, REFERENCED_COLUMN_NAME AS pc
     FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ? ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`,
    [schema],
  );
  const rules = await sql.query(
    'SELECT TABLE_NAME AS t, CONSTRAINT_NAME AS k, DELETE_RULE AS r FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ?',
    [schema],
  );
  const ruleOf = new Map(rules.map((row) => [`${row.t}.${row.k}`, String(row.r)]));
  const byTable = Map.groupBy(columns, (row) => String(row.t));
  const owned = new Set([...byTable].filter(([, rows]) => rows.some((row) => row.c === 'config_id')).map(([name]) => name));
  const keysOf = (table: string): ShapeKey[] =>
    usage
      .filter((row) => row.t === table && row.p !== null && owned.has(String(row.p)))
      .map((row) => ({
        name: String(row.k),
        column: String(row.c),
        parent: String(row.p),
        parentColumn: String(row.pc),
        onDelete: ruleOf.get(`${table}.${row.k}`) ?? 'RESTRICT',
      }));
  /** The primary key, or else a unique one that tells a desa's rows apart: OpenSID's visitors a day have no other. */
  const primaryOf = (table: string): string[] => {
    const own = Map.groupBy(
      usage.filter((row) => row.t === table && row.p === null),
      (row) => String(row.k),
    );
    const mayBeEmpty = new Set((byTable.get(table) ?? []).filter((row) => Number(row.e) === 1).map((row) => row.c));
    const perDesa = [...own.values()].find(
      (rows) =>
        rows.length > 1 &&
        rows.some((row) => row.c === 'config_id') &&
        rows.every((row) => row.c === 'config_id' || !mayBeEmpty.has(row.c)),
    );
    return (own.get('PRIMARY') ?? perDesa ?? []).map((row) => String(row.c));
  };
  const shapeOf = (table: string, isOwn: boolean): Shape[] => {
    const rows = (byTable.get(table) ?? []).filter((row) => !NEVER_COPIED.has(String(row.d)) && mayLeave(manifest, table, String(row.c)));
    const primary = primaryOf(table);
    const present = new Set(rows.map((row) => String(row.c)));
    // Without a primary key a row cannot be followed from one side to the other.
    if (primary.length === 0 || !primary.every((name) => present.has(name))) return [];
    const keys = isOwn ? keysOf(table).filter(({ column }) => present.has(column)) : [];
    const isIdentity = table === manifest.identity;
    const letters = rows.reduce((sum, row) => sum + (row.d === 'varchar' || row.d === 'char' ? Number(row.n) : 0), 0);
    const list = rows.map((row): ShapeColumn => {
      const [name, kind] = [String(row.c), String(row.d)];
      const isOwnId = isOwn && WHOLE.has(kind) && !isIdentity && primary.length === 1 && primary[0] === name && owned.has(table);
      const refers = keys.some((key) => key.column === name) || matches(manifest.ids, table, name);
      const idWhere = manifest.idsWhere.find(({ column }) => column === `${table}.${name}`);
      const shownWhere = manifest.shownWhere.find(({ column }) => column === `${table}.${name}`);
      const isId = isOwn && (WHOLE.has(kind) || TEXTS.has(kind)) && name !== 'config_id' && (isOwnId || refers || idWhere !== undefined);
      return {
        ...{ name, type: combinedType(kind, row, letters > ROW_LETTERS && !primary.includes(name)), isId },
        ...(idWhere === undefined ? {} : { idWhere }),
        ...(shownWhere === undefined ? {} : { shownWhere }),
      };
    });
    const columns = isIdentity ? list.map((column) => spokenFor(column, manifest)) : list;
    return [{ table, columns, primary: primary.filter((name) => name !== 'config_id'), keys, isIdentity }];
  };

  const tables = manifest.tables.flatMap((table) => (owned.has(table) || table === manifest.identity ? shapeOf(table, true) : []));
  const copied = new Set(tables.map(({ table }) => table));
  return {
    tables,
    references: manifest.references.flatMap((table) => shapeOf(table, false)),
    columns: new Map([...byTable].map(([table, rows]) => [table, columnsText(rows)])),
    outsiders: outsidersOf(
      [...owned].filter((table) => !copied.has(table)),
      copied,
      [...owned].flatMap((table) => keysOf(table).map((key) => ({ ...key, table }))),
    ),
  };
}

function spokenFor(column: ShapeColumn, { official: { [column.name]: official } }: CombinedManifest): ShapeColumn {
  return official === undefined ? column : { ...column, official };
}

/** @param rows `c` the name, `y` the type, in the table's order */
export function columnsText(rows: readonly Row[]): string {
  return rows.map(({ c, y }) => `${c} ${y}`).join();
}

/** Whether a column of the desa's may be seen by others at all. */
export function mayLeave({ excluded, harmless }: CombinedManifest, table: string, column: string): boolean {
  return !matches(excluded, table, column) && (!looksSecret(column) || harmless.includes(`${table}.${column}`));
}

function matches(list: readonly string[], table: string, column: string): boolean {
  return list.includes(`*.${column}`) || list.includes(`${table}.${column}`);
}

/** One number type for all, so that a release that widens a column changes nothing here; texts in one alphabet. */
function combinedType(kind: string, row: Readonly<Record<string, unknown>>, isLongRow: boolean): string {
  if (WHOLE.has(kind)) return 'BIGINT';
  if (kind === 'varchar' || kind === 'char') return isLongRow && Number(row.n) >= 50 ? 'TEXT' : `VARCHAR(${Math.max(1, Number(row.n))})`;
  if (kind === 'enum' || kind === 'set') return 'VARCHAR(191)';
  if (kind.endsWith('text') || kind.endsWith('blob')) return kind.endsWith('text') ? 'LONGTEXT' : 'LONGBLOB';
  return String(row.y)
    .replace(/\b(unsigned|zerofill)\b/gi, '')
    .trim();
}

/** InnoDB's cascades fire no trigger: what a row outside takes with it must be known beforehand. */
function outsidersOf(
  outside: readonly string[],
  copied: ReadonlySet<string>,
  keys: readonly (ShapeKey & { readonly table: string })[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    outside
      .map((table) => [table, reach(table, keys).filter((name) => copied.has(name))] as const)
      .filter(([, children]) => children.length > 0),
  );
}

/** Copied tables whose rows may go or change when one of this table does. */
export function descendantsOf(table: string, shapes: readonly Shape[]): readonly string[] {
  return reach(
    table,
    shapes.flatMap((shape) => shape.keys.map((key) => ({ ...key, table: shape.table }))),
  );
}

function reach(table: string, keys: readonly (ShapeKey & { readonly table: string })[]): readonly string[] {
  const seen = new Set<string>();
  const visit = (parent: string): void => {
    for (const key of keys) {
      if (key.parent !== parent || key.onDelete === 'RESTRICT' || key.onDelete === 'NO ACTION' || seen.has(key.table)) continue;
      seen.add(key.table);
      visit(key.table);
    }
  };
  visit(table);
  return [...seen];
}

/** A column's value in the combined database, told from the desa's row. */
export function combinedValue(shape: Shape, column: ShapeColumn, { configId, schema, official }: Slice, row: string): string {
  const own = `${row}.${quoted(column.name)}`;
  if (column.name === 'config_id' || (shape.isIdentity && column.name === 'id')) return String(configId);
  if (column.official !== undefined && official !== null) return textOf(official[column.official]);
  const { isId, idWhere, shownWhere } = column;
  if (shownWhere !== undefined) return `IF(${holds(shownWhere, schema, row)}, ${own}, NULL)`;
  if (!isId) return own;
  const shift = configId * ID_SPAN;
  const moved =
    column.type === 'BIGINT'
      ? `IF(${own} > 0, ${own} + ${shift}, ${own})`
      : `IF(${own} REGEXP '^[1-9][0-9]{0,8}$', CAST(CAST(${own} AS UNSIGNED) + ${shift} AS CHAR), ${own})`;
  return idWhere === undefined ? moved : `IF(${holds(idWhere, schema, row)}, ${moved}, ${own})`;
}

/** As hexadecimal digits: names of regions have apostrophes. */
function textOf(value: string): string {
  return `CONVERT(0x${Buffer.from(value).toString('hex')} USING utf8mb4)`;
}

function holds({ tells, is, of, by }: ColumnCondition, schema: string, row: string): string {
  const told =
    of === undefined || by === undefined
      ? `${row}.${quoted(tells)}`
      : `(SELECT o.${quoted(tells)} FROM ${quoted(schema)}.${quoted(of)} o WHERE o.id = ${row}.${quoted(by)})`;
  return `${told} IN (${is.map((value) => `'${value}'`).join(', ')})`;
}

/** The column by which a desa's rows are its own. */
export function ownerColumn(shape: Shape): string {
  return shape.isIdentity ? 'id' : 'config_id';
}

/** The id whose room ends where the next desa's begins, if the table has one. */
export function ownIdOf(shape: Shape): string | null {
  const [first, ...more] = shape.primary;
  if (first === undefined || more.length > 0 || shape.isIdentity) return null;
  return shape.columns.some(({ name, isId }) => name === first && isId) ? first : null;
}

export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
