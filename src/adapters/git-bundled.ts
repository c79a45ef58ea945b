import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Invalid } from '../domain/errors.ts';
import { checkTag } from './git-address.ts';
import { hasCode } from './git-lock.ts';
import type { RunGit } from './git-mirror.ts';

/** The same on every machine and at any time, so that equal code is the same commit everywhere. */
const WHO = { NAME: 'Pendopo', EMAIL: 'pendopo@localhost', DATE: '2026-01-01T00:00:00+0000' };
const AUTHORSHIP = Object.fromEntries(
  ['AUTHOR', 'COMMITTER'].flatMap((role) => Object.entries(WHO).map(([key, value]) => [`GIT_${role}_${key}`, value])),
);

/**
 * Makes the code that comes with an app (`templates/apps/<app>/source`) a repository with one tag: `v` and the content of
 * its file VERSION. A new version is a new tag beside the old ones; code that changed under the same version starts over,
 * and `forget` throws away what was fetched of it.
 */
export async function packBundled(git: RunGit, source: string, repository: string, forget: () => Promise<void>): Promise<void> {
  const tag = await tagOf(source);
  const tree = await treeOf(git, source, repository);
  const known = (await git({ repository, args: ['for-each-ref', '--format=%(tree)', `refs/tags/${tag}`] })).trim();
  if (known === tree) return;
  if (known !== '') {
    await rm(repository, { recursive: true, force: true });
    await forget();
    await treeOf(git, source, repository);
  }
  const commit = (await git({ repository, args: ['commit-tree', tree, '-m', tag], variables: AUTHORSHIP })).trim();
  await git({ repository, args: ['update-ref', `refs/tags/${tag}`, commit] });
}

async function tagOf(source: string): Promise<string> {
  try {
    return checkTag(`v${(await readFile(join(source, 'VERSION'), 'utf8')).trim()}`);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    throw new Invalid('sumber-bawaan-tidak-ada', 'Aplikasi ini tidak membawa folder source/ dengan berkas VERSION.', {
      cause: error,
      field: 'repo',
    });
  }
}

/** Stores all files of the folder as they are, whatever the user's git settings say. */
async function treeOf(git: RunGit, source: string, repository: string): Promise<string> {
  await git({ repository, args: ['init', '--bare', '--quiet'] });
  // A fresh index knows no stat data, so that no change is missed, and no earlier file stays.
  for (const name of ['index', 'index.lock']) await rm(join(repository, name), { force: true });
  const plain = ['-c', 'core.bare=false', '-c', 'core.autocrlf=false', '-c', 'core.fileMode=true'];
  await git({ repository, args: [...plain, 'add', '--all', '--force'], variables: { GIT_WORK_TREE: source } });
  return (await git({ repository, args: ['write-tree'] })).trim();
}
