import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Unavailable } from '../../src/domain/errors.ts';
import { type ApiWorld, addDesa, apiWorld, DESA, NEIGHBOUR } from '../support/api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());

interface Rows {
  rows: { kode: string; nama: string; id: string }[];
  next: string | null;
  total: number;
}
const get = async <T = Rows>(url: string): Promise<T> => (await world.ask('superadmin', 'GET', `/api/v1${url}`)).json<T>();
const post = (url: string, body?: object) => world.ask('superadmin', 'POST', `/api/v1${url}`, body);

describe('/desa', () => {
  it('comes in pages that together are everything, once', async () => {
    for (let i = 10; i < 35; i += 1) addDesa(world.memory, `52.01.14.20${i}`, `Desa ${i}`);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: Rows = await get(`/desa?jumlah=10${after === null ? '' : `&setelah=${after}`}`);
      expect(page.total).toBe(27);
      seen.push(...page.rows.map(({ kode }) => kode));
      after = page.next;
    } while (after !== null);
    expect(seen).toHaveLength(27);
    expect(new Set(seen).size).toBe(27);
  });

  it('is searched and filtered', async () => {
    const namesOf = async (query: string): Promise<string[]> => (await get(`/desa?${query}`)).rows.map(({ nama }) => nama);
    expect(await namesOf('cari=menin')).toEqual(['Meninting']);
    expect(await namesOf('cari=52.01.01')).toEqual(['Beleka']);
    expect(await namesOf('kecamatan=52.01.01')).toEqual(['Beleka']);
    expect(await namesOf('aplikasi=contoh&keadaan=active')).toEqual(['Meninting']);
    expect(await namesOf('keadaan=removing')).toEqual([]);
    expect(await namesOf('cari=%25')).toEqual([]);
  });

  it('shows one desa by either form of its kode, with what is installed', async () => {
    for (const kode of [DESA, '5201142001']) {
      expect(await get(`/desa/${kode}`)).toMatchObject({
        kode: DESA,
        nama: 'Meninting',
        installations: [{ id: 'PASANG1', app: 'contoh', state: 'active' }],
      });
    }
  });

  it('registers a desa and says where it is', async () => {
    const answer = await post('/desa', { kode: '5201142002', domain: 'Senggigi.desa.id' });
    expect(answer.statusCode).toBe(201);
    expect(answer.headers.location).toBe('/api/v1/desa/52.01.14.2002');
    expect(answer.json()).toMatchObject({
      kode: '52.01.14.2002',
      nama: 'Senggigi',
      domain: 'senggigi.desa.id',
      namaKecamatan: 'Batu Layar',
      installations: [],
    });
    expect((await post('/desa', { kode: '5201142002' })).json()).toMatchObject({ status: 409, code: 'desa-sudah-ada' });
    expect((await post('/desa', { kode: '99.99.99.9999' })).json()).toMatchObject({
      status: 400,
      code: 'desa-tidak-dikenal',
      field: 'kode',
    });
    expect((await post('/desa', { kode: '52.01.14.2003', domain: 'http://x' })).json()).toMatchObject({ status: 400, field: 'domain' });
  });
});

describe('installing and removing', () => {
  it('asks for a job and says where to watch it', async () => {
    const answer = await post(`/desa/${NEIGHBOUR}/aplikasi/contoh/pasang`, { tag: 'v1.0.0', settings: { gangguan: 'lambat' } });
    expect(answer.statusCode).toBe(202);
    const { jobId } = answer.json<{ jobId: string }>();
    expect(answer.headers.location).toBe(`/api/v1/pekerjaan/${jobId}`);
    expect(world.memory.jobs.get(jobId)).toMatchObject({
      workflow: 'install',
      kode: NEIGHBOUR,
      input: { tag: 'v1.0.0', settings: { gangguan: 'lambat' } },
    });
    expect(world.memory.rung).toEqual([jobId]);
  });

  it.each([
    ['an unknown app', `/desa/${NEIGHBOUR}/aplikasi/tidak-ada/pasang`, {}, 404, 'aplikasi-tidak-ada'],
    ['an app of the kabupaten', `/desa/${NEIGHBOUR}/aplikasi/kabupaten-saja/pasang`, {}, 400, 'lingkup-salah'],
    [
      'a setting that does not exist',
      `/desa/${NEIGHBOUR}/aplikasi/contoh/pasang`,
      { settings: { warna: 'biru' } },
      400,
      'setelan-tidak-dikenal',
    ],
    ['what is there already', `/desa/${DESA}/aplikasi/contoh/pasang`, {}, 409, 'sudah-terpasang'],
    ['a wrong confirmation', `/desa/${DESA}/aplikasi/contoh/hapus`, { confirm: NEIGHBOUR }, 400, 'konfirmasi-salah'],
    ['what is not there', `/desa/${NEIGHBOUR}/aplikasi/contoh/hapus`, { confirm: NEIGHBOUR }, 409, 'belum-terpasang'],
  ])('refuses %s', async (_what, url, body, status, code) => {
    expect((await post(url, body)).json()).toMatchObject({ status, code });
    expect(world.memory.rung).toEqual([]);
  });

  it('shows the first password to one person, once', async () => {
    const first = await post('/pemasangan/PASANG1/kata-sandi-admin');
    expect(first.json()).toEqual({ username: 'admin', password: 'rahasia-sekali' });
    expect(first.headers['cache-control']).toBe('no-store');
    expect((await post('/pemasangan/PASANG1/kata-sandi-admin')).json()).toMatchObject({ status: 409, code: 'sudah-ditampilkan' });
    expect(JSON.stringify([world.memory.audit, world.memory.logged])).not.toContain('rahasia-sekali');
  });

  it('saves settings for the next job', async () => {
    const answer = await world.ask('operator', 'PUT', '/api/v1/pemasangan/PASANG1/setelan', { settings: { gangguan: 'lambat' } });
    expect(answer.json()).toMatchObject({ id: 'PASANG1', settings: { gangguan: 'lambat' } });
  });
});

