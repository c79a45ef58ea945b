import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Broken, Conflict, diskFull, Invalid, isDiskFull, NotFound } from '../domain/errors.ts';
import type { Files } from '../domain/ports-world.ts';
import type { Secret } from '../domain/secret.ts';
import { type Folder, give, lookAt, type Owner, openFile, withFile, withFolder } from './files-beneath.ts';
import { inspectArchive, packFolders, unpackFolder } from './files-pack.ts';
import { tarOf } from './files-tar.ts';
import { sha256Of } from './written-file.ts';

export interface FilesOptions {
  readonly dataFolder: string;
  /** The account of every app in its container. */
  readonly appUid: number;
  readonly appGid: number;
}

/** More than any settings file; an app could have made it of any size. */
const LONGEST_READ = 16 * 1024 * 1024;
const MODES = { app: { folder: 0o750, file: 0o640 }, control: { folder: 0o700, file: 0o600 } } as const;

/** The data folder. Nothing in it can lead out of it: see `files-beneath.ts`. */
export function createFiles({ dataFolder, appUid, appGid }: FilesOptions): Files {
  const app: Owner = { uid: appUid, gid: appGid };
  const control: Owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const owners = { app, control };

  const inFolder = async <T>(names: readonly string[], make: boolean, work: (folder: Folder) => Promise<T>): Promise<T> => {
    try {
      return await withFolder(dataFolder, names, make, work);
    } catch (error) {
      throw isDiskFull(error) ? diskFull(error) : error;
    }
  };
  /** Works on what a key names, below its open folder. */
  const at = <T>(key: string, work: (folder: Folder, name: string) => Promise<T>, make = false): Promise<T> => {
    const names = namesOf(key);
    return inFolder(names.slice(0, -1), make, (folder) => work(folder, names.at(-1) ?? ''));
  };
  const atFile = <T>(key: string, work: (handle: FileHandle) => Promise<T>): Promise<T> =>
    at(key, (folder, name) => withFile(folder, name, work));
  const inFolders = <T>(keys: readonly string[], work: (folders: readonly Folder[]) => Promise<T>): Promise<T> => {
    const [first, ...others] = keys;
    if (first === undefined) return work([]);
    return inFolder(namesOf(first), false, (folder) => inFolders(others, (folders) => work([folder, ...folders])));
  };

  return {
    path: (key) => join(dataFolder, ...namesOf(key)),
    exists: (key) =>
      unlessMissing(
        at(key, async (folder, name) => (await lookAt(folder, name)) !== null),
        false,
      ),
    ensureFolder: (key, owner) =>
      inFolder(namesOf(key), true, async ({ handle }) => {
        await give(handle, owners[owner]);
        await handle.chmod(MODES[owner].folder);
      }),
    write: (key, content, owner) =>
      at(key, (folder, name) => writeAtomically(folder, name, content, owners[owner], MODES[owner].file), true),
    read: (key) => atFile(key, readText),
    // rm never follows a link; that nothing writes there meanwhile, the order of the steps sees to.
    remove: (key) =>
      unlessMissing(
        at(key, (folder, name) => rm(folder.at(name), { recursive: true, force: true })),
        undefined,
      ),
    move: (from, to) =>
      at(
        to,
        async (target, newName) => {
          const moved = await unlessMissing(
            at(from, (source, name) => moveOnce(source, name, target, newName)),
            false,
          );
          // Gone from there and here already: moved earlier.
          if (!moved && (await lookAt(target, newName)) === null) throw new NotFound('berkas-tidak-ada', `${from} tidak ada.`);
        },
        true,
      ),
    countFiles: (key) =>
      inFolder(namesOf(key), false, async (folder) => {
        const entries = await readdir(folder.at('.'), { recursive: true, withFileTypes: true });
        return entries.filter((entry) => !entry.isDirectory()).length;
      }),
    pack: (key, entries, signal) =>
      at(
        key,
        (target, file) =>
          inFolders(
            entries.map((entry) => entry.key),
            (folders) =>
              packFolders(
                target.at(file),
                entries.map(({ name }, index) => ({ name, fd: folders[index]?.handle.fd ?? -1 })),
                signal,
              ),
          ),
        true,
      ),
    inspectPack: (key, signal) => atFile(key, (pack) => inspectArchive(pack, signal)),
    unpack: (key, name, into, signal) =>
      atFile(key, (pack) => inFolder(namesOf(into), false, ({ handle }) => unpackFolder(pack, name, handle.fd, app, signal))),
    openTar: (key, names) =>
      inFolder(namesOf(key), false, async (folder) => {
        const files: { name: string; handle: FileHandle }[] = [];
        for (const name of names) {
          const handle = await unlessMissing(openFile(folder, name), null);
          if (handle !== null) files.push({ name, handle });
        }
        return tarOf(files);
      }),
    sha256: (key) => atFile(key, sha256Of),
    size: (key) => atFile(key, async (handle) => (await handle.stat()).size),
  };
}

/** @throws Invalid */
function namesOf(key: string): readonly string[] {
  const names = key.split('/');
  const isSafe = names.every((name) => name !== '' && name !== '.' && name !== '..' && !name.includes('\0'));
  if (isSafe) return names;
  throw new Invalid('jalur-salah', `Jalur "${key}" tidak sah di folder data.`, { field: 'key' });
}

async function unlessMissing<T>(work: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof NotFound) return otherwise;
    throw error;
  }
}

/**
 * The part is named after its file, so that who writes again after a worker was killed here takes the rest away. A file
 * has one writer at a time: its desa's lease.
 */
async function writeAtomically(folder: Folder, name: string, content: string | Secret, owner: Owner, mode: number): Promise<void> {
  const part = folder.at(`.${name}.part`);
  try {
    await rm(part, { force: true });
    const handle = await open(part, 'wx', mode);
    try {
      await handle.writeFile(typeof content === 'string' ? content : content.expose());
      await give(handle, owner);
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, folder.at(name));
    await folder.handle.sync();
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function readText(handle: FileHandle): Promise<string> {
  const { size } = await handle.stat();
  if (size > LONGEST_READ) throw new Broken('berkas-terlalu-besar', `Berkas sebesar ${size} byte tidak dibaca.`);
  return handle.readFile('utf8');
}

/** False when there is nothing to move. */
async function moveOnce(source: Folder, oldName: string, target: Folder, newName: string): Promise<boolean> {
  const [before, after] = [await lookAt(source, oldName), await lookAt(target, newName)];
  if (before === null) return false;
  if (after !== null) throw new Conflict('tujuan-sudah-ada', `"${oldName}" tidak dipindah: tujuannya sudah ada.`);
  await rename(source.at(oldName), target.at(newName));
  await target.handle.sync();
  return true;
}
