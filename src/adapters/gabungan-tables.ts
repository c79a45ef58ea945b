import { type CombinedManifest, FIGURES_TABLE, ID_SPAN, RESERVED_CONFIG_ID } from '../domain/combined.ts';
import { mayLeave, ownIdOf, quoted, type Shape, type Shapes } from './gabungan-shape.ts';
import type { Sql } from './mariadb-connection.ts';

/** Makes what the combined schema lacks for this desa's shapes. Nothing that is there is taken away, but for what may not leave a desa any more. */
export async function ensureTables(sql: Sql, combined: string, source: string, shapes: Shapes, manifest: CombinedManifest): Promise<void> {
  await sql.query('CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci', [combined]);
  const there = await columnsOf(sql, combined);
  const keyedByDesa = await tablesKeyedByDesa(sql, combined);
  for (const shape of shapes.tables) {
    const known = there.get(shape.table);
    if (known === undefined) await createTable(sql, combined, shape, manifest.indexes[shape.table] ?? []);
    else await changeTable(sql, combined, shape, known, manifest);
    if (keyedByDesa.has(shape.table)) await keyById(sql, combined, shape);
  }
  await ensureKeys(sql, combined, shapes.tables);
  for (const shape of shapes.references) await copyReference(sql, combined, source, shape, there.has(shape.table));
  await fillReserved(sql, combined, source, shapes.tables, manifest);
}

type Known = ReadonlyMap<string, string>;

async function columnsOf(sql: Sql, schema: string): Promise<ReadonlyMap<string, Known>> {
  const rows = await sql.query(
    'SELECT TABLE_NAME AS t, COLUMN_NAME AS c, COLUMN_TYPE AS y FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ?',
    [schema],
  );
  return new Map(
    [...Map.groupBy(rows, (row) => String(row.t))].map(([table, list]) => [
      table,
      new Map(list.map((row) => [String(row.c), String(row.y)])),
    ]),
  );
}

async function createTable(sql: Sql, combined: string, shape: Shape, indexes: readonly (readonly string[])[]): Promise<void> {
  const isOwned = !shape.isIdentity;
  const id = ownIdOf(shape);
  const primary = [...(isOwned && id === null ? ['config_id'] : []), ...shape.primary];
  const columns = shape.columns
    .filter(({ name }) => name !== 'config_id')
    .map(({ name, type }) => `${quoted(name)} ${type} ${primary.includes(name) ? 'NOT NULL' : 'NULL DEFAULT NULL'}`);
  const parts = [
    ...(isOwned ? ['`config_id` BIGINT NOT NULL'] : []),
    ...columns,
    `PRIMARY KEY (${primary.map(quoted).join(', ')})`,
    // Readers join by the bare id: a key of the desa and the id would have them look twice for every row.
    ...(id === null ? [] : ['KEY `config_id` (`config_id`)']),
    ...indexes
      .filter((list) => list.every((name) => name === 'config_id' || shape.columns.some((column) => column.name === name)))
      .map((list) => `KEY (${list.map(quoted).join(', ')})`),
  ];
  await sql.query(
    `CREATE TABLE IF NOT EXISTS ${quoted(combined)}.${quoted(shape.table)} (${parts.join(', ')}) ENGINE=InnoDB ROW_FORMAT=DYNAMIC`,
  );
}

/** Repeatable to the letter, for a reporting server that hears it from several. New columns of a newer release, texts that may be longer there, and columns that a newer manifest keeps in the desa. */
async function changeTable(sql: Sql, combined: string, shape: Shape, known: Known, manifest: CombinedManifest): Promise<void> {
  const changes = shape.columns.flatMap(({ name, type }) => {
    const now = known.get(name);
    if (now === undefined) return [`ADD COLUMN IF NOT EXISTS ${quoted(name)} ${type} NULL DEFAULT NULL`];
    const [length, current] = [type, now].map((text) => Number(/^varchar\((\d+)\)$/i.exec(text)?.[1] ?? 0));
    const grows = length !== undefined && current !== undefined && length > current && current > 0;
    return grows && !shape.primary.includes(name) ? [`MODIFY COLUMN ${quoted(name)} ${type} NULL DEFAULT NULL`] : [];
  });
  for (const name of known.keys()) if (!mayLeave(manifest, shape.table, name)) changes.push(`DROP COLUMN IF EXISTS ${quoted(name)}`);
  if (changes.length > 0) await sql.query(`ALTER TABLE ${quoted(combined)}.${quoted(shape.table)} ${changes.join(', ')}`);
}

/** Made before the id alone was the key. */
async function tablesKeyedByDesa(sql: Sql, combined: string): Promise<ReadonlySet<string>> {
  const rows = await sql.query(
    "SELECT TABLE_NAME AS t FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = ? AND CONSTRAINT_NAME = 'PRIMARY' AND COLUMN_NAME = 'config_id'",
    [combined],
  );
  return new Set(rows.map(({ t }) => String(t)));
}

