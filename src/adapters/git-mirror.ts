import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Broken, NotFound, PendopoError } from '../domain/errors.ts';
import { withoutPassword } from './git-address.ts';
import { hasCode } from './git-lock.ts';

/** One run of git on one repository. */
export interface GitCall {
  readonly repository: string;
  readonly args: readonly string[];
  /** Variables of git's own, such as who commits. */
  readonly variables?: Readonly<Record<string, string>>;
  /** What messages call the repository, when that is another one than we work in. */
  readonly address?: string;
  readonly signal?: AbortSignal | undefined;
  readonly limitMs?: number;
  /** How long it may say nothing. */
  readonly silentMs?: number;
}

/** Gives what git printed. @throws Unavailable, Broken */
export type RunGit = (call: GitCall) => Promise<string>;

/** The code of one release over a slow line. */
const FETCH_MS = 60 * 60_000;
/** A fetch reports progress all the time; a server that says nothing for so long is gone. */
const SILENT_MS = 120_000;
/** In the mirror: `<commit> <tag>` a line, as last seen at the address. */
const LIST = 'pendopo-tags';

/**
 * Asks the repository for its tags and remembers what they point at. The code of a release comes when it is first
 * needed (`obtainCommit`): a whole history is many times as large, and incomplete copies of one are common.
 */
export async function refreshMirror(git: RunGit, mirror: string, address: string, signal: AbortSignal): Promise<void> {
  const call = { repository: mirror, address, signal };
  await mkdir(mirror, { recursive: true });
  await removeStaleLocks(mirror);
  await git({ ...call, args: ['init', '--bare', '--quiet'] });
  await git({ ...call, args: ['config', 'remote.origin.url', address] });
  const upstream = parseTags(await git({ ...call, args: ['ls-remote', '--tags', 'origin'], silentMs: SILENT_MS }));
  if (upstream.size === 0) {
    throw new Broken(
      'repositori-tanpa-rilis',
      `Repositori ${withoutPassword(address)} tidak mempunyai satu pun tag, jadi tidak ada rilis di sana.`,
    );
  }
  // What was fetched once stays, also when the tag vanishes there.
  const format = '--format=%(objectname) %(refname)%0a%(*objectname) %(refname)';
  const fetched = parseTags(await git({ ...call, args: ['for-each-ref', format, 'refs/tags'] }));
  await writeList(mirror, new Map([...fetched, ...upstream]));
}

/** Whether the list of tags came from this address within the last so many milliseconds. */
export async function wasRefreshed(mirror: string, address: string, withinMs: number): Promise<boolean> {
  if (withinMs === 0) return false;
  try {
    const { mtimeMs } = await stat(join(mirror, LIST));
    const settings = await readFile(join(mirror, 'config'), 'utf8');
    return Date.now() - mtimeMs < withinMs && settings.includes(`url = ${address}\n`);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

/** Reads `<hash> refs/tags/<tag>`; an annotated tag has a second line ending in `^{}` with its commit. */
function parseTags(text: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, hash, tag] = /^([0-9a-f]{40})\s+refs\/tags\/(.+?)(?:\^\{\})?$/.exec(line) ?? [];
    if (hash !== undefined && tag !== undefined) tags.set(tag, hash);
  }
  return tags;
}

/** Tags and their commits; empty before the first refresh. */
export async function readList(mirror: string): Promise<ReadonlyMap<string, string>> {
  try {
    const lines = (await readFile(join(mirror, LIST), 'utf8')).split('\n').filter((line) => line !== '');
    return new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)]));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return new Map();
    throw error;
  }
}

async function writeList(mirror: string, tags: ReadonlyMap<string, string>): Promise<void> {
  const part = join(mirror, `${LIST}.part`);
  await writeFile(part, [...tags].map(([tag, commit]) => `${commit} ${tag}\n`).join(''));
  await rename(part, join(mirror, LIST));
}

/** A git that was killed leaves its locks and half-received packs; nobody else works here while we hold ours. */
async function removeStaleLocks(mirror: string): Promise<void> {
  for (const entry of await readdir(mirror, { recursive: true, withFileTypes: true })) {
    const isLeft = entry.name.endsWith('.lock') || entry.name.startsWith('tmp_');
    if (entry.isFile() && isLeft) await rm(join(entry.parentPath, entry.name), { force: true });
  }
}

/** Whether the commit is here, which means all its files: git stores what it fetched as a whole or not at all. */
export async function hasCommit(git: RunGit, mirror: string, commit: string): Promise<boolean> {
  try {
    await git({ repository: mirror, args: ['cat-file', '-e', `${commit}^{commit}`] });
    return true;
  } catch (error) {
    if (error instanceof Broken && error.code === 'git-gagal') return false;
    throw error;
  }
}

/** Fetches the code of a release, without its history. The caller holds the mirror's lock. @throws Broken */
export async function obtainCommit(git: RunGit, mirror: string, commit: string, signal: AbortSignal | undefined): Promise<void> {
  const missing = new Broken('commit-hilang', `Commit ${commit.slice(0, 12)} tidak ada di repositorinya.`, {
    advice: 'Tag rilisnya dipindah atau dihapus. Segarkan daftar rilis, lalu pilih rilis yang ada.',
  });
  const tag = [...(await readList(mirror))].find(([, known]) => known === commit)?.[0];
  if (tag === undefined) throw missing;
  await removeStaleLocks(mirror);
  const address = (await git({ repository: mirror, args: ['config', 'remote.origin.url'] })).trim();
  await fetchTag(git, { repository: mirror, address, signal, limitMs: FETCH_MS, silentMs: SILENT_MS }, tag);
  if (!(await hasCommit(git, mirror, commit))) throw missing;
}

async function fetchTag(git: RunGit, call: Omit<GitCall, 'args'>, tag: string): Promise<void> {
  // Nothing is collected: a release that runs somewhere keeps its commit here.
  const fetch = (...depth: string[]): Promise<string> =>
    git({ ...call, args: ['fetch', ...depth, '--no-tags', '--no-auto-gc', '--progress', 'origin', `+refs/tags/${tag}:refs/tags/${tag}`] });
  try {
    await fetch('--depth=1');
  } catch (error) {
    // A plain web server holds the repository as files and knows only all or nothing.
    if (!(error instanceof PendopoError) || error.code !== 'git-tanpa-shallow') throw error;
    await fetch();
  }
}

/** @throws NotFound when the path is no file of that commit */
export async function fileIn(git: RunGit, mirror: string, commit: string, path: string): Promise<string> {
  const listed = await git({ repository: mirror, args: ['ls-tree', '-z', '--full-tree', commit, '--', path] });
  if (!/^\d+ blob /.test(listed)) throw new NotFound('berkas-tidak-ada', `Berkas ${path} tidak ada di commit ${commit.slice(0, 12)}.`);
  return git({ repository: mirror, args: ['cat-file', 'blob', `${commit}:${path}`] });
}

const LONGEST_NOTE = 4_000;

/** The message of each tag whose code is here; of a plain tag, its commit's. */
export async function notesIn(git: RunGit, mirror: string): Promise<ReadonlyMap<string, string>> {
  const text = await git({ repository: mirror, args: ['for-each-ref', '--format=%(refname:strip=2)%00%(contents)%00', 'refs/tags'] });
  const parts = text.split('\0');
  const notes = new Map<string, string>();
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const tag = parts[index]?.trim() ?? '';
    notes.set(tag, (parts[index + 1] ?? '').trim().slice(0, LONGEST_NOTE));
  }
  return notes;
}
