import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The files of a folder, by their path below it, in a fixed order; empty when there is no such folder. */
export function listFiles(folder: string): readonly string[] {
  const below = (path: string): string[] =>
    readdirSync(join(folder, path), { withFileTypes: true })
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((entry) => {
        const inner = path === '' ? entry.name : `${path}/${entry.name}`;
        return entry.isDirectory() ? below(inner) : [inner];
      });
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? below('') : [];
}

/** One number for some text and folders of files: their names, contents, and whether they may be run. */
export function digestOf(texts: readonly string[], folders: readonly string[]): string {
  const hash = createHash('sha256');
  const add = (part: string | Buffer): void => {
    // With lengths, so that two ways to cut the same bytes differ.
    hash.update(`${Buffer.byteLength(part)}:`).update(part);
  };
  for (const text of texts) add(text);
  for (const folder of folders) {
    for (const path of listFiles(folder)) {
      const file = join(folder, path);
      const info = lstatSync(file);
      add(path);
      add(info.isSymbolicLink() ? 'link' : (info.mode & 0o111) === 0 ? 'data' : 'program');
      add(info.isSymbolicLink() ? readlinkSync(file) : readFileSync(file));
    }
  }
  return hash.digest('hex');
}
