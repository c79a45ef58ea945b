import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cause } from '../../src/domain/job.ts';
import { parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { lookOfJob } from '../../src/ui/present.ts';
import { aPlan } from '../support/builders.ts';
import { openPlace, type Place } from './pendopo.ts';

const APP = ['--aplikasi', 'contoh-opensid'];
const FULL: Cause = { step: 'load-data', code: 'disk-penuh', message: 'Disk penuh.', advice: 'Data aman. Kosongkan disk.' };
const CANCELLED: Cause = { step: 'dibatalkan', code: 'dibatalkan', message: 'Pekerjaan dibatalkan oleh pengguna.', advice: '' };

let place: Place;
/** Desa that nobody has asked anything for yet. */
let fresh: string[];
beforeAll(async () => {
  place = await openPlace();
  const regions = await Promise.all(['52.01.14', '52.01.01'].map((kode) => place.tools.wilayah.children(parseKodeWilayah(kode))));
  fresh = regions.flat().map(({ kode }) => kode);
});
afterAll(() => place.close());

function aKode(): string {
  const kode = fresh.pop();
  if (kode === undefined) throw new Error('no desa left: import more of them');
  return kode;
}

async function aJob(kode = aKode()): Promise<string> {
  const { json } = await place.say('desa', 'pasang', kode, ...APP, '--json');
  const { results } = json();
  const [first]: readonly unknown[] = Array.isArray(results) ? results : [];
  if (typeof first === 'object' && first !== null && 'jobId' in first && typeof first.jobId === 'string') return first.jobId;
  throw new Error(`no job: ${JSON.stringify(results)}`);
}

async function failedJob(cause: Cause): Promise<string> {
  const id = await aJob();
  await place.endJob(id, 'undone', cause);
  return id;
}

const stateOf = async (id: string): Promise<string | undefined> => (await place.tools.jobs.find(id))?.state;

describe('a job that no worker has taken', () => {
  it('waits, is shown, and is cancelled', async () => {
    const id = await aJob();
    const shown = await place.spawn(['pekerjaan', 'lihat', id, '--json']);
    expect(shown.json()).toMatchObject({ id, state: 'queued', workflow: 'install', cancelRequested: false, steps: [], log: [] });

    const cancelled = await place.say('pekerjaan', 'batal', id, '--json');
    expect(cancelled.json()).toMatchObject({ id, state: 'queued', cancelRequested: true });
    const text = await place.say('pekerjaan', 'lihat', id);
    expect(text.stdout).toContain(`${lookOfJob({ state: 'queued', cause: null }).word} (diminta batal)`);
  });

  it('is found by the state people call it by', async () => {
    const kode = aKode();
    const id = await aJob(kode);
    const [waiting, done] = [
      await place.say('pekerjaan', 'daftar', '--status', 'menunggu'),
      await place.say('job', 'ls', '--status', 'succeeded'),
    ];
    expect(waiting.stdout).toMatch(new RegExp(`${id} +Pasang Contoh OpenSID +${kode.replaceAll('.', '\\.')} +Menunggu giliran`));
    expect(done).toMatchObject({ code: 0, stdout: 'Tidak ada pekerjaan yang cocok.' });
  });

  it('is listed a page at a time', async () => {
    await aJob();
    const first = await place.say('pekerjaan', 'daftar', '--jumlah', '1', '--json');
    const { next: after } = first.json();
    const second = await place.say('pekerjaan', 'daftar', '--jumlah', '1', '--setelah', String(after), '--json');
    expect(JSON.stringify(second.json().rows)).not.toContain(String(after));
  });
});

describe('a job that failed', () => {
  it('is shown with what happened, whether the data is safe, and what to type', async () => {
    const id = await failedJob(FULL);
    const { stdout } = await place.say('pekerjaan', 'lihat', id);
    expect(stdout).toContain(`Mengapa gagal\nDisk penuh.\nData aman. Kosongkan disk.\nCoba lagi: pendopo pekerjaan coba-lagi ${id}`);
    const retried = await place.say('pekerjaan', 'coba-lagi', id, '--json');
    expect(retried.json()).toEqual({ retried: [id] });
    expect(await stateOf(id)).toBe('queued');
    const twice = await place.say('pekerjaan', 'coba-lagi', id, '--json');
    expect([twice.code, twice.problem().code]).toEqual([2, 'tidak-dapat-diulang']);
  });

  it('is grouped with those of the same cause, and retried with them', async () => {
    const jobs = [await failedJob(FULL), await failedJob(FULL)];
    const causes = await place.spawn(['pekerjaan', 'penyebab', '--json']);
    expect(causes.json()).toEqual({ rows: [{ fingerprint: 'load-data:disk-penuh', message: 'Disk penuh.', count: 2 }] });
    const { json } = await place.say('pekerjaan', 'coba-lagi', '--penyebab', 'load-data:disk-penuh', '--json');
    expect(json().retried).toEqual(jobs.toReversed());
    expect(await place.say('pekerjaan', 'penyebab')).toMatchObject({ stdout: 'Tidak ada pekerjaan yang gagal.' });
  });

  it('is retried with all others, but not what a person has cancelled', async () => {
    const [failed, cancelled] = [await failedJob(FULL), await failedJob(CANCELLED)];
    const { json } = await place.say('pekerjaan', 'coba-lagi', '--semua-gagal', '--json');
    expect(json()).toEqual({ retried: [failed] });
    expect([await stateOf(failed), await stateOf(cancelled)]).toEqual(['queued', 'undone']);
  });
});

describe('following', () => {
  it('tells each event as a line of JSON, the end last, with code 0 for a success', async () => {
    const id = await aJob();
    const following = place.spawn(['pekerjaan', 'ikuti', id, '--json']);
    await delay(500);
    await place.tools.jobs.appendLog(id, [{ position: null, at: new Date(), text: 'halo' }]);
    await place.endJob(id, 'succeeded');
    const { code, stdout } = await following;
    const lines = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(code).toBe(0);
    expect(lines).toEqual([
      expect.objectContaining({ jobId: id, kind: 'job', text: 'queued' }),
      expect.objectContaining({ jobId: id, kind: 'log', text: 'halo' }),
      expect.objectContaining({ jobId: id, kind: 'job', text: 'succeeded' }),
      { kind: 'end', jobId: id, state: 'succeeded', job: expect.objectContaining({ id, state: 'succeeded' }) },
    ]);
  });

  it('shows steps and log in their order, and ends with the cause and code 1', async () => {
    const kode = aKode();
    const id = await aJob(kode);
    const lease = await place.tools.leases.acquire(`desa/${kode}`, 'w', 10_000);
    if (lease === null) throw new Error('held');
    const { jobs } = place.tools;
    const steps = [
      { name: 'claim-names', label: 'Memesan nama' },
      { name: 'load-data', label: 'Mengisi basis data' },
    ];
    await jobs.saveState(id, lease, { state: 'running' });
    await jobs.savePlan(id, lease, aPlan(), steps);
    await jobs.saveStep(id, lease, 0, 'running');
    await jobs.saveStep(id, lease, 0, 'done');
    await jobs.saveStep(id, lease, 1, 'running');
    await jobs.appendLog(id, [{ position: 1, at: new Date(), text: 'menulis' }]);
    await jobs.saveStep(id, lease, 1, 'failed');
    await place.tools.leases.release(lease);
    await place.endJob(id, 'undone', FULL);
    const { code, stdout } = await place.say('pekerjaan', 'ikuti', id);
    expect(code).toBe(1);
    expect(stdout.replaceAll(/ \d+,\d dtk/g, '')).toBe(
      [
        '· Menunggu giliran',
        '· Berjalan',
        '✔ Memesan nama',
        '▸ Mengisi basis data',
        '    menulis',
        '✘ Mengisi basis data',
        `✘ ${lookOfJob({ state: 'undone', cause: FULL }).word}`,
        '  Disk penuh.',
        '  Data aman. Kosongkan disk.',
        `  Coba lagi: pendopo pekerjaan coba-lagi ${id}`,
      ].join('\n'),
    );
  });

  it('begins with the present attempt', async () => {
    const id = await failedJob(FULL);
    await place.tools.jobs.appendLog(id, [{ position: null, at: new Date(), text: 'yang dahulu' }]);
    await place.say('pekerjaan', 'coba-lagi', id);
    await place.endJob(id, 'succeeded');
    const { stdout } = await place.say('pekerjaan', 'ikuti', id);
    expect(stdout).toContain('Percobaan ke-2');
    expect(stdout).not.toContain('yang dahulu');
  });

  it('waits for all of a bulk and counts them', async () => {
    const [one, two] = [aKode(), aKode()];
    const following = place.say('desa', 'pasang', one, two, ...APP, '--ikuti', '--json');
    const queued = async () =>
      (await place.tools.jobs.list({ state: ['queued'], limit: 50 })).rows.filter(({ kode }) => kode === one || kode === two);
    for (let tries = 0; (await queued()).length < 2 && tries < 100; tries += 1) await delay(50);
    const [second, first] = await queued();
    await place.endJob(first?.id ?? '', 'succeeded');
    await place.endJob(second?.id ?? '', 'undone', FULL);
    const { code, stdout } = await following;
    const lines = stdout.split('\n').map((line): unknown => JSON.parse(line));
    expect(code).toBe(1);
    expect(lines.slice(0, 2)).toEqual([
      expect.objectContaining({ kind: 'asked', kode: one }),
      expect.objectContaining({ kind: 'asked', kode: two }),
    ]);
    expect(lines.at(-1)).toEqual({ kind: 'summary', succeeded: 1, failed: 1 });
  });
});

it.each([
  [['lihat', 'XX'], 'pekerjaan-tidak-ada'],
  [['ikuti', 'XX'], 'pekerjaan-tidak-ada'],
  [['batal', 'XX'], 'pekerjaan-tidak-ada'],
  [['coba-lagi', 'XX'], 'pekerjaan-tidak-ada'],
  [['coba-lagi'], 'coba-lagi-mana'],
  [['coba-lagi', 'XX', '--semua-gagal'], 'coba-lagi-mana'],
  [['coba-lagi', '--penyebab', 'tidak:ada'], 'tidak-ada-yang-gagal'],
  [['daftar', '--status', 'gembira'], 'pilihan-salah'],
  [['daftar', '--jumlah', '0'], 'pilihan-salah'],
  [['daftar', '--desa', '52'], 'kode-desa-salah'],
])('pendopo pekerjaan %j is refused: %s', async (args, code) => {
  const refused = await place.say('pekerjaan', ...args, '--json');
  expect([refused.code, refused.stdout, refused.problem().code]).toEqual([2, '', code]);
});
