import type { CombinedManifest } from '../domain/combined.ts';
import { RESERVED_CONFIG_ID } from '../domain/combined.ts';
import type { Secret } from '../domain/secret.ts';
import { type CombinedReads, type Counted, type Labels, type PersonRow, type SummaryManifest, tallyPeople } from '../domain/summary.ts';
import { quoted } from './gabungan-shape.ts';
import { openPool, type Sql } from './mariadb-connection.ts';

const CONNECTIONS = 2;
/** A count that takes longer would rather be made later. */
const STATEMENT_SECONDS = 20;

export type OpenCombinedReads = CombinedReads & { close(): Promise<void> };

/** What tables and columns there are, as `table.column`. */
type Known = ReadonlySet<string>;

/** Counts one desa's slice of the combined database. Plain reads of one snapshot: nobody waits for them. */
export function createCombinedReads({ url, instance }: { readonly url: Secret; readonly instance: string }): OpenCombinedReads {
  const pool = openPool(url, CONNECTIONS);
  const placeOf =
    (manifest: CombinedManifest): Place =>
    (table) =>
      `${quoted(`${instance}_${manifest.schema}`)}.${quoted(table)}`;
  const knownIn = async (sql: Sql, manifest: CombinedManifest): Promise<Known> => {
    const rows = await sql.query('SELECT TABLE_NAME AS t, COLUMN_NAME AS c FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ?', [
      `${instance}_${manifest.schema}`,
    ]);
    return new Set(rows.map(({ t, c }) => `${t}.${c}`));
  };
  return {
    figures: (manifest, summary, configId, day) =>
      pool.withConnection(async (sql) => {
        await sql.query(`SET SESSION max_statement_time = ${STATEMENT_SECONDS}`);
        const [known, place] = [await knownIn(sql, manifest), placeOf(manifest)];
        const { people, counts, programs } = summary;
        const groups = people.groups.filter(({ column }) => known.has(`${people.table}.${column}`));
        await sql.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
        const columns = groups.map(({ column }, at) => `, ${quoted(column)} AS g${at}`).join('');
        const rows = await sql.query(
          `SELECT ${quoted(people.sex)} AS sex, ${ageOn(quoted(people.born))} AS age${columns} FROM ${place(people.table)} WHERE config_id = ? AND ${quoted(people.living.column)} = ?`,
          [day, configId, people.living.value],
        );
        const tallies = tallyPeople(
          rows.map(personOf),
          groups.map(({ name }) => name),
        );
        const counted: [string, number][] = [];
        for (const one of counts.filter((each) => isThere(each, known)))
          counted.push([one.name, await countOf(sql, one, summary, { place, known }, configId)]);
        const named =
          programs !== undefined &&
          known.has(`${programs.table}.${programs.name}`) &&
          known.has(`${programs.participants}.${programs.program}`);
        const aid = named ? await programsOf(sql, programs, place, configId) : [];
        const doubtful = await doubtfulOf(sql, summary, place, known, configId);
        await sql.query('COMMIT');
        return { ...tallies, counts: Object.fromEntries(counted), programs: aid, doubtful };
      }),
    labels: (manifest, { people }) =>
      pool.withConnection(async (sql): Promise<Labels> => {
        const [known, place] = [await knownIn(sql, manifest), placeOf(manifest)];
        const groups = people.groups.filter(({ labels }) => known.has(`${labels}.nama`));
        if (groups.length === 0) return new Map();
        const rows = await sql.query(
          groups
            .map(({ name, labels }) => `SELECT '${name}' AS g, id, CONVERT(nama USING utf8mb4) AS nama FROM ${place(labels)}`)
            .join(' UNION ALL '),
        );
        return new Map(
          groups.map(({ name }) => [name, new Map(rows.filter(({ g }) => g === name).map((row) => [String(row.id), String(row.nama)]))]),
        );
      }),
    bands: (manifest, { people: { bands } }) =>
      pool.withConnection(async (sql) => {
        const known = await knownIn(sql, manifest);
        if (!known.has(`${bands.table}.${bands.from}`)) return [];
        const rows = await sql.query(
          `SELECT DISTINCT ${quoted(bands.from)} AS f, ${quoted(bands.to)} AS t FROM ${placeOf(manifest)(bands.table)} WHERE config_id = ? AND ${quoted(bands.only.column)} = ? ORDER BY 1, 2`,
          [RESERVED_CONFIG_ID, bands.only.value],
        );
        return rows.map(({ f, t }) => ({ from: Number(f), to: Number(t) }));
      }),
    close: () => pool.close(),
  };
}

type Place = (table: string) => string;

/** OpenSID's own way to tell an age, leap years and all, so that its pages and ours agree on the day. */
function ageOn(born: string): string {
  return `CAST(DATE_FORMAT(FROM_DAYS(TO_DAYS(?) - TO_DAYS(${born})), '%Y') AS UNSIGNED)`;
}

function personOf(row: Readonly<Record<string, unknown>>): PersonRow {
  return Object.values(row).map((value) => (typeof value === 'number' || typeof value === 'string' ? value : null));
}

function isThere({ table, only, head }: Counted, known: Known): boolean {
  return ['config_id', only?.column, head].every((column) => column === undefined || known.has(`${table}.${column}`));
}

async function countOf(
  sql: Sql,
  { table, only, empty, head }: Counted,
  { people }: SummaryManifest,
  { place, known }: { readonly place: Place; readonly known: Known },
  configId: number,
): Promise<number> {
  const living =
    head === undefined
      ? ''
      : `JOIN ${place(people.table)} p ON p.config_id = t.config_id AND p.id = t.${quoted(head)} AND p.${quoted(people.living.column)} = ${people.living.value}`;
  const where = only === undefined ? '' : ` AND t.${quoted(only.column)} = ${only.value}`;
  const kept = empty === undefined || !known.has(`${table}.${empty}`) ? '' : ` AND t.${quoted(empty)} IS NULL`;
  const [row] = await sql.query(`SELECT COUNT(*) AS n FROM ${place(table)} t ${living} WHERE t.config_id = ?${where}${kept}`, [configId]);
  return Number(row?.n ?? 0);
}

type Programs = NonNullable<SummaryManifest['programs']>;

async function programsOf(sql: Sql, { table, name, participants, program }: Programs, place: Place, configId: number) {
  const rows = await sql.query(
    `SELECT t.${quoted(name)} AS name, COUNT(p.id) AS n FROM ${place(table)} t LEFT JOIN ${place(participants)} p ON p.config_id = t.config_id AND p.${quoted(program)} = t.id
     WHERE t.config_id = ? GROUP BY t.id ORDER BY t.id`,
    [configId],
  );
  return rows.map((row) => ({ name: String(row.name), participants: Number(row.n) }));
}

async function doubtfulOf(sql: Sql, { people }: SummaryManifest, place: Place, known: Known, configId: number): Promise<number> {
  const { log, living } = people;
  if (log === undefined || !known.has(`${log.table}.${log.event}`)) return 0;
  const [row] = await sql.query(
    `SELECT COUNT(*) AS n FROM (SELECT ${quoted(log.person)} AS person, MAX(id) AS newest FROM ${place(log.table)} WHERE config_id = ? GROUP BY 1) x
     JOIN ${place(log.table)} l ON l.config_id = ? AND l.id = x.newest JOIN ${place(people.table)} p ON p.config_id = ? AND p.id = x.person
     WHERE p.${quoted(living.column)} = ? AND l.${quoted(log.event)} IN (?)`,
    [configId, configId, configId, living.value, [...log.gone]],
  );
  return Number(row?.n ?? 0);
}
