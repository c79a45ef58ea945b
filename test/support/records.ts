import { fileURLToPath } from 'node:url';
import { createCalendar } from '../../src/adapters/calendar.ts';
import { createIds, systemClock } from '../../src/adapters/clock.ts';
import { openDatabase } from '../../src/adapters/db/client.ts';
import { migrateDatabase } from '../../src/adapters/db/migrate.ts';
import { createRecords } from '../../src/adapters/db/records.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { Secret } from '../../src/domain/secret.ts';
import { parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { MORE_FACTS } from './builders.ts';

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

/** A port no test of this file should reach: touching it fails the test by name. */
function untouched<T extends object>(port: string): T {
  const proxy: unknown = new Proxy(
    {},
    {
      get: (_target, key) => {
        throw new Error(`this test does not expect ${port}.${String(key)}`);
      },
    },
  );
  const isPort = (value: unknown): value is T => value === proxy;
  if (isPort(proxy)) return proxy;
  throw new Error('unreachable');
}

export interface TestRecords {
  readonly tools: Toolbox;
  readonly db: ReturnType<typeof openDatabase>['db'];
  readonly databaseUrl: Secret;
  close(): Promise<void>;
}

/** A schema of its own on the test server, with the desa of two kecamatan in it, behind a toolbox whose outside is closed. */
export async function openTestRecords(serverUrl: string, changes: Partial<Toolbox> = {}, firstNumber?: number): Promise<TestRecords> {
  const ids = createIds();
  const url = new URL(serverUrl);
  url.pathname = `/t_${ids.next().toLowerCase()}`;
  const databaseUrl = new Secret(url.href);
  await migrateDatabase({ databaseUrl, folder: MIGRATIONS, onlyWilayah: ['52.01.14', '52.01.01'].map(parseKodeWilayah) });
  const { db, pool, close } = openDatabase(databaseUrl);
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const tools: Toolbox = {
    facts: { instance: 'test', baseDomain: 'localhost', publicScheme: 'http', publicPort: 8080, ...MORE_FACTS },
    ...createRecords(db, systemClock, { firstNumber }),
    locks: { withLock: (_name, _signal, work) => work(), tryLock: (_name, work) => work().then(() => true) },
    apps: untouched('apps'),
    sources: untouched('sources'),
    databases: untouched('databases'),
    combined: untouched('combined'),
    combinedReads: untouched('combinedReads'),
    combinedExport: untouched('combinedExport'),
    readerAccounts: untouched('readerAccounts'),
    sharedDatabases: untouched('sharedDatabases'),
    containers: untouched('containers'),
    files: untouched('files'),
    front: untouched('front'),
    readCertificate: untouched('readCertificate'),
    issuer: untouched('issuer'),
    authenticator: untouched('authenticator'),
    http: untouched('http'),
    machine: untouched('machine'),
    sheets: untouched('sheets'),
    vault: untouched('vault'),
    offsiteStore: untouched('offsiteStore'),
    courier: untouched('courier'),
    queue: { ring: async () => undefined },
    calendar: createCalendar('Asia/Jakarta'),
    log: silent,
    clock: systemClock,
    ids,
    ...changes,
  };
  return {
    tools,
    db,
    databaseUrl,
    async close() {
      await pool.query(`DROP DATABASE IF EXISTS \`${url.pathname.slice(1)}\``);
      await close();
    },
  };
}
