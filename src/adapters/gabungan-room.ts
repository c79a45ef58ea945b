import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { diskFull } from '../domain/errors.ts';
import { quoted, type Shape } from './gabungan-shape.ts';
import type { Sql } from './mariadb-connection.ts';
import { errorCode } from './outside-errors.ts';

/**
 * What must stay free where combined rows lie. InnoDB (MariaDB 10.11.19, seen) ends the whole server when it has to take back
 * a statement and finds no page to do that with ("Out of disk space in rollback"): the copy must not bring the desa to that.
 */
const RESERVE_BYTES = 256 * 1024 * 1024;

export interface Room {
  /** @param schemas on whose disks @param bytes about to be written @throws Broken `disk-penuh` before anything is written */
  require(sql: Sql, schemas: readonly string[], bytes?: number): Promise<void>;
}

/** A schema's folder may be a link to another disk. The disk of a server on another machine is not known, and not asked. */
export function createRoom(reserveBytes = RESERVE_BYTES): Room {
  return {
    async require(sql, schemas, bytes = 0) {
      const [row] = await sql.query('SELECT @@datadir AS folder');
      const folder = String(row?.folder);
      for (const schema of schemas) {
        const free = await freeBytes(join(folder, schema));
        if (free !== null && free < reserveBytes + bytes) throw diskFull(new Error(`${free} bytes are free for ${schema}`));
      }
    },
  };
}

/** Long texts of the rows that are about to be copied; everything else of a piece is small against the reserve. */
export async function longTextBytes(sql: Sql, stage: string, shape: Shape): Promise<number> {
  const long = shape.columns.filter(({ type }) => type.startsWith('LONG')).map(({ name }) => `IFNULL(LENGTH(${quoted(name)}), 0)`);
  if (long.length === 0) return 0;
  const [row] = await sql.query(`SELECT SUM(${long.join(' + ')}) AS bytes FROM ${stage}`);
  return Number(row?.bytes ?? 0);
}

async function freeBytes(path: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ENOTDIR'].includes(errorCode(error) ?? '')) return null;
    throw error;
  }
}
