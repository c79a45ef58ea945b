import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { Broken, diskFull } from '../domain/errors.ts';
import { runChild } from './child.ts';
import type { Owner } from './files-beneath.ts';
import { errorCode } from './outside-errors.ts';
import { bytesOf, writeWhole } from './written-file.ts';

/** Photos and PDFs dominate and hardly shrink; more effort would only cost time. */
const GZIP_LEVEL = 1;

/**
 * Packs open folders into one gzipped tar, each under its name, and reads it back before it counts. GNU tar opens
 * every name without following links, so an app at work cannot lead it out.
 */
export async function packFolders(
  file: string,
  folders: readonly { readonly name: string; readonly fd: number }[],
  signal: AbortSignal,
): Promise<{ bytes: number; sha256: string; files: number }> {
  // The program gets the open folders as its descriptors 3, 4, …; their names in the archive are set by --transform
  // (S: targets of symlinks stay as they are).
  const places = folders.map(({ name }, index) => ({ name, path: `/proc/self/fd/${index + 3}/` }));
  const written = await writeWhole(file, async (into) => {
    const { code, stderr } = await runChild({
      program: 'tar',
      args: [
        '--create',
        '--file=-',
        '--format=posix',
        // Times of reading and the like would make every pack of the same files another one.
        '--pax-option=delete=atime,delete=ctime',
        '--numeric-owner',
        '--sort=name',
        '--absolute-names',
        '--warning=no-file-ignored',
        ...places.map(({ name, path }) => `--transform=s,^${path}[.],${plainName(name)},S`),
        '--',
        // With the dot it is the folder; without, tar would pack the link in /proc.
        ...places.map(({ path }) => `${path}.`),
      ],
      descriptors: folders.map(({ fd }) => fd),
      drain: (output) => pipeline(output, createGzip({ level: GZIP_LEVEL }), into),
      signal,
    });
    // 1: a file changed or went while it was read, as files of a running app do.
    if (code !== 0 && code !== 1) throw tarFailed('arsip-gagal', 'Berkas desa tidak dapat diarsipkan.', code, stderr);
  });
  const handle = await open(file, 'r');
  try {
    const { sha256, files } = await inspectArchive(handle, signal);
    if (sha256 !== written.sha256) throw damaged(new Error('read back differs from what was written'));
    return { ...written, files };
  } finally {
    await handle.close();
  }
}

/** Reads all of it. @throws Broken when it is damaged */
export async function inspectArchive(file: FileHandle, signal: AbortSignal): Promise<{ sha256: string; files: number }> {
  const hash = createHash('sha256');
  const entries = extract();
  let files = 0;
  entries.on('entry', (header, content, next) => {
    if (header.type !== 'directory') files += 1;
    content.once('end', next);
    content.once('error', next); // told by the pipeline too
    content.resume();
  });
  const hashed = async function* (): AsyncGenerator<Buffer> {
    for await (const part of bytesOf(file)) {
      hash.update(part);
      yield part;
    }
  };
  try {
    await pipeline(hashed, createGunzip(), entries, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw isDamage(error) ? damaged(error) : error;
  }
  return { sha256: hash.digest('hex'), files };
}

/** Unpacks one entry. tar runs as the app's account, so it can do no more than the app itself could. */
export async function unpackFolder(pack: FileHandle, name: string, into: number, owner: Owner, signal: AbortSignal): Promise<void> {
  const { code, stderr } = await runChild({
    program: 'tar',
    args: [
      '--extract',
      '--file=-',
      '--directory=/proc/self/fd/3',
      '--strip-components=1',
      '--preserve-permissions',
      '--no-same-owner',
      '--no-overwrite-dir',
      '--delay-directory-restore',
      '--',
      plainName(name),
    ],
    descriptors: [into],
    // tar is done at the end mark and need not read the padding after it.
    mayStopReading: true,
    feed: (input) => pipeline(bytesOf(pack), createGunzip(), input),
    ...(process.getuid?.() === 0 ? { owner } : {}),
    signal,
  }).catch((error: unknown) => {
    throw isDamage(error) ? damaged(error) : error;
  });
  if (code !== 0) throw tarFailed('arsip-tidak-terbuka', 'Arsip berkas desa tidak dapat dibuka.', code, stderr);
}

/** Entries are named after volumes; such a name means the same to tar, its --transform and us. */
function plainName(name: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name)) return name;
  throw new Broken('nama-arsip-salah', `"${name}" tidak dapat menjadi nama di dalam arsip.`);
}

function isDamage(error: unknown): boolean {
  return error instanceof Error && (errorCode(error)?.startsWith('Z_') === true || errorCode(error) === null);
}

function damaged(cause: unknown): Broken {
  return new Broken('arsip-rusak', 'Arsip berkas desa rusak.', {
    cause,
    advice: 'Berkas desa yang sedang dipakai tidak berubah. Pilih arsip lain, atau buat arsip baru.',
  });
}

function tarFailed(code: string, message: string, exit: number | null, stderr: string): Broken {
  const cause = new Error(`tar ended with ${exit ?? 'a signal'}: ${stderr}`);
  // tar gives no error number; its locale is fixed, so this is the system's own wording.
  if (/No space left on device|Disk quota exceeded|Wrote only \d+ of \d+ bytes/.test(stderr)) return diskFull(cause);
  return new Broken(code, message, { cause, advice: 'Berkas desa yang sedang dipakai tidak berubah. Tekan Coba lagi.' });
}
