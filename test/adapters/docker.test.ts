import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Docker from 'dockerode';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createIds, systemClock } from '../../src/adapters/clock.ts';
import { type ContainersOptions, createContainers } from '../../src/adapters/docker.ts';
import { ask } from '../../src/adapters/docker-engine.ts';
import { baseSources, debianMirrors, parseOneLine, parseStanzas, readAptSources } from '../../src/adapters/docker-mirror.ts';
import { collectReply, demultiplex, splitLines } from '../../src/adapters/docker-output.ts';
import type { CommandRun, ContainerSpec } from '../../src/domain/ports-containers.ts';
import type { Log } from '../../src/domain/ports-world.ts';
import { Secret } from '../../src/domain/secret.ts';
import { failure } from '../support/failure.ts';

const dockerHost = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
const docker = new Docker();
const instance = `tdocker${process.pid}`;
const image = `${instance}/kecil:1`;
const folder = mkdtempSync(join(tmpdir(), 'pendopo-docker-'));
const dataFolder = join(folder, 'data');
const quiet: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const options: ContainersOptions = { dockerHost, instance, dataFolder, log: quiet, clock: systemClock, ids: createIds() };
const containers = createContainers(options);
const patient = new AbortController().signal;
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const answers = await docker.ping().then(
  () => true,
  (error: unknown) => {
    console.error(`No Docker engine answers at ${dockerHost}; its tests are skipped. ${String(error)}`);
    return process.env.REQUIRE_SERVICES === '1';
  },
);
const withDocker = describe.skipIf(!answers);

/** What the tiny image can do; the first word is the deed. */
const SCRIPT = `#!/bin/sh
case "$1" in
  layani)    echo melayani; while :; do sleep 1; done ;;
  gema)      isi=$(cat); echo "baris satu"; echo "baris dua" >&2; printf '{"ok":true,"isi":%s}\\n' "$isi" ;;
  hitung)    n=$(wc -c); yes "baris panjang yang diulang" | head -c 3000000; echo; echo "{\\"ok\\":true,\\"bita\\":$n}" ;;
  gagal)     echo "sedang mencoba"; echo '{"ok":false,"pesan":"Basis data kosong.","kode":"basis-data-kosong"}'; exit 1 ;;
  bohong)    echo '{"ok":false,"pesan":"Katanya berhasil, ternyata tidak."}' ;;
  macet)     echo "tidak ada apa-apa" >&2; exit 7 ;;
  bisu)      echo "bukan json" ;;
  lama)      trap '' TERM; sleep 300 & sleep 300 ;;
  penuh)     (while :; do sleep 300 & done) 2>/dev/null; while :; do sleep 300; done 2>/dev/null ;;
  menunggu)  echo 'sudah mulai'; sleep 300 ;;
  rakus)     head -c 400m /dev/zero | tail ;;
  tulis)     for f in /uji /tmp/uji /run/uji /data/uji /run/pendopo/uji; do if (echo x > $f) 2>/dev/null; then printf 'bisa:%s ' $f; fi; done
             printf '\\n{"ok":true,"uid":%s,"jaringan":"%s"}\\n' "$(id -u)" "$(ls /sys/class/net | tr '\\n' ' ')" ;;
  rahasia)   cat > /dev/null; for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline; tr '\\0' ' ' < $p/environ; done 2>/dev/null; echo; echo '{"ok":true}' ;;
esac
`;

function aSpec(change: Partial<ContainerSpec> = {}): ContainerSpec {
  return {
    name: `${instance}-desa`,
    image,
    command: ['/usr/local/bin/kerja', 'layani'],
    mounts: [
      { source: volume, target: '/data', readOnly: false },
      { source: runFolder, target: '/run/pendopo', readOnly: false },
    ],
    network: null,
    limits: { memoryMb: 64, cpus: 0.5, pids: 32, startSeconds: 10 },
    labels: { 'id.pendopo.instance': instance, 'id.pendopo.installation': 'pemasangan-1' },
    ...change,
  };
}

