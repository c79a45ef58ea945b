import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretRef } from '../../src/domain/plan.ts';
import { SCOPES } from '../../src/domain/wilayah.ts';
import { openPlace, type Place } from './pendopo.ts';

const BATULAYAR = '52.01.14.2001';
const APP = ['--aplikasi', 'contoh-opensid'];

let place: Place;
beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place.close());

const allKodes = async (): Promise<readonly string[]> =>
  (await place.tools.tenants.list({ limit: 200, scopes: SCOPES })).rows.map(({ kode }) => kode);
const activeJobs = async (): Promise<readonly string[]> =>
  (await place.tools.jobs.list({ state: ['queued'], limit: 200 })).rows.map(({ kode }) => kode);

describe('the real command', () => {
  it('adds a desa by its ten digits, lists it and shows it, as text and as JSON', async () => {
    const added = await place.spawn(['desa', 'tambah', '5201142001', '--domain', 'Batulayar.desa.id']);
    expect(added).toMatchObject({ code: 0, stderr: '' });
    expect(added.stdout).toContain('Desa Batulayar (52.01.14.2001), Kec. Batu Layar, Kabupaten Lombok Barat, ditambahkan.');

    const [list, shown] = await Promise.all([place.spawn(['desa', 'daftar']), place.spawn(['--json', 'desa', 'lihat', BATULAYAR])]);
    expect(list.stdout).toMatch(/^Kode +Desa +Kecamatan +Domain /);
    expect(list.stdout).toMatch(/52\.01\.14\.2001 +Batulayar +Batu Layar +batulayar\.desa\.id .*Belum terpasang/);
    expect(shown.json()).toMatchObject({ kode: BATULAYAR, nama: 'Batulayar', domain: 'batulayar.desa.id', installations: [] });
    expect(shown.json()).not.toHaveProperty('createdBy');
  });

  it('writes down who asked: the unix user, also behind sudo', async () => {
    const { stdout } = await place.spawn(['desa', 'pasang', '52.01.14.2002', ...APP, '--json'], { SUDO_USER: 'wayan' });
    const [job] = (await place.tools.jobs.list({ limit: 1 })).rows;
    expect(JSON.parse(stdout)).toEqual({
      accepted: 1,
      refused: 0,
      results: [{ kode: '52.01.14.2002', app: 'contoh-opensid', jobId: job?.id, problem: null }],
    });
    expect(job).toMatchObject({ state: 'queued', workflow: 'install' });
    expect(job?.requestedBy).toBe(process.getuid?.() === 0 ? 'cli:wayan' : `cli:${process.env.USER}`);
  });
});

describe('what is wrong is refused with code 2, and leaves nothing behind', () => {
  const UNKNOWN = '52.01.14.2003';
  it.each([
    [['desa', 'tambah', 'abc'], 'kode-desa-salah'],
    [['desa', 'tambah', '52.01.14.20'], 'kode-desa-salah'],
    [['desa', 'pasang', '52.01.14', ...APP], 'lingkup-salah'],
    [['desa', 'tambah', '52.01.14.9999'], 'desa-tidak-dikenal'],
    [['desa', 'tambah', UNKNOWN, '--domain', 'https://x.id'], 'domain-salah'],
    [['desa', 'tambah', UNKNOWN, '--domain', 'x.localhost'], 'domain-cadangan'],
    [['desa', 'tambah', UNKNOWN, '--domain', 'batulayar.desa.id'], 'domain-terpakai'],
    [['desa', 'tambah', BATULAYAR], 'desa-sudah-ada'],
    [['desa', 'tambah'], 'isian-kurang'],
    [['desa', 'lihat', UNKNOWN], 'desa-tidak-ada'],
    [['desa', 'pasang'], 'desa-mana'],
    [['desa', 'pasang', UNKNOWN, '--aplikasi', 'ngawur'], 'aplikasi-tidak-ada'],
    [['desa', 'pasang', UNKNOWN, ...APP, '--setelan', 'warna=biru'], 'setelan-tidak-dikenal'],
    [['desa', 'pasang', UNKNOWN, ...APP, '--setelan', 'gangguan=banjir'], 'setelan-salah'],
    [['desa', 'pasang', UNKNOWN, ...APP, '--setelan', 'gangguan'], 'setelan-salah'],
    [['desa', 'pasang', UNKNOWN, ...APP, '--setelan', 'gangguan=lambat', 'gangguan=lambat'], 'setelan-ganda'],
    [['desa', 'pasang', '--kecamatan', '52.01', ...APP], 'bukan-kecamatan'],
    [['desa', 'pasang', '--kecamatan', '52.01.77', ...APP], 'wilayah-tidak-ada'],
    [['desa', 'daftar', '--status', 'gembira'], 'pilihan-salah'],
    [['desa', 'daftar', '--kecamatan', 'Batu Layar'], 'kode-wilayah-salah'],
    [['desa', 'hapus', BATULAYAR, '--ya-hapus', BATULAYAR], 'belum-terpasang'],
    [['desa', 'sandi', BATULAYAR], 'belum-terpasang'],
  ])('pendopo %j → %s', async (args, code) => {
    const [before, jobs] = [await allKodes(), await activeJobs()];
    const { code: exit, stdout, problem } = await place.say(...args, '--json');
    expect({ exit, stdout, code: problem().code }).toEqual({ exit: 2, stdout: '', code });
    expect([await allKodes(), await activeJobs()]).toEqual([before, jobs]);
  });

  it('refuses a second installation while the first one waits', async () => {
    await place.say('desa', 'pasang', '52.01.14.2004', ...APP);
    const again = await place.say('desa', 'pasang', '52.01.14.2004', ...APP);
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toContain('Masih ada pekerjaan yang berjalan');
    expect(again.stderr).toContain('batalkan lebih dahulu');
  });
});

