import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createIds, systemClock } from '../../src/adapters/clock.ts';
import { createSources } from '../../src/adapters/git.ts';
import { withLockFile } from '../../src/adapters/git-lock.ts';
import type { Log, Sources } from '../../src/domain/ports-world.ts';
import { failure } from '../support/failure.ts';

vi.setConfig({ testTimeout: 60_000 });
const patient = new AbortController().signal;
let folder: string;
let upstream: string;
let sources: Sources;

function git(where: string, ...args: string[]): string {
  const who = ['-c', 'user.name=Uji', '-c', 'user.email=uji@localhost'];
  return execFileSync('git', [...who, ...args], { cwd: where, stdio: ['ignore', 'pipe', 'pipe'] })
    .toString()
    .trim();
}

/** Commits a file and tags it; returns the commit. */
function release(where: string, tag: string, content: string, { annotated = false } = {}): string {
  writeFileSync(join(where, 'VERSION'), content);
  git(where, 'add', '-A');
  git(where, 'commit', '-qm', tag);
  git(where, 'tag', '-f', ...(annotated ? ['-a', '-m', tag] : []), tag);
  return git(where, 'rev-parse', 'HEAD');
}

function aRepository(name: string): string {
  const where = join(folder, name);
  mkdirSync(where);
  git(where, 'init', '-q', '-b', 'utama');
  return where;
}

const quiet: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

