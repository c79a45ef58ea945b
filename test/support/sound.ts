import { readdir } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import type { TableCount } from '../../src/domain/ports-world.ts';
import type { Instance } from './instance.ts';
import { visit } from './visit.ts';

/** Rows of every table of a desa's schema. */
export function rowsOf({ tools, config }: Instance, kode: string): Promise<readonly TableCount[]> {
  return tools.databases.countRows(`${config.instance}_${kode.replaceAll('.', '')}_contoh_opensid`);
}

/**
 * What is not as it should be once a desa was installed, whatever happened on the way: the job, the desa, and what
 * was left lying about. Empty when all is well.
 * @param like rows of a desa that was installed in peace
 */
export async function faultsOf(pendopo: Instance, jobId: string, like: readonly TableCount[]): Promise<readonly string[]> {
  const { tools, config } = pendopo;
  const job = await tools.jobs.find(jobId);
  if (job === null) return [`there is no job ${jobId}`];
  if (job.state !== 'succeeded') return [`job ended ${job.state}: ${job.cause?.step} ${job.cause?.code} ${job.cause?.message}`];
  const faults: string[] = [];
  for (const { name, state } of await tools.jobs.steps(jobId))
    if (state !== 'done' && state !== 'skipped') faults.push(`${name} is ${state}`);

  const digits = job.kode.replaceAll('.', '');
  const own = (await tools.containers.owned()).containers.filter((name) => name.includes(digits));
  if (own.length !== 1) faults.push(`containers: ${own.join(', ') || 'none'}`);
  const rows = await rowsOf(pendopo, job.kode);
  if (!isDeepStrictEqual(rows, like)) faults.push(`rows differ: ${differences(rows, like)}`);
  const { status, body } = await visit(config, `${digits}.localhost`, '/');
  if (status !== 200 || !body.includes(`data-kode="${digits}"`)) faults.push(`the site answers HTTP ${status}`);
  return [...faults, ...(await scraps(pendopo))];
}

/** Half-made things that belong to nobody: scratch schemas and accounts, containers of one command, unfinished files, claims and secrets. */
export async function scraps({ tools, config }: Instance): Promise<readonly string[]> {
  const scratch = /_(templat|bukti|gladi)_|-(templat|gladi)-/;
  const { containers } = await tools.containers.owned();
  const files = await readdir(config.dataFolder, { recursive: true });
  const isUnfinished = (name: string): boolean => /\.part$|^scratch\/.|^run\/(templat|gladi)-/.test(name) && !name.startsWith('mirrors/');
  return [
    ...containers.filter((name) => scratch.test(name)).map((name) => `container ${name}`),
    ...(await databaseNames(config)).filter((name) => scratch.test(name)).map((name) => `schema or account ${name}`),
    ...(await strayRecords(config)),
    ...files.filter(isUnfinished).map((name) => `file ${name}`),
  ];
}

/** Claims and secrets of what is no installation. */
async function strayRecords(config: Instance['config']): Promise<readonly string[]> {
  const connection = await createConnection(connectionOptions(config.databaseUrl));
  try {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT CONCAT('claim ', name) AS what FROM claims WHERE installation_id NOT IN (SELECT id FROM installations)
       UNION SELECT CONCAT('secret ', ref) FROM secrets
       WHERE ref LIKE 'installation/%' AND SUBSTRING_INDEX(SUBSTRING_INDEX(ref, '/', 2), '/', -1) NOT IN (SELECT id FROM installations)`,
    );
    return rows.map(({ what }) => String(what));
  } finally {
    await connection.end();
  }
}

async function databaseNames(config: Instance['config']): Promise<readonly string[]> {
  const connection = await createConnection(connectionOptions(config.databaseUrl));
  try {
    const [rows] = await connection.query<RowDataPacket[]>(
      'SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE ? UNION SELECT User FROM mysql.user WHERE User LIKE ?',
      [`${config.instance}\\_%`, `${config.instance}\\_%`],
    );
    return rows.map(({ name }) => String(name));
  } finally {
    await connection.end();
  }
}

function differences(rows: readonly TableCount[], like: readonly TableCount[]): string {
  const expected = new Map(like.map(({ table, rows: count }) => [table, count]));
  const wrong = rows.filter(({ table, rows: count }) => expected.get(table) !== count);
  return `${rows.length} tables of ${like.length}; ${wrong.map(({ table, rows: count }) => `${table} ${count}≠${expected.get(table)}`).join(', ')}`;
}

/** Waits until a job has begun a step, or is past it. */
export async function untilBegun({ tools }: Instance, jobId: string, step: string, withinMs = 120_000): Promise<void> {
  const limit = Date.now() + withinMs;
  for (;;) {
    const found = (await tools.jobs.steps(jobId)).find(({ name }) => name === step);
    if (found !== undefined && found.state !== 'pending') return;
    if (Date.now() > limit) throw new Error(`job ${jobId} did not come to ${step} within ${withinMs} ms`);
    await tools.clock.sleep(15);
  }
}

/** What people read in a job's log. */
export async function logOf({ tools }: Instance, jobId: string): Promise<string> {
  const events = await tools.jobs.events(jobId, 0, 10_000);
  return events
    .filter(({ kind }) => kind === 'log')
    .map(({ text }) => text)
    .join('\n');
}

const GERUNG = [2002, 2003, 2005, 2006, 2007, 2008, 2009, 2010, 2012, 2013, 2014];

/** Desa to install at, by number: 1 to 9 those of Kecamatan Batu Layar, 10 to 20 of Gerung. */
export function desaOf(n: number): string {
  return n <= 9 ? `52.01.14.${2000 + n}` : `52.01.01.${GERUNG[n - 10]}`;
}
