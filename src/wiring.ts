/** The only file that knows every adapter: turns the configuration into the toolbox that everything else works with. */
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createIssuer } from './adapters/acme.ts';
import { createAuthenticator } from './adapters/authenticator.ts';
import { createCalendar } from './adapters/calendar.ts';
import { createCatalogue } from './adapters/catalogue.ts';
import { readCertificate } from './adapters/certificate-check.ts';
import { createIds, systemClock } from './adapters/clock.ts';
import { createCourier } from './adapters/courier.ts';
import { openDatabase } from './adapters/db/client.ts';
import { createIdempotency } from './adapters/db/idempotency.ts';
import { migrateDatabase } from './adapters/db/migrate.ts';
import { createRecords } from './adapters/db/records.ts';
import { createSecretStore } from './adapters/db/secrets.ts';
import { createContainers } from './adapters/docker.ts';
import { createFiles } from './adapters/files.ts';
import { createFront } from './adapters/front.ts';
import { createCombined } from './adapters/gabungan.ts';
import { createCombinedExport } from './adapters/gabungan-export.ts';
import { createCombinedReads } from './adapters/gabungan-figures.ts';
import { createReaderAccounts } from './adapters/gabungan-readers.ts';
import { createSources } from './adapters/git.ts';
import { withChannels } from './adapters/git-channels.ts';
import { httpProbe } from './adapters/http-probe.ts';
import { createLocks } from './adapters/locks.ts';
import { createLog } from './adapters/log.ts';
import { createMachine } from './adapters/machine.ts';
import { createDatabases } from './adapters/mariadb.ts';
import { openConnection } from './adapters/mariadb-connection.ts';
import { listen, openQueue } from './adapters/queue.ts';
import { createOffsiteStore } from './adapters/restic.ts';
import { createSharedDatabases } from './adapters/shared.ts';

import { sheets } from './adapters/sheets.ts';

import { createVault } from './adapters/vault.ts';
import type { Config } from './config.ts';
import type { Toolbox } from './domain/ports.ts';
import { Secret } from './domain/secret.ts';
import type { KodeWilayah } from './domain/wilayah.ts';

/** Uid and gid of every app in its container, and so of every desa's files. */
const APP_UID = 33;

/** A folder of this repository. */
function projectFolder(name: 'migrations' | 'templates'): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}

/** Brings the records to this release; run before anything else is wired. */
export function migrate(config: Config, onlyWilayah?: readonly KodeWilayah[]): Promise<void> {
  return migrateDatabase({ databaseUrl: config.databaseUrl, folder: projectFolder('migrations'), ...(onlyWilayah ? { onlyWilayah } : {}) });
}

/** @param name of the process, for its log lines */
export async function wire(config: Config, name: string) {
  const { dataFolder, instance, dockerHost } = config;
  const log = createLog({ level: config.logLevel, name });
  const clock = systemClock;
  const ids = createIds(clock);
  const records = openDatabase(config.databaseUrl);
  const queue = openQueue(config.redisUrl, instance, log);
  const vault = await createVault({ store: createSecretStore(records.db, clock), keyFile: config.keyFile });
  const locks = createLocks({ connect: () => openConnection(config.databaseUrl), instance });
  const databases = createDatabases({ url: config.databaseUrl, apps: config.tenantDatabase, scratchFolder: `${dataFolder}/scratch` });
  const combined = createCombined({ url: config.databaseUrl, instance });
  const combinedReads = createCombinedReads({ url: config.databaseUrl, instance });
  const combinedExport = createCombinedExport({ url: config.databaseUrl, instance, scratchFolder: `${dataFolder}/scratch` });
  const readerAccounts = createReaderAccounts({ url: config.databaseUrl, apps: config.tenantDatabase });
  const sharedDatabases = createSharedDatabases({ url: config.databaseUrl, scratchFolder: `${config.dataFolder}/scratch` });
  const templatesFolder = projectFolder('templates');

  const tools: Toolbox = {
    facts: {
      instance,
      baseDomain: config.baseDomain,
      publicScheme: config.publicScheme,
      publicPort: config.publicPort,
      publicTlsPort: config.publicTlsPort,
      publicHost: config.publicHost,
      reservedHosts: [...config.reservedHosts, config.publicHost, hostname().toLowerCase()],
      databaseOverNetwork: config.tenantDatabase.kind === 'network',
    },
    ...createRecords(records.db, clock, { poolSize: config.poolSize, firstNumber: config.firstDesaNumber }),
    locks,
    databases,
    combined,
    combinedReads,
    combinedExport,
    readerAccounts,
    sharedDatabases,
    apps: createCatalogue({ templatesFolder, repos: config.repos }),
    sources: withChannels(
      createSources({ dataFolder, templatesFolder, environment: config.gitEnvironment, freshMs: config.sourceFreshMs, log, clock, ids }),
      dataFolder,
    ),
    containers: createContainers({ dockerHost, instance, dataFolder, log, clock, ids }),
    files: createFiles({ dataFolder, appUid: APP_UID, appGid: APP_UID }),
    front: createFront({ dataFolder }),
    readCertificate,
    issuer: createIssuer({ clock, nameServers: config.nameServers }),
    authenticator: createAuthenticator(`Pendopo ${config.publicHost}`),
    http: httpProbe,
    sheets,
    machine: createMachine(dataFolder),
    vault,
    courier: createCourier(vault),
    offsiteStore: createOffsiteStore({ dataFolder, instance, vault, home: config.gitEnvironment.HOME ?? '/root' }),
    queue,
    calendar: createCalendar(config.timeZone),
    log,
    clock,
    ids,
  };

  return {
    tools,
    logger: log.pino,
    idempotency: createIdempotency(records.db, clock),
    /** Keys for signing, each for one purpose, derived from the master key. */
    deriveKey: (purpose: string) => new Secret(vault.derive(purpose).toString('base64')),
    pings: {
      database: async () => (await records.pool.query('SELECT 1')) !== undefined,
      redis: queue.ping,
      docker: async () => (await tools.containers.owned()) !== undefined,
    },
    listen: (handle: (jobId: string) => Promise<void>) => listen(config.redisUrl, instance, config.concurrency, log, handle),
    async close(): Promise<void> {
      await queue.close();
      await databases.close();
      await combined.close();
      await combinedReads.close();
      await combinedExport.close();
      await readerAccounts.close();
      await sharedDatabases.close();
      await records.close();
    },
  };
}

export type Wired = Awaited<ReturnType<typeof wire>>;