async function serving<T>(listener: RequestListener, work: (address: string) => Promise<T>): Promise<T> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    return await work(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pendopo-git-'));
  upstream = aRepository('hulu');
  const options = { dataFolder: join(folder, 'data'), templatesFolder: join(folder, 'templates'), environment: process.env };
  sources = createSources({ ...options, log: quiet, clock: systemClock, ids: createIds() });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a mirror', () => {
  test.each([
    ['a path', (path: string) => path],
    ['a file:// address', (path: string) => `file://${path}`],
    [
      'another bare repository',
      (path: string) => {
        git(folder, 'clone', '-q', '--mirror', path, 'salinan.git');
        return join(folder, 'salinan.git');
      },
    ],
  ])('knows all tags of %s', async (_name, addressOf) => {
    const first = release(upstream, 'v1.0.0', '1.0.0\n');
    const second = release(upstream, 'v1.1.0', '1.1.0\n', { annotated: true });
    await sources.refresh('opensid', addressOf(upstream), patient);
    expect([...(await sources.tags('opensid'))].toSorted()).toEqual(['v1.0.0', 'v1.1.0']);
    expect(await sources.commitOf('opensid', 'v1.0.0')).toBe(first);
    // The commit, not the object of the annotated tag.
    expect(await sources.commitOf('opensid', 'v1.1.0')).toBe(second);
    expect(await sources.readFile('opensid', first, 'VERSION')).toBe('1.0.0\n');
  });

  test('is asked again for its tags only when they are old, when the newest are wanted, or when its address changed', async () => {
    const lazy = createSources({
      ...{ dataFolder: join(folder, 'data'), templatesFolder: join(folder, 'templates'), environment: process.env, freshMs: 60_000 },
      ...{ log: quiet, clock: systemClock, ids: createIds() },
    });
    release(upstream, 'v1.0.0', '1.0.0\n');
    await lazy.refresh('opensid', upstream, patient, 'recent');
    release(upstream, 'v1.1.0', '1.1.0\n');
    await lazy.refresh('opensid', upstream, patient, 'recent');
    expect(await lazy.tags('opensid')).toEqual(['v1.0.0']);
    await lazy.refresh('opensid', `file://${upstream}`, patient, 'recent');
    expect([...(await lazy.tags('opensid'))].toSorted()).toEqual(['v1.0.0', 'v1.1.0']);
    release(upstream, 'v1.2.0', '1.2.0\n');
    await lazy.refresh('opensid', `file://${upstream}`, patient);
    expect(await lazy.tags('opensid')).toHaveLength(3);
  });

  test('works over a plain web server as well', async () => {
    const commit = release(upstream, 'v1.0.0', '1.0.0\n');
    git(upstream, 'update-server-info');
    await serving(
      (request, response) => {
        const file = join(upstream, '.git', new URL(request.url ?? '', 'http://x').pathname.replace('/desa.git/', ''));
        const found = existsSync(file) && statSync(file).isFile();
        response.writeHead(found ? 200 : 404).end(found ? readFileSync(file) : '');
      },
      async (address) => {
        await sources.refresh('opensid', `${address}/desa.git`, patient);
        expect(await sources.commitOf('opensid', 'v1.0.0')).toBe(commit);
        // Such a server cannot leave the history out.
        expect(await sources.readFile('opensid', commit, 'VERSION')).toBe('1.0.0\n');
      },
    );
  });

  test('gets new tags later, keeps what it fetched of vanished ones and follows a new address', async () => {
    const first = release(upstream, 'v1.0.0', '1.0.0\n', { annotated: true });
    await sources.refresh('opensid', upstream, patient);
    await sources.readFile('opensid', first, 'VERSION');
    git(upstream, 'tag', '-d', 'v1.0.0');
    release(upstream, 'v1.1.0', '1.1.0\n');
    await sources.refresh('opensid', upstream, patient);
    const elsewhere = aRepository('lain');
    release(elsewhere, 'v2.0.0', '2.0.0\n');
    await sources.refresh('opensid', elsewhere, patient);
    expect([...(await sources.tags('opensid'))].toSorted()).toEqual(['v1.0.0', 'v2.0.0']);
    expect(await sources.commitOf('opensid', 'v1.0.0')).toBe(first);
    expect(await sources.readFile('opensid', first, 'VERSION')).toBe('1.0.0\n');
  });

  test('shows where a moved tag points now, and still has the commit it pointed at', async () => {
    const before = release(upstream, 'v1.0.0', 'lama\n');
    await sources.refresh('opensid', upstream, patient);
    await sources.readFile('opensid', before, 'VERSION');
    const after = release(upstream, 'v1.0.0', 'baru\n');
    await sources.refresh('opensid', upstream, patient);
    expect(await sources.commitOf('opensid', 'v1.0.0')).toBe(after);
    expect(await sources.readFile('opensid', before, 'VERSION')).toBe('lama\n');
    expect(await sources.readFile('opensid', after, 'VERSION')).toBe('baru\n');
  });

  test('fetches the code of a release when it is needed, without history, and has it from then on', async () => {
    const first = release(upstream, 'v1.0.0', 'lama\n');
    const second = release(upstream, 'v1.1.0', 'baru\n');
    await sources.refresh('opensid', upstream, patient);
    expect(await sources.readFile('opensid', second, 'VERSION')).toBe('baru\n');
    rmSync(upstream, { recursive: true });
    expect(await sources.readFile('opensid', second, 'VERSION')).toBe('baru\n');
    expect((await failure(sources.readFile('opensid', first, 'VERSION'))).code).toBe('repositori-tidak-ada');
  });

  test('says so when a tag was moved before its code was fetched', async () => {
    const before = release(upstream, 'v1.0.0', 'lama\n');
    await sources.refresh('opensid', upstream, patient);
    release(upstream, 'v1.0.0', 'baru\n');
    expect((await failure(sources.readFile('opensid', before, 'VERSION'))).code).toBe('commit-hilang');
  });

  test('of an incomplete repository gives the releases that are complete', async () => {
    const first = release(upstream, 'v1.0.0', 'lama\n');
    const lost = git(upstream, 'rev-parse', 'HEAD:VERSION');
    const second = release(upstream, 'v1.1.0', 'baru\n');
    rmSync(join(upstream, '.git/objects', lost.slice(0, 2), lost.slice(2)));
    await sources.refresh('opensid', upstream, patient);
    expect(await sources.readFile('opensid', second, 'VERSION')).toBe('baru\n');
    const error = await failure(sources.readFile('opensid', first, 'VERSION'));
    expect([error.kind, error.code]).toEqual(['broken', 'repositori-rusak']);
  });

  test.runIf(process.getuid?.() === 0)('may be fetched from a repository that belongs to another user', async () => {
    const commit = release(upstream, 'v1.0.0', '1.0.0\n');
    for (const path of [upstream, ...readdirSync(upstream, { recursive: true }).map((name) => join(upstream, String(name)))])
      chownSync(path, 65534, 65534);
    chmodSync(folder, 0o755);
    await sources.refresh('opensid', upstream, patient);
    expect(await sources.readFile('opensid', commit, 'VERSION')).toBe('1.0.0\n');
  });

  test('knows nothing before its first fetch', async () => {
    expect(await sources.tags('opensid')).toEqual([]);
    expect((await failure(sources.commitOf('opensid', 'v1.0.0'))).kind).toBe('not-found');
    expect((await failure(sources.readFile('opensid', 'a'.repeat(40), 'VERSION'))).code).toBe('commit-hilang');
  });

  test('that was left damaged inside another repository heals, and the other is not touched', async () => {
    release(upstream, 'v1.0.0', '1.0.0\n');
    git(folder, 'init', '-q');
    await sources.refresh('opensid', upstream, patient);
    rmSync(join(folder, 'data/mirrors/opensid.git/HEAD'));
    writeFileSync(join(folder, 'data/mirrors/opensid.git/config.lock'), '');
    await sources.refresh('opensid', upstream, patient);
    expect(await sources.tags('opensid')).toEqual(['v1.0.0']);
    expect(git(folder, 'tag')).toBe('');
  });

  test('is worked on by one process at a time', async () => {
    for (let n = 0; n < 20; n += 1) release(upstream, `v1.0.${n}`, `${n}\n`);
    await Promise.all([1, 2, 3, 4].map(() => sources.refresh('opensid', upstream, patient)));
    expect(await sources.tags('opensid')).toHaveLength(20);
    const commits = await Promise.all([1, 2, 3].map((n) => sources.commitOf('opensid', `v1.0.${n}`)));
    expect(await Promise.all(commits.map((commit) => sources.readFile('opensid', commit, 'VERSION')))).toEqual(['1\n', '2\n', '3\n']);
    expect(readdirSync(join(folder, 'data/mirrors')).toSorted()).toEqual(['gitconfig', 'opensid.git']);
  });
});

