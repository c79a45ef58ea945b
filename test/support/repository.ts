import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const APPS = fileURLToPath(new URL('../../templates/apps', import.meta.url));

export interface Repository {
  /** For CONTOH_OPENSID_REPO. */
  readonly path: string;
  /** Adds a tag with changed files to a repository that is in use. */
  release(release: Release): void;
  remove(): void;
}

type Change = string | null | ((original: string) => string);

export interface RepositoryOptions {
  /** Which sample app's code; contoh-opensid when left out. */
  readonly app?: string;
  /** Files that are other than the sample app's: their content, or what to make of it; null takes one away. */
  readonly changes?: Readonly<Record<string, Change>>;
  readonly tags?: readonly string[];
  /** Later releases, each of the first one's code with these changes and its own version. */
  readonly releases?: readonly Release[];
}

export interface Release {
  readonly tag: string;
  readonly changes: Readonly<Record<string, Change>>;
}

const MIGRATION = (body: string): string => `<?php declare(strict_types=1); return static function (PDO $db): void { ${body} };`;

/** Releases of the sample app that an update must survive: one good, three bad. */
export const RELEASES = {
  good: {
    tag: 'v1.1.0',
    changes: {
      'migrasi/2026120101.php': MIGRATION("$db->exec('ALTER TABLE artikel ADD COLUMN IF NOT EXISTS ringkas varchar(200) NULL');"),
    },
  },
  /** Its migration damages what it finds, and then fails. */
  throwing: {
    tag: 'v1.2.0',
    changes: {
      'migrasi/2026120102.php': MIGRATION(
        "$db->exec('CREATE TABLE sisa (id int)'); $db->exec(\"UPDATE tweb_penduduk SET nama = 'RUSAK'\"); $db->exec('DROP TABLE artikel'); throw new RuntimeException('setengah jalan');",
      ),
    },
  },
  /** Migrates well and never answers a page. */
  unhealthy: { tag: 'v1.3.0', changes: { 'index.php': () => "<?php http_response_code(500); echo 'rusak';" } },
  /** Says that all is well and has lost three residents. */
  losing: {
    tag: 'v1.4.0',
    changes: { 'migrasi/2026120104.php': MIGRATION("$db->exec('DELETE FROM tweb_penduduk ORDER BY id DESC LIMIT 3');") },
  },
} as const satisfies Record<string, { tag: string; changes: Readonly<Record<string, Change>> }>;

/** Makes the first filling of the database take longer by that many seconds. */
export function slowSeed(seconds: number): Readonly<Record<string, Change>> {
  const wait = `if (($argv[1] ?? '') === 'seed') sleep(${seconds});`;
  return { 'konsol.php': (text) => text.replace('declare(strict_types=1);', (first) => `${first}\n${wait}`) };
}

/** The sample app in a repository of the test's own: another commit, so that image and template do not exist yet. */
export function makeRepository({
  app = 'contoh-opensid',
  changes = {},
  tags = ['v1.0.0'],
  releases = [],
}: RepositoryOptions = {}): Repository {
  const path = mkdtempSync('/tmp/pdp-repo-');
  cpSync(join(APPS, app, 'source'), path, { recursive: true });
  apply(path, { UJI: `${path} ${process.pid}\n`, ...changes });
  const git = (...words: string[]): void => {
    execFileSync('git', ['-C', path, '-c', 'user.name=t', '-c', 'user.email=t@localhost', ...words], { stdio: 'ignore' });
  };
  git('init', '-q');
  git('add', '-A', '-f');
  git('commit', '-qm', 'release');
  for (const tag of tags) git('tag', tag);
  const release = ({ tag, changes: changed }: Release): void => {
    apply(path, { VERSION: `${tag.slice(1)}\n`, ...changed });
    git('add', '-A', '-f');
    git('commit', '-qm', tag);
    git('tag', tag);
    git('reset', '-q', '--hard', tags[0] ?? 'HEAD~1');
  };
  for (const one of releases) release(one);
  return { path, release, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function apply(path: string, changes: Readonly<Record<string, Change>>): void {
  for (const [name, content] of Object.entries(changes)) {
    const file = join(path, name);
    const text = typeof content === 'function' ? content(readFileSync(file, 'utf8')) : content;
    rmSync(file, { recursive: true, force: true });
    if (text !== null) writeFileSync(file, text);
  }
}
