import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { Broken, Invalid, Unavailable } from '../domain/errors.ts';
import { Secret } from '../domain/secret.ts';
import { isSourceName } from '../domain/shared.ts';
import { connectionOptions } from './db/client.ts';
import { type DatabaseServer, runClient } from './mariadb-client.ts';
import { createDefinerFilter } from './mariadb-definers.ts';
import { dropAccount, ensureAccount } from './mariadb-users.ts';
import { writeWhole } from './written-file.ts';

/** Reads and nothing else: one snapshot, no lock, no trigger, no routine. */
const DUMP = [
  ...['--single-transaction', '--quick', '--skip-triggers', '--skip-lock-tables', '--skip-add-locks', '--hex-blob', '--no-tablespaces'],
  ...['--default-character-set=utf8mb4', '--skip-dump-date', '--max-allowed-packet=1G'],
];
const CLIENT = ['--batch', '--binary-mode', '--sandbox', '--default-character-set=utf8mb4', '--max-allowed-packet=1G'];
const RIGHTS = [
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'CREATE',
  'ALTER',
  'DROP',
  'INDEX',
  'REFERENCES',
  'CREATE VIEW',
  'SHOW VIEW',
  'LOCK TABLES',
];

/** Copies a schema of another server into one of ours. */
export async function fetchShared(server: DatabaseServer, url: Secret, schema: string, signal: AbortSignal): Promise<void> {
  const { database, ...admin } = connectionOptions(url);
  // It becomes an argument of a program: a name that begins with a dash would be an option.
  if (!isSourceName(database))
    throw new Invalid('sumber-tanpa-nama', 'Alamat itu tidak menyebut nama basis data yang sah.', { field: 'url' });
  await mkdir(server.scratchFolder, { recursive: true, mode: 0o700 });
  const file = join(server.scratchFolder, `${schema}.sql.gz`);
  try {
    await writeWhole(file, async (into) => {
      const definers = createDefinerFilter();
      await runClient(
        { ...server, admin },
        {
          program: 'mariadb-dump',
          args: [...DUMP, '--', database],
          drain: (output) => pipeline(output, definers.stream, createGzip({ level: 1 }), into),
          signal,
        },
      );
      if (!definers.isComplete()) throw new Broken('salinan-tidak-lengkap', 'Salinan dari sumber berhenti sebelum selesai.');
    });
    await loadShared(server, file, schema, signal);
  } finally {
    await rm(file, { force: true });
  }
}

/**
 * Loads a dump that somebody gave us, with an account that reaches this one schema: whatever stands in it, nothing else
 * on the server can be touched.
 */
export async function loadShared(server: DatabaseServer, file: string, schema: string, signal: AbortSignal): Promise<void> {
  const account = { user: schema, host: isLocal(server) ? 'localhost' : '%', schema, privileges: RIGHTS };
  const password = new Secret(randomBytes(24).toString('hex'));
  await server.pool.withConnection(async (sql) => {
    await sql.query('DROP DATABASE IF EXISTS ??', [schema]);
    await sql.query('CREATE DATABASE ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci', [schema]);
    await ensureAccount(sql, account, password.expose());
  });
  const definers = createDefinerFilter();
  try {
    const admin = { ...server.admin, user: account.user, password: password.expose() };
    const unpacked = (await isGzipped(file)) ? [createGunzip()] : [];
    await runClient(
      { ...server, admin },
      {
        program: 'mariadb',
        args: [...CLIENT, `--database=${schema}`],
        feed: (input) => pipeline([createReadStream(file), ...unpacked, definers.stream, input]),
        signal,
      },
    );
  } catch (error) {
    if (error instanceof Unavailable || signal.aborted) throw error;
    throw new Broken('salinan-tidak-termuat', 'Salinan basis data sumber tidak dapat dimuat.', {
      cause: error,
      advice:
        'Buat dengan: mariadb-dump --single-transaction --skip-triggers <basis data> (tanpa --databases), lalu coba lagi. Sumber tidak diubah.',
    });
  } finally {
    await server.pool.withConnection((sql) => dropAccount(sql, account.user));
  }
  if (!definers.isComplete())
    throw new Broken('salinan-terpotong', 'Berkas salinan basis data terpotong.', {
      advice: 'Buat ulang dengan mariadb-dump; berkas yang utuh berakhir dengan "-- Dump completed". Sumber tidak diubah.',
    });
}

function isLocal({ admin }: DatabaseServer): boolean {
  return admin.socketPath !== undefined;
}

async function isGzipped(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await handle.close();
  }
}