describe('the code of a release', () => {
  test('is written as a tar of root with the modes of the commit, complete or not at all', async () => {
    mkdirSync(join(upstream, 'bin'));
    writeFileSync(join(upstream, 'bin/jalan'), '#!/bin/sh\n', { mode: 0o755 });
    const commit = release(upstream, 'v1.0.0', '1.0.0\n');
    await sources.refresh('opensid', upstream, patient);
    const file = join(folder, 'keluar/kode.tar');
    await sources.exportTar('opensid', commit, file);
    const listing = execFileSync('tar', ['--numeric-owner', '-tvf', file]).toString();
    expect(listing).toMatch(/^drwxr-xr-x 0\/0 .* bin\/$/m);
    expect(listing).toMatch(/^-rwxr-xr-x 0\/0 .* bin\/jalan$/m);
    expect(listing).toMatch(/^-rw-r--r-- 0\/0 .* VERSION$/m);
    expect((await failure(sources.exportTar('opensid', 'a'.repeat(40), join(folder, 'keluar/tidak.tar')))).code).toBe('commit-hilang');
    expect(readdirSync(join(folder, 'keluar'))).toEqual(['kode.tar']);
  });

  test('has no file that was not committed, and a folder is no file', async () => {
    mkdirSync(join(upstream, 'app'));
    writeFileSync(join(upstream, 'app/isi.txt'), 'isi');
    const commit = release(upstream, 'v1.0.0', '1.0.0\n');
    await sources.refresh('opensid', upstream, patient);
    expect(await sources.readFile('opensid', commit, 'app/isi.txt')).toBe('isi');
    for (const path of ['tidak-ada', 'app'])
      expect((await failure(sources.readFile('opensid', commit, path))).code).toBe('berkas-tidak-ada');
    expect((await failure(sources.commitOf('opensid', 'v9.9.9'))).code).toBe('rilis-tidak-ada');
    expect((await failure(sources.commitOf('opensid', 'v1.0'))).code).toBe('rilis-tidak-ada');
  });
});

