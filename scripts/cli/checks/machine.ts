import { execFile } from 'node:child_process';
import { stat, statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import { size } from '../../../src/ui/present.ts';
import { ownVersion } from '../own-version.ts';
import type { Place } from '../session.ts';
import { type Check, type Finding, fine, wrong } from './finding.ts';

/** Below this an image or an archive may not fit any more. */
const LEAST_BYTES = 3_000_000_000;
const LEAST_SHARE = 0.05;
const LOWEST_NODE = [24, 12] as const;

/** The machine itself: room on the disk, who may read the key, versions. */
export function machineChecks({ config }: Place): readonly Check[] {
  return [
    { name: 'disk', label: 'Ruang disk', run: () => checkDisk(config.dataFolder) },
    { name: 'key', label: 'Berkas kunci', run: () => checkKey(config.keyFile) },
    { name: 'versions', label: 'Versi', run: () => checkVersions(config.front.driver === 'nginx') },
  ];
}

async function checkDisk(folder: string): Promise<Finding> {
  const space = await orNull(() => statfs(folder));
  if (space === null)
    return wrong(`folder data ${folder} tidak ada`, `Jalankan \`npm start\` di ${process.cwd()}, atau periksa PENDOPO_DATA.`);
  const free = space.bavail * space.bsize;
  const all = space.blocks * space.bsize;
  const detail = `${size(free)} bebas dari ${size(all)} (${folder})`;
  const room = 'Hapus arsip lama atau image Docker yang tidak dipakai (docker system df), atau tambah disk.';
  if (free < LEAST_BYTES || free < all * LEAST_SHARE) return wrong(detail, room);
  // A file system that counts no inodes says 0.
  if (space.files > 0 && space.ffree < space.files * LEAST_SHARE) return wrong(`${detail}, tetapi hampir kehabisan inode`, room);
  return fine(detail);
}

async function checkKey(file: string): Promise<Finding> {
  const found = await orNull(() => stat(file));
  if (found === null)
    return wrong(`${file} tidak ada`, 'Kembalikan dari cadangan. Pada pemasangan baru berkas ini dibuat oleh `npm start`.');
  const mode = (found.mode & 0o777).toString(8);
  const isClosed = (found.mode & 0o077) === 0 && (found.uid === 0 || found.uid === process.getuid?.());
  if (!isClosed) return wrong(`${file} dapat dibaca akun lain (mode ${mode})`, `Jalankan: chown root: ${file} && chmod 600 ${file}`);
  return fine(`${file} (mode ${mode})`);
}

async function checkVersions(needsNginx: boolean): Promise<Finding> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const nginx = needsNginx ? await nginxVersion() : null;
  const detail = [`Pendopo ${ownVersion()}`, `Node ${process.versions.node}`, ...(nginx === null ? [] : [`nginx ${nginx}`])].join(', ');
  if (major < LOWEST_NODE[0] || (major === LOWEST_NODE[0] && minor < LOWEST_NODE[1])) {
    return wrong(detail, `Perlu Node ${LOWEST_NODE.join('.')} ke atas.`);
  }
  if (needsNginx && nginx === null)
    return wrong(`${detail}; nginx tidak ada`, 'Pasang: apt-get install -y nginx — atau isi PENDOPO_FRONT_DRIVER=builtin.');
  return fine(detail);
}

async function nginxVersion(): Promise<string | null> {
  const said = await orNull(() => promisify(execFile)('nginx', ['-v'], { env: { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` } }));
  return said === null ? null : (/nginx\/(\S+)/.exec(said.stderr)?.[1] ?? null);
}

/** "Not there" is an answer. */
async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
