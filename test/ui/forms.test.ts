import { describe, expect, test } from 'vitest';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { faultsOf, tagsOf, textOf } from '../support/html-check.ts';
import { ADMIN_PASSWORD, tellJob } from '../support/ui-jobs.ts';
import { DESA, NEIGHBOUR, openSite, smallWorld } from '../support/ui-site.ts';

const FREE = '52.01.14.2002';
const OTHER = '52.01.14.1003';
const isTicked = (body: string, kode: string): boolean =>
  tagsOf(body).some(({ attributes }) => attributes.get('id') === `desa-${kode}` && attributes.has('checked'));
const fieldValue = (body: string, id: string): string | undefined =>
  tagsOf(body)
    .find(({ attributes }) => attributes.get('id') === id)
    ?.attributes.get('value');

describe('Tambah desa', () => {
  test('one desa: created, installed, and off to its job', async () => {
    const site = await openSite();
    const { status, location } = await site.post('/desa/tambah', {
      kecamatan: '52.01.14',
      desa: FREE,
      aplikasi: 'opensid',
      aksi: 'pasang',
    });
    expect(status).toBe(303);
    const [job] = site.world.memory.jobs.values();
    expect(location).toBe(`/pekerjaan/${job?.id}`);
    expect(job).toMatchObject({ kode: FREE, app: 'opensid', workflow: 'install', state: 'queued' });
    expect(site.world.memory.tenants.get(FREE)).toMatchObject({ nama: 'Senggigi', domain: null });
  });

  test('several desa with domains, only saved', async () => {
    const site = await openSite();
    const { status, location } = await site.post('/desa/tambah', {
      kecamatan: '52.01.14',
      desa: [FREE, OTHER],
      [`domain:${FREE}`]: 'Senggigi.desa.id',
      [`domain:${OTHER}`]: '-',
      aplikasi: 'opensid',
      aksi: 'simpan',
    });
    expect([status, location]).toEqual([303, '/desa?kecamatan=52.01.14&pesan=desa-disimpan&n=2']);
    expect(site.world.memory.tenants.get(FREE)?.domain).toBe('senggigi.desa.id');
    expect(site.world.memory.tenants.get(OTHER)?.domain).toBeNull();
    expect(site.world.memory.jobs.size).toBe(0);
  });

  test('a wrong domain is told beside its field; what was typed and ticked stays, the others are done', async () => {
    const site = await openSite();
    const fields = {
      kecamatan: '52.01.14',
      desa: [FREE, OTHER],
      [`domain:${FREE}`]: 'https://salah',
      aplikasi: 'contoh-opensid',
      'contoh-opensid:setelan:gangguan': 'lambat',
      aksi: 'pasang',
    };
    const { status, body } = await site.post('/desa/tambah', fields);
    expect(status).toBe(422);
    expect(isTicked(body, FREE)).toBe(true);
    expect(fieldValue(body, `domain-${FREE}`)).toBe('https://salah');
    const field = tagsOf(body).find(({ attributes }) => attributes.get('id') === `domain-${FREE}`);
    expect(field?.attributes.get('aria-describedby')).toBe(`galat-${FREE}`);
    expect(textOf(body)).toMatch(/1 desa berhasil, 1 desa belum/);
    expect(tagsOf(body).some(({ attributes }) => attributes.get('id') === 'app-contoh-opensid' && attributes.has('checked'))).toBe(true);
    expect(
      tagsOf(body).some(({ name, attributes }) => name === 'option' && attributes.get('value') === 'lambat' && attributes.has('selected')),
    ).toBe(true);
    expect(site.world.memory.tenants.has(OTHER)).toBe(true);
    expect(site.world.memory.tenants.has(FREE)).toBe(false);
    expect(faultsOf(body)).toEqual([]);
  });

  test('nothing ticked: says so, and keeps the kecamatan', async () => {
    const { status, body } = await (await openSite()).post('/desa/tambah', { kecamatan: '52.01.14', aplikasi: 'opensid', aksi: 'pasang' });
    expect(status).toBe(422);
    expect(textOf(body)).toContain('Belum ada desa yang dicentang');
    expect(body).toContain(`desa-${FREE}`);
  });

  test('a changed provinsi or kabupaten lets what lay below it fall away', async () => {
    const site = await openSite();
    const { body } = await site.get('/desa/tambah?provinsi=52&kabupaten=52.02&kecamatan=52.01.14');
    const chosen = tagsOf(body).flatMap(({ name, attributes }) =>
      name === 'option' && attributes.has('selected') ? [attributes.get('value')] : [],
    );
    expect(chosen).toContain('52.02');
    expect(chosen).not.toContain('52.01.14');
  });

  test('the last kecamatan is remembered, and a forged memory is ignored', async () => {
    const site = await openSite();
    const first = await site.get('/desa/tambah?kecamatan=52.01.14');
    expect(String(first.headers['set-cookie'])).toMatch(/^pendopo_wilayah=52\.01\.14; Path=\/desa\/tambah;.*HttpOnly; SameSite=Lax$/);
    expect((await site.get('/desa/tambah', { cookie: 'lain=1; pendopo_wilayah=52.01.14' })).body).toContain(`desa-${FREE}`);
    expect((await site.get('/desa/tambah', { cookie: 'pendopo_wilayah=../../x' })).status).toBe(200);
  });

  test('a desa that is there already cannot be ticked, only visited', async () => {
    const { body } = await (await openSite()).get(`/desa/tambah?kecamatan=52.01.14&pilih=${FREE}`);
    expect(tagsOf(body).some(({ attributes }) => attributes.get('id') === `desa-${DESA}`)).toBe(false);
    expect(body).toContain(`href="/desa/${DESA}"`);
    expect(isTicked(body, FREE)).toBe(true);
  });

  test('the search box finds by name and by kode', async () => {
    const site = await openSite();
    for (const q of ['sengg', '5201142002', '52.01.14.2002']) {
      expect(textOf((await site.get(`/desa/tambah/cari?q=${q}`)).body), q).toContain(
        'Senggigi 52.01.14.2002 Kec. Batu Layar, Kabupaten Lombok Barat',
      );
    }
    expect(textOf((await site.get('/desa/tambah/cari?q=zzz')).body)).toContain('Tidak ada desa');
  });
});