function aRun(deed: string, change: { input?: string; seconds?: number; signal?: AbortSignal; lines?: string[] } = {}): CommandRun {
  return {
    command: { run: ['/usr/local/bin/kerja', deed], input: {}, timeoutSeconds: change.seconds ?? 60 },
    stdin: new Secret(change.input ?? '{}'),
    signal: change.signal ?? patient,
    onLine: (line) => change.lines?.push(line),
  };
}

/** What a program prints in the bare image, without anything we add to our containers. */
async function printedBy(command: string[]): Promise<string[]> {
  const container = await docker.createContainer({ Image: image, Cmd: command, HostConfig: { NetworkMode: 'none' } });
  await container.start();
  await container.wait();
  const lines: string[] = [];
  const split = splitLines((line) => lines.push(line));
  demultiplex((_channel, chunk) => split.push(chunk))(await container.logs({ stdout: true, stderr: true }));
  await container.remove();
  return lines;
}

/** Names of all containers with our label, by asking the engine directly. */
async function ours(): Promise<string[]> {
  const list = await docker.listContainers({ all: true, filters: { label: [`id.pendopo.instance=${instance}`] } });
  return list.map(({ Names }) => Names[0]?.slice(1) ?? '');
}

const volume = join(folder, 'data-desa');
const runFolder = join(folder, 'run');
const imageFolder = join(folder, 'image');

beforeAll(async () => {
  for (const path of [volume, runFolder]) {
    mkdirSync(path);
    chownSync(path, 33, 33);
  }
  if (!answers) return;
  mkdirSync(join(imageFolder, 'usr/local/bin'), { recursive: true });
  mkdirSync(join(imageFolder, 'tmp'));
  writeFileSync(join(imageFolder, 'usr/local/bin/kerja'), SCRIPT);
  writeFileSync(join(imageFolder, 'usr/local/rahasia-umask'), 'x');
  writeFileSync(join(folder, 'catatan.txt'), 'halo');
  chmodSync(join(imageFolder, 'usr/local/bin/kerja'), 0o700);
  chmodSync(join(imageFolder, 'usr/local/rahasia-umask'), 0o600);
  await containers.ensureBase('bookworm', patient, (line) => console.log(line));
  await containers.build({
    image,
    dockerfile: 'FROM pendopo/base:bookworm\nCOPY catatan.txt /\nADD image.tar /\nRUN mkdir /data\n',
    context: [
      { name: 'catatan.txt', source: join(folder, 'catatan.txt') },
      { name: 'image.tar', source: imageFolder },
    ],
    labels: { 'id.pendopo.app': 'kecil', 'id.pendopo.instance': instance },
    signal: patient,
    onLine: () => undefined,
  });
}, 1_200_000);

afterEach(async () => {
  if (!answers) return;
  for (const name of await ours()) await docker.getContainer(name).remove({ force: true });
});

afterAll(async () => {
  if (!answers) return;
  const networks = await docker.listNetworks({ filters: { label: [`id.pendopo.instance=${instance}`] } });
  for (const { Id } of networks) await docker.getNetwork(Id).remove();
  const images = await docker.listImages({ filters: { label: [`id.pendopo.built-by=${instance}`] } });
  for (const { Id } of images) await docker.getImage(Id).remove({ force: true });
  rmSync(folder, { recursive: true, force: true });
});

