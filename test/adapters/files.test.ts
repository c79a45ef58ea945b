import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { pack as tarPack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFiles } from '../../src/adapters/files.ts';
import type { Files } from '../../src/domain/ports-world.ts';
import { Secret } from '../../src/domain/secret.ts';

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;
const APP = isRoot ? 33 : (process.getuid?.() ?? 0);
const signal = new AbortController().signal;
const VOLUME = 'desa/5201142001/opensid/desa';

let root: string;
let data: string;
let outside: string;
let files: Files;
beforeEach(async () => {
  root = await mkdtemp('/tmp/pdp-files-');
  data = `${root}/data`;
  outside = `${root}/outside`;
  await mkdir(data, { mode: 0o711 });
  await mkdir(outside);
  await writeFile(`${outside}/rahasia`, 'milik orang lain');
  files = createFiles({ dataFolder: data, appUid: APP, appGid: APP });
});
afterEach(async () => {
  // What was outside is as it was, whatever a test did.
  expect(await readFile(`${outside}/rahasia`, 'utf8')).toBe('milik orang lain');
  expect(await readdir(outside)).toEqual(['rahasia']);
  const left = (await readdir(data, { recursive: true })).filter((name) => name.endsWith('.part'));
  expect(left).toEqual([]);
  await rm(root, { recursive: true });
});

const modeOf = async (key: string) => ((await stat(`${data}/${key}`)).mode & 0o7777).toString(8);

describe('keys', () => {
  it('that lead outside are refused by every method', async () => {
    for (const key of ['', '/etc/passwd', '..', 'a/../../b', 'a//b', './a', 'a/.', 'a\0b', 'a/']) {
      expect(() => files.path(key), key).toThrow(expect.objectContaining({ code: 'jalur-salah' }));
      await expect(async () => files.write(key, 'x', 'app'), key).rejects.toMatchObject({ code: 'jalur-salah' });
      await expect(async () => files.remove(key), key).rejects.toMatchObject({ code: 'jalur-salah' });
      await expect(async () => files.exists(key), key).rejects.toMatchObject({ code: 'jalur-salah' });
    }
    expect(files.path('a/b..c')).toBe(`${data}/a/b..c`);
  });
});

describe('folders and files', () => {
  it('of an app belong to its account, ours to us; folders on the way let others pass only', async () => {
    await files.ensureFolder(VOLUME, 'app');
    await files.ensureFolder(VOLUME, 'app');
    await files.ensureFolder('keys', 'control');
    await files.write(`${VOLUME}/config/database.php`, new Secret('<?php // é'), 'app');
    await files.write('keys/x', 'y', 'control');
    expect((await stat(`${data}/${VOLUME}`)).uid).toBe(APP);
    expect((await stat(`${data}/${VOLUME}/config`)).uid).toBe(APP);
    expect((await stat(`${data}/${VOLUME}/config/database.php`)).uid).toBe(APP);
    expect((await stat(`${data}/desa/5201142001`)).uid).toBe(process.getuid?.());
    expect([await modeOf('desa'), await modeOf(VOLUME), await modeOf(`${VOLUME}/config/database.php`)]).toEqual(['711', '750', '640']);
    expect([await modeOf('keys'), await modeOf('keys/x')]).toEqual(['700', '600']);
    expect(await files.read(`${VOLUME}/config/database.php`)).toBe('<?php // é');
    expect(await files.size(`${VOLUME}/config/database.php`)).toBe(11);
    expect(await files.sha256('keys/x')).toBe('a1fce4363854ff888cff4b8e7875d600c2682390412a8cf79b37d0b11148b0fa');
  });

  it('are replaced whole: a reader sees the old or the new one', async () => {
    await files.write('a/b', 'satu', 'app');
    const before = await lstat(`${data}/a/b`);
    await files.write('a/b', 'dua', 'app');
    expect((await lstat(`${data}/a/b`)).ino).not.toBe(before.ino);
    expect(await files.read('a/b')).toBe('dua');
    expect(await readdir(`${data}/a`)).toEqual(['b']);
  });

  it('leave nothing of a writer that was killed half-way once they are written again', async () => {
    await files.write('a/b', 'satu', 'app');
    await writeFile(`${data}/a/.b.part`, 'setenga');
    await files.write('a/b', 'dua', 'app');
    expect(await readdir(`${data}/a`)).toEqual(['b']);
    expect(await files.read('a/b')).toBe('dua');
  });

  it('that are missing are told so, and removing or moving them twice is fine', async () => {
    expect(await files.exists('tidak/ada')).toBe(false);
    await expect(files.read('tidak/ada')).rejects.toMatchObject({ kind: 'not-found' });
    await files.remove('tidak/ada');
    await files.write('satu/a', 'x', 'control');
    await files.move('satu', 'arsip/1/satu');
    await files.move('satu', 'arsip/1/satu');
    expect(await files.read('arsip/1/satu/a')).toBe('x');
    await expect(files.move('satu', 'arsip/2')).rejects.toMatchObject({ kind: 'not-found' });
    await files.write('satu/a', 'y', 'control');
    await expect(files.move('satu', 'arsip/1/satu')).rejects.toMatchObject({ code: 'tujuan-sudah-ada' });
    await files.remove('arsip');
    expect(await files.exists('arsip')).toBe(false);
  });
});

