import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyPassword } from '../../src/api/password.ts';
import { Secret } from '../../src/domain/secret.ts';
import { openPlace, type Place } from './pendopo.ts';

let place: Place;
beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place.close());

describe('accounts', () => {
  it('are made with a password for one time, told once on standard output', async () => {
    const { code, stdout, json } = await place.spawn([
      'pengguna',
      'tambah',
      'budi',
      '--peran',
      'kecamatan',
      '--wilayah',
      '52.01.14',
      '--json',
    ]);
    const { password } = json();
    const user = await place.tools.users.findByName('budi');
    expect([code, stdout.match(/"password"/g)?.length]).toEqual([0, 1]);
    expect(user).toMatchObject({ role: 'kecamatan', wilayah: '52.01.14', mustChangePassword: true });
    expect(await verifyPassword(user?.passwordHash ?? '', String(password))).toBe(true);
  });

  it('get another one, after which the first is worthless', async () => {
    const first = (await place.say('pengguna', 'tambah', 'siti', '--peran', 'operator', '--json')).json().password;
    const second = (await place.say('pengguna', 'sandi', 'siti', '--json')).json().password;
    const hash = (await place.tools.users.findByName('siti'))?.passwordHash ?? '';
    expect([await verifyPassword(hash, String(first)), await verifyPassword(hash, String(second))]).toEqual([false, true]);
  });

  it('lose the second step of signing in and every session when somebody at the machine says so, on record', async () => {
    await place.say('pengguna', 'tambah', 'ketut', '--peran', 'operator', '--json');
    const id = (await place.tools.users.findByName('ketut'))?.id ?? '';
    await place.tools.vault.put(`user/${id}/totp/1`, new Secret('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'));
    await place.tools.secondFactors.begin(id, `user/${id}/totp/1`);
    await place.tools.secondFactors.confirm(id, `user/${id}/totp/1`, 1);
    const origin = { expiresAt: new Date(Date.now() + 60_000), address: '::1', device: 'uji' };
    await place.tools.sessions.open({ id: 'KETUT1', userId: id, tokenHash: 'ketut', ...origin });
    expect((await place.say('pengguna', 'setel-ulang-dua-langkah', 'ketut', '--json')).code).toBe(0);
    expect((await place.tools.users.findByName('ketut'))?.secondFactorAt).toBeNull();
    expect(await place.tools.vault.exists(`user/${id}/totp/1`)).toBe(false);
    expect(await place.tools.sessions.find('KETUT1')).toBeNull();
    expect((await place.say('pengguna', 'keluarkan', 'ketut', '--json')).code).toBe(0);
    const { rows } = await place.tools.audit.list({ limit: 2 });
    expect(rows.map(({ action, actor }) => [action, actor.startsWith('cli:')])).toEqual([
      ['end-sessions', true],
      ['reset-second-factor', true],
    ]);
    const refused = await place.say('pengguna', 'setel-ulang-dua-langkah', 'ketut', '--json');
    expect([refused.code, refused.problem().code]).toEqual([2, 'faktor-kedua-tidak-ada']);
  });

  it.each([
    [['tambah', 'budi', '--peran', 'operator'], 'nama-pengguna-terpakai'],
    [['tambah', 'Budi Utomo', '--peran', 'operator'], 'nama-pengguna-salah'],
    [['tambah', 'ani'], 'peran-mana'],
    [['tambah', 'ani', '--peran', 'raja'], 'pilihan-salah'],
    [['tambah', 'ani', '--peran', 'kecamatan'], 'wilayah-mana'],
    [['tambah', 'ani', '--peran', 'superadmin', '--wilayah', '52.01'], 'wilayah-berlebih'],
    [['tambah', 'ani', '--peran', 'operator', '--wilayah', '99'], 'wilayah-tidak-ada'],
    [['sandi', 'ani'], 'pengguna-tidak-ada'],
  ])('pendopo pengguna %j is refused: %s', async (args, code) => {
    const { code: exit, stdout, problem } = await place.say('pengguna', ...args, '--json');
    expect([exit, stdout, problem().code]).toEqual([2, '', code]);
    expect(await place.tools.users.findByName('ani')).toBeNull();
  });
});

