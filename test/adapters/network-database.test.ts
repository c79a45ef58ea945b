import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Docker from 'dockerode';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { GenericContainer, PullPolicy, type StartedTestContainer, Wait } from 'testcontainers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createIds, systemClock } from '../../src/adapters/clock.ts';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { migrateDatabase } from '../../src/adapters/db/migrate.ts';
import { createContainers } from '../../src/adapters/docker.ts';
import { createDatabases, type OpenDatabases } from '../../src/adapters/mariadb.ts';
import type { Log } from '../../src/domain/ports-world.ts';
import { Secret } from '../../src/domain/secret.ts';
import { parseKodeWilayah } from '../../src/domain/wilayah.ts';

vi.hoisted(() => {
  // Its reaper is an image of a registry, and a desa network has none.
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
  process.env.TESTCONTAINERS_HOST_OVERRIDE = '127.0.0.1';
});

const IMAGE = 'pendopo/test-mariadb:1';
/** policy-rc.d keeps the package from starting a server while the image is built, on the host's network. */
const DOCKERFILE = `FROM pendopo/base:bookworm
RUN printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d \\
 && apt-get update \\
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends mariadb-server \\
 && rm -rf /var/lib/apt/lists/*
`;
/** Ends by itself, and the engine removes what ended: nothing stays behind, even if this process is killed. */
const SCRIPT = `set -e
install -d -o mysql -g mysql /run/mysqld
[ -d /var/lib/mysql/mysql ] || mariadb-install-db --user=mysql >/dev/null
exec timeout --signal=KILL 1800 mariadbd --user=mysql --bind-address=0.0.0.0 --skip-name-resolve --init-file=/etc/mysql/pendopo-init.sql`;
const LABEL = 'id.pendopo.test-network-database';
const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));
const CHARSET = { charset: 'utf8mb4', collation: 'utf8mb4_unicode_ci' };
const PRIVILEGES = ['SELECT', 'INSERT', 'CREATE'];

const dockerHost = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
const docker = new Docker();
const run = randomBytes(4).toString('hex');
const adminPassword = randomBytes(16).toString('hex');
const quiet: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const { signal } = new AbortController();

const answers = await docker.ping().then(
  () => true,
  (error: unknown) => {
    console.error(`No Docker engine answers at ${dockerHost}; its tests are skipped. ${String(error)}`);
    return process.env.REQUIRE_SERVICES === '1';
  },
);

class NetworkMariadb extends GenericContainer {
  protected override async beforeContainerCreated(): Promise<void> {
    // testcontainers itself would open the port to everyone.
    this.hostConfig.PortBindings = { '3306/tcp': [{ HostIp: '127.0.0.1', HostPort: '0' }] };
    this.hostConfig.AutoRemove = true;
  }
}

let folder: string;
let starting: Promise<StartedTestContainer> | null = null;
let admin: Connection;
let databases: OpenDatabases;
let url: (schema: string) => Secret;

async function ensureImage(): Promise<void> {
  const dataFolder = join(folder, 'data');
  const containers = createContainers({
    dockerHost,
    instance: 'pendopo-test',
    dataFolder,
    log: quiet,
    clock: systemClock,
    ids: createIds(),
  });
  if (await containers.imageExists(IMAGE)) return;
  const onLine = (line: string) => console.log(line);
  await containers.ensureBase('bookworm', signal, onLine);
  await containers.build({ image: IMAGE, dockerfile: DOCKERFILE, context: [], labels: {}, signal, onLine: () => undefined });
}

async function startServer(): Promise<StartedTestContainer> {
  const said: string[] = [];
  const init = `CREATE USER admin@'%' IDENTIFIED BY '${adminPassword}';\nGRANT ALL PRIVILEGES ON *.* TO admin@'%' WITH GRANT OPTION;\n`;
  const container = new NetworkMariadb(IMAGE)
    .withPullPolicy(PullPolicy.neverPull())
    .withLabels({ [LABEL]: run })
    .withExposedPorts(3306)
    .withCopyContentToContainer([{ content: init, target: '/etc/mysql/pendopo-init.sql', mode: 0o644 }])
    .withCommand(['/bin/sh', '-c', SCRIPT])
    .withLogConsumer((stream) => stream.on('data', (chunk) => said.push(String(chunk))))
    .withWaitStrategy(Wait.forLogMessage(/ready for connections/))
    .withStartupTimeout(120_000);
  try {
    return await container.start();
  } catch (error) {
    throw new Error(`The MariaDB container did not start: ${said.join('').slice(-4_000)}`, { cause: error });
  }
}

async function connectAsAdmin(): Promise<Connection> {
  const { database: _none, ...server } = connectionOptions(url(''));
  return createConnection(server);
}

async function ourContainers(): Promise<string[]> {
  const list = await docker.listContainers({ all: true, filters: { label: [`${LABEL}=${run}`] } });
  return list.map(({ Id }) => Id);
}

async function removeContainers(): Promise<void> {
  for (const id of await ourContainers()) {
    // The engine may be removing it already.
    await docker
      .getContainer(id)
      .remove({ force: true, v: true })
      .catch((error: unknown) => console.error(String(error)));
  }
  await vi.waitFor(async () => expect(await ourContainers()).toEqual([]), { timeout: 30_000, interval: 200 });
}