describe('what git must not be told', () => {
  test.each(['--upload-pack=touch /tmp/x', 'ext::sh -c touch% /tmp/x', '-u', 'https://-x/y', 'folder/relatif', '', 'http://a b'])(
    'address %j',
    async (repo) => {
      const error = await failure(sources.refresh('opensid', repo, patient));
      expect([error.kind, error.code]).toEqual(['invalid', 'alamat-repositori-salah']);
    },
  );

  test.each(['--output=/tmp/x', '-x', 'v1..v2', 'v1^{tree}', 'a b', 'v1:VERSION', ''])('tag %j', async (tag) => {
    expect((await failure(sources.commitOf('opensid', tag))).kind).toBe('invalid');
  });

  test.each(['../rahasia', '/etc/passwd', '-x', 'a/../b', './VERSION', '', ':x'])('path %j', async (path) => {
    expect((await failure(sources.readFile('opensid', 'a'.repeat(40), path))).kind).toBe('invalid');
  });

  test('an app or commit that is none', async () => {
    expect((await failure(sources.tags('../../x'))).kind).toBe('invalid');
    expect((await failure(sources.readFile('opensid', 'HEAD', 'VERSION'))).kind).toBe('invalid');
  });
});

describe('a repository that cannot be fetched', () => {
  test('because there is none', async () => {
    mkdirSync(join(folder, 'kosong'));
    for (const repo of [join(folder, 'tidak-ada'), join(folder, 'kosong'), `file://${folder}/tidak-ada`]) {
      const error = await failure(sources.refresh('opensid', repo, patient));
      expect([error.kind, error.code]).toEqual(['broken', 'repositori-tidak-ada']);
    }
  });

  test('because it has no tags', async () => {
    writeFileSync(join(upstream, 'a'), '');
    git(upstream, 'add', '-A');
    git(upstream, 'commit', '-qm', 'a');
    const error = await failure(sources.refresh('opensid', upstream, patient));
    expect([error.kind, error.code]).toEqual(['broken', 'repositori-tanpa-rilis']);
  });

  test.each([
    [401, 'broken', 'git-ditolak'],
    [403, 'broken', 'git-ditolak'],
    [404, 'broken', 'repositori-tidak-ada'],
    [500, 'unavailable', 'git-tidak-terjangkau'],
    [503, 'unavailable', 'git-tidak-terjangkau'],
  ])('because the server answers %i, without asking for a password and without showing one', async (status, kind, code) => {
    await serving(
      (_request, response) => response.writeHead(status, status === 401 ? { 'www-authenticate': 'Basic realm="x"' } : {}).end(),
      async (address) => {
        const error = await failure(sources.refresh('opensid', address.replace('://', '://orang:rahasia123@'), patient));
        expect([error.kind, error.code]).toEqual([kind, code]);
        expect(inspect(error.error, { depth: 10 })).not.toContain('rahasia123');
      },
    );
  });

  test('because nobody is there', async () => {
    for (const repo of ['http://127.0.0.1:9/x.git', 'https://tidak-ada.invalid/x.git', 'git://127.0.0.1:9/x.git']) {
      const error = await failure(sources.refresh('opensid', repo, patient));
      expect([error.kind, error.code]).toEqual(['unavailable', 'git-tidak-terjangkau']);
    }
  });

  test('because the server never answers: the job can be cancelled and no git stays behind', async () => {
    await serving(
      () => undefined,
      async (address) => {
        const stop = new AbortController();
        setTimeout(() => stop.abort(new Error('dibatalkan')), 700);
        expect((await failure(sources.refresh('opensid', `${address}/diam.git`, stop.signal))).message).toBe('dibatalkan');
        const processes = execFileSync('ps', ['-eo', 'args']).toString();
        expect(processes).not.toContain(`${address}/diam.git`);
      },
    );
    expect(readdirSync(join(folder, 'data/mirrors'))).not.toContain('opensid.lock');
  });
});

