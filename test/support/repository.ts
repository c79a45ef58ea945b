import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SOURCE = fileURLToPath(new URL('../../templates/apps/contoh-opensid/source', import.meta.url));

export interface Repository {
  /** For CONTOH_OPENSID_REPO. */
  readonly path: string;
  remove(): void;
}

type Change = string | null | ((original: string) => string);

export interface RepositoryOptions {
  /** Files that are other than the sample app's: their content, or what to make of it; null takes one away. */
  readonly changes?: Readonly<Record<string, Change>>;
  readonly tags?: readonly string[];
}

/** Makes the first filling of the database take longer by that many seconds. */
export function slowSeed(seconds: number): Readonly<Record<string, Change>> {
  const wait = `if (($argv[1] ?? '') === 'seed') sleep(${seconds});`;
  return { 'konsol.php': (text) => text.replace('declare(strict_types=1);', (first) => `${first}\n${wait}`) };
}

/** The sample app in a repository of the test's own: another commit, so that image and template do not exist yet. */
export function makeRepository({ changes = {}, tags = ['v1.0.0'] }: RepositoryOptions = {}): Repository {
  const path = mkdtempSync('/tmp/pdp-repo-');
  cpSync(SOURCE, path, { recursive: true });
  const all: Record<string, Change> = { UJI: `${path} ${process.pid}\n`, ...changes };
  for (const [name, content] of Object.entries(all)) {
    const file = join(path, name);
    const text = typeof content === 'function' ? content(readFileSync(file, 'utf8')) : content;
    rmSync(file, { recursive: true, force: true });
    if (text !== null) writeFileSync(file, text);
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