describe('a symlink that an app put in its volume', () => {
  beforeEach(() => files.ensureFolder(VOLUME, 'app'));

  it('is never written through, as a folder on the way or as the file itself', async () => {
    await symlink(outside, `${data}/${VOLUME}/config`);
    await symlink(`${outside}/rahasia`, `${data}/${VOLUME}/app_key`);
    for (const attempt of [
      () => files.write(`${VOLUME}/config/database.php`, 'x', 'app'),
      () => files.ensureFolder(`${VOLUME}/config`, 'app'),
      () => files.ensureFolder(`${VOLUME}/config/dalam`, 'app'),
      () => files.remove(`${VOLUME}/config/rahasia`),
      () => files.move(`${VOLUME}/config/rahasia`, 'curian'),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'tautan-di-jalan' });
    }
    await files.write(`${VOLUME}/app_key`, 'kunci', 'app'); // takes the link's place
    expect((await lstat(`${data}/${VOLUME}/app_key`)).isSymbolicLink()).toBe(false);
  });

  it('is never read through, nor a fifo waited for', async () => {
    await symlink(`${outside}/rahasia`, `${data}/${VOLUME}/app_key`);
    await symlink(outside, `${data}/${VOLUME}/config`);
    await run('mkfifo', [`${data}/${VOLUME}/pipa`]);
    await expect(files.read(`${VOLUME}/app_key`)).rejects.toMatchObject({ code: 'bukan-berkas' });
    await expect(files.sha256(`${VOLUME}/app_key`)).rejects.toMatchObject({ code: 'bukan-berkas' });
    await expect(files.read(`${VOLUME}/config/rahasia`)).rejects.toMatchObject({ code: 'tautan-di-jalan' });
    for (const key of ['pipa', ''])
      await expect(files.read(key === '' ? VOLUME : `${VOLUME}/${key}`)).rejects.toMatchObject({ code: 'bukan-berkas' });
    expect(await files.exists(`${VOLUME}/app_key`)).toBe(true);
  });

  it('is removed as a link, wherever it points', async () => {
    await symlink(outside, `${data}/${VOLUME}/a`);
    await mkdir(`${data}/${VOLUME}/dalam`);
    await symlink(outside, `${data}/${VOLUME}/dalam/b`);
    await symlink('/', `${data}/${VOLUME}/c`);
    await files.remove(`${VOLUME}/a`);
    await files.remove(VOLUME);
    expect(await files.exists(VOLUME)).toBe(false);
  });
});

