import { expect, test } from 'vitest';
import { parseKodeDesa, parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { anActor } from '../support/builders.ts';
import { faultsOf, textOf } from '../support/html-check.ts';
import { tellJob } from '../support/ui-jobs.ts';
import { DESA, NEIGHBOUR, openSite, smallWorld } from '../support/ui-site.ts';
import { uiWorld } from '../support/ui-world.ts';

const CAUSE = { code: 'disk-penuh', step: 'load-data', message: 'Ruang disk server habis.', advice: 'Kosongkan.' };

test('an empty server explains the first step here, too', async () => {
  const { body } = await (await openSite({ world: uiWorld({ regions: [], manifests: [] }) })).get('/');
  expect(textOf(body)).toContain('Mulai dari satu desa');
});

test('a desa is a tile that says its state in words, and follows what happens to it', async () => {
  const world = smallWorld();
  const site = await openSite({ world });
  tellJob(world, { kode: DESA, state: 'succeeded' });
  tellJob(world, { kode: NEIGHBOUR, state: 'stuck', cause: CAUSE });
  const { body } = await site.get('/');
  expect(body).toContain(`href="/desa/${DESA}" aria-label="Meninting: Aktif"`);
  expect(body).toContain(`href="/desa/${NEIGHBOUR}" aria-label="Beleka: Perlu tindakan"`);
  expect(textOf(body)).toContain('Ruang disk server habis.');
  expect(faultsOf(body)).toEqual([]);
  const { id } = tellJob(world, { kode: DESA, state: 'running', workflow: 'backup' });
  world.memory.note(id, 'job', 'running');
  const fragment = (await site.get('/dasbor/keadaan', { 'hx-request': 'true' })).body;
  expect(fragment).toMatch(/^<div id="keadaan-armada"/);
  expect(fragment).toContain('aria-label="Meninting: Sedang dikerjakan"');
});

test('an app that does not answer is a tile of its own, and found in the list by it', async () => {
  const world = smallWorld();
  for (const kode of [DESA, NEIGHBOUR]) tellJob(world, { kode, state: 'succeeded' });
  await world.tools.silences.replace([{ installationId: 'X', kode: parseKodeDesa(DESA) }]);
  const site = await openSite({ world });
  expect((await site.get('/')).body).toContain(`href="/desa/${DESA}" aria-label="Meninting: Tidak menjawab"`);
  const { body } = await site.get('/desa?keadaan=silent');
  expect(body).toContain(`/desa/${DESA}"`);
  expect(body).not.toContain(`/desa/${NEIGHBOUR}"`);
});

test('who looks after one kecamatan sees no tile of another, also in what pages share', async () => {
  const world = smallWorld();
  const everything = await openSite({ world });
  const own = await openSite({ world, actor: anActor({ role: 'kecamatan', wilayah: parseKodeWilayah('52.01.14') }) });
  expect((await everything.get('/dasbor/keadaan')).body).toContain(NEIGHBOUR);
  for (const path of ['/', '/dasbor/keadaan']) {
    const { body } = await own.get(path);
    expect(body).toContain(DESA);
    expect(body, path).not.toContain(NEIGHBOUR);
  }
});