beforeAll(async () => {
  if (!answers) return;
  folder = await mkdtemp(join(tmpdir(), 'pdt-network-'));
  await ensureImage();
  starting = startServer();
  const port = (await starting).getMappedPort(3306);
  url = (schema) => new Secret(`mysql://admin:${adminPassword}@127.0.0.1:${port}/${schema}`);
  // Docker takes connections before the server does.
  admin = await vi.waitFor(connectAsAdmin, { timeout: 60_000, interval: 250 });
  databases = createDatabases({ url: url(''), apps: { kind: 'network', host: '127.0.0.1', port }, scratchFolder: join(folder, 'scratch') });
}, 1_800_000);

afterAll(async () => {
  if (!answers) return;
  try {
    await databases?.close();
    await admin?.end();
  } finally {
    // One that is still starting is waited for, so that it does not come up after we have looked.
    await starting?.catch(() => undefined);
    await removeContainers();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}, 240_000);

async function sql(statement: string, values: readonly unknown[] = []): Promise<RowDataPacket[]> {
  const [rows] = await admin.query<RowDataPacket[]>(statement, [...values]);
  return rows;
}

/** A schema with its account, as an installation has them. */
async function anInstallation(name: string): Promise<Secret> {
  const password = new Secret(randomBytes(12).toString('base64'));
  await databases.createSchema(name, CHARSET);
  await databases.ensureUser(name, password, name, PRIVILEGES);
  return password;
}

describe.skipIf(!answers)('an external MariaDB over TCP', { timeout: 120_000 }, () => {
  it('is published on the loopback address only, and the apps are told the same way in', async () => {
    const started = await starting;
    const { NetworkSettings } = await docker.getContainer(started?.getId() ?? '').inspect();
    const port = started?.getMappedPort(3306);
    expect(NetworkSettings.Ports['3306/tcp']).toEqual([{ HostIp: '127.0.0.1', HostPort: String(port) }]);
    expect(databases.address).toEqual({ host: '127.0.0.1', port, socketFolder: null });
  });

  it('gives each account its own schema, from any host, and no other', async () => {
    const password = await anInstallation('desa_satu');
    await anInstallation('desa_dua');
    expect(await sql('SELECT Host AS host FROM mysql.user WHERE User = ?', ['desa_satu'])).toEqual([{ host: '%' }]);
    expect(await databases.canSignIn('desa_satu', password, 'desa_satu')).toBe(true);
    expect(await databases.canSignIn('desa_satu', password, 'desa_dua')).toBe(false);
    expect(await databases.canSignIn('desa_satu', new Secret('salah'), 'desa_satu')).toBe(false);
  });

  it('dumps and loads through the client programs', async () => {
    await databases.createSchema('asal', CHARSET);
    await sql('CREATE TABLE asal.warga (id INT PRIMARY KEY, nama VARCHAR(50), foto LONGBLOB)');
    await sql('INSERT INTO asal.warga SELECT seq, CONCAT(?, seq), RANDOM_BYTES(1000) FROM asal.seq_1_to_2000', ['Wargå 🏡 ']);
    await sql('CREATE TABLE asal.kosong (id INT PRIMARY KEY)');
    await sql("CREATE VIEW asal.pandangan AS SELECT id, nama FROM asal.warga WHERE nama <> ''");
    const file = join(folder, 'asal.sql.gz');
    await databases.dump('asal', file, signal);
    await databases.load('salinan', file, 'arsip-1', CHARSET, signal);

    const counts = await databases.countRows('salinan');
    expect(counts).toEqual(await databases.countRows('asal'));
    expect(counts).toEqual([
      { table: 'kosong', rows: 0 },
      { table: 'warga', rows: 2_000 },
    ]);
    expect(await databases.loadedFrom('salinan')).toBe('arsip-1');
    const different =
      'SELECT COUNT(*) AS n FROM asal.warga a LEFT JOIN salinan.warga s USING (id) WHERE NOT (a.nama <=> s.nama AND a.foto <=> s.foto)';
    expect(await sql(different)).toEqual([{ n: 0 }]);
    expect(await readdir(join(folder, 'scratch'))).toEqual([]);
  });

  it("takes Pendopo's own schema, also a second time", async () => {
    const migration = { databaseUrl: url('pendopo'), folder: MIGRATIONS, onlyWilayah: [parseKodeWilayah('52.01.14')] };
    await migrateDatabase(migration);
    const counts = await databases.countRows('pendopo');
    expect(counts.find(({ table }) => table === 'wilayah')?.rows).toBeGreaterThan(1);
    await migrateDatabase(migration);
    expect(await databases.countRows('pendopo')).toEqual(counts);
  });

  it('keeps nothing of a schema and an account that were dropped', async () => {
    await anInstallation('desa_hapus');
    await sql('CREATE TABLE desa_hapus.isi (id INT PRIMARY KEY)');
    for (let i = 0; i < 2; i += 1) {
      await databases.dropSchema('desa_hapus');
      await databases.dropUser('desa_hapus');
    }
    expect(await databases.schemaExists('desa_hapus')).toBe(false);
    expect(await databases.userExists('desa_hapus')).toBe(false);
    expect(await sql('SELECT Host FROM mysql.global_priv WHERE User = ?', ['desa_hapus'])).toEqual([]);
    expect(await sql('SELECT Db FROM mysql.db WHERE User = ?', ['desa_hapus'])).toEqual([]);
    expect(await sql('SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?', ['desa_hapus'])).toEqual([]);
  });
});