describe('a pack', () => {
  const PACK = 'archive/01J/berkas.tar.gz';
  const LONG = `${'folder-panjang/'.repeat(12)}${'nama'.repeat(40)}.txt`;

  /** A volume with everything that is hard on an archive. */
  async function fill(): Promise<void> {
    await files.ensureFolder(VOLUME, 'app');
    await files.ensureFolder('desa/5201142001/opensid/logs', 'app');
    await files.write('desa/5201142001/opensid/logs/log', 'catatan', 'app');
    await files.write(`${VOLUME}/app_key`, 'base64:xyz', 'app');
    await files.write(`${VOLUME}/${LONG}`, 'panjang', 'app');
    await files.write(`${VOLUME}/upload/foto é "baru"\n.jpg`, 'foto', 'app');
    await writeFile(`${data}/${VOLUME}/besar`, randomBytes(3_000_000));
    await writeFile(`${data}/${VOLUME}/kosong`, '');
    await mkdir(`${data}/${VOLUME}/hampa`);
    await symlink(outside, `${data}/${VOLUME}/keluar`);
    await symlink('app_key', `${data}/${VOLUME}/dalam`);
    await run('ln', [`${data}/${VOLUME}/app_key`, `${data}/${VOLUME}/kembar`]);
    await chmod(`${data}/${VOLUME}/app_key`, 0o400);
    if (isRoot) await run('chown', ['-hR', '33:33', `${data}/${VOLUME}`]);
  }

  const listing = async (key: string) => {
    const { stdout } = await run('find', ['.', '-printf', '%P|%y|%m|%u|%l|%s|%n|%T@\n'], { cwd: `${data}/${key}` });
    // The size of a folder depends on its history; a link's time is the file system's.
    return stdout
      .split('\n')
      .sort()
      .map((line) => (/\|[dl]\|/.test(line) ? line.replace(/\|\d+\|\d+\|[\d.]+$/, '') : line));
  };

  const pack = () =>
    files.pack(
      PACK,
      [
        { name: 'desa', key: VOLUME },
        { name: 'logs', key: 'desa/5201142001/opensid/logs' },
      ],
      signal,
    );

  it('gives back names, contents, rights, times, links and owner, one entry at a time', async () => {
    await fill();
    const made = await pack();
    expect(made).toEqual({ bytes: await files.size(PACK), sha256: await files.sha256(PACK), files: 9 });
    expect(await files.inspectPack(PACK, signal)).toEqual({ sha256: made.sha256, files: 9 });

    await files.ensureFolder('desa/baru', 'app');
    await files.unpack(PACK, 'desa', 'desa/baru', signal);
    await files.unpack(PACK, 'desa', 'desa/baru', signal); // as after a worker was killed halfway
    const [before, after] = [await listing(VOLUME), await listing('desa/baru')];
    expect(after).toEqual(before);
    expect(Buffer.compare(await readFile(`${data}/desa/baru/besar`), await readFile(`${data}/${VOLUME}/besar`))).toBe(0);
    expect(await readlink(`${data}/desa/baru/keluar`)).toBe(outside);
    await expect(files.unpack(PACK, 'tidak-ada', 'desa/baru', signal)).rejects.toMatchObject({ code: 'arsip-tidak-terbuka' });
  });

  it('is the same for the same files', async () => {
    await fill();
    const first = await pack();
    await readFile(`${data}/${VOLUME}/besar`);
    expect(await pack()).toEqual(first);
  });

  it('takes in what links show as links: nothing from outside', async () => {
    await fill();
    await pack();
    const { stdout } = await run('tar', ['-tvzf', `${data}/${PACK}`]);
    expect(stdout).toMatch(new RegExp(`^l.* desa/keluar -> ${outside}$`, 'm'));
    expect(stdout).not.toContain('rahasia');
  });

  it('is not there when it was cancelled, or when a folder is missing', async () => {
    await fill();
    const abort = new AbortController();
    const packing = files.pack(PACK, [{ name: 'desa', key: VOLUME }], abort.signal);
    abort.abort(new Error('dibatalkan'));
    await expect(packing).rejects.toThrow('dibatalkan');
    await expect(files.pack(PACK, [{ name: 'desa', key: 'desa/tidak-ada' }], signal)).rejects.toMatchObject({ kind: 'not-found' });
    expect(await files.exists(PACK)).toBe(false);
  });

  it('that is cut, or changed by one bit, is damaged', async () => {
    await fill();
    await pack();
    const whole = await readFile(`${data}/${PACK}`);
    const middle = Math.floor(whole.length / 2);
    const flipped = Buffer.from(whole);
    flipped[middle] = (flipped[middle] ?? 0) ^ 1;
    for (const bytes of [whole.subarray(0, middle), flipped, Buffer.from('bukan arsip'), gzipSync('bukan tar')]) {
      await writeFile(`${data}/${PACK}`, bytes);
      await expect(files.inspectPack(PACK, signal)).rejects.toMatchObject({ code: 'arsip-rusak' });
      await files.ensureFolder('desa/baru', 'app');
      await expect(files.unpack(PACK, 'desa', 'desa/baru', signal)).rejects.toMatchObject({ kind: 'broken' });
    }
  });

  it('made by somebody else cannot write outside of the folder it is unpacked into', async () => {
    const evil = tarPack();
    evil.entry({ name: 'desa/', type: 'directory' });
    evil.entry({ name: 'desa/../../../keluar-1' }, 'x');
    evil.entry({ name: '/tmp/keluar-2' }, 'x');
    evil.entry({ name: 'desa/jalan', type: 'symlink', linkname: outside });
    evil.entry({ name: 'desa/jalan/keluar-3' }, 'x');
    evil.entry({ name: 'desa/rahasia', type: 'link', linkname: `${outside}/rahasia` });
    evil.entry({ name: 'desa/rahasia' }, 'x');
    evil.entry({ name: 'desa/alat', type: 'character-device', devmajor: 1, devminor: 5 });
    evil.finalize();
    await files.ensureFolder('archive', 'control');
    await writeFile(`${data}/archive/jahat.tar.gz`, gzipSync(await buffer(evil)));
    await files.ensureFolder('desa/baru', 'app');
    await expect(files.unpack('archive/jahat.tar.gz', 'desa', 'desa/baru', signal)).rejects.toMatchObject({ code: 'arsip-tidak-terbuka' });
    const all = (await run('find', [root, '-name', 'keluar-*'])).stdout;
    expect(all).toBe('');
    expect(await files.exists('desa/baru/alat')).toBe(!isRoot && false);
  });
});