withDocker('images', () => {
  test('a folder of the context becomes a tar that ADD unpacks, owned by root and readable by the app whatever the umask was', async () => {
    const info = await docker.getImage(image).inspect();
    // Not our instance's label: containers inherit an image's labels, and anybody's would look like ours.
    expect(info.Config.Labels).toEqual({ 'id.pendopo.app': 'kecil', 'id.pendopo.built-by': instance });
    const seen = await printedBy(['stat', '-c', '%n %U %a', '/catatan.txt', '/usr/local/bin/kerja', '/usr/local/rahasia-umask', '/tmp']);
    expect(seen).toEqual(['/catatan.txt root 644', '/usr/local/bin/kerja root 755', '/usr/local/rahasia-umask root 644', '/tmp root 1777']);
    expect(readdirSync(join(dataFolder, 'scratch'))).toEqual([]);
  });

  test('the same content builds the same image', async () => {
    const before = await docker.getImage(image).inspect();
    const lines: string[] = [];
    await containers.build({
      image,
      dockerfile: 'FROM pendopo/base:bookworm\nCOPY catatan.txt /\nADD image.tar /\nRUN mkdir /data\n',
      context: [
        { name: 'catatan.txt', source: join(folder, 'catatan.txt') },
        { name: 'image.tar', source: imageFolder },
      ],
      labels: { 'id.pendopo.app': 'kecil', 'id.pendopo.instance': instance },
      signal: patient,
      onLine: (line) => lines.push(line),
    });
    expect((await docker.getImage(image).inspect()).RootFS).toEqual(before.RootFS);
    expect(lines).toContain('Step 2/6 : COPY catatan.txt /');
  });

  test('a failing step is a failure although the engine began with status 200, and names its last words', async () => {
    const build = containers.build({
      image: `${instance}/gagal:1`,
      dockerfile: 'FROM pendopo/base:bookworm\nRUN echo paket-hilang; exit 3\n',
      context: [],
      labels: {},
      signal: patient,
      onLine: () => undefined,
    });
    const error = await failure(build);
    expect([error.kind, error.code]).toEqual(['broken', 'gagal-membangun-image']);
    expect(error.message).toContain('paket-hilang');
    expect(error.message).toContain('non-zero code: 3');
    expect(await containers.imageExists(`${instance}/gagal:1`)).toBe(false);
  });

  test('a full disk during a build is told apart', async () => {
    const build = containers.build({
      image: `${instance}/penuh:1`,
      dockerfile: 'FROM pendopo/base:bookworm\nRUN echo "write /x: no space left on device" >&2; exit 1\n',
      context: [],
      labels: {},
      signal: patient,
      onLine: () => undefined,
    });
    expect((await failure(build)).code).toBe('disk-penuh');
  });

  test('a source that does not exist fails the build instead of hanging it', async () => {
    const build = containers.build({
      image: `${instance}/kosong:1`,
      dockerfile: 'FROM pendopo/base:bookworm\n',
      context: [{ name: 'x.tar', source: join(folder, 'tidak-ada') }],
      labels: {},
      signal: patient,
      onLine: () => undefined,
    });
    expect((await failure(build)).message).toContain('ENOENT');
  });

  test('an aborted build stops at once and leaves no container behind', async () => {
    const before = (await docker.listContainers({ all: true, filters: { ancestor: ['pendopo/base:bookworm'] } })).length;
    const stop = new AbortController();
    const started = Date.now();
    const build = containers.build({
      image: `${instance}/batal:1`,
      dockerfile: 'FROM pendopo/base:bookworm\nRUN echo mulai-tidur; sleep 120\n',
      context: [],
      labels: {},
      signal: stop.signal,
      onLine: (line) => line === 'mulai-tidur' && stop.abort(new Error('dibatalkan')),
    });
    expect((await failure(build)).message).toBe('dibatalkan');
    expect(Date.now() - started).toBeLessThan(60_000);
    await expect
      .poll(async () => (await docker.listContainers({ all: true, filters: { ancestor: ['pendopo/base:bookworm'] } })).length, {
        timeout: 20_000,
      })
      .toBeLessThanOrEqual(before);
    expect(readdirSync(join(dataFolder, 'scratch'))).toEqual([]);
  });

  test('an image that is not there is a clear failure', async () => {
    const error = await failure(containers.run(aSpec({ image: `${instance}/entah:9` })));
    expect([error.kind, error.code]).toEqual(['broken', 'image-tidak-ada']);
  });
});