describe('a whole kecamatan', () => {
  it('is asked for desa by desa; one that is refused holds up no other', async () => {
    const { code, json } = await place.say('desa', 'pasang', '--kecamatan', '52.01.01', ...APP, '--setelan', 'gangguan=lambat', '--json');
    const children = await place.tools.wilayah.children(
      (await place.tools.wilayah.search('52.01.01', 'kecamatan', null, 1))[0]?.kode ?? null,
    );
    expect(code).toBe(0);
    expect(json()).toMatchObject({ accepted: children.length, refused: 0 });
    const jobs = (await place.tools.jobs.list({ state: ['queued'], limit: 200 })).rows.filter(({ kode }) => kode.startsWith('52.01.01'));
    expect(jobs.map(({ kode }) => kode).toSorted()).toEqual(children.map(({ kode }) => kode).toSorted());
    expect(jobs[0]?.input.settings).toMatchObject({ gangguan: 'lambat' });
  });

  it('tells of each what became of it', async () => {
    const { code, json } = await place.say('desa', 'pasang', '52.01.14.2005', '52.01.14.2004', '123', ...APP, '--json');
    expect(code).toBe(2);
    expect(json()).toMatchObject({
      accepted: 1,
      refused: 2,
      results: [
        { kode: '52.01.14.2005', problem: null },
        { kode: '52.01.14.2004', jobId: null, problem: { code: 'masih-ada-pekerjaan' } },
        { kode: '123', jobId: null, problem: { code: 'kode-desa-salah' } },
      ],
    });
  });
});

describe('an app that is there', () => {
  const kode = '52.01.14.2006';
  let installationId: string;
  beforeAll(async () => {
    await place.say('desa', 'pasang', kode, ...APP);
    const [job] = (await place.tools.jobs.list({ limit: 1 })).rows;
    await place.endJob(job?.id ?? '', 'succeeded');
    installationId = job?.installationId ?? '';
    await place.tools.tenants.saveInstallation(installationId, { state: 'active', version: '1.0.0', url: 'http://x.localhost/' });
    await place.tools.vault.ensure(secretRef(installationId, 'admin-password'), 'password');
  });

  it('shows in the list and can be searched for', async () => {
    const active = await place.say('desa', 'daftar', '--status', 'aktif');
    expect(active.stdout).toMatch(/52\.01\.14\.2006 .* Contoh OpenSID +1\.0\.0 +Aktif\n\n1 desa$/);
    const none = await place.say('desa', 'daftar', '--status', 'belum', '--kecamatan', '52.01.14', '--json');
    expect(JSON.stringify(none.json())).not.toContain(kode);
  });

  it("gives the administrator's first password once, on standard output only", async () => {
    const [first, second] = [await place.say('desa', 'sandi', kode, '--json'), await place.say('desa', 'sandi', kode, '--json')];
    expect(first.json()).toEqual({ username: 'admin', password: expect.stringMatching(/^\S{16}$/) });
    expect(first.stderr).toBe('');
    expect(second).toMatchObject({ code: 2, stdout: '' });
    expect(second.problem()).toMatchObject({ code: 'sudah-ditampilkan' });
  });

  it('has settings that are changed one by one', async () => {
    const changed = await place.say('desa', 'setelan', kode, 'gangguan=lambat', '--nanti', '--json');
    expect(changed.json()).toMatchObject({ id: installationId, settings: { gangguan: 'lambat' } });
    const refused = await place.say('desa', 'setelan', kode, 'gangguan=banjir', '--json');
    expect(refused.problem()).toMatchObject({ code: 'setelan-salah', field: 'gangguan' });
    const shown = await place.say('desa', 'setelan', kode);
    expect(shown.stdout).toMatch(/gangguan +lambat /);
    const bare = await place.say('desa', 'setelan', kode, 'surel-sandi=terbaca', '--json');
    expect(bare.problem()).toMatchObject({ code: 'rahasia-di-perintah', field: 'surel-sandi' });
    const asked = await place.say('desa', 'setelan', kode, 'surel-server=smtp.contoh.id', 'tema=biru', '--json');
    expect(asked.json()).toMatchObject({ jobs: [{ app: 'contoh-opensid' }] });
    const [job] = (await place.tools.jobs.list({ limit: 1 })).rows;
    expect(job).toMatchObject({ workflow: 'configure', input: { settings: { 'surel-server': 'smtp.contoh.id', tema: 'biru' } } });
    await place.endJob(job?.id ?? '', 'succeeded');
  });

  it('is not installed twice, and in a whole kecamatan that is no failure', async () => {
    const one = await place.say('desa', 'pasang', kode, ...APP, '--json');
    expect([one.code, one.problem().code]).toEqual([2, 'sudah-terpasang']);
    const two = await place.say('desa', 'pasang', kode, '52.01.14.2007', ...APP, '--json');
    expect([two.code, two.json().accepted, two.json().refused]).toEqual([0, 1, 1]);
  });

  it('is removed only when its kode is repeated', async () => {
    const bare = await place.say('desa', 'hapus', kode, '--json');
    const other = await place.say('desa', 'hapus', kode, '--ya-hapus', BATULAYAR, '--json');
    expect([bare.problem().code, other.problem().code]).toEqual(['konfirmasi-kurang', 'konfirmasi-salah']);
    const right = await place.say('desa', 'hapus', kode, '--ya-hapus', '5201142006', '--json');
    const { jobId } = right.json();
    expect((await place.tools.jobs.list({ limit: 1 })).rows[0]).toMatchObject({ id: jobId, workflow: 'remove', state: 'queued' });
  });
});