describe('Hapus', () => {
  test('a wrong kode is told beside the field and kept; the right one starts the job', async () => {
    const world = smallWorld();
    tellJob(world, { kode: DESA, state: 'succeeded' });
    const site = await openSite({ world });
    const wrong = await site.post(`/desa/${DESA}/opensid/hapus`, { konfirmasi: '52.01.14.2002' });
    expect(wrong.status).toBe(422);
    expect(fieldValue(wrong.body, 'konfirmasi')).toBe('52.01.14.2002');
    expect(textOf(wrong.body)).toContain(`Ketik kode desa ${DESA} untuk membenarkan`);
    expect([...world.memory.jobs.values()].some(({ workflow }) => workflow === 'remove')).toBe(false);

    const right = await site.post(`/desa/${DESA}/opensid/hapus`, { konfirmasi: '5201142001' });
    expect(right.status).toBe(303);
    expect([...world.memory.jobs.values()].find(({ workflow }) => workflow === 'remove')?.state).toBe('queued');
  });

  test('says that the data is archived first', async () => {
    const world = smallWorld();
    tellJob(world, { kode: DESA, state: 'succeeded' });
    expect(textOf((await (await openSite({ world })).get(`/desa/${DESA}/opensid/hapus`)).body)).toMatch(
      /diarsipkan.*Baru setelah arsip terbukti baik/,
    );
  });
});

