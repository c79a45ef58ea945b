import { expect, test } from 'vitest';
import { aManifest, aSetting } from '../support/builders.ts';
import { externalUrls, faultsOf, tagsOf, textOf } from '../support/html-check.ts';
import { tellJob } from '../support/ui-jobs.ts';
import { DESA, openSite, smallWorld, type UiSite } from '../support/ui-site.ts';

const HOSTILE = `"><script>alert(1)</script>' onmouseover="alert(2)" \${7*7} <b>`;

/** A site on which everything that people or programs can name is named like an attack. */
async function hostileSite(): Promise<{ site: UiSite; jobId: string }> {
  const manifests = [
    aManifest({
      name: 'opensid',
      title: HOSTILE,
      description: HOSTILE,
      sample: true,
      settings: [aSetting({ name: 'gangguan', label: HOSTILE, options: [HOSTILE], default: HOSTILE })],
    }),
    aManifest({
      name: 'pbb',
      title: HOSTILE,
      mount: `/${HOSTILE}`,
      source: { repo: `https://nama:sandi@contoh.test/${HOSTILE}`, tags: '^v(\\d+)', version: null },
    }),
  ];
  const names = Object.fromEntries(['52', '52.01', '52.01.14', DESA, '52.01.14.2002'].map((kode) => [kode, HOSTILE]));
  const world = smallWorld({ names, manifests });
  const cause = { code: HOSTILE, step: 'load-data', message: HOSTILE, advice: HOSTILE };
  const job = tellJob(world, { kode: DESA, state: 'stuck', cause });
  world.put(
    { ...job, requestedBy: HOSTILE },
    (world.memory.steps.get(job.id) ?? []).map((step) => ({ ...step, label: HOSTILE })),
  );
  world.memory.note(job.id, 'log', HOSTILE, 2);
  for (const [id, one] of world.memory.installations)
    world.memory.installations.set(id, { ...one, state: 'active', version: HOSTILE, url: 'javascript:alert(1)' });
  world.memory.archives.set('A1', {
    id: 'A1',
    installationId: 'I1',
    kode: job.kode,
    app: 'opensid',
    tag: HOSTILE,
    bytes: 1,
    verifiedAt: null,
    createdAt: world.memory.now,
  });
  world.releases.push({ app: 'pbb', tag: `v1 ${HOSTILE}`, version: HOSTILE, commit: '' });
  return { site: await openSite({ world }), jobId: job.id };
}

const PATHS = (jobId: string): readonly string[] => [
  '/desa',
  `/desa?cari=${encodeURIComponent(HOSTILE)}&keadaan=${encodeURIComponent(HOSTILE)}&sesudah=${encodeURIComponent(HOSTILE)}`,
  '/desa/tambah?kecamatan=52.01.14',
  `/desa/tambah?q=${encodeURIComponent(HOSTILE)}`,
  '/desa/tambah/cari?q=script',
  `/desa/${DESA}`,
  `/desa/${DESA}/opensid/hapus`,
  `/desa/${encodeURIComponent(HOSTILE)}`,
  '/pekerjaan',
  `/pekerjaan?keadaan=perlu-tindakan&sebab=${encodeURIComponent(`load-data:${HOSTILE}`)}`,
  `/pekerjaan/${jobId}`,
  `/pekerjaan/${jobId}/keadaan`,
  '/arsip',
  `/arsip?desa=${DESA}`,
  '/aplikasi',
  `/${encodeURIComponent(HOSTILE)}?pesan=${encodeURIComponent(HOSTILE)}`,
];

test('hostile names stay text on every page', async () => {
  const { site, jobId } = await hostileSite();
  for (const path of PATHS(jobId)) {
    const { body, status } = await site.get(path);
    expect(faultsOf(body), path).toEqual([]);
    expect(externalUrls(body), path).toEqual([]);
    expect(body, path).not.toContain('<script>alert');
    expect(status, path).toBeLessThan(500);
  }
});

test('what is escaped is escaped once: readers see the name as it is', async () => {
  const { site, jobId } = await hostileSite();
  for (const path of ['/desa', `/desa/${DESA}`, `/pekerjaan/${jobId}`, '/arsip', '/aplikasi']) {
    expect(textOf((await site.get(path)).body), path).toContain(HOSTILE.replaceAll(/\s+/g, ' '));
  }
});

test('an address no browser should follow becomes no link', async () => {
  const { site } = await hostileSite();
  for (const path of ['/desa', `/desa/${DESA}`]) {
    const links = tagsOf((await site.get(path)).body).flatMap(({ attributes }) => attributes.get('href') ?? []);
    expect(links.filter((href) => href.startsWith('javascript:'))).toEqual([]);
  }
});

test('a source address is shown without the password it carries', async () => {
  const { site } = await hostileSite();
  const text = textOf((await site.get('/aplikasi')).body);
  expect(text).toContain('https://contoh.test/');
  expect(text).not.toContain('nama:sandi');
});

test('a link cannot put words into our mouth', async () => {
  const { site } = await hostileSite();
  const text = textOf((await site.get('/desa?pesan=Situs+Anda+diretas&n=3')).body);
  expect(text).not.toContain('diretas');
  expect(textOf((await site.get('/desa?pesan=desa-disimpan&n=3')).body)).toContain('3 desa disimpan');
});
