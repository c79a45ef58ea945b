import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOffsiteStore } from '../../src/adapters/restic.ts';
import type { OffsitePlace } from '../../src/domain/offsite.ts';
import { Secret } from '../../src/domain/secret.ts';

const SSHD = '/usr/sbin/sshd';
const folder = mkdtempSync(join(tmpdir(), 'pendopo-luar-'));
const dataFolder = join(folder, 'data');
const patient = AbortSignal.timeout(120_000);
const secrets = new Map([
  ['benar', 'kata-sandi-salinan-1'],
  ['salah', 'kata-sandi-yang-lain'],
]);
const vault = { read: async (ref: string) => new Secret(secrets.get(ref) ?? '') };
const store = createOffsiteStore({ dataFolder, instance: 'uji', vault, home: folder });
const to = (place: OffsitePlace, passwordRef = 'benar') => ({ place, passwordRef, secretKeyRef: null });

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