describe('/pasang-masal', () => {
  it('takes each row by itself: one wrong row holds up no other', async () => {
    const rows = [
      { kode: '5201142002', app: 'contoh', domain: '-' },
      { kode: NEIGHBOUR, app: 'contoh', settings: { gangguan: 'lambat' } },
      { kode: DESA, app: 'contoh' },
      { kode: '52.01.14.9999', app: 'contoh' },
      { kode: '12', app: 'contoh' },
      { kode: '52.01.14.2003', app: 'contoh', domain: 'http://salah' },
    ];
    const answer = await post('/pasang-masal', { rows });
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({
      accepted: 2,
      refused: 4,
      results: [
        { kode: '5201142002', jobId: expect.any(String), problem: null },
        { kode: NEIGHBOUR, jobId: expect.any(String), problem: null },
        { kode: DESA, jobId: null, problem: { code: 'sudah-terpasang' } },
        { kode: '52.01.14.9999', jobId: null, problem: { code: 'desa-tidak-dikenal' } },
        { kode: '12', jobId: null, problem: { code: 'kode-desa-salah' } },
        { kode: '52.01.14.2003', jobId: null, problem: { code: 'domain-salah' } },
      ],
    });
    expect(world.memory.tenants.has('52.01.14.2002')).toBe(true);
    expect(world.memory.tenants.has('52.01.14.2003')).toBe(false);
  });

  it('sent again, starts nothing twice', async () => {
    const rows = [{ kode: NEIGHBOUR, app: 'contoh' }];
    await post('/pasang-masal', { rows });
    expect((await post('/pasang-masal', { rows })).json()).toMatchObject({
      accepted: 0,
      results: [{ problem: { code: 'masih-ada-pekerjaan' } }],
    });
    expect(world.memory.jobs.size).toBe(1);
  });

  it('tells of a failure on our side without its reason', async () => {
    const { create } = world.memory.tools.jobs;
    Object.assign(world.memory.tools.jobs, {
      create: async () => {
        throw new Unavailable('basis-data-mati', 'Basis data tidak menjawab.', { cause: new Error('ECONNREFUSED') });
      },
    });
    const answer = await post('/pasang-masal', { rows: [{ kode: NEIGHBOUR, app: 'contoh' }] });
    Object.assign(world.memory.tools.jobs, { create });
    expect(answer.json()).toMatchObject({ results: [{ jobId: null, problem: { code: 'basis-data-mati' } }] });
    expect(answer.body).not.toContain('ECONNREFUSED');
    expect(world.memory.logged.some(({ message }) => message === 'bulk row failed')).toBe(true);
  });

  it.each([[[]], [Array.from({ length: 1_001 }, () => ({ kode: DESA, app: 'contoh' }))]])(
    'is refused when empty or too long',
    async (rows) => {
      expect((await post('/pasang-masal', { rows })).json()).toMatchObject({ status: 400, field: 'rows' });
    },
  );
});

