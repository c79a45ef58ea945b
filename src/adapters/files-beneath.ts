import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises';
import { Broken, NotFound } from '../domain/errors.ts';
import { errorCode } from './outside-errors.ts';

/**
 * Ways into the data folder that no symlink can bend. The apps own their volumes and could put a link where we are
 * about to write as root. So every folder on the way is opened by itself, refusing links (O_NOFOLLOW), and the next
 * name is looked up below the open folder through /proc/self/fd, which is openat(2) by other means.
 */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** An open folder; names below it go through `at`. */
export interface Folder {
  readonly handle: FileHandle;
  at(name: string): string;
}

const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
/** NONBLOCK: an app may have made a fifo of that name, and opening it must not wait. */
const FILE = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Folders between the data folder and what was asked for: others may pass, not look. */
const PASSAGE_MODE = 0o711;

/**
 * Opens the folder that these names lead to, and closes it after the work. With `make`, missing ones are made; they
 * belong to whom the folder above them belongs.
 * @throws NotFound, Broken when a link or a file is in the way
 */
export async function withFolder<T>(
  root: string,
  names: readonly string[],
  make: boolean,
  work: (folder: Folder) => Promise<T>,
): Promise<T> {
  let folder = openedFolder(await open(root, constants.O_RDONLY | constants.O_DIRECTORY));
  try {
    for (const name of names) {
      const next = await step(folder, name, make);
      await folder.handle.close();
      folder = next;
    }
    return await work(folder);
  } finally {
    await folder.handle.close();
  }
}

/** What lies there itself, not what it points at; null when nothing does. */
export async function lookAt(folder: Folder, name: string) {
  try {
    return await lstat(folder.at(name));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** A plain file, open for reading; whoever asked closes it. @throws NotFound, Broken when it is something else */
export async function openFile(folder: Folder, name: string): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    handle = await open(folder.at(name), FILE);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') throw new NotFound('berkas-tidak-ada', `Berkas "${name}" tidak ada.`, { cause: error });
    throw code === 'ELOOP' || code === 'ENXIO' ? notAFile(name, error) : error;
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw notAFile(name);
}

/** The same, closed after the work. */
export async function withFile<T>(folder: Folder, name: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await openFile(folder, name);
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

function openedFolder(handle: FileHandle): Folder {
  return { handle, at: (name) => `/proc/self/fd/${handle.fd}/${name}` };
}

async function step(folder: Folder, name: string, make: boolean): Promise<Folder> {
  const path = folder.at(name);
  try {
    return openedFolder(await open(path, FOLDER));
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ELOOP' || code === 'ENOTDIR') throw inTheWay(name, error);
    if (code !== 'ENOENT') throw error;
    if (!make) throw new NotFound('folder-tidak-ada', `Folder "${name}" tidak ada.`, { cause: error });
  }
  return makeFolder(folder, name);
}

async function makeFolder(folder: Folder, name: string): Promise<Folder> {
  const above = await folder.handle.stat();
  try {
    await mkdir(folder.at(name), PASSAGE_MODE);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error; // somebody else made it just now
  }
  const made = await step(folder, name, false);
  await give(made.handle, above);
  await made.handle.chmod(PASSAGE_MODE);
  return made;
}

/** Gives it to an account, where we may: as an ordinary user all is ours anyway. */
export async function give(handle: FileHandle, { uid, gid }: Owner): Promise<void> {
  if (process.getuid?.() === 0) await handle.chown(uid, gid);
}

function inTheWay(name: string, cause: unknown): Broken {
  return new Broken('tautan-di-jalan', `"${name}" bukan folder, melainkan tautan atau berkas, jadi tidak dilewati.`, {
    cause,
    advice: 'Periksa folder desa itu: aplikasi atau orang menaruh tautan (symlink) di sana. Di luar folder desa tidak ada yang berubah.',
  });
}

function notAFile(name: string, cause?: unknown): Broken {
  return new Broken('bukan-berkas', `"${name}" bukan berkas biasa.`, { cause, advice: 'Periksa folder desa itu. Tidak ada yang diubah.' });
}