describe('code that comes with an app', () => {
  let source: string;
  beforeEach(() => {
    source = join(folder, 'templates/apps/contoh/source');
    mkdirSync(join(source, 'vendor'), { recursive: true });
    writeFileSync(join(source, 'VERSION'), '1.0.0\n');
    writeFileSync(join(source, '.gitignore'), 'vendor\n');
    writeFileSync(join(source, 'vendor/pustaka.php'), '<?php\r\n');
  });

  test('is a release of its own, the same on every machine, also with what git would leave out', async () => {
    await sources.refresh('contoh', 'bundled:', patient);
    const commit = await sources.commitOf('contoh', 'v1.0.0');
    expect(await sources.tags('contoh')).toEqual(['v1.0.0']);
    expect(await sources.readFile('contoh', commit, 'vendor/pustaka.php')).toBe('<?php\r\n');
    rmSync(join(folder, 'data'), { recursive: true });
    await sources.refresh('contoh', 'bundled:', patient);
    expect(await sources.commitOf('contoh', 'v1.0.0')).toBe(commit);
    await sources.refresh('contoh', 'bundled:', patient);
    expect(await sources.commitOf('contoh', 'v1.0.0')).toBe(commit);
    expect(readdirSync(source).toSorted()).toEqual(['.gitignore', 'VERSION', 'vendor']);
  });

  test('gets a second release beside the first when its version rises', async () => {
    await sources.refresh('contoh', 'bundled:', patient);
    const first = await sources.commitOf('contoh', 'v1.0.0');
    writeFileSync(join(source, 'VERSION'), '1.1.0\n');
    await sources.refresh('contoh', 'bundled:', patient);
    expect([...(await sources.tags('contoh'))].toSorted()).toEqual(['v1.0.0', 'v1.1.0']);
    expect(await sources.commitOf('contoh', 'v1.0.0')).toBe(first);
  });

  test('starts over when it changes under the same version', async () => {
    await sources.refresh('contoh', 'bundled:', patient);
    const first = await sources.commitOf('contoh', 'v1.0.0');
    writeFileSync(join(source, 'baru.txt'), 'baru');
    rmSync(join(source, 'vendor'), { recursive: true });
    await sources.refresh('contoh', 'bundled:', patient);
    const second = await sources.commitOf('contoh', 'v1.0.0');
    expect(second).not.toBe(first);
    expect(await sources.readFile('contoh', second, 'baru.txt')).toBe('baru');
    expect((await failure(sources.readFile('contoh', second, 'vendor/pustaka.php'))).code).toBe('berkas-tidak-ada');
  });

  test('without a version is refused', async () => {
    rmSync(join(source, 'VERSION'));
    expect((await failure(sources.refresh('contoh', 'bundled:', patient))).code).toBe('sumber-bawaan-tidak-ada');
    writeFileSync(join(source, 'VERSION'), '--x; rm\n');
    expect((await failure(sources.refresh('contoh', 'bundled:', patient))).kind).toBe('invalid');
  });
});

describe('a lock file', () => {
  const tools = { clock: systemClock, ids: createIds(), signal: patient };

  test('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    await Promise.all(
      [1, 2, 3, 4, 5].map(() =>
        withLockFile(join(folder, 'kunci'), tools, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await systemClock.sleep(20);
          inside -= 1;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(existsSync(join(folder, 'kunci'))).toBe(false);
  });

  test('of a dead process is broken; of a living one it is waited for, until the job is cancelled', async () => {
    const file = join(folder, 'kunci');
    writeFileSync(file, 'mati');
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(file, longAgo, longAgo);
    expect(await withLockFile(file, tools, async () => 'masuk')).toBe('masuk');
    writeFileSync(file, 'hidup');
    const waiting = withLockFile(file, { ...tools, signal: AbortSignal.timeout(500) }, async () => 'masuk');
    expect((await failure(waiting)).error).toHaveProperty('name', expect.stringMatching(/TimeoutError|AbortError/));
    expect(readFileSync(file, 'utf8')).toBe('hidup');
  });
});