/** Repeatable as well. The keys of other tables hold all the while: there is never a moment without a key of the id. */
async function keyById(sql: Sql, combined: string, shape: Shape): Promise<void> {
  const id = ownIdOf(shape);
  if (id === null) return;
  const key = quoted(id);
  await sql.query('SET SESSION foreign_key_checks = 0');
  await sql.query(
    `ALTER TABLE ${quoted(combined)}.${quoted(shape.table)} DROP PRIMARY KEY, ADD PRIMARY KEY (${key}), ADD KEY IF NOT EXISTS \`config_id\` (\`config_id\`), DROP KEY IF EXISTS ${key}`,
  );
  await sql.query('SET SESSION foreign_key_checks = 1');
}

/** Takes one desa's rows out of every table. */
export async function dropRows(sql: Sql, combined: string, identity: string, configId: number): Promise<void> {
  const there = await columnsOf(sql, combined);
  await sql.query('SET SESSION foreign_key_checks = 0');
  for (const [table, columns] of there) {
    if (columns.has('config_id')) await sql.query('DELETE FROM ??.?? WHERE config_id = ?', [combined, table, configId]);
  }
  if (there.has(identity)) await sql.query('DELETE FROM ??.?? WHERE id = ?', [combined, identity, configId]);
  await sql.query('SET SESSION foreign_key_checks = 1');
}

/** Rows of all tables, by desa. */
export async function countByDesa(sql: Sql, combined: string, identity: string): Promise<ReadonlyMap<number, number>> {
  const owned = [...(await columnsOf(sql, combined))].filter(
    ([table, columns]) => columns.has('config_id') && ![identity, FIGURES_TABLE].includes(table),
  );
  if (owned.length === 0) return new Map();
  const each = owned.map(([table]) => `SELECT config_id, COUNT(*) AS n FROM ${quoted(combined)}.${quoted(table)} GROUP BY config_id`);
  const rows = await sql.query(`SELECT config_id AS id, SUM(n) AS n FROM (${each.join(' UNION ALL ')}) t GROUP BY config_id`);
  return new Map(rows.map(({ id, n }) => [Number(id), Number(n)]));
}

/** The desa's cascades fire no triggers, so the combined tables cascade by themselves. */
async function ensureKeys(sql: Sql, combined: string, shapes: readonly Shape[]): Promise<void> {
  const rows = await sql.query(
    'SELECT TABLE_NAME AS t, CONSTRAINT_NAME AS k FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = ?',
    [combined],
  );
  const there = new Set(rows.map((row) => `${row.t}.${row.k}`));
  const ids = new Map(shapes.map((shape) => [shape.table, ownIdOf(shape)]));
  await sql.query('SET SESSION foreign_key_checks = 0');
  for (const shape of shapes) {
    const missing = shape.keys.filter(
      (key) =>
        (key.onDelete === 'CASCADE' || key.onDelete === 'SET NULL') &&
        ids.get(key.parent) === key.parentColumn &&
        shape.columns.some(({ name, isId }) => name === key.column && isId) &&
        !there.has(`${shape.table}.${key.name}`),
    );
    const parts = missing.map(
      (key) =>
        `ADD CONSTRAINT ${quoted(key.name)} FOREIGN KEY IF NOT EXISTS (${quoted(key.column)}) REFERENCES ${quoted(combined)}.${quoted(key.parent)} (${quoted(key.parentColumn)}) ON UPDATE CASCADE ON DELETE ${key.onDelete}`,
    );
    if (parts.length > 0) await sql.query(`ALTER TABLE ${quoted(combined)}.${quoted(shape.table)} ${parts.join(', ')}`);
  }
  await sql.query('SET SESSION foreign_key_checks = 1');
}

/** The same in every desa: the first one's rows count, later ones add what is new. */
async function copyReference(sql: Sql, combined: string, source: string, shape: Shape, exists: boolean): Promise<void> {
  const into = `${quoted(combined)}.${quoted(shape.table)}`;
  if (!exists) {
    const columns = shape.columns.map(({ name, type }) => `${quoted(name)} ${type} ${shape.primary.includes(name) ? 'NOT NULL' : 'NULL'}`);
    await sql.query(
      `CREATE TABLE IF NOT EXISTS ${into} (${columns.join(', ')}, PRIMARY KEY (${shape.primary.map(quoted).join(', ')})) ENGINE=InnoDB`,
    );
  }
  const names = shape.columns.map(({ name }) => quoted(name)).join(', ');
  await sql.query(`INSERT IGNORE INTO ${into} (${names}) SELECT ${names} FROM ${quoted(source)}.${quoted(shape.table)}`);
}

/** Readers look at number 1 for age bands and the like; as a desa it has no code, so that no list shows it. */
async function fillReserved(
  sql: Sql,
  combined: string,
  source: string,
  shapes: readonly Shape[],
  manifest: CombinedManifest,
): Promise<void> {
  for (const shape of shapes.filter(({ table }) => manifest.reserved.includes(table))) {
    const into = `${quoted(combined)}.${quoted(shape.table)}`;
    const names = shape.columns.map(({ name }) => quoted(name)).join(', ');
    const values = shape.columns.map(({ name, isId }) => {
      if (name === 'config_id') return String(RESERVED_CONFIG_ID);
      return isId ? `${quoted(name)} + ${RESERVED_CONFIG_ID * ID_SPAN}` : quoted(name);
    });
    await sql.query(`INSERT IGNORE INTO ${into} (${names}) SELECT ${values.join(', ')} FROM ${quoted(source)}.${quoted(shape.table)}`);
  }
}