withDocker('a running container', () => {
  test('has no rights, no network, a read-only system and the limits of its app', async () => {
    await containers.run(aSpec());
    const { HostConfig, Config } = await docker.getContainer(aSpec().name).inspect();
    expect(HostConfig).toMatchObject({
      NetworkMode: 'none',
      Memory: 64 * 1_048_576,
      MemorySwap: 64 * 1_048_576,
      NanoCpus: 500_000_000,
      PidsLimit: 32,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Init: true,
      RestartPolicy: { Name: 'unless-stopped' },
      LogConfig: { Type: 'json-file', Config: { 'max-size': '5m', 'max-file': '2' } },
    });
    expect(Config.User).toBe('33:33');
    const lines: string[] = [];
    const result = await containers.exec(aSpec().name, aRun('tulis', { lines }));
    expect(lines).toEqual(['bisa:/tmp/uji bisa:/run/uji bisa:/data/uji bisa:/run/pendopo/uji']);
    expect(result).toMatchObject({ ok: true, uid: 33, jaringan: 'lo ' });
    expect(readFileSync(join(volume, 'uji'), 'utf8')).toBe('x\n');
  });

  test('is replaced by one of the same installation, and only by that', async () => {
    await containers.run(aSpec());
    const first = (await docker.getContainer(aSpec().name).inspect()).Id;
    await containers.run(aSpec());
    expect((await docker.getContainer(aSpec().name).inspect()).Id).not.toBe(first);
    const error = await failure(containers.run(aSpec({ labels: { 'id.pendopo.installation': 'pemasangan-2' } })));
    expect([error.kind, error.code]).toEqual(['conflict', 'nama-terpakai']);
    expect((await containers.find(aSpec().name))?.running).toBe(true);
  });

  test("somebody else's container of that name is never touched", async () => {
    const foreign = await docker.createContainer({ name: `${instance}-asing`, Image: image, Cmd: ['/usr/local/bin/kerja', 'layani'] });
    try {
      await foreign.start();
      for (const attempt of [
        () => containers.run(aSpec({ name: `${instance}-asing` })),
        () => containers.stop(`${instance}-asing`),
        () => containers.remove(`${instance}-asing`),
        () => containers.exec(`${instance}-asing`, aRun('gema')),
      ]) {
        expect((await failure(attempt())).code).toBe('nama-terpakai');
      }
      expect((await foreign.inspect()).State.Running).toBe(true);
    } finally {
      await foreign.remove({ force: true });
    }
  });

  test('is found, tailed, stopped, started and removed, and asking twice is no failure', async () => {
    await containers.run(aSpec());
    expect(await containers.find(aSpec().name)).toMatchObject({
      running: true,
      image,
      labels: { 'id.pendopo.installation': 'pemasangan-1' },
    });
    await expect.poll(() => containers.tail(aSpec().name, 5), { timeout: 10_000 }).toBe('melayani');
    const held = await containers.memory(aSpec().name);
    expect(held?.limit).toBe(64 * 1_048_576);
    expect(held?.used).toBeGreaterThan(0);
    await containers.stop(aSpec().name);
    expect(await containers.memory(aSpec().name)).toBeNull();
    await containers.stop(aSpec().name);
    expect((await containers.find(aSpec().name))?.running).toBe(false);
    await containers.start(aSpec().name);
    await containers.start(aSpec().name);
    expect((await containers.find(aSpec().name))?.running).toBe(true);
    await containers.remove(aSpec().name);
    await containers.remove(aSpec().name);
    await containers.stop(aSpec().name);
    expect(await containers.find(aSpec().name)).toBeNull();
    expect(await containers.tail(aSpec().name, 5)).toBe('');
    expect((await failure(containers.start(aSpec().name))).kind).toBe('not-found');
  });

  test('with a mount whose folder is missing is refused and not left half made', async () => {
    const mounts = [{ source: join(folder, 'tidak-ada'), target: '/data', readOnly: false }];
    expect((await failure(containers.run(aSpec({ mounts })))).message).toContain('tidak-ada');
    expect(await ours()).toEqual([]);
  });

  test('that cannot be started is removed again', async () => {
    // A folder cannot be mounted over a file.
    const mounts = [{ source: volume, target: '/catatan.txt', readOnly: false }];
    expect((await failure(containers.run(aSpec({ mounts })))).kind).toBe('broken');
    expect(await ours()).toEqual([]);
  });
});

