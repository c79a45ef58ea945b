import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../templates/apps/contoh-opensid/source', import.meta.url));

export interface Repository {
  /** For CONTOH_OPENSID_REPO. */
  readonly path: string;
  remove(): void;
}

export interface RepositoryOptions {
  /** Files and folders written over the sample app's; null takes one away. */
  readonly changes?: Readonly<Record<string, string | null>>;
  readonly tags?: readonly string[];
}

/** The sample app in a repository of the test's own: another commit, so that image and template do not exist yet. */
export function makeRepository({ changes = {}, tags = ['v1.0.0'] }: RepositoryOptions = {}): Repository {
  const path = mkdtempSync('/tmp/pdp-repo-');
  cpSync(SOURCE, path, { recursive: true });
  for (const [name, content] of Object.entries({ UJI: `${path} ${process.pid}\n`, ...changes })) {
    const file = join(path, name);
    rmSync(file, { recursive: true, force: true });
    if (content === null) continue;
    if (dirname(name) !== '.') execFileSync('mkdir', ['-p', dirname(file)]);
    writeFileSync(file, content);
  }
  const git = (...words: string[]): void => {
    execFileSync('git', ['-C', path, '-c', 'user.name=t', '-c', 'user.email=t@localhost', ...words], { stdio: 'ignore' });
  };
  git('init', '-q');
  git('add', '-A', '-f');
  git('commit', '-qm', 'release');
  for (const tag of tags) git('tag', tag);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
