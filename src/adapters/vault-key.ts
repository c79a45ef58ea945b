import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { type FileHandle, link, mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Broken } from '../domain/errors.ts';
import { errorCode } from './outside-errors.ts';
import { syncFolder } from './written-file.ts';

const KEY_BYTES = 32;

export interface MasterKey {
  /** Tells keys apart without telling the key. */
  readonly id: string;
  /** A key for one purpose only (`jwt`, `cookie`, …): 32 bytes, always the same. */
  derive(purpose: string): Buffer;
}

/**
 * The master key lies outside the database, so that neither a dump nor the disk of the database server gives secrets
 * away. It is made on first use, but never when secrets exist that another key has sealed.
 * @throws Broken when it is missing, damaged, or open to others
 */
export async function openMasterKey(file: string, hasSecrets: () => Promise<boolean>): Promise<MasterKey> {
  const key = (await readKey(file)) ?? (await makeKey(file, hasSecrets));
  const derive = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', key, 'pendopo', purpose, KEY_BYTES));
  return { id: createHash('sha256').update(derive('key-id')).digest('hex').slice(0, 16), derive };
}

async function readKey(file: string): Promise<Buffer | null> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw unreadable(file, error);
  }
  try {
    const { mode, uid } = await handle.stat();
    const trusted = uid === 0 || uid === process.getuid?.();
    if ((mode & 0o077) !== 0 || !trusted) {
      throw new Broken('kunci-terbuka', `Berkas kunci ${file} dapat dibaca akun lain, jadi tidak dipakai.`, {
        advice: `Jalankan: chown root: ${file} && chmod 600 ${file} — lalu pertimbangkan apakah isinya sudah bocor.`,
      });
    }
    const key = await handle.readFile();
    if (key.length === KEY_BYTES) return key;
    throw unreadable(file, new Error(`${key.length} bytes instead of ${KEY_BYTES}`));
  } finally {
    await handle.close();
  }
}

async function makeKey(file: string, hasSecrets: () => Promise<boolean>): Promise<Buffer> {
  if (await hasSecrets()) {
    throw new Broken('kunci-hilang', `Berkas kunci ${file} tidak ada, padahal basis data berisi rahasia yang dikunci dengannya.`, {
      advice: 'Kembalikan berkas itu dari cadangan. Jangan membuat kunci baru: rahasia lama tidak akan terbaca lagi.',
    });
  }
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const part = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const handle = await open(part, 'wx', 0o600);
    try {
      await handle.writeFile(randomBytes(KEY_BYTES));
      await handle.sync();
    } finally {
      await handle.close();
    }
    // Unlike rename, link leaves the key alone that another process has just made.
    await link(part, file);
    await syncFolder(dirname(file));
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    await rm(part, { force: true });
  }
  const key = await readKey(file);
  if (key === null) throw unreadable(file, new Error('gone right after it was made'));
  return key;
}

function unreadable(file: string, cause: unknown): Broken {
  return new Broken('kunci-rusak', `Berkas kunci ${file} tidak dapat dipakai.`, {
    cause,
    advice: 'Kembalikan berkas itu dari cadangan (32 byte, milik root, mode 600).',
  });
}
