import { createHash } from 'node:crypto';
import type { Slice } from '../domain/combined.ts';
import { Unavailable } from '../domain/errors.ts';
import type { OutboxPlace } from './gabungan-outbox.ts';
import { descendantsOf, ownIdOf, quoted, type Shape, type Shapes } from './gabungan-shape.ts';
import type { Sql, SqlPool } from './mariadb-connection.ts';
import { errnoOf } from './mariadb-errors.ts';

const PREFIX = 'pendopo_';

interface Trigger {
  readonly name: string;
  readonly table: string;
  readonly event: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly body: string;
}

/**
 * A trigger notes which row was written, in a table to which everybody only adds: it waits for nobody. What it cannot
 * note it leaves, and the desa's write goes on all the same.
 */
function planTriggers({ installationId }: Slice, shapes: Shapes, place: OutboxPlace): readonly Trigger[] {
  const note = (table: string, row: string, into = place.changes): string =>
    `INSERT INTO ${into} (installation_id, table_name, row_id) VALUES ('${installationId}', '${table}', ${row});`;
  const trigger = (letter: string, event: Trigger['event'], table: string, body: string): Trigger => ({
    ...{ name: `${PREFIX}${letter}_${table}`.slice(0, 64), event, table },
    body: `BEGIN DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END; ${note(table, 'NULL', place.refused)} END; ${body} END`,
  });
  const feeding = shapes.tables.flatMap((shape) => {
    const { table } = shape;
    const id = ownIdOf(shape);
    const row = (side: 'OLD' | 'NEW'): string => (id === null ? 'NULL' : `${side}.${quoted(id)}`);
    return [
      trigger('i', 'INSERT', table, note(table, row('NEW'))),
      trigger('u', 'UPDATE', table, `${note(table, row('NEW'))}${id === null ? '' : noteMove(shape, id, shapes, note)}`),
      trigger('d', 'DELETE', table, note(table, row('OLD'))),
    ];
  });
  // A row that is not copied may take copied ones with it, and InnoDB's cascades fire no trigger.
  const cascading = [...shapes.outsiders].map(([table, children]) =>
    trigger('c', 'DELETE', table, children.map((child) => note(child, 'NULL')).join(' ')),
  );
  return [...feeding, ...cascading];
}

/** A row that changes its id is another row, and its children have followed it by a cascade that no trigger saw. */
function noteMove(shape: Shape, id: string, shapes: Shapes, note: (table: string, row: string) => string): string {
  const followers = descendantsOf(shape.table, shapes.tables).map((table) => note(table, 'NULL'));
  return ` IF NOT (OLD.${quoted(id)} <=> NEW.${quoted(id)}) THEN ${[note(shape.table, `OLD.${quoted(id)}`), ...followers].join(' ')} END IF;`;
}

export async function createTriggers(pool: SqlPool, slice: Slice, shapes: Shapes, place: OutboxPlace): Promise<void> {
  const wanted = planTriggers(slice, shapes, place);
  const names = new Set(wanted.map(({ name }) => name));
  await oneByOne(pool, slice.schema, async (sql) => {
    const there = await ownTriggers(sql, slice.schema);
    for (const name of there.keys()) if (!names.has(name)) await drop(sql, slice.schema, name);
    for (const trigger of wanted) {
      const body = there.get(trigger.name);
      if (body === trigger.body) continue;
      if (body !== undefined) await drop(sql, slice.schema, trigger.name);
      await create(sql, slice.schema, trigger);
    }
  });
}

const ORDER_WAIT_SECONDS = 60;

/**
 * One statement on triggers of a schema at a time, a dead worker's last one included: its lock goes when that has ended.
 * Two at once, even of different tables, now and then leave a copy of the old file (`….TRG-`, `….TRN-`; MariaDB 10.11) in
 * the schema's folder, and the schema can never be dropped again.
 */
async function oneByOne(pool: SqlPool, schema: string, work: (sql: Sql) => Promise<void>): Promise<void> {
  const lock = createHash('sha256').update(`pemicu ${schema}`).digest('hex').slice(0, 40);
  await pool.withConnection(async (sql) => {
    const [row] = await sql.query('SELECT GET_LOCK(?, ?) AS got', [lock, ORDER_WAIT_SECONDS]);
    if (Number(row?.got) !== 1) throw new Unavailable('pemicu-dipakai', 'Pemicu basis data desa ini sedang diubah oleh pekerja lain.');
    await work(sql);
    await sql.query('DO RELEASE_LOCK(?)', [lock]);
  });
}

function create(sql: Sql, schema: string, { name, table, event, body }: Trigger): Promise<void> {
  const [trigger, on] = [name, table].map((one) => `${quoted(schema)}.${quoted(one)}`);
  return atOnce(sql, `CREATE TRIGGER ${trigger} AFTER ${event} ON ${on} FOR EACH ROW ${body}`);
}

export async function areCreated(sql: Sql, slice: Slice, shapes: Shapes, place: OutboxPlace): Promise<boolean> {
  const there = await ownTriggers(sql, slice.schema);
  const wanted = planTriggers(slice, shapes, place);
  return wanted.length === there.size && wanted.every(({ name, body }) => there.get(name) === body);
}

export async function dropTriggers(pool: SqlPool, schema: string): Promise<void> {
  await oneByOne(pool, schema, async (sql) => {
    for (const name of (await ownTriggers(sql, schema)).keys()) await drop(sql, schema, name);
  });
}

/** Our triggers' bodies by their names. */
async function ownTriggers(sql: Sql, schema: string): Promise<ReadonlyMap<string, string>> {
  const rows = await sql.query(
    'SELECT TRIGGER_NAME AS name, ACTION_STATEMENT AS body FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ?',
    [schema],
  );
  return new Map(rows.map((row) => [String(row.name), String(row.body)] as const).filter(([name]) => name.startsWith(PREFIX)));
}

function drop(sql: Sql, schema: string, name: string): Promise<void> {
  return atOnce(sql, `DROP TRIGGER IF EXISTS ${quoted(schema)}.${quoted(name)}`);
}

const LOCK_WAIT = 1205;
const TRIES = 40;
const PAUSE_MS = 50;

/**
 * A trigger needs its table for itself for a moment. Whoever waits for that makes everybody else wait behind him, so
 * we never do: what is not free is asked for again.
 */
async function atOnce(sql: Sql, statement: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await sql.query(`SET STATEMENT lock_wait_timeout = 0 FOR ${statement}`);
      return;
    } catch (error) {
      if (errnoOf(error) !== LOCK_WAIT || tries === TRIES) throw error;
    }
    await sql.query('DO SLEEP(?)', [PAUSE_MS / 1_000]);
  }
}
