import { setTimeout as delay } from 'node:timers/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import type { Config } from '../../src/config.ts';

export interface LeasesSeen {
  /** How often it was looked. */
  readonly looks: number;
  /** Resource → `<holder> <token>` of everybody who was ever seen to hold it. */
  readonly holds: ReadonlyMap<string, ReadonlySet<string>>;
  readonly mostAtOnce: number;
}

export interface LeaseWatch {
  /** Stops looking, and tells. May be asked again. */
  end(): Promise<LeasesSeen>;
}

/**
 * Looks some twenty times a second who holds the desa that are being worked on. Somebody who comes too late for a job may
 * still take its desa for a moment, and lets go of it.
 */
export async function watchLeases(config: Config): Promise<LeaseWatch> {
  const connection = await createConnection(connectionOptions(config.databaseUrl));
  const holds = new Map<string, Set<string>>();
  const ended = new AbortController();
  let mostAtOnce = 0;
  let looks = 0;
  const look = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const [rows] = await connection.query<RowDataPacket[]>(
        `SELECT resource, CONCAT(holder, ' ', token) AS hold FROM leases JOIN jobs ON resource = CONCAT('desa/', kode)
          WHERE holder IS NOT NULL AND state IN ('running', 'undoing')`,
      );
      looks += 1;
      mostAtOnce = Math.max(mostAtOnce, rows.length);
      for (const { resource, hold } of rows) holds.set(String(resource), (holds.get(String(resource)) ?? new Set()).add(String(hold)));
      await delay(50);
    }
    await connection.end();
  };
  const looking = look();
  return {
    async end() {
      ended.abort();
      await looking;
      return { looks, holds, mostAtOnce };
    },
  };
}
