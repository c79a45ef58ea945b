import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, readConfig } from '../../src/config.ts';
import { Invalid } from '../../src/domain/errors.ts';

/** The settings of a Pendopo that we start as a whole, and the environment that its processes get. */
export interface HouseSettings {
  readonly config: Config;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logFolder: string;
  readonly workers: number;
  readonly bufferPool: string;
  /** Which outside things we start ourselves; false: the operator named one of their own. */
  readonly starts: { readonly mariadb: boolean; readonly redis: boolean; readonly docker: boolean };
}

/** @throws Invalid, or Error with the faults that readConfig found */
export function readHouseSettings(env: Readonly<Record<string, string | undefined>>): HouseSettings {
  const config = readConfig(env);
  const has = (name: string) => (env[name] ?? '').trim() !== '';
  const workers = Number(env.PENDOPO_WORKERS?.trim() || 2);
  if (!(Number.isInteger(workers) && workers >= 1 && workers <= 32)) {
    throw new Invalid('pengaturan-salah', `PENDOPO_WORKERS harus bilangan 1–32, bukan "${env.PENDOPO_WORKERS}".`);
  }
  const bufferPool = env.PENDOPO_BUFFER_POOL?.trim() || '128M';
  if (!/^[1-9]\d{0,5}[MG]$/.test(bufferPool)) {
    throw new Invalid('pengaturan-salah', `PENDOPO_BUFFER_POOL harus seperti 512M atau 4G, bukan "${bufferPool}".`);
  }
  if (has('DATABASE_URL') && !has('PENDOPO_TENANT_DB_HOST') && !has('PENDOPO_TENANT_DB_SOCKET_DIR')) {
    throw new Invalid('pengaturan-salah', 'DATABASE_URL diisi, tetapi belum dikatakan bagaimana aplikasi desa mencapai server itu.', {
      advice: 'Isi PENDOPO_TENANT_DB_HOST (lewat jaringan) atau PENDOPO_TENANT_DB_SOCKET_DIR (folder soket MariaDB di mesin ini).',
    });
  }
  const logFolder = join(config.dataFolder, 'logs');
  mkdirSync(logFolder, { recursive: true, mode: 0o755 });
  return {
    config,
    // glibc keeps a heap for each of Node's threads otherwise, 15–20 MB a process that nobody uses.
    env: { MALLOC_ARENA_MAX: '1', ...env },
    logFolder,
    workers,
    bufferPool,
    starts: { mariadb: !has('DATABASE_URL'), redis: !has('REDIS_URL'), docker: !has('DOCKER_HOST') },
  };
}
