import { expect, test } from 'vitest';
import type { Role } from '../../src/domain/access.ts';
import { anActor } from '../support/builders.ts';
import { textOf } from '../support/html-check.ts';
import { openSite, type UiSite } from '../support/ui-site.ts';

const ME = anActor({ id: 'U-SAYA', username: 'saya', role: 'superadmin' });

const ORIGIN = { expiresAt: new Date(Date.now() + 1e7), address: '10.0.0.7', device: 'Mozilla/5.0 (Android 15) Firefox/150.0' };

async function withAccounts(): Promise<UiSite> {
  const site = await openSite({ actor: ME });
  const account = async (id: string, username: string, role: Role): Promise<void> =>
    site.world.tools.users.create({ id, username, name: username, role, wilayah: null, passwordHash: 'x', mustChangePassword: false });
  await account('U-SAYA', 'saya', 'superadmin');
  await account('U-SITI', 'siti', 'operator');
  await site.world.tools.sessions.open({ id: 'S1', userId: 'U-SITI', tokenHash: 'h1', ...ORIGIN });
  return site;
}

test('a new account gets a password for one sign-in, which is shown once and stands in no record', async () => {
  const site = await withAccounts();
  const { memory } = site.world;
  const { body } = await site.post('/pengguna', { username: 'budi', nama: 'Budi', peran: 'kecamatan', wilayah: '52.01.14' });
  const password = /id="sandi-baru">([^<]+)</.exec(body)?.[1] ?? '';
  expect(password.length).toBeGreaterThan(9);
  const made = [...memory.users.values()].find(({ username }) => username === 'budi');
  expect(made).toMatchObject({ role: 'kecamatan', wilayah: '52.01.14', mustChangePassword: true });
  expect(JSON.stringify([...memory.users.values(), ...memory.audit])).not.toContain(password);
  for (const fields of [
    { username: 'x', peran: 'operator' },
    { username: 'dewi', peran: 'raja' },
    { username: 'dewi', peran: 'kecamatan' },
  ])
    expect((await site.post('/pengguna', fields)).status).toBe(422);
});

test('role, region and whether an account may sign in are changed with before and after on record', async () => {
  const site = await withAccounts();
  const { memory } = site.world;
  await site.post('/pengguna/U-SITI', { nama: 'Siti', peran: 'pembaca', wilayah: '52.01', nonaktif: 'ya' });
  expect(memory.users.get('U-SITI')).toMatchObject({ name: 'Siti', role: 'pembaca', wilayah: '52.01', disabled: true });
  expect(memory.sessions.map(({ state }) => state)).toEqual(['revoked']);
  expect(memory.audit.at(-1)).toMatchObject({
    action: 'change-user',
    detail: { 'role-before': 'operator', 'role-after': 'pembaca', 'disabled-after': 'true' },
  });
  expect(textOf((await site.get('/pengguna')).body)).toMatch(/siti\s+Siti\s+Hanya baca\s+52\.01\s+Belum\s+Nonaktif/);
});

test('nobody takes the last superadmin away, not even from oneself', async () => {
  const site = await withAccounts();
  expect((await site.post('/pengguna/U-SAYA', { nama: 'Saya', peran: 'operator' })).status).toBe(409);
  await site.world.tools.users.save('U-SITI', { role: 'superadmin' });
  await site.world.tools.users.save('U-SAYA', { role: 'operator' });
  expect((await site.post('/pengguna/U-SITI', { nama: 'Siti', peran: 'operator' })).status).toBe(409);
  expect(site.world.memory.users.get('U-SITI')?.role).toBe('superadmin');
});

test('sessions end everywhere: those of others for the superadmin, one’s own for everybody', async () => {
  const site = await withAccounts();
  await site.post('/pengguna/U-SITI/akhiri-sesi');
  expect(site.world.memory.sessions.map(({ state }) => state)).toEqual(['revoked']);
  const siti = await openSite({ world: site.world, actor: anActor({ id: 'U-SITI', username: 'siti', role: 'operator' }) });
  await site.world.tools.sessions.open({ id: 'S2', userId: 'U-SITI', tokenHash: 'h2', ...ORIGIN });
  expect((await siti.post('/akun/keluar-semua')).status).toBe(303);
  expect(site.world.memory.sessions.map(({ state }) => state)).toEqual(['revoked', 'revoked']);
  for (const path of ['/pengguna', '/pengguna/U-SAYA']) expect((await siti.get(path)).status, path).toBe(403);
  for (const path of ['/pengguna', '/pengguna/U-SAYA', '/pengguna/U-SAYA/sandi', '/pengguna/U-SAYA/akhiri-sesi'])
    expect((await siti.post(path, { username: 'jahat', peran: 'superadmin' })).status, path).toBe(403);
});
