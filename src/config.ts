import { isIP } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import type { AddressFacts } from './domain/address.ts';
import { Secret } from './domain/secret.ts';

/** Everything an operator may set, read once at start. See `.env.example` for the words to people. */
export interface Config extends AddressFacts {
  /** Folder with all state: databases (embedded), desa folders, sockets, mirrors, archives, keys. Absolute. */
  readonly dataFolder: string;
  /** Prefix of every schema, user, container and network of this Pendopo. */
  readonly instance: string;
  /** Admin connection to MariaDB, `mysql://user:password@host:port/schema` or `…/schema?socketPath=/…`. */
  readonly databaseUrl: Secret;
  /** `redis://…` or `unix:///path/to/redis.sock`. */
  readonly redisUrl: Secret;
  readonly dockerHost: string;
  /** How containers reach the apps' database: through a mounted socket folder, or over the network. */
  readonly tenantDatabase:
    | { readonly kind: 'socket'; readonly folder: string }
    | { readonly kind: 'network'; readonly host: string; readonly port: number };
  /** Where API and pages listen. `behindHttps`: browsers reach us only through a proxy that speaks https and tells us so. */
  readonly http: { readonly host: string; readonly port: number; readonly behindHttps: boolean };
  /** Given: /metrics asks for it. null: /metrics answers this machine only. */
  readonly metricsToken: Secret | null;
  /** The kabupaten's time zone, for people. */
  readonly timeZone: TimeZone;
  /** `tlsPort` null: the front itself speaks no https. */
  readonly front: { readonly driver: 'nginx' | 'builtin'; readonly host: string; readonly port: number; readonly tlsPort: number | null };
  /** Whom to ask whether a name is in the DNS; empty: the system's servers. */
  readonly nameServers: readonly string[];
  readonly keyFile: string;
  /** Jobs one worker process runs at a time. */
  readonly concurrency: number;
  /** Schemas kept loaded in advance for each template in use; 0: none. */
  readonly poolSize: number;
  /** Number of the first desa in the combined database: each server of a kabupaten has a room of its own. */
  readonly firstDesaNumber: number;
  /** For how long an app's list of releases need not be asked for again when any newest one will do. */
  readonly sourceFreshMs: number;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** `<NAME>_REPO` of each app that the operator redirects: `OPENSID_REPO` → `opensid`. */
  readonly repos: ReadonlyMap<string, string>;
  /** Where the git adapter looks for programs, proxies, certificates and the ssh agent; it passes on those alone. */
  readonly gitEnvironment: Readonly<Record<string, string | undefined>>;
}

export type TimeZone = 'Asia/Jakarta' | 'Asia/Makassar' | 'Asia/Jayapura';

/** A socket path may have 107 bytes; what we append to the data folder takes up to 47. */
const LONGEST_DATA_FOLDER = 60;