describe('the desa page', () => {
  test('Pasang that is refused shows why on the page it was pressed on', async () => {
    const world = smallWorld();
    tellJob(world, { kode: DESA, state: 'succeeded' });
    const { status, body } = await (await openSite({ world })).post(`/desa/${DESA}/opensid/pasang`);
    expect(status).toBe(409);
    expect(textOf(body)).toContain('sudah terpasang atau sedang dikerjakan');
    expect(textOf(body)).toContain('Riwayat');
  });

  test('the first password is shown once', async () => {
    const world = smallWorld();
    tellJob(world, { kode: DESA, state: 'succeeded' });
    const site = await openSite({ world });
    const first = await site.post(`/desa/${DESA}/opensid/sandi`);
    expect(first.body).toContain(ADMIN_PASSWORD);
    expect(first.headers['cache-control']).toBe('no-store');
    const second = await site.post(`/desa/${DESA}/opensid/sandi`);
    expect(second.body).not.toContain(ADMIN_PASSWORD);
    expect(textOf(second.body)).toContain('sudah pernah ditampilkan');
    // On record by its installation, found by its desa: here, and not at the neighbour.
    const line = /Melihat kata sandi admin.*oleh/;
    expect(textOf((await site.get(`/desa/${DESA}?riwayat=jejak`)).body)).toMatch(line);
    expect(textOf((await site.get(`/desa/${NEIGHBOUR}?riwayat=jejak`)).body)).not.toMatch(line);
  });

  test('settings are saved for the next job', async () => {
    const world = smallWorld();
    const job = tellJob(world, { kode: DESA, app: 'contoh-opensid', state: 'succeeded' });
    const { status, location } = await (await openSite({ world })).post(`/desa/${DESA}/contoh-opensid/setelan`, {
      'contoh-opensid:setelan:gangguan': 'lambat',
    });
    expect([status, location]).toEqual([303, `/desa/${DESA}?pesan=setelan-disimpan`]);
    expect(world.memory.installations.get(job.installationId)?.settings).toEqual({ gangguan: 'lambat' });
  });

  test('Pengaturan asks for one job an app that changes; a secret is kept and never shown, a wrong value told at its field', async () => {
    const world = smallWorld();
    for (const app of ['opensid', 'pbb']) tellJob(world, { kode: DESA, app, state: 'succeeded' });
    const site = await openSite({ world });
    const before = world.memory.jobs.size;
    const path = `/desa/${DESA}/pengaturan`;
    const wrong = await site.post(path, { 'bersama:surel-pengirim': 'bukan surel', 'opensid:setelan:batas-memori': '300' });
    expect(wrong.status).toBe(422);
    expect(textOf(wrong.body)).toContain('"bukan surel" bukan alamat surel');
    expect(fieldValue(wrong.body, 'bersama-surel-pengirim')).toBe('bukan surel');
    expect(fieldValue(wrong.body, 'opensid-setelan-batas-memori')).toBe('300');
    expect(world.memory.jobs.size).toBe(before);

    const right = { 'bersama:surel-sandi': 'S4ndi', 'bersama:surel-server': '', 'opensid:setelan:batas-memori': '300' };
    expect((await site.post(path, right)).location).toBe(`/desa/${DESA}?pesan=pengaturan-diminta&n=2`);
    const jobs = [...world.memory.jobs.values()].filter(({ workflow }) => workflow === 'configure');
    expect(jobs.map(({ app, input }) => [app, Object.keys(input.settings).sort()])).toEqual([
      ['opensid', ['batas-memori', 'surel-sandi']],
      ['pbb', ['surel-sandi']],
    ]);
    expect(JSON.stringify([...world.memory.jobs.values(), ...world.memory.audit])).not.toContain('S4ndi');
    expect([...world.memory.secrets.values()].map((secret) => secret.expose())).toContain('S4ndi');
    expect((await site.get(path)).body).not.toContain('S4ndi');
  });

  test('Pasang semua asks for every app, in order, on the desa page and in the add form', async () => {
    const world = smallWorld();
    const site = await openSite({ world });
    expect(textOf((await site.get(`/desa/${DESA}`)).body)).toContain('Pasang semua');
    const all = await site.post(`/desa/${DESA}/pasang-semua`, { aplikasi: 'semua' });
    expect(all.location).toBe(`/desa/${DESA}?pesan=pemasangan-semua&n=2`);
    const page = textOf((await site.get(`/desa/${DESA}`)).body);
    expect(page.indexOf('Pasang OpenSID')).toBeGreaterThan(0);
    expect(page.indexOf('Pasang PBB Desa')).toBeGreaterThan(page.indexOf('Pasang OpenSID'));
    const added = await site.post('/desa/tambah', { kecamatan: '52.01.14', desa: FREE, aplikasi: 'semua', aksi: 'pasang' });
    expect(added.location).toBe(`/desa/${FREE}?pesan=pemasangan-semua&n=2`);
    expect([...world.memory.jobs.values()].filter(({ kode }) => kode === FREE).map(({ app }) => app)).toEqual(['opensid', 'pbb']);
  });

  test('Tangguhkan asks for a job; what is suspended offers Aktifkan and no update', async () => {
    const world = smallWorld();
    const job = tellJob(world, { kode: DESA, app: 'opensid', state: 'succeeded' });
    const site = await openSite({ world });
    await site.post(`/desa/${DESA}/opensid/tangguhkan`);
    expect([...world.memory.jobs.values()].at(-1)).toMatchObject({ workflow: 'suspend', app: 'opensid' });
    world.memory.jobs.clear();
    const there = world.memory.installations.get(job.installationId);
    if (there !== undefined) world.memory.installations.set(job.installationId, { ...there, state: 'suspended' });
    const { body } = await site.get(`/desa/${DESA}`);
    expect(textOf(body)).toContain('Ditangguhkan');
    expect(body).toContain(`action="/desa/${DESA}/opensid/aktifkan"`);
    expect(body).not.toContain(`action="/desa/${DESA}/opensid/cadangkan"`);
    expect((await site.post(`/desa/${DESA}/opensid/perbarui`)).status).toBe(409);
  });

  test('Tangguhkan semua and Aktifkan semua ask for a job of each app of the desa', async () => {
    const world = smallWorld();
    const jobs = ['opensid', 'pbb'].map((app) => tellJob(world, { kode: DESA, app, state: 'succeeded' }));
    const site = await openSite({ world });
    expect((await site.get(`/desa/${DESA}`)).body).toContain(`action="/desa/${DESA}/tangguhkan"`);
    expect((await site.post(`/desa/${DESA}/tangguhkan`)).location).toBe(`/desa/${DESA}?pesan=tangguhkan-diminta&n=2`);
    const asked = () => [...world.memory.jobs.values()].slice(-2).map(({ workflow, app }) => `${workflow} ${app}`);
    expect(asked()).toEqual(['suspend pbb', 'suspend opensid']);
    world.memory.jobs.clear();
    for (const { installationId } of jobs) {
      const there = world.memory.installations.get(installationId);
      if (there !== undefined) world.memory.installations.set(installationId, { ...there, state: 'suspended' });
    }
    const { body } = await site.get(`/desa/${DESA}`);
    expect([body.includes(`action="/desa/${DESA}/aktifkan"`), body.includes(`action="/desa/${DESA}/tangguhkan"`)]).toEqual([true, false]);
    await site.post(`/desa/${DESA}/aktifkan`);
    expect(asked()).toEqual(['resume opensid', 'resume pbb']);
  });

  test('the end of a subscription stands on the desa page and narrows the list', async () => {
    const world = smallWorld();
    const site = await openSite({ world });
    const ends = async (days: number) => {
      const { installationId } = tellJob(world, { kode: DESA, app: 'opensid', state: 'succeeded' });
      const there = world.memory.installations.get(installationId);
      const day = world.tools.calendar.day(new Date(world.memory.now.getTime() + days * 86_400_000));
      if (there !== undefined)
        world.memory.installations.set(installationId, { ...there, settings: { langganan: 'premium', 'akhir-premium': day } });
      const listed = async (langganan: string) => (await site.get(`/desa?langganan=${langganan}`)).body.includes(`/desa/${DESA}"`);
      return {
        page: textOf((await site.get(`/desa/${DESA}`)).body).replaceAll(/\s+/g, ' '),
        soon: await listed('soon'),
        ended: await listed('ended'),
        day,
      };
    };
    const soon = await ends(5);
    expect(soon).toMatchObject({ soon: true, ended: false });
    expect(soon.page).toContain(`Langganan premium berakhir ${soon.day} 5 hari lagi`);
    expect(await ends(-3)).toMatchObject({ soon: false, ended: true, page: expect.stringContaining('lewat 3 hari') });
    expect(await ends(90)).toMatchObject({ soon: false, ended: false, page: expect.stringContaining('90 hari lagi') });
  });

  test('the list is narrowed to desa that have an app, and said how many they are', async () => {
    const world = smallWorld();
    tellJob(world, { kode: DESA, app: 'pbb', state: 'succeeded' });
    tellJob(world, { kode: NEIGHBOUR, app: 'pbb', state: 'undone', cause: { code: 'x', step: 's', message: 'm', advice: 'a' } });
    const { body } = await (await openSite({ world })).get('/desa?aplikasi=pbb');
    expect(body).toContain(`/desa/${DESA}"`);
    expect(body, 'it failed there').not.toContain(`/desa/${NEIGHBOUR}"`);
    expect(textOf(body)).toContain('1 desa');
  });

  test('an app whose address is taken offers no button', async () => {
    const world = smallWorld();
    tellJob(world, { kode: DESA, state: 'succeeded' });
    const { body } = await (await openSite({ world })).get(`/desa/${DESA}`);
    expect(textOf(body)).toContain('Alamat / dipakai OpenSID');
    expect(textOf(body)).toContain('Pasang PBB Desa');
    expect(textOf(body)).not.toContain('Pasang Contoh OpenSID');
  });
});