describe('a full disk', () => {
  it.runIf(isRoot)('is told by name by writing, packing and unpacking, and leaves no half files', async (context) => {
    await files.ensureFolder(VOLUME, 'app');
    await writeFile(`${data}/${VOLUME}/besar`, randomBytes(400_000));
    await files.pack('archive/a.tar.gz', [{ name: 'desa', key: VOLUME }], signal);
    await mkdir(`${data}/kecil`);
    if (!(await succeeds('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'tmpfs', `${data}/kecil`])))
      return context.skip('may not mount a small disk here');
    try {
      const full = { kind: 'broken', code: 'disk-penuh' };
      await expect(files.write('kecil/a', 'x'.repeat(300_000), 'app')).rejects.toMatchObject(full);
      await expect(files.pack('kecil/a.tar.gz', [{ name: 'desa', key: VOLUME }], signal)).rejects.toMatchObject(full);
      expect(await readdir(`${data}/kecil`)).toEqual([]);
      await files.ensureFolder('kecil/desa', 'app');
      await expect(files.unpack('archive/a.tar.gz', 'desa', 'kecil/desa', signal)).rejects.toMatchObject(full);
    } finally {
      await succeeds('umount', [`${data}/kecil`]);
    }
  });
});

function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => spawn(program, [...args], { stdio: 'ignore' }).once('close', (code) => resolve(code === 0)));
}
