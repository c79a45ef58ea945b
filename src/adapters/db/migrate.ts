import { drizzle } from 'drizzle-orm/mysql2';
import { migrate } from 'drizzle-orm/mysql2/migrator';
import { createConnection } from 'mysql2/promise';
import { Unavailable } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { KodeWilayah } from '../../domain/wilayah.ts';
import { connectionOptions } from './client.ts';
import { importWilayah } from './import-wilayah.ts';

export interface MigrateOptions {
  readonly databaseUrl: Secret;
  /** Folder `migrations/`. */
  readonly folder: string;
  /** Imports only the regions below these (and above them); all of Indonesia when left out. */
  readonly onlyWilayah?: readonly KodeWilayah[];
}

/**
 * Brings the control plane's schema to this release: makes it when it is missing, runs what is new, and fills the
 * wilayah table. Drizzle's migrator takes no lock of its own, so a named lock lets one process at a time in.
 * @throws Unavailable when another process holds the lock for more than a minute
 */
export async function migrateDatabase({ databaseUrl, folder, onlyWilayah }: MigrateOptions): Promise<void> {
  const { database, ...server } = connectionOptions(databaseUrl);
  const connection = await createConnection(server);
  try {
    await connection.query('CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci', [database]);
    await connection.changeUser({ database });
    const lock = `migrate ${database}`.slice(0, 64);
    const [rows] = await connection.query('SELECT GET_LOCK(?, 60) AS got', [lock]);
    if (!Array.isArray(rows) || JSON.stringify(rows[0]) !== '{"got":1}') {
      throw new Unavailable('migrasi-terkunci', 'Proses lain masih memperbarui basis data Pendopo.');
    }
    const db = drizzle({ client: connection });
    await migrate(db, { migrationsFolder: folder });
    await importWilayah(db, onlyWilayah ?? null);
  } finally {
    await connection.end();
  }
}
