import { expect, test } from 'vitest';
import { anActor } from '../support/builders.ts';
import { textOf } from '../support/html-check.ts';
import { openSite } from '../support/ui-site.ts';

test('Jejak audit is searched and taken along by the superadmin alone, who leaves a trace as well', async () => {
  const site = await openSite({ actor: anActor({ role: 'superadmin' }) });
  const { memory } = site.world;
  memory.audit.push({
    actor: 'siti',
    action: 'change-user',
    target: 'user/U1',
    detail: { 'role-before': 'operator', 'role-after': '<b>pembaca' },
  });
  memory.audit.push({ actor: 'budi', action: 'sign-in', target: 'user/U2' });
  const { body } = await site.get('/jejak?cari=siti');
  expect(textOf(body)).toMatch(/siti\s+Mengubah pengguna\s+user\/U1\s+peran\s*operator → /);
  expect(body).not.toContain('<b>pembaca');
  expect(textOf(body)).not.toContain('budi');
  expect((await site.get('/jejak/ekspor')).body).toContain('siti,Mengubah pengguna,user/U1');
  expect(memory.audit.at(-1)).toMatchObject({ action: 'export-audit' });
  const other = await openSite({ actor: anActor({ role: 'kabupaten' }) });
  for (const path of ['/jejak', '/jejak/ekspor']) expect((await other.get(path)).status, path).toBe(403);
  expect((await other.get('/')).body).not.toContain('href="/jejak"');
});

test('the budget multiplies what was typed, and forgives how it was typed', async () => {
  const site = await openSite();
  const words = async (path: string): Promise<string> => textOf((await site.get(path)).body).replaceAll(/\s+/g, ' ');
  expect(await words('/anggaran')).toMatch(/Premium, satu tahun 2 desa Rp 1\.000\.000 Rp 2\.000\.000/);
  const typed = await words('/anggaran?desa=450&premium=Rp+1.200.000&per-hari=500000&hari-pasang=10&hari-latih=0&hari-gabung=0');
  expect(typed).toContain('450 desa Rp 1.200.000 Rp 540.000.000');
  expect(typed).toContain('Tahun pertama Rp 545.000.000');
  expect(typed).toContain('Tahun berikutnya, per tahun Rp 540.000.000');
  expect(await words('/anggaran?desa=-1&premium=x')).toContain('1 desa Rp 1.000.000');
});
