import { describe, expect, test } from 'vitest';
import { ACTIVE_STATES } from '../../src/domain/job.ts';
import { installApp } from '../../src/workflows/install.ts';
import { layOut } from '../../src/workflows/step.ts';
import { externalUrls, faultsOf, tagsOf, textOf } from '../support/html-check.ts';
import { addDesa } from '../support/ui-fleet.ts';
import { tellJob } from '../support/ui-jobs.ts';
import { DESA, openSite, smallWorld } from '../support/ui-site.ts';
import { uiWorld } from '../support/ui-world.ts';

const STEPS = layOut(installApp).steps.length;

describe('Data Desa', () => {
  test('an empty server explains the first step', async () => {
    const { body } = await (await openSite({ world: uiWorld({ regions: [], manifests: [] }) })).get('/desa');
    expect(textOf(body)).toContain('Mulai dari satu desa');
    expect(body).toContain('href="/desa/tambah"');
  });

  test('finds by name and kode, filters by kecamatan and state, and pages on', async () => {
    const world = smallWorld();
    const names = new Map<string, string>();
    for (let n = 1; n <= 60; n += 1) addDesa(world, `52.02.01.${2000 + n}`, names.set(`52.02.01.${2000 + n}`, `Praya ${n}`), false);
    tellJob(world, { kode: DESA, state: 'succeeded' });
    const site = await openSite({ world });
    const kodes = async (path: string): Promise<readonly string[]> =>
      [...(await site.get(path)).body.matchAll(/id="desa-([\d.]+)"/g)].map(([, kode = '']) => kode);
    expect(await kodes('/desa?cari=menint')).toEqual([DESA]);
    expect(await kodes('/desa?keadaan=active')).toEqual([DESA]);
    expect(await kodes('/desa?kecamatan=52.01.14')).toEqual([DESA]);
    expect(textOf((await site.get('/desa?cari=zzz')).body)).toContain('Tidak ada desa yang cocok');

    const seen: string[] = [];
    for (let path = '/desa'; path !== ''; ) {
      const { body } = await site.get(path);
      seen.push(...[...body.matchAll(/id="desa-([\d.]+)"/g)].map(([, kode = '']) => kode));
      path =
        tagsOf(body)
          .find(({ attributes }) => attributes.get('rel') === 'next')
          ?.attributes.get('href') ?? '';
    }
    expect(seen.length).toBe(62);
    expect(new Set(seen).size).toBe(62);
  });

  test('htmx gets the list alone; it asks again only while something runs', async () => {
    const world = smallWorld();
    const site = await openSite({ world });
    const quiet = (await site.get('/desa?cari=men', { 'hx-request': 'true' })).body;
    expect(quiet).toMatch(/^<div id="daftar-desa">/);
    expect(quiet).not.toContain('<html');
    expect(faultsOf(quiet)).toEqual([]);
    tellJob(world, { kode: DESA, state: 'running' });
    expect((await site.get('/desa', { 'hx-request': 'true' })).body).toContain('hx-trigger="every 5s"');
  });
});