describe.skipIf(!answers).each(['exec', 'runOnce'] as const)('a command by %s', (way) => {
  async function command(run: CommandRun, change: Partial<ContainerSpec> = {}): Promise<Readonly<Record<string, unknown>>> {
    if (way === 'runOnce') return containers.runOnce(aSpec(change), run);
    if ((await containers.find(aSpec().name)) === null) await containers.run(aSpec(change));
    return containers.exec(aSpec().name, run);
  }
  /** Processes of commands, by asking the engine. */
  async function commandProcesses(): Promise<string[]> {
    const found: string[] = [];
    for (const name of await ours()) {
      const top: { Processes: string[][] } = await docker.getContainer(name).top();
      found.push(...top.Processes.map((columns) => columns.at(-1) ?? ''));
    }
    return found.filter((process) => /kerja (?!layani)|sleep 300/.test(process));
  }

  test('gets its input and gives back its last line; every other line is shown', async () => {
    const lines: string[] = [];
    const result = await command(aRun('gema', { input: '{"nama":"Désa Ma\'rang"}', lines }));
    expect(result).toEqual({ ok: true, isi: { nama: "Désa Ma'rang" } });
    expect(lines.toSorted()).toEqual(['baris dua', 'baris satu']);
  });

  test('takes megabytes in and gives megabytes out', async () => {
    const lines: string[] = [];
    const result = await command(aRun('hitung', { input: 'x'.repeat(4_000_000), lines }));
    expect(result).toEqual({ ok: true, bita: 4_000_000 });
    expect(lines.length).toBeGreaterThan(100_000);
    expect(new Set(lines.slice(0, -1))).toEqual(new Set(['baris panjang yang diulang']));
  });

  test('does not show its input in any argument or variable', async () => {
    const lines: string[] = [];
    await command(aRun('rahasia', { input: '{"password":"Sangat-Rahasia-1"}', lines }));
    expect(lines.join('\n')).toContain('kerja rahasia');
    expect(lines.join('\n')).not.toContain('Sangat-Rahasia-1');
  });

  test.each([
    ['gagal', 'basis-data-kosong', 'Basis data kosong.'],
    ['bohong', 'perintah-gagal', 'Katanya berhasil, ternyata tidak.'],
    ['macet', 'perintah-gagal', 'Perintah "kerja macet" gagal dengan kode 7. Keluaran terakhir:\ntidak ada apa-apa'],
    ['bisu', 'perintah-gagal', 'Perintah "kerja bisu" selesai tanpa jawaban JSON. Keluaran terakhir:\nbukan json'],
  ])('that fails (%s) says why in its own words', async (deed, code, message) => {
    const error = await failure(command(aRun(deed)));
    expect([error.kind, error.code, error.message]).toEqual(['broken', code, message]);
  });

  test('that takes too long is really ended, children and all', async () => {
    const error = await failure(command(aRun('lama', { seconds: 2 })));
    expect([error.kind, error.code]).toEqual(['broken', 'perintah-terlalu-lama']);
    expect(await commandProcesses()).toEqual([]);
  });

  test('is ended when the job is cancelled', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('dibatalkan')), 2_000);
    expect((await failure(command(aRun('lama', { signal: stop.signal })))).message).toBe('dibatalkan');
    expect(await commandProcesses()).toEqual([]);
  });
});

