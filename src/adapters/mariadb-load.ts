import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Broken, Conflict, NotFound } from '../domain/errors.ts';
import { type DatabaseServer, runClient } from './mariadb-client.ts';
import type { Sql } from './mariadb-connection.ts';
import { killConnection } from './mariadb-kill.ts';
import { errorCode } from './outside-errors.ts';

export interface LoadOptions {
  readonly charset: string;
  readonly collation: string;
  /** Awaited before each piece of the dump. */
  readonly pace?: (() => Promise<void>) | undefined;
}

/**
 * The schema's own comment tells how far a load came: it lives and dies with the schema, and `ALTER DATABASE …
 * CHARACTER SET` (OpenSID's migrations do that) leaves it alone. Needs MariaDB ≥ 10.5.
 */
const LOADING = 'pendopo-memuat:';
const LOADED = 'pendopo-termuat:';
const LONGEST_LABEL = 200;

export async function readLoadMark(sql: Sql, schema: string): Promise<{ exists: boolean; loading: boolean; loadedFrom: string | null }> {
  const [row] = await sql.query('SELECT SCHEMA_COMMENT AS mark FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?', [schema]);
  const mark = String(row?.mark ?? '');
  return {
    exists: row !== undefined,
    loading: mark.startsWith(LOADING),
    loadedFrom: mark.startsWith(LOADED) ? mark.slice(LOADED.length) : null,
  };
}

/**
 * Fills an empty schema from a dump and marks it at the end. A schema whose mark says that a load was under way is
 * emptied and filled again; one that holds anything else is refused.
 */
export async function loadDump(
  server: DatabaseServer,
  dump: { schema: string; file: string; label: string },
  options: LoadOptions,
  signal: AbortSignal,
): Promise<void> {
  const { schema, file, label } = dump;
  if (label.length > LONGEST_LABEL) throw new Broken('label-salah', `Tanda isi "${label}" terlalu panjang.`);
  const mark = await readLoadMark(server.pool, schema);
  if (mark.loadedFrom === label) return;
  await requireFile(file);
  await server.pool.withConnection((sql) => prepareLoad(sql, dump, options));
  await feed(server, schema, file, options.pace ?? noPause, signal);
  await server.pool.withConnection(async (sql) => {
    await takeInvokerRights(sql, schema);
    await setLoadMark(sql, dump);
  });
}

/** From here on the schema tells that it was completely filled, and from what. */
export async function setLoadMark(sql: Sql, { schema, label }: LoadTarget): Promise<void> {
  await sql.query('ALTER DATABASE ?? COMMENT ?', [schema, `${LOADED}${label}`]);
}

export interface LoadTarget {
  readonly schema: string;
  readonly label: string;
}

/** An empty schema that tells that it is being filled; one that was half filled is emptied. @throws Conflict when it holds anything else */
export async function prepareLoad(sql: Sql, { schema, label }: LoadTarget, options: LoadOptions): Promise<void> {
  const mark = await readLoadMark(sql, schema);
  const comment = `${LOADING}${label}`;
  if (mark.exists && !mark.loading) {
    const [first] = await sql.query('SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? LIMIT 1', [schema]);
    if (first !== undefined) {
      throw new Conflict('skema-berisi', `Basis data ${schema} sudah berisi data lain dan tidak ditimpa.`, {
        advice: 'Data itu aman. Hapus atau arsipkan dulu bila memang tidak dipakai lagi.',
      });
    }
  }
  await endEarlierLoads(sql, schema);
  // Rights are granted on the name, so they outlast the schema.
  await sql.query('DROP DATABASE IF EXISTS ??', [schema]);
  await sql.query('CREATE DATABASE ?? CHARACTER SET ? COLLATE ? COMMENT ?', [schema, options.charset, options.collation, comment]);
}

/** A worker that was killed leaves its client's last statements running for a moment; they must not land in the new load. */
async function endEarlierLoads(sql: Sql, schema: string): Promise<void> {
  const sessions = await sql.query(
    "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = ? AND USER = SUBSTRING_INDEX(CURRENT_USER(), '@', 1) AND ID <> CONNECTION_ID()",
    [schema],
  );
  for (const { id } of sessions) await killConnection(sql, id);
}

/**
 * Every statement commits by itself: measured on 10.11, one transaction around a load takes 1.7 times as long with big
 * tables and gains nothing with small ones. The dump itself switches off the checks of keys.
 */
const CLIENT = [
  '--batch',
  // No client commands but DELIMITER, no file access: a dump is data, whoever made it.
  '--binary-mode',
  '--sandbox',
  '--default-character-set=utf8mb4',
  '--max-allowed-packet=1G',
];

async function noPause(): Promise<void> {
  // As fast as the server takes it.
}

async function feed(server: DatabaseServer, schema: string, file: string, pace: () => Promise<void>, signal: AbortSignal): Promise<void> {
  async function* paced(pieces: AsyncIterable<Buffer>) {
    for await (const piece of pieces) {
      await pace();
      yield piece;
    }
  }
  try {
    await runClient(server, {
      program: 'mariadb',
      args: [...CLIENT, `--database=${schema}`],
      feed: (input) => pipeline(createReadStream(file), createGunzip(), paced, input),
      signal,
    });
  } catch (error) {
    if (!errorCode(error)?.startsWith('Z_')) throw error;
    throw new Broken('cadangan-rusak', 'Berkas salinan basis data rusak dan tidak dapat dimuat.', {
      cause: error,
      advice: 'Pilih cadangan lain, atau tekan Coba lagi setelah berkasnya dibuat ulang.',
    });
  }
}

/** The dump was loaded by the administrator: a routine that ran with its definer's rights would now run with ours. */
async function takeInvokerRights(sql: Sql, schema: string): Promise<void> {
  const routines = await sql.query(
    "SELECT ROUTINE_NAME AS name, ROUTINE_TYPE AS type FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ? AND SECURITY_TYPE = 'DEFINER'",
    [schema],
  );
  for (const { name, type } of routines) {
    await sql.query(`ALTER ${type === 'FUNCTION' ? 'FUNCTION' : 'PROCEDURE'} ??.?? SQL SECURITY INVOKER`, [schema, name]);
  }
  const [view] = await sql.query(
    "SELECT TABLE_NAME AS name FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ? AND SECURITY_TYPE = 'DEFINER' LIMIT 1",
    [schema],
  );
  if (view !== undefined) {
    throw new Broken('pandangan-berhak-admin', `Pandangan "${String(view.name)}" di salinan basis data memakai hak pembuatnya.`, {
      advice: 'Salinan ini tidak dibuat oleh Pendopo. Buat ulang salinannya, lalu tekan Coba lagi.',
    });
  }
}

async function requireFile(file: string): Promise<void> {
  try {
    await access(file);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new NotFound('cadangan-tidak-ada', 'Berkas salinan basis data tidak ditemukan.', { cause: error });
  }
}