describe('jobs and archives', () => {
  const CAUSE = { code: 'disk-penuh', step: 'load-data', message: 'Ruang disk habis.', advice: 'Kosongkan disk.' };

  test('Coba lagi, Coba lagi semua and Batalkan', async () => {
    const world = smallWorld();
    const failed = tellJob(world, { kode: DESA, state: 'undone', cause: CAUSE });
    const site = await openSite({ world });
    expect(textOf((await site.get('/pekerjaan')).body)).toMatch(/1 pekerjaan Ruang disk habis\./);
    expect((await site.post('/pekerjaan/coba-lagi-semua', { sebab: 'load-data:disk-penuh' })).location).toBe(
      '/pekerjaan?keadaan=aktif&pesan=coba-lagi-semua&n=1',
    );
    expect(world.memory.jobs.get(failed.id)).toMatchObject({ state: 'queued', attempt: 2 });
    expect((await site.post(`/pekerjaan/${failed.id}/coba-lagi`)).status).toBe(409);
    expect((await site.post(`/pekerjaan/${failed.id}/batalkan`)).location).toBe(`/pekerjaan/${failed.id}?pesan=batal-diminta`);
    expect(world.memory.jobs.get(failed.id)?.cancelRequested).toBe(true);
  });

  test('Pulihkan asks for the job of that archive', async () => {
    const world = smallWorld();
    tellJob(world, { kode: DESA, state: 'succeeded', workflow: 'remove' });
    const [archive] = world.memory.archives.values();
    const { status } = await (await openSite({ world })).post(`/arsip/${archive?.id}/pulihkan`);
    expect(status).toBe(303);
    expect([...world.memory.jobs.values()].find(({ workflow }) => workflow === 'unarchive')).toMatchObject({
      kode: parseKodeDesa(DESA),
      input: { archiveId: archive?.id },
    });
  });

  test('a log longer than a page goes on behind a link', async () => {
    const world = smallWorld();
    const job = tellJob(world, { kode: DESA, state: 'succeeded' });
    for (let line = 0; line < 1200; line += 1) world.memory.note(job.id, 'log', `baris ke-${line}.`, 1);
    const site = await openSite({ world });
    const first = await site.get(`/pekerjaan/${job.id}`);
    const more = /\/pekerjaan\/\w+\?catatan=\d+/.exec(first.body)?.[0] ?? '';
    expect(first.body).not.toContain('baris ke-1199.');
    expect((await site.get(more)).body).toContain('baris ke-1199.');
  });

  test('a log is searched, and taken along as a file that is on record', async () => {
    const world = smallWorld();
    const job = tellJob(world, { kode: DESA, state: 'undone', cause: CAUSE });
    world.memory.note(job.id, 'log', 'tabel penduduk: 3.500 baris', 1);
    const site = await openSite({ world });
    const { body } = await site.get(`/pekerjaan/${job.id}?cari=PENDUDUK`);
    expect(body.match(/class="pd-log-line"/g)).toHaveLength(1);
    expect(body).toContain('tabel penduduk');
    const file = await site.get(`/pekerjaan/${job.id}/catatan`);
    expect(file.headers['content-disposition']).toBe(`attachment; filename="pekerjaan-${job.id}.txt"`);
    expect(file.body).toContain('Sebab    Ruang disk habis. (disk-penuh)');
    expect(file.body).toMatch(/^\d\d\.\d\d\.\d\d {3}2 {2}tabel penduduk: 3\.500 baris$/m);
    expect(world.memory.audit.at(-1)).toMatchObject({ action: 'download-log', target: job.id, detail: { desa: DESA } });
  });

  test('what waits says why, and a page of a failed job retries all others like it', async () => {
    const world = smallWorld();
    const running = tellJob(world, { kode: DESA, state: 'running', workflow: 'backup' });
    tellJob(world, { kode: DESA, state: 'queued', app: 'pbb' });
    const site = await openSite({ world });
    const list = await site.get('/pekerjaan?keadaan=menunggu');
    expect(textOf(list.body)).toContain('Menunggu Cadangkan OpenSID di desa ini selesai');
    expect(list.body).toContain(`href="/pekerjaan/${running.id}"`);
    expect(textOf((await site.get('/pekerjaan?keadaan=menunggu&aplikasi=opensid')).body)).toContain('Tidak ada yang cocok');
    expect(textOf((await site.get('/pekerjaan?kecamatan=52.01.01')).body)).not.toContain('Meninting');

    const failures = [NEIGHBOUR, DESA].map((kode) => tellJob(world, { kode, state: 'undone', cause: CAUSE, app: 'contoh-opensid' }));
    const { body } = await site.get(`/pekerjaan/${failures[0]?.id}`);
    expect(textOf(body)).toContain('Coba lagi semua (2)');
  });
});