describe('regions', () => {
  it('are found by name, and listed by where they lie', async () => {
    const found = await place.say('wilayah', 'cari', 'batu', '--json');
    expect(found.json()).toEqual({
      rows: [
        { kode: '52.01.14.2009', nama: 'Batu Layar Barat', tingkat: 'desa', induk: '52.01.14' },
        { kode: '52.01.14.2001', nama: 'Batulayar', tingkat: 'desa', induk: '52.01.14' },
      ],
    });
    const inside = await place.say('wilayah', 'isi', '52.01');
    expect(inside.stdout).toMatch(/52\.01\.14 +Batu Layar +kecamatan/);
    const level = await place.say('wilayah', 'cari', 'batu', '--tingkat', 'kecamatan', '--dalam', '52');
    expect(level.stdout).toMatch(/^Kode.*\n52\.01\.14 +Batu Layar +kecamatan\n\n1 wilayah$/);
  });

  it.each([
    [['cari', 'b'], 'pencarian-pendek'],
    [['cari', 'batu', '--tingkat', 'rt'], 'pilihan-salah'],
    [['isi', '99'], 'wilayah-tidak-ada'],
    [['isi', 'Lombok'], 'kode-wilayah-salah'],
  ])('pendopo wilayah %j is refused: %s', async (args, code) => {
    const { code: exit, problem } = await place.say('wilayah', ...args, '--json');
    expect([exit, problem().code]).toEqual([2, code]);
  });
});

describe('apps and releases', () => {
  it('are listed as the API lists them', async () => {
    const { rows } = (await place.say('aplikasi', 'daftar', '--json')).json();
    const listed = Array.isArray(rows) ? rows.map(({ name, untested }) => `${name} ${untested}`) : [];
    expect(listed).toEqual(
      expect.arrayContaining(['opensid false', 'contoh-opensid false', 'pbb true', 'opensid-api true', 'opendk true']),
    );
    expect((await place.say('aplikasi', 'daftar')).stdout).toContain('PBB (belum teruji dengan aplikasi yang sungguhan)');
  });

  it('are asked of their source when that is wished', async () => {
    const before = await place.say('rilis', 'daftar', 'contoh-opensid');
    expect(before.stdout).toContain('Belum ada rilis Contoh OpenSID di server ini.');
    const after = await place.say('rilis', 'daftar', 'contoh-opensid', '--segarkan', '--json');
    expect(after.json()).toMatchObject({ rows: [{ tag: 'v1.0.0', version: '1.0.0', commit: null, barred: null, desa: [] }] });
  });

  it('that nobody knows are refused', async () => {
    const { code, problem } = await place.say('rilis', 'daftar', 'ngawur', '--json');
    expect([code, problem().code]).toEqual([2, 'aplikasi-tidak-ada']);
  });
});

describe('the calendar', () => {
  const monthly = async () => (await place.tools.schedules.list()).find(({ task }) => task === 'perbarui-semua');

  it('is set in words or by a pattern, switched off and on, and run at once', async () => {
    const set = await place.say('jadwal', 'atur', 'perbarui-semua', '--setiap', 'bulan', '--tanggal', '5', '--pukul', '03:15');
    expect(set.stdout).toContain('setiap tanggal 5 pukul 03.15. Berikutnya');
    await place.say('jadwal', 'atur', 'perbarui-semua', '--jam', '22:00-05:00', '--mati', '--json');
    expect(await monthly()).toMatchObject({ pattern: '15 3 5 * *', enabled: false, window: '22:00-05:00' });
    await place.say('jadwal', 'atur', 'perbarui-semua', '--pola', '0 2 1 * *', '--jam', 'selalu', '--hidup', '--json');
    expect(await monthly()).toMatchObject({ pattern: '0 2 1 * *', enabled: true, window: null });

    expect((await place.say('jadwal', 'jalankan', 'rapikan-cadangan', '--json')).code).toBe(0);
    expect((await place.tools.schedules.queued()).map(({ task }) => task)).toEqual(['rapikan-cadangan']);
    expect((await place.say('jadwal', 'daftar')).stdout).toContain('setiap tanggal 1 pukul 02.00');
  });

  it.each([
    [['atur', 'bersihkan-semua', '--mati'], 'tugas-tidak-ada'],
    [['atur', 'perbarui-semua', '--setiap', 'tahun'], 'jadwal-salah'],
    [['atur', 'perbarui-semua', '--setiap', 'bulan', '--tanggal', '31'], 'jadwal-salah'],
    [['atur', 'perbarui-semua', '--pola', 'rm -rf /'], 'jadwal-salah'],
    [['jalankan', 'bersihkan-semua'], 'tugas-tidak-ada'],
  ])('pendopo jadwal %j is refused: %s', async (args, code) => {
    const { stdout, problem } = await place.say('jadwal', ...args, '--json');
    expect([stdout, problem().code]).toEqual(['', code]);
    expect(await monthly()).toMatchObject({ pattern: '0 2 1 * *', enabled: true });
  });
});
