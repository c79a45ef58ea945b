import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, mkdir, readdir, readlink, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Header, type Pack, pack } from 'tar-stream';
import type { ImageBuild } from '../domain/ports-containers.ts';

/** Root owns all of it and times do not count, so that equal content gives equal layers on every machine. */
const COMMON: Pick<Header, 'uid' | 'gid' | 'mtime'> = { uid: 0, gid: 0, mtime: new Date(0) };

/**
 * Streams a build context: the Dockerfile, files as they are, folders as tar files that `ADD` unpacks.
 * A folder's tar is written to `scratch` first, since an entry must say its size beforehand.
 */
export function packContext(build: Pick<ImageBuild, 'dockerfile' | 'context'>, scratch: string): Readable {
  const context = pack();
  fill(context, build, scratch).then(
    () => context.finalize(),
    (error: unknown) => context.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return Readable.from(context);
}

async function fill(
  context: Pack,
  { dockerfile, context: entries }: Pick<ImageBuild, 'dockerfile' | 'context'>,
  scratch: string,
): Promise<void> {
  context.entry({ ...COMMON, name: 'Dockerfile', mode: 0o644 }, dockerfile);
  await mkdir(scratch, { recursive: true });
  try {
    for (const [index, { name, source }] of entries.entries()) {
      const isFolder = (await stat(source)).isDirectory();
      const file = isFolder ? join(scratch, `${index}.tar`) : source;
      if (isFolder) await packFolder(source, file);
      await addFile(context, { ...COMMON, name, mode: 0o644 }, file);
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Packs what is in a folder. Modes become 0755 or 0644: a checkout under another umask must not matter. */
async function packFolder(folder: string, file: string): Promise<void> {
  const tar = pack();
  const filled = addTree(tar, folder, '').then(() => tar.finalize());
  filled.catch((error: Error) => tar.destroy(error));
  await Promise.all([pipeline(tar, createWriteStream(file)), filled]);
}

async function addTree(tar: Pack, root: string, below: string): Promise<void> {
  const names = (await readdir(join(root, below))).sort();
  for (const name of names) {
    const path = below === '' ? name : `${below}/${name}`;
    const full = join(root, path);
    const info = await lstat(full);
    if (info.isDirectory()) {
      // Folders every system has keep the modes they have there (/tmp is 1777).
      if (!SYSTEM_FOLDERS.has(path)) tar.entry({ ...COMMON, name: `${path}/`, type: 'directory', mode: 0o755 });
      await addTree(tar, root, path);
    } else if (info.isSymbolicLink()) {
      tar.entry({ ...COMMON, name: path, type: 'symlink', linkname: await readlink(full) });
    } else if (info.isFile()) {
      await addFile(tar, { ...COMMON, name: path, mode: (info.mode & 0o111) === 0 ? 0o644 : 0o755 }, full);
    }
  }
}

const SYSTEM_FOLDERS = new Set(['tmp', 'root', 'var/tmp', 'run', 'var/mail', 'var/local']);

async function addFile(tar: Pack, header: Partial<Header> & Pick<Header, 'name'>, file: string): Promise<void> {
  const { size } = await stat(file);
  await pipeline(createReadStream(file), tar.entry({ ...header, size }));
}