withDocker('a command in a container of its own', () => {
  test('leaves nothing, whether it went well or not', async () => {
    await containers.runOnce(aSpec(), aRun('gema'));
    await failure(containers.runOnce(aSpec(), aRun('gagal')));
    await failure(containers.runOnce(aSpec(), aRun('lama', { seconds: 1 })));
    await failure(
      containers.runOnce(aSpec({ command: [] }), { ...aRun('gema'), command: { run: ['/tidak/ada'], input: {}, timeoutSeconds: 5 } }),
    );
    expect(await ours()).toEqual([]);
  });

  test('does not touch the running container, but sweeps what a dead worker left of the same installation', async () => {
    await containers.run(aSpec());
    await containers.run(aSpec({ name: `${instance}-sisa`, labels: { ...aSpec().labels, 'id.pendopo.once': 'x' } }));
    await containers.run(aSpec({ name: `${instance}-lain`, labels: { 'id.pendopo.installation': 'lain', 'id.pendopo.once': 'x' } }));
    await containers.runOnce(aSpec(), aRun('gema'));
    expect((await ours()).toSorted()).toEqual([`${instance}-desa`, `${instance}-lain`]);
  });

  test('goes with the container whose name it bears', async () => {
    await containers.run(aSpec({ name: `${instance}-sisa`, labels: { ...aSpec().labels, 'id.pendopo.once': aSpec().name } }));
    await containers.remove(aSpec().name);
    expect(await ours()).toEqual([]);
  });

  test('that eats more memory than its app may have says so', async () => {
    const error = await failure(containers.runOnce(aSpec(), aRun('rakus')));
    expect([error.kind, error.code]).toEqual(['broken', 'memori-habis']);
  });

  test('an aborted signal starts nothing', async () => {
    expect((await failure(containers.runOnce(aSpec(), aRun('gema', { signal: AbortSignal.abort(new Error('dibatalkan')) })))).message).toBe(
      'dibatalkan',
    );
  });
});

test.skipIf(!answers)(
  'a command that fills its container with processes is ended all the same, and the container serves again',
  async () => {
    await containers.run(aSpec());
    const error = await failure(containers.exec(aSpec().name, aRun('penuh', { seconds: 3 })));
    expect([error.kind, error.code]).toEqual(['broken', 'perintah-terlalu-lama']);
    // Ended by a restart of the container, which takes its time on a busy machine.
    while ((await containers.find(aSpec().name))?.running !== true) await delay(100);
    expect(await containers.exec(aSpec().name, aRun('gema'))).toMatchObject({ ok: true });
    const top: { Processes: string[][] } = await docker.getContainer(aSpec().name).top();
    expect(top.Processes.filter((columns) => columns.at(-1) === 'sleep 300')).toEqual([]);
  },
);

test.skipIf(!answers)('a command in a container that does not run, or is not there, is a clear failure', async () => {
  expect((await failure(containers.exec(aSpec().name, aRun('gema')))).code).toBe('container-tidak-jalan');
  await containers.run(aSpec());
  await containers.stop(aSpec().name);
  expect((await failure(containers.exec(aSpec().name, aRun('gema')))).code).toBe('container-tidak-jalan');
});

withDocker('networks', () => {
  const labels = { 'id.pendopo.installation': 'pemasangan-1' };

  test('each installation has its own 16 addresses, also when several workers ask at once', async () => {
    const names = [1, 2, 3, 4].map((n) => `${instance}-jaring${n}`);
    await Promise.all(names.map((name) => containers.ensureNetwork(name, labels)));
    await containers.ensureNetwork(`${instance}-jaring1`, labels);
    const networks = await Promise.all(names.map((name) => docker.getNetwork(name).inspect()));
    const subnets = networks.map((network) => network.IPAM?.Config?.[0]?.Subnet ?? '');
    expect(new Set(subnets).size).toBe(4);
    for (const subnet of subnets) expect(subnet).toMatch(/^10\.201\.\d+\.\d+\/28$/);
    expect(networks[0]?.Options).toMatchObject({ 'com.docker.network.bridge.enable_icc': 'false' });
    expect(networks[0]?.Labels).toMatchObject({ 'id.pendopo.instance': instance });
    expect([...(await containers.owned()).networks].toSorted()).toEqual(names);
    for (const name of names) await containers.removeNetwork(name);
    for (const name of names) expect(await containers.networkExists(name)).toBe(false);
    await containers.removeNetwork(`${instance}-jaring1`);
  });

  test('one that is in use is not removed, and one that is missing is no place for a container', async () => {
    const network = `${instance}-dipakai`;
    expect((await failure(containers.run(aSpec({ network })))).code).toBe('jaringan-tidak-ada');
    await containers.ensureNetwork(network, labels);
    await containers.run(aSpec({ network }));
    const { jaringan } = await containers.exec(aSpec().name, aRun('tulis'));
    expect(jaringan).toBe('eth0 lo ');
    expect((await failure(containers.removeNetwork(network))).code).toBe('jaringan-terpakai');
    await containers.remove(aSpec().name);
    await containers.removeNetwork(network);
  });

  test("somebody else's network of that name is never touched, and part of a name is not a name", async () => {
    const name = `${instance}-asing`;
    const foreign = await docker.createNetwork({ Name: name, IPAM: { Config: [{ Subnet: '10.201.255.240/28' }] } });
    try {
      expect(await containers.networkExists(`${instance}-asin`)).toBe(false);
      expect((await failure(containers.ensureNetwork(name, labels))).code).toBe('nama-terpakai');
      expect((await failure(containers.removeNetwork(name))).code).toBe('nama-terpakai');
    } finally {
      await docker.getNetwork(foreign.id).remove();
    }
  });
});

