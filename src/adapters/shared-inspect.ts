import { ID_SPAN } from '../domain/combined.ts';
import { NotFound } from '../domain/errors.ts';
import type { SharedDesa, SharedManifest, SharedTable, SplitReport } from '../domain/shared.ts';
import { quoted } from './gabungan-shape.ts';
import type { Sql } from './mariadb-connection.ts';
import { readSharedShapes, type SharedShape, type SharedShapes } from './shared-shape.ts';

export async function listSharedDesa(sql: Sql, schema: string, { identity, kode, nama }: SharedManifest): Promise<readonly SharedDesa[]> {
  const rows = await sql.query(`SELECT id, ?? AS kode, ?? AS nama FROM ??.?? ORDER BY 2, 1`, [kode, nama, schema, identity]);
  return rows.map((row) => ({ configId: Number(row.id), kode: String(row.kode ?? '').replaceAll('.', ''), nama: String(row.nama ?? '') }));
}

/** What a split would do, told without doing it. */
export async function inspectShared(
  sql: Sql,
  schema: string,
  manifest: SharedManifest,
  configId: number,
): Promise<Omit<SplitReport, 'files'>> {
  const desa = (await listSharedDesa(sql, schema, manifest)).find((one) => one.configId === configId);
  if (desa === undefined) throw new NotFound('desa-tidak-di-sumber', 'Desa itu tidak ada di basis data gabungan ini.');
  const shapes = await readSharedShapes(sql, schema, manifest, configId);
  const tables: SharedTable[] = [];
  for (const shape of shapes.tables) tables.push(await inspectTable(sql, schema, shape, shapes, manifest));
  return { desa, tables, obstacles: await obstaclesOf(sql, schema, manifest, desa, tables) };
}

async function inspectTable(
  sql: Sql,
  schema: string,
  shape: SharedShape,
  shapes: SharedShapes,
  { owner }: SharedManifest,
): Promise<SharedTable> {
  const { table, kind, id, isOurs } = shape;
  const from = `${quoted(schema)}.${quoted(table)} t`;
  const ofNobody = kind === 'owned' ? `SUM(t.${quoted(owner)} IS NULL)` : '0';
  const highest = id === null ? 'NULL' : `MAX(t.${quoted(id)})`;
  const [row] = await sql.query(`SELECT COUNT(*) AS n, ${ofNobody} AS nobody, ${highest} AS highest FROM ${from} WHERE ${isOurs('t')}`);
  const [all] = await sql.query(`SELECT COUNT(*) AS n FROM ${from}`);
  const rows = Number(row?.n ?? 0);
  return {
    ...{ table, kind, all: Number(all?.n ?? 0), rows, ofNobody: Number(row?.nobody ?? 0) },
    orphans: rows === 0 || kind === 'common' ? 0 : await countOrphans(sql, schema, shape, shapes),
    highestId: row?.highest === null || row?.highest === undefined ? null : Number(row.highest),
  };
}

/** Rows that point at a row which the desa does not get. */
async function countOrphans(sql: Sql, schema: string, { table, isOurs }: SharedShape, { keys, tables }: SharedShapes): Promise<number> {
  const missing = keys.flatMap(({ table: child, column, parent, parentColumn }) => {
    const to = tables.find((one) => one.table === parent);
    if (child !== table || to === undefined) return [];
    const own = `t.${quoted(column)}`;
    const row = `SELECT 1 FROM ${quoted(schema)}.${quoted(parent)} p WHERE p.${quoted(parentColumn)} = ${own} AND ${to.isOurs('p')}`;
    return [`(${own} IS NOT NULL AND NOT EXISTS (${row}))`];
  });
  if (missing.length === 0) return 0;
  const [row] = await sql.query(
    `SELECT COUNT(*) AS n FROM ${quoted(schema)}.${quoted(table)} t WHERE ${isOurs('t')} AND (${missing.join(' OR ')})`,
  );
  return Number(row?.n ?? 0);
}

async function obstaclesOf(
  sql: Sql,
  schema: string,
  { identity, key }: SharedManifest,
  { configId, kode }: SharedDesa,
  tables: readonly SharedTable[],
): Promise<readonly string[]> {
  const [row] = await sql.query('SELECT ?? AS k FROM ??.?? WHERE id = ?', [key, schema, identity, configId]);
  const far = tables.filter(({ kind, highestId }) => kind !== 'common' && highestId !== null && highestId >= ID_SPAN);
  return [
    ...(/^\d{10}$/.test(kode) ? [] : [`Kode desa di sana "${kode}", bukan 10 angka.`]),
    ...(String(row?.k ?? '') === '' ? [`Kunci desa (${identity}.${key}) kosong.`] : []),
    ...far.map(
      ({ table, highestId }) => `Nomor baris tabel ${table} mencapai ${highestId}; basis data gabungan menampung sampai ${ID_SPAN - 1}.`,
    ),
  ];
}
