import { expect, test } from 'vitest';
import { GROUPS } from '../../src/ui/navigation.ts';
import { PAGES } from '../../src/ui/pages.ts';
import { anActor } from '../support/builders.ts';
import { faultsOf } from '../support/html-check.ts';
import { openSite, smallWorld } from '../support/ui-site.ts';

test('brightness is kept per person, follows the machine until chosen, and leads only to pages of ours', async () => {
  const world = smallWorld();
  const mine = await openSite({ world, actor: anActor({ id: 'U-SAYA' }) });
  const theirs = await openSite({ world, actor: anActor({ id: 'U-LAIN' }) });
  expect((await mine.get('/desa')).body).toContain('data-tema="sistem"');
  expect((await mine.post('/tampilan', { tema: 'gelap', lanjut: '/arsip' })).location).toBe('/arsip');
  const { body } = await mine.get('/desa');
  expect(body).toContain('data-tema="gelap" data-bs-theme="dark"');
  expect(faultsOf(body)).toEqual([]);
  expect((await theirs.get('/desa')).body).toContain('data-tema="sistem"');
  expect((await mine.post('/tampilan', { tema: '"><b>', lanjut: '//jahat.example' })).location).toBe('/');
  expect((await mine.get('/desa')).body).toContain('data-tema="sistem"');
});

test('every entry of the menu leads to a page, which marks itself; at most four stand under the thumb', async () => {
  const site = await openSite({ actor: anActor({ role: 'superadmin' }) });
  const entries = GROUPS.flatMap(({ entries }) => entries);
  const paths = new Set(PAGES.map(([path]) => path));
  expect(entries.filter(({ href }) => !paths.has(href))).toEqual([]);
  expect((await site.get('/arsip')).body).toContain('href="/arsip" aria-current="page"');
  expect(entries.filter(({ quick }) => quick).length).toBeLessThanOrEqual(4);
});