describe('the page of a job', () => {
  test.each(ACTIVE_STATES)('a job that is %s is followed: by its stream, and without JavaScript by reloading', async (state) => {
    const world = smallWorld();
    const job = tellJob(world, { kode: DESA, state });
    const { body } = await (await openSite({ world })).get(`/pekerjaan/${job.id}`);
    const panel = tagsOf(body).find(({ attributes }) => attributes.has('data-aliran'))?.attributes;
    const last = world.memory.events.filter(({ jobId }) => jobId === job.id).at(-1)?.id ?? 0;
    expect([panel?.get('data-aliran'), panel?.get('data-terakhir'), panel?.get('data-langsung')]).toEqual([
      `/api/v1/pekerjaan/${job.id}/aliran`,
      String(last),
      'ya',
    ]);
    expect(body).toContain('<noscript><meta http-equiv="refresh" content="5"></noscript>');
  });

  test('a finished job is left alone and leads to the site', async () => {
    const world = smallWorld();
    const job = tellJob(world, { kode: DESA, state: 'succeeded' });
    const { body } = await (await openSite({ world })).get(`/pekerjaan/${job.id}`);
    expect(body).not.toContain('http-equiv="refresh"');
    expect(body).toContain('data-langsung="tidak"');
    const link = tagsOf(body).find(({ attributes }) => attributes.has('data-situs') && attributes.get('class')?.includes('btn-primary'));
    expect(link?.attributes.get('href')).toBe('http://5201142001.desa.localhost:8080/');
    expect(textOf(body)).toContain(`Semua ${STEPS} langkah selesai.`);
  });

  test('the part that changes comes alone, with progress for eyes and ears', async () => {
    const world = smallWorld();
    const job = tellJob(world, { kode: DESA, state: 'running' });
    const { body } = await (await openSite({ world })).get(`/pekerjaan/${job.id}/keadaan`, { 'hx-request': 'true' });
    expect(body).toContain('<div id="keadaan" data-aktif="ya" data-kabar="Berjalan: Mengisi basis data" data-persen="45"');
    expect(
      tagsOf(body)
        .find(({ name }) => name === 'progress')
        ?.attributes.get('value'),
    ).toBe('45');
    expect(textOf(body)).toContain(`Langkah 10 dari ${STEPS} · 45% · Mengisi basis data`);
    expect(faultsOf(body)).toEqual([]);
  });
});

test('no page needs anything from outside, and every asset it names is there for good', async () => {
  const world = smallWorld();
  const job = tellJob(world, { kode: DESA, state: 'succeeded' });
  const site = await openSite({ world });
  const assets = new Set<string>();
  for (const path of [
    '/desa',
    '/desa/tambah',
    `/desa/${DESA}`,
    '/pekerjaan',
    `/pekerjaan/${job.id}`,
    '/arsip',
    '/aplikasi',
    '/ganti-sandi',
    '/tidak-ada',
  ]) {
    const { body } = await site.get(path);
    expect(externalUrls(body), path).toEqual([]);
    for (const { name, attributes } of tagsOf(body))
      if (name === 'link' || name === 'script') assets.add(attributes.get('href') ?? attributes.get('src') ?? '');
  }
  expect(assets.size).toBe(18);
  for (const asset of assets) {
    const { status, body, headers } = await site.get(asset);
    expect([status, headers['cache-control']], asset).toEqual([200, 'public, max-age=31536000, immutable']);
    if (asset.endsWith('.css')) expect(body.match(/url\(["']?(?!["']?(data:|kawung\.svg))[^)]{0,60}|@import/g), asset).toBeNull();
  }
  const folder = [...assets][0]?.replace(/[^/]+$/, '') ?? '';
  for (const name of ['tabler.css', 'tabler.min.css.map', '../layout.ts', 'htmx.js'])
    expect((await site.get(`${folder}${name}`)).status, name).toBe(404);
});

test('fields have labels, buttons have names', async () => {
  const world = smallWorld();
  tellJob(world, { kode: DESA, state: 'succeeded' });
  const site = await openSite({ world });
  for (const path of ['/desa', '/desa/tambah?kecamatan=52.01.14', `/desa/${DESA}`, `/desa/${DESA}/opensid/hapus`, '/ganti-sandi']) {
    const { body } = await site.get(path);
    const tags = tagsOf(body);
    const labelled = new Set(tags.flatMap(({ name, attributes }) => (name === 'label' ? [attributes.get('for')] : [])));
    for (const { name, attributes } of tags) {
      if (!['input', 'select'].includes(name) || attributes.get('type') === 'hidden') continue;
      expect(labelled.has(attributes.get('id')), `${path} ${attributes.get('name')}`).toBe(true);
    }
    for (const [, inner = ''] of body.matchAll(/<button[^>]*>(.*?)<\/button>/gs)) expect(textOf(inner).trim(), path).not.toBe('');
  }
});