describe('/pekerjaan', () => {
  const cause = {
    code: 'basis-data-mati',
    step: 'create-database',
    message: 'Basis data tidak menjawab.',
    advice: 'Data aman. Tekan Coba lagi.',
  };

  it('is listed newest first and filtered by state, desa and cause', async () => {
    world.addJob({ state: 'stuck', cause });
    world.addJob({ state: 'succeeded' });
    world.addJob({ state: 'queued' });
    const idsOf = async (query: string): Promise<string[]> => (await get(`/pekerjaan?${query}`)).rows.map(({ id }) => id);
    expect(await idsOf('')).toEqual(['JOB0003', 'JOB0002', 'JOB0001']);
    expect(await idsOf('keadaan=stuck&keadaan=queued')).toEqual(['JOB0003', 'JOB0001']);
    expect(await idsOf('keadaan=stuck')).toEqual(['JOB0001']);
    expect(await idsOf(`desa=${NEIGHBOUR}`)).toEqual([]);
    expect(await idsOf('sebab=create-database:basis-data-mati')).toEqual(['JOB0001']);
    expect(await get('/pekerjaan?jumlah=2')).toMatchObject({ next: 'JOB0002' });
    expect(await idsOf('jumlah=2&setelah=JOB0002')).toEqual(['JOB0001']);
  });

  it('shows a job with its steps, why it stopped, and what may be done', async () => {
    const job = world.addJob({ state: 'stuck', cause });
    world.memory.steps.set(job.id, [
      {
        position: 0,
        name: 'claim-names',
        label: 'Memesan nama',
        state: 'done',
        attempts: 1,
        startedAt: world.memory.now,
        endedAt: world.memory.now,
      },
    ]);
    expect(await get(`/pekerjaan/${job.id}`)).toMatchObject({
      id: job.id,
      state: 'stuck',
      cause: { ...cause, fingerprint: 'create-database:basis-data-mati' },
      mayRetry: true,
      mayCancel: false,
      steps: [{ name: 'claim-names', state: 'done', startedAt: world.memory.now.toISOString() }],
    });
  });

  it('gives its journal in pages', async () => {
    const job = world.addJob();
    for (let i = 1; i <= 5; i += 1) world.memory.note(job.id, 'log', `baris ${i}`);
    interface Events {
      rows: { id: number; text: string }[];
      next: number | null;
    }
    const first = await get<Events>(`/pekerjaan/${job.id}/kejadian?jumlah=3`);
    expect(first.rows.map(({ text }) => text)).toEqual(['baris 1', 'baris 2', 'baris 3']);
    expect(first.next).toBe(3);
    const second = await get<Events>(`/pekerjaan/${job.id}/kejadian?jumlah=3&setelah=3`);
    expect(second).toMatchObject({ rows: [{ text: 'baris 4' }, { text: 'baris 5' }], next: null });
  });

  it('is retried and cancelled only when that can be', async () => {
    const running = world.addJob({ state: 'running' });
    const stuck = world.addJob({ state: 'stuck', cause });
    expect((await post(`/pekerjaan/${running.id}/coba-lagi`)).json()).toMatchObject({ status: 409, code: 'tidak-dapat-diulang' });
    expect((await post(`/pekerjaan/${stuck.id}/batalkan`)).json()).toMatchObject({ status: 409, code: 'tidak-dapat-dibatalkan' });
    expect((await post(`/pekerjaan/${running.id}/batalkan`)).statusCode).toBe(202);
    expect((await post(`/pekerjaan/${stuck.id}/coba-lagi`)).statusCode).toBe(202);
    expect((await post('/pekerjaan/TIDAKADA/coba-lagi')).json()).toMatchObject({ status: 404, code: 'pekerjaan-tidak-ada' });
  });
});

describe('what one can choose from', () => {
  it('are the apps with their settings and releases, newest first', async () => {
    expect(await get('/aplikasi')).toMatchObject({
      rows: [
        {
          name: 'contoh',
          title: 'Contoh',
          scope: 'desa',
          settings: [{ name: 'gangguan', options: ['tidak-ada', 'lambat'] }],
          releases: [{ tag: 'v1.2.0' }, { tag: 'v1.0.0' }],
        },
        { name: 'kabupaten-saja' },
      ],
      faults: [],
    });
  });

  it('are the regions, one level below another, and by name', async () => {
    const kodeOf = async (query: string): Promise<string[]> => (await get(`/wilayah${query}`)).rows.map(({ kode }) => kode);
    expect(await kodeOf('')).toEqual(['52']);
    expect(await kodeOf('?induk=52.01')).toEqual(['52.01.14', '52.01.01']);
    expect(await kodeOf('/cari?q=ger')).toEqual(['52.01.01.2002']);
    expect(await kodeOf('/cari?q=ger&tingkat=kecamatan')).toEqual(['52.01.01']);
    expect(await kodeOf('/cari?q=ger&dalam=52.01.14')).toEqual([]);
    const own = await world.ask('kecamatan', 'GET', '/api/v1/wilayah/cari?q=ger');
    expect(own.json(), 'first of all in the own region').toEqual({ rows: [] });
  });
});
