import { Redis } from 'ioredis';
import { createConnection } from 'mysql2/promise';
import { connectionOptions, driverError } from '../../src/adapters/db/client.ts';
import type { Config } from '../../src/config.ts';
import { Unavailable } from '../../src/domain/errors.ts';
import type { Secret } from '../../src/domain/secret.ts';

/** MariaDB's numbers: no such schema, no such table; and three ways to say "not you". */
const UNPREPARED = new Set([1049, 1146]);
const REFUSED = new Set([1044, 1045, 1698]);
const PATIENCE_MS = 1_500;

interface WhichRecords {
  readonly config: Config;
  /** Pendopo brings its own MariaDB. */
  readonly ownDatabase: boolean;
}

/**
 * Makes sure that Pendopo's records can be read, before anything else of it is touched.
 * @returns the server's version
 * @throws Unavailable with what to do
 */
export async function requireRecords(place: WhichRecords): Promise<string> {
  try {
    const connection = await createConnection(connectionOptions(place.config.databaseUrl));
    try {
      const [rows] = await connection.query({ sql: 'SELECT version(), (SELECT count(*) FROM facts)', rowsAsArray: true });
      const [row] = Array.isArray(rows) ? rows : [];
      return Array.isArray(row) ? String(row[0]) : '?';
    } finally {
      await connection.end();
    }
  } catch (error) {
    throw whyNot(error, place);
  }
}

function whyNot(error: unknown, { config, ownDatabase }: WhichRecords): unknown {
  const found = driverError(error);
  if (found === null) return error;
  const refuse = (code: string, message: string, advice: string) => new Unavailable(code, message, { cause: error, advice });
  const { errno, code } = found;
  if (typeof errno === 'number' && UNPREPARED.has(errno)) {
    return refuse('belum-disiapkan', 'Basis data Pendopo belum disiapkan.', `Jalankan \`npm start\` di ${process.cwd()}.`);
  }
  if (code === 'EACCES' || (typeof errno === 'number' && REFUSED.has(errno))) {
    return refuse(
      'basis-data-menolak',
      'Basis data Pendopo menolak akun ini.',
      ownDatabase ? 'Jalankan perintah ini sebagai root, atau dengan sudo.' : 'Periksa nama dan kata sandi di DATABASE_URL.',
    );
  }
  if (!ownDatabase) {
    return refuse('basis-data-tidak-menjawab', 'MariaDB di DATABASE_URL tidak menjawab.', 'Periksa DATABASE_URL dan jalankan server itu.');
  }
  return refuse(
    'tidak-berjalan',
    `Pendopo tidak berjalan: basis datanya di ${config.dataFolder} tidak menjawab.`,
    `Jalankan \`npm start\` di ${process.cwd()}, atau isi PENDOPO_DATA bila folder datanya di tempat lain.`,
  );
}

export async function redisAnswers(url: Secret): Promise<boolean> {
  return (await redisVersion(url)) !== null;
}

/** The version of the Redis that answers there; null when none does. Tries once, unlike the connection that Pendopo works with. */
export async function redisVersion(url: Secret): Promise<string | null> {
  const text = url.expose();
  const once = { lazyConnect: true, connectTimeout: PATIENCE_MS, commandTimeout: PATIENCE_MS, retryStrategy: () => null };
  const redis = text.startsWith('unix://') ? new Redis({ ...once, path: text.slice('unix://'.length) }) : new Redis(text, once);
  // What went wrong comes out of `connect` as well; without a listener it would end the process.
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return /^redis_version:(\S+)/m.exec(await redis.info('server'))?.[1] ?? '?';
  } catch {
    return null; // "does not answer" is the answer
  } finally {
    redis.disconnect();
  }
}
