import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPlace, type Place, spawnScript } from './pendopo.ts';

let place: Place;
let folder: string;
beforeAll(async () => {
  place = await openPlace();
  folder = mkdtempSync('/tmp/pdc-');
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await place.close();
});

describe('a Pendopo that does not run', () => {
  it('is told apart from a wrong question, with what to do: code 3', async () => {
    const env = { PATH: process.env.PATH ?? '', NO_COLOR: '1', PENDOPO_DATA: folder };
    const [text, json] = await Promise.all([spawnScript(['desa', 'daftar'], env), spawnScript(['desa', 'daftar', '--json'], env)]);
    expect(text).toMatchObject({ code: 3, stdout: '' });
    expect(text.stderr).toContain(`✘ Pendopo tidak berjalan: basis datanya di ${folder} tidak menjawab.`);
    expect(text.stderr).toContain('Jalankan `npm start` di ');
    expect(json.problem()).toMatchObject({ code: 'tidak-berjalan', status: 503, advice: expect.stringContaining('npm start') });
  });

  it('looks for its data beside the project, wherever one stands', async () => {
    const { stderr } = await spawnScript(['desa', 'daftar'], { PATH: process.env.PATH ?? '', NO_COLOR: '1', PENDOPO_DATA: 'tidak-ada' });
    expect(stderr).toContain(`${fileURLToPath(new URL('../../tidak-ada', import.meta.url))} tidak menjawab`);
  });

  it('leaves no trace of having been asked', async () => {
    const { code } = await spawnScript(['desa', 'daftar'], { PATH: process.env.PATH ?? '', PENDOPO_DATA: `${folder}/baru` });
    expect(code).toBe(3);
    expect(() => chmodSync(`${folder}/baru`, 0o700)).toThrow('ENOENT');
  });

  it('or was never prepared, is told so', async () => {
    const url = new URL(place.env.DATABASE_URL ?? '');
    url.pathname = '/belum_ada';
    const { code, stderr } = await place.spawn(['desa', 'daftar'], { DATABASE_URL: url.href });
    expect(code).toBe(3);
    expect(stderr).toContain('Basis data Pendopo belum disiapkan.');
  });
});

it('without Redis a job is put on record at once, and the person is told', async () => {
  const { code, stdout, stderr } = await place.spawn(['desa', 'pasang', '52.01.14.2001', '--aplikasi', 'contoh-opensid'], {
    REDIS_URL: 'unix:///tmp/tidak-ada.sock',
  });
  expect(code).toBe(0);
  expect(stdout).toContain('akan dipasang di Desa Batulayar');
  expect(stderr).toContain('Redis tidak menjawab.');
  expect((await place.tools.jobs.list({ limit: 5 })).rows).toHaveLength(1);
});

it('wrong settings are refused with all their faults', async () => {
  const { code, stderr } = await place.spawn(['desa', 'daftar'], { PENDOPO_INSTANCE: 'X', PENDOPO_CONCURRENCY: 'banyak' });
  expect(code).toBe(2);
  expect(stderr).toMatch(/Pengaturan salah:\n- PENDOPO_INSTANCE .*\n- PENDOPO_CONCURRENCY/s);
});

describe('the words of the command line', () => {
  it.each([
    [['ngawur'], 'perintah-tidak-dikenal', 'Perintah "ngawur" tidak dikenal.'],
    [['desa', 'dafta'], 'perintah-tidak-dikenal', 'Perintah "dafta" tidak dikenal.'],
    [['desa', 'daftar', '--kecamata', 'x'], 'pilihan-tidak-dikenal', 'Pilihan "--kecamata" tidak dikenal.'],
    [['desa', 'lihat'], 'isian-kurang', 'Isian <kode> belum ada.'],
    [['desa', 'lihat', '1', '2'], 'isian-berlebih', 'Terlalu banyak isian.'],
    [['desa', 'daftar', '--cari'], 'isian-kurang', 'Pilihan "--cari <teks>" belum diisi.'],
  ])('%j → %s', async (args, code, detail) => {
    const { code: exit, problem } = await place.say(...args, '--json');
    expect({ exit, code: problem().code, detail: problem().detail }).toEqual({ exit: 2, code, detail });
  });

  it('are guessed when one is nearly right', async () => {
    expect((await place.say('desa', 'dafta')).stderr).toContain('Maksud Anda: daftar?');
  });

  it('have a help in Indonesian, without the English aliases', async () => {
    const env = { PATH: process.env.PATH ?? '' };
    const [whole, one] = await Promise.all([spawnScript(['--help'], env), spawnScript(['desa', 'pasang', '--help'], env)]);
    expect([whole.code, one.code, whole.stderr]).toEqual([0, 0, '']);
    expect(whole.stdout).toContain('Pemakaian: pendopo');
    expect(one.stdout).toContain('Contoh:\n  pendopo desa pasang 52.01.14.2001 --ikuti');
    expect(whole.stdout + one.stdout).not.toMatch(/Usage|Options|Commands|install|\bdisplay\b|\|list/);
  });

  it('are understood in English too', async () => {
    expect(await place.say('tenant', 'list', '--json')).toMatchObject({ code: 0 });
  });
});

it('a reader that stops reading is no fault', async () => {
  const script = fileURLToPath(new URL('../../scripts/pendopo.ts', import.meta.url));
  const child = spawn(process.execPath, [script, 'wilayah', 'isi', '52.01.14'], {
    env: { ...place.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += String(text);
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

describe('periksa', () => {
  it('says of each part whether it is well, and what to do: code 1 when one is not', async () => {
    const { code, json } = await place.spawn(['periksa', '--json']);
    const { status, checks } = json();
    const found = new Map((Array.isArray(checks) ? checks : []).map(({ name, ok }) => [name, ok]));
    expect([code, status]).toEqual([1, 'masalah']);
    expect(Object.fromEntries(found)).toMatchObject({
      database: true,
      redis: true,
      key: true,
      web: false,
      front: false,
      routes: true,
      apps: true,
    });
  });

  it('warns of a key that others may read', async () => {
    chmodSync(`${place.env.PENDOPO_DATA}/keys/master.key`, 0o644);
    const { code, stdout } = await place.say('periksa');
    chmodSync(`${place.env.PENDOPO_DATA}/keys/master.key`, 0o600);
    expect(code).toBe(1);
    expect(stdout).toMatch(/MASALAH +Berkas kunci .*dapat dibaca akun lain \(mode 644\)\n +→ .*chmod 600/);
  });

  it('works while nothing runs', async () => {
    const { code, stdout } = await spawnScript(['periksa'], {
      PATH: process.env.PATH ?? '',
      NO_COLOR: '1',
      PENDOPO_DATA: `${folder}/kosong`,
    });
    expect(code).toBe(1);
    expect(stdout).toMatch(/MASALAH +Basis data/);
    expect(stdout).toMatch(/MASALAH +Redis/);
    expect(stdout).toMatch(/MASALAH +Ruang disk .*tidak ada/);
  });
});
