import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOffsiteStore } from '../../src/adapters/restic.ts';
import type { OffsitePlace } from '../../src/domain/offsite.ts';
import { Secret } from '../../src/domain/secret.ts';
import { ACCOUNT, type S3Server, startS3 } from '../support/s3.ts';

const SSHD = '/usr/sbin/sshd';
const folder = mkdtempSync(join(tmpdir(), 'pendopo-luar-'));
const dataFolder = join(folder, 'data');
const patient = AbortSignal.timeout(600_000);
const secrets = new Map([
  ['benar', 'kata-sandi-salinan-1'],
  ['salah', 'kata-sandi-yang-lain'],
  ['akun', ACCOUNT],
]);
const vault = { read: async (ref: string) => new Secret(secrets.get(ref) ?? '') };
const store = createOffsiteStore({ dataFolder, instance: 'uji', vault, home: folder });
const to = (place: OffsitePlace, passwordRef = 'benar') => ({ place, passwordRef, secretKeyRef: place.kind === 's3' ? 'akun' : null });

const file = (id: string): string => join(dataFolder, 'backup', id, 'database.sql.gz');
function aBackup(id: string, content: string): void {
  mkdirSync(join(dataFolder, 'backup', id), { recursive: true });
  writeFileSync(file(id), content);
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function roundTrip(place: OffsitePlace): Promise<void> {
  aBackup('A1', 'isi A1');
  await store.open(to(place), patient);
  await store.open(to(place), patient);
  expect((await store.copy(to(place), patient)).addedBytes).toBeGreaterThan(0);
  rmSync(join(dataFolder, 'backup'), { recursive: true });
  aBackup('B1', 'isi B1');
  await store.copy(to(place), patient);
  await store.check(to(place), patient);
  // Gone from here, and from the newest copy too.
  await store.bring(to(place), 'backup/A1', patient);
  expect(readFileSync(file('A1'), 'utf8')).toBe('isi A1');
  expect(existsSync(file('B1'))).toBe(true);
  await expect(store.bring(to(place), 'backup/C1', patient)).rejects.toMatchObject({ code: 'tidak-ada-di-luar' });
  await expect(store.open(to(place, 'salah'), patient)).rejects.toMatchObject({ code: 'salinan-luar-gagal' });
}

describe('copies elsewhere', { timeout: 120_000 }, () => {
  test('in a folder are made, checked, brought back, and open with their password only', async () => {
    const path = join(folder, 'gudang', 'salinan');
    await roundTrip({ kind: 'folder', path });
    const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(3);
    for (const { name, parentPath } of files) expect(readFileSync(join(parentPath, name), 'latin1')).not.toContain('isi A1');
  });
});

describe('copies in S3', { timeout: 120_000 }, () => {
  let s3: S3Server;
  beforeAll(async () => {
    s3 = await startS3(join(folder, 'objek'));
  });
  afterAll(() => s3.close());

  test('do the same, for the account whose bucket it is', async () => {
    const place = { kind: 's3', address: s3.address, accessKeyId: ACCOUNT } as const;
    await roundTrip(place);
    await expect(store.open(to({ ...place, accessKeyId: 'orang-lain' }), patient)).rejects.toMatchObject({ code: 'salinan-luar-gagal' });
    expect(existsSync(join(folder, 'objek', 'gudang', 'pendopo', 'snapshots'))).toBe(true);
  });

  test('lose nothing of what stays when a copy is killed while it lets old ones go', async () => {
    const place = { kind: 's3', address: `${s3.address}-dibunuh`, accessKeyId: ACCOUNT } as const;
    rmSync(join(dataFolder, 'backup'), { recursive: true, force: true });
    aBackup('TETAP', 'satu-satunya cadangan yang terbukti');
    await store.open(to(place), patient);
    // Of one day the newest three stay: each further copy has an old one, with data that nobody else has, to let go.
    const passing = () => aBackup('LEWAT', randomBytes(20_000).toString('hex'));
    for (let n = 0; n < 3; n += 1) {
      passing();
      await store.copy(to(place), patient);
    }
    for (const forgotten of ['snapshots', 'index', 'data']) {
      passing();
      const isTheMoment = ({ method, url }: IncomingMessage) => method === 'DELETE' && url?.includes(`/${forgotten}/`) === true;
      expect(await killCopying(s3, place.address, isTheMoment), forgotten).toBe(true);
      // What it has left keeps nobody from reading, nor the next one from copying.
      rmSync(join(dataFolder, 'backup', 'TETAP'), { recursive: true });
      await store.bring(to(place), 'backup/TETAP', patient);
      expect(readFileSync(file('TETAP'), 'utf8')).toBe('satu-satunya cadangan yang terbukti');
    }
    await store.copy(to(place), patient);
    await store.check(to(place), patient);
  });
});

/** Copies in a process of its own, which is killed with all it has started at the first request of that kind. */
async function killCopying(s3: S3Server, address: string, isTheMoment: (request: IncomingMessage) => boolean): Promise<boolean> {
  const env = { PATH: process.env.PATH, DATA: dataFolder, S3: address, ACCOUNT, PASSWORD: secrets.get('benar') };
  const script = fileURLToPath(new URL('../support/copying-away.ts', import.meta.url));
  const child = spawn(process.execPath, [script], { env, detached: true, stdio: 'ignore' });
  const gone = once(child, 'exit');
  let killed = false;
  s3.watch((request) => {
    if (killed || !isTheMoment(request)) return;
    killed = true;
    process.kill(-(child.pid ?? 0), 'SIGKILL');
  });
  await gone;
  s3.watch(() => undefined);
  // Whoever inherits orphans here may take a while to let them go; until then restic takes the one it locked out for alive.
  while (isThere(-(child.pid ?? 0))) await delay(100);
  return killed;
}

function isThere(processes: number): boolean {
  try {
    return process.kill(processes, 0);
  } catch {
    return false; // "no such process" is the answer
  }
}

if (!existsSync(SSHD)) console.error(`No ${SSHD}: copies by SFTP are not tested.`);
describe.skipIf(!existsSync(SSHD))('copies by SFTP', { timeout: 120_000 }, () => {
  let server: ChildProcess;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    mkdirSync('/run/sshd', { recursive: true });
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'host_key')]);
    writeFileSync(join(folder, 'authorized_keys'), `${await store.publicKey()}\n`, { mode: 0o600 });
    const settings = [
      ...[`ListenAddress=127.0.0.1`, `Port=${port}`, `HostKey=${join(folder, 'host_key')}`, 'UsePAM=no', 'PermitRootLogin=yes'],
      ...[`AuthorizedKeysFile=${join(folder, 'authorized_keys')}`, 'StrictModes=no', 'Subsystem=sftp internal-sftp', 'PidFile=none'],
    ];
    const options = settings.flatMap((setting) => ['-o', setting]);
    server = spawn('setpriv', ['--pdeathsig', 'SIGKILL', '--', SSHD, '-D', '-e', '-f', '/dev/null', ...options], { stdio: 'ignore' });
    while (!(await answers(port))) await delay(50);
  }, 30_000);
  afterAll(() => server.kill('SIGTERM'));

  test('do the same, with a key of our own', async () => {
    const path = join(folder, 'jauh', 'salinan');
    mkdirSync(path, { recursive: true });
    await roundTrip({ kind: 'sftp', user: userInfo().username, host: '127.0.0.1', port, path });
    expect(existsSync(join(path, 'config'))).toBe(true);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket.destroy() !== undefined));
    socket.once('error', () => resolve(false));
  });
}