test.skipIf(!answers)('an engine that goes away during a command is unavailable, and the command is not taken for done', async () => {
  const socket = join(folder, 'penghubung.sock');
  const pairs = new Set<Socket>();
  const proxy = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ path: dockerHost.replace('unix://', ''), allowHalfOpen: true });
    for (const end of [near, far]) pairs.add(end.on('error', () => undefined));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => proxy.listen(socket, resolve));
  const through = createContainers({ ...options, dockerHost: `unix://${socket}` });
  await containers.run(aSpec());
  for (const run of [(r: CommandRun) => through.exec(aSpec().name, r), (r: CommandRun) => through.runOnce(aSpec(), r)]) {
    if (!proxy.listening) await new Promise<void>((resolve) => proxy.listen(socket, resolve));
    const lines: string[] = [];
    const failed = failure(run(aRun('menunggu', { lines })));
    await expect.poll(() => lines, { timeout: 20_000 }).toEqual(['sudah mulai']);
    proxy.close();
    for (const end of pairs) end.destroy();
    expect((await failed).code).toBe('docker-tidak-menjawab');
  }
});

describe('an engine that does not answer', () => {
  test('is unavailable, not broken', async () => {
    const gone = createContainers({ ...options, dockerHost: `unix://${folder}/tidak-ada.sock` });
    const error = await failure(gone.find('x'));
    expect([error.kind, error.code]).toEqual(['unavailable', 'docker-tidak-menjawab']);
    expect((await failure(gone.runOnce(aSpec(), aRun('gema')))).code).toBe('docker-tidak-menjawab');
  });

  test.each([
    ['hangs up', ''],
    ['is shutting down', 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\n{}'],
  ])('or %s', async (_name, answer) => {
    const socket = join(folder, `palsu${answer.length}.sock`);
    const server = createServer((connection) => connection.on('data', () => connection.end(answer)).on('error', () => undefined));
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    try {
      expect((await failure(createContainers({ ...options, dockerHost: `unix://${socket}` }).find('x'))).code).toBe(
        'docker-tidak-menjawab',
      );
    } finally {
      server.close();
    }
  });

  test('or says nothing at all', async () => {
    const error = await failure(ask('menunggu', () => new Promise(() => undefined), 50));
    expect([error.kind, error.code]).toEqual(['unavailable', 'docker-tidak-menjawab']);
  });
});

describe('output of commands', () => {
  test('is put together again wherever the engine cuts it', () => {
    const frame = (channel: number, text: string): Buffer => {
      const content = Buffer.from(text);
      const header = Buffer.alloc(8);
      header[0] = channel;
      header.writeUInt32BE(content.length, 4);
      return Buffer.concat([header, content]);
    };
    const stream = Buffer.concat([frame(1, 'sa'), frame(2, 'gawat\n'), frame(1, 'tu\nDésa\r\n\n'), frame(1, '{"ok":true,"n":"é"}')]);
    for (let size = 1; size <= stream.length; size += 1) {
      const lines: string[] = [];
      const reply = collectReply((line) => lines.push(line));
      const push = demultiplex((channel, chunk) => reply[channel].push(chunk));
      for (let at = 0; at < stream.length; at += size) push(stream.subarray(at, at + size));
      expect(reply.finish().answer).toEqual({ ok: true, n: 'é' });
      expect(lines.toSorted()).toEqual(['Désa', 'gawat', 'satu']);
    }
  });

  test('that is endless is cut, except the answer', () => {
    const lines: string[] = [];
    const reply = collectReply((line) => lines.push(line));
    reply.stdout.push(Buffer.from(`${'x'.repeat(10_000)}\n{"ok":true,"isi":"${'y'.repeat(10_000)}"}\n`));
    expect(reply.finish().answer).toEqual({ ok: true, isi: 'y'.repeat(10_000) });
    expect(lines).toEqual([`${'x'.repeat(2_000)}…`]);
  });
});

describe('the mirror a base system comes from', () => {
  const DEB822 = `# Debian
Types: deb deb-src
# snapshot
URIs: http://mirror.contoh.id/debian/
Suites: bookworm bookworm-updates
Components: main contrib

Types: deb
URIs: http://mirror.contoh.id/keamanan
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
Enabled: no
URIs: http://mati.contoh.id/debian
Suites: bookworm
Components: main
`;
  const ONE_LINE = `# deb http://lama.contoh.id/debian bookworm main
deb [arch=amd64 signed-by=/etc/x.gpg] http://mirror.contoh.id/debian bookworm main contrib # utama
deb-src http://mirror.contoh.id/debian bookworm main
deb http://arsip.ubuntu.id/ubuntu noble main
deb https://download.docker.com/linux/debian bookworm stable
`;

  test('is what the machine itself uses, in either format, then Debian itself', () => {
    for (const sources of [parseStanzas(DEB822), parseOneLine(ONE_LINE)]) {
      expect(debianMirrors(sources)).toEqual(['http://mirror.contoh.id/debian', 'http://deb.debian.org/debian']);
    }
    expect(debianMirrors(parseOneLine('deb http://archive.ubuntu.com/ubuntu noble main\n'))).toEqual(['http://deb.debian.org/debian']);
  });

  test('gives the base system security fixes where the machine has them', () => {
    expect(baseSources('trixie', 'http://mirror.contoh.id/debian', parseStanzas(DEB822))).toBe(
      'deb http://mirror.contoh.id/debian trixie main\ndeb http://mirror.contoh.id/debian trixie-updates main\ndeb http://mirror.contoh.id/keamanan trixie-security main\n',
    );
    expect(baseSources('bookworm', 'http://mirror.contoh.id/debian', parseOneLine(ONE_LINE))).toBe(
      'deb http://mirror.contoh.id/debian bookworm main\n',
    );
    expect(baseSources('bookworm', 'http://deb.debian.org/debian', [])).toContain(
      'deb http://deb.debian.org/debian-security bookworm-security main\n',
    );
  });

  test('is read from where apt has it, and a machine without apt has none', async () => {
    const apt = join(folder, 'apt');
    mkdirSync(join(apt, 'sources.list.d'), { recursive: true });
    writeFileSync(join(apt, 'sources.list'), ONE_LINE);
    writeFileSync(join(apt, 'sources.list.d/debian.sources'), DEB822);
    writeFileSync(join(apt, 'sources.list.d/catatan.txt'), 'deb http://bukan/debian bookworm main');
    expect((await readAptSources(apt)).map(({ uri }) => uri)).toContain('http://mirror.contoh.id/keamanan');
    expect((await readAptSources(apt)).some(({ uri }) => uri.includes('bukan'))).toBe(false);
    expect(await readAptSources(join(folder, 'tanpa-apt'))).toEqual([]);
  });
});