/**
 * @param env usually process.env
 * @throws Error that lists every fault at once, in Indonesian
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];
  const text = (name: string, fallback: string): string => env[name]?.trim() || fallback;
  const number = (name: string, fallback: number, lowest: number, highest: number): number => {
    const value = Number(text(name, String(fallback)));
    if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
    faults.push(`${name} harus bilangan ${lowest}–${highest}, bukan "${env[name]}"`);
    return fallback;
  };
  const choice = <T extends string>(name: string, fallback: T, options: readonly T[]): T => {
    const value = text(name, fallback);
    const found = options.find((option) => option === value);
    if (found !== undefined) return found;
    faults.push(`${name} harus salah satu dari ${options.join(', ')}, bukan "${value}"`);
    return fallback;
  };

  const dataFolder = resolve(text('PENDOPO_DATA', '.data'));
  if (Buffer.byteLength(dataFolder) > LONGEST_DATA_FOLDER) {
    faults.push(
      `PENDOPO_DATA (${dataFolder}) terlalu panjang: paling banyak ${LONGEST_DATA_FOLDER} karakter, karena alamat soket dibatasi sistem`,
    );
  }
  const instance = text('PENDOPO_INSTANCE', 'pendopo');
  if (!/^[a-z][a-z0-9]{1,15}$/.test(instance)) faults.push('PENDOPO_INSTANCE harus 2–16 huruf kecil/angka dan diawali huruf');
  const hostName = (name: string, fallback: string): string => {
    const host = text(name, fallback).toLowerCase();
    if (!/^[a-z0-9.-]{1,150}$/.test(host)) faults.push(`${name} bukan nama host`);
    return host;
  };
  const baseDomain = hostName('PENDOPO_BASE_DOMAIN', 'localhost');

  const frontPort = number('PENDOPO_FRONT_PORT', 8080, 1, 65535);
  const tlsPort = number('PENDOPO_FRONT_HTTPS_PORT', 0, 0, 65535);
  const databaseHost = text('PENDOPO_TENANT_DB_HOST', '');
  const socketFolder = text('PENDOPO_TENANT_DB_SOCKET_DIR', `${dataFolder}/mysql-run`);
  if (!isAbsolute(socketFolder)) faults.push('PENDOPO_TENANT_DB_SOCKET_DIR harus alamat mutlak');

  const config: Config = Object.freeze({
    dataFolder,
    instance,
    databaseUrl: new Secret(
      text('DATABASE_URL', `mysql://root@localhost/${instance}?socketPath=${encodeURIComponent(`${dataFolder}/mysql-run/mysqld.sock`)}`),
    ),
    redisUrl: new Secret(text('REDIS_URL', `unix://${dataFolder}/redis-run/redis.sock`)),
    dockerHost: text('DOCKER_HOST', 'unix:///var/run/docker.sock'),
    tenantDatabase:
      databaseHost === ''
        ? { kind: 'socket' as const, folder: socketFolder }
        : { kind: 'network' as const, host: databaseHost, port: number('PENDOPO_TENANT_DB_PORT', 3306, 1, 65535) },
    http: {
      host: text('PENDOPO_HTTP_HOST', '127.0.0.1'),
      port: number('PENDOPO_HTTP_PORT', 3000, 0, 65535),
      behindHttps: choice('PENDOPO_HTTPS', 'tidak', ['ya', 'tidak']) === 'ya',
    },
    metricsToken: text('PENDOPO_METRICS_TOKEN', '') === '' ? null : new Secret(text('PENDOPO_METRICS_TOKEN', '')),
    timeZone: choice('PENDOPO_TIME_ZONE', 'Asia/Jakarta', ['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura']),
    front: {
      driver: choice('PENDOPO_FRONT_DRIVER', 'nginx', ['nginx', 'builtin']),
      host: text('PENDOPO_FRONT_HOST', '0.0.0.0'),
      port: frontPort,
      tlsPort: tlsPort === 0 ? null : tlsPort,
    },
    baseDomain,
    publicScheme: choice('PENDOPO_PUBLIC_SCHEME', 'http', ['http', 'https']),
    publicPort: number('PENDOPO_PUBLIC_PORT', frontPort, 1, 65535),
    publicTlsPort: number('PENDOPO_PUBLIC_HTTPS_PORT', tlsPort || 443, 1, 65535),
    publicHost: hostName('PENDOPO_PUBLIC_HOST', baseDomain),
    reservedHosts: text('PENDOPO_RESERVED_HOSTS', '')
      .toLowerCase()
      .split(/[\s,]+/)
      .filter((host) => host !== ''),
    nameServers: nameServers(text('PENDOPO_DNS', ''), faults),
    keyFile: resolve(text('PENDOPO_KEY_FILE', `${dataFolder}/keys/master.key`)),
    concurrency: number('PENDOPO_CONCURRENCY', 2, 1, 16),
    poolSize: number('PENDOPO_POOL', 2, 0, 20),
    firstDesaNumber: number('PENDOPO_FIRST_DESA_NUMBER', 2, 2, 900_000),
    sourceFreshMs: number('PENDOPO_SOURCE_FRESH', 600, 0, 86_400) * 1_000,
    logLevel: choice('PENDOPO_LOG_LEVEL', 'info', ['debug', 'info', 'warn', 'error', 'silent']),
    repos: readRepos(env),
    gitEnvironment: env,
  });
  if (faults.length > 0) throw new Error(`Pengaturan salah:\n- ${faults.join('\n- ')}`);
  return config;
}

/** `1.1.1.1, 10.0.0.1:5353` */
function nameServers(text: string, faults: string[]): readonly string[] {
  const servers = text.split(/[\s,]+/).filter((one) => one !== '');
  const wrong = servers.find((one) => isIP(one) === 0 && isIP(one.replace(/:\d{1,5}$/, '').replace(/^\[(.*)\]$/, '$1')) === 0);
  if (wrong !== undefined) faults.push(`PENDOPO_DNS berisi "${wrong}", yang bukan alamat IP`);
  return servers;
}

function readRepos(env: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> {
  const repos = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    const app = /^([A-Z][A-Z0-9_]*)_REPO$/.exec(name)?.[1];
    if (app !== undefined && value !== undefined && value.trim() !== '') repos.set(app.toLowerCase().replaceAll('_', '-'), value.trim());
  }
  return repos;
}
