import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { openDatabase } from '../../src/adapters/db/client.ts';
import { audit, installations } from '../../src/adapters/db/schema.ts';
import { backups } from '../../src/adapters/db/schema-backups.ts';
import { jobEvents, jobs } from '../../src/adapters/db/schema-jobs.ts';
import type { KodeDesa } from '../../src/domain/wilayah.ts';
import { tell } from '../terminal/screen.ts';
import { benchUser, JOBS, seedFleet } from './fleet.ts';
import { type BenchOptions, openPlace, type Place } from './place.ts';
import { machine, printTable } from './print.ts';
import { seedRounds } from './rounds.ts';
import { cookieOf } from './sign-in.ts';
import { decimal, percentile } from './stats.ts';
import { watchTogether } from './ui-watch.ts';

/** The largest kabupaten. */
const DESA = 852;
const LOG_LINES = 1_000;
const AUDIT_ROWS = 20_000;
/** A page that takes longer is none. */
const LONGEST_MS = 60_000;
/** Below the server's own limit of requests a minute. */
const PAUSE_MS = 30;
const ALONE = 8;
const LOOK_STANDS_MS = 5_200;
const APP = 'contoh-opensid';

/** How long every page takes and how many bytes it is with the largest fleet on record, and what 50 pages cost that look on. */
export async function benchUi(options: BenchOptions): Promise<void> {
  const place = await openPlace(options, { PENDOPO_WORKERS: '1', PENDOPO_POOL: '0' });
  try {
    tell(`Menulis ${DESA} desa dan ${JOBS} pekerjaan …`);
    const kodes = await seedFleet(place, DESA);
    const subjects = { kode: kodes[0] ?? '', ...(await seedMore(place, kodes)) };
    const { host, port } = place.house.settings.config.http;
    const origin = `http://${host}:${port}`;
    const cookie = await cookieOf(origin, await benchUser(place));
    const rows: string[][] = [];
    for (const path of pagesOf(subjects)) {
      const row = await ask(origin, path, cookie, options);
      tell(row.join('  '));
      rows.push(row);
    }
    const head = ['Halaman', 'p50 ms', 'p95 ms', 'byte', 'gzip', 'brotli', 'status'];
    printTable(`Halaman: ${DESA} desa, ${JOBS} pekerjaan, ${options.runs} permintaan berurutan dengan brotli (${machine()})`, head, rows);
    await tellFirstPage(origin, cookie);
    await tellAlone(origin, cookie, options.signal);
    await watchTogether(place, origin, cookie, options.signal);
  } finally {
    await place.close();
  }
}

function pagesOf({ kode, job, update, rehearsal }: Subjects): readonly string[] {
  return [
    ...['/', '/dasbor/keadaan', '/desa', '/desa?cari=batu', '/desa?keadaan=failed', `/desa/${kode}`, `/desa/${kode}/pengaturan`],
    ...['/pekerjaan', '/pekerjaan?keadaan=aktif', '/pekerjaan?keadaan=dikembalikan', '/pekerjaan?keadaan=berhasil&hari=7'],
    ...[`/pekerjaan?aplikasi=${APP}`, '/pekerjaan?aplikasi=opensid', `/pekerjaan?kecamatan=${kode.slice(0, 8)}`],
    ...['/pekerjaan?sebab=wait-until-healthy%3Aaplikasi-tidak-sehat', `/pekerjaan/${job}`, `/pekerjaan/${job}?cari=999`],
    ...[`/pekerjaan/${job}/keadaan`, `/pekerjaan/${job}/catatan`, '/pembaruan', `/pembaruan/${update}`, '/gladi', `/gladi/${rehearsal}`],
    ...['/rilis', '/cadangan', '/jadwal', '/arsip', '/gabungan', '/kecamatan', '/desa/impor', '/desa/ekspor'],
    ...['/aplikasi', '/sertifikat', '/salinan-luar', '/pemberitahuan', '/anggaran', '/pengguna', '/jejak', '/jejak?cari=52.01'],
  ];
}

/** What the pages are about. */
interface Subjects {
  readonly kode: string;
  /** With a long log. */
  readonly job: string;
  readonly update: string;
  readonly rehearsal: string;
}

/** A backup of each desa, jobs that wait for a person, a long log, who did what, and rounds of all desa. */
async function seedMore({ house, tools }: Place, kodes: readonly KodeDesa[]): Promise<Omit<Subjects, 'kode'>> {
  const records = openDatabase(house.settings.config.databaseUrl, 1);
  const at = new Date();
  try {
    const there = await records.db.select({ id: installations.id, kode: installations.kode }).from(installations);
    await records.db.insert(backups).values(
      there.map(({ id, kode }) => ({
        ...{ id: tools.ids.next(), installationId: id, kode, app: APP, tag: 'v1.0.0', version: '1.0.0', reason: 'scheduled' as const },
        ...{ bytes: 3_000_000, rows: 9_000, verifiedAt: at, provenAt: at, createdAt: at },
      })),
    );
    const stuck = there.slice(0, 20).map(({ id, kode }) => ({
      ...{ id: tools.ids.next(), workflow: 'update' as const, installationId: id, kode, app: APP, state: 'stuck' as const, priority: 0 },
      ...{ requestedBy: 'bench', input: { tag: null, settings: {}, archiveId: null }, createdAt: at, startedAt: at, endedAt: at },
      ...{ causeCode: 'disk-penuh', causeStep: 'open-route', causeMessage: 'Ruang disk habis.', fingerprint: 'open-route:disk-penuh' },
    }));
    await records.db.insert(jobs).values(stuck);
    const jobId = stuck[0]?.id ?? '';
    await records.db.insert(jobEvents).values(
      Array.from({ length: LOG_LINES }, (_, line) => ({
        jobId,
        position: 1,
        at,
        kind: 'log' as const,
        text: `baris catatan ke-${line}`,
      })),
    );
    for (let done = 0; done < AUDIT_ROWS; done += 1_000)
      await records.db.insert(audit).values(
        Array.from({ length: 1_000 }, (_, index) => ({
          ...{ at, actor: 'bench', action: 'update', target: kodes[(done + index) % kodes.length] ?? '', detail: { app: APP } },
        })),
      );
    const rounds = await seedRounds(records, tools, there);
    await records.db.execute('ANALYZE TABLE jobs, backups, job_events, audit, registrations, rollout_members');
    return { job: jobId, update: rounds.update, rehearsal: rounds.rehearse };
  } finally {
    await records.close();
  }
}

interface Received {
  readonly status: number;
  readonly ms: number;
  readonly bytes: number;
  readonly text: string;
}

/** As it came over the line: `fetch` would unpack it. */
function receive(origin: string, path: string, headers: Readonly<Record<string, string>>): Promise<Received> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    request(`${origin}${path}`, { headers, timeout: LONGEST_MS }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        const all = Buffer.concat(parts);
        resolve({ status: answer.statusCode ?? 0, ms: performance.now() - begun, bytes: all.length, text: all.toString() });
      });
    })
      .on('error', reject)
      .on('timeout', () => reject(new Error(`${path} does not answer`)))
      .end();
  });
}

async function ask(origin: string, path: string, cookie: string, { runs, signal }: BenchOptions): Promise<string[]> {
  const [plain, gzip] = [
    await receive(origin, path, { cookie, 'accept-encoding': 'identity' }),
    await receive(origin, path, { cookie, 'accept-encoding': 'gzip' }),
  ];
  const times: number[] = [];
  let last: Received = plain;
  for (let index = 0; index < runs; index += 1) {
    last = await receive(origin, path, { cookie, 'accept-encoding': 'br' });
    times.push(last.ms);
    await delay(PAUSE_MS, undefined, { signal });
  }
  const figures = [0.5, 0.95].map((share) => decimal(percentile(times, share), 1));
  return [path, ...figures, ...[plain, gzip, last].map(({ bytes }) => String(bytes)), String(last.status)];
}

/** How long those wait who share nobody's look at the record: the dashboard's look stands for five seconds. */
async function tellAlone(origin: string, cookie: string, signal: AbortSignal): Promise<void> {
  const times: number[] = [];
  for (let index = 0; index < ALONE; index += 1) {
    await delay(LOOK_STANDS_MS, undefined, { signal });
    times.push((await receive(origin, '/', { cookie, 'accept-encoding': 'br' })).ms);
  }
  tell(`Dasbor tanpa berbagi: ${decimal(percentile(times, 0.5), 0)} ms, terlama ${decimal(percentile(times, 1), 0)} ms`);
}

/** The dashboard with all it loads, by somebody who was never here. */
async function tellFirstPage(origin: string, cookie: string): Promise<void> {
  const { text } = await receive(origin, '/', { cookie, 'accept-encoding': 'identity' });
  const assets = [...new Set([...text.matchAll(/(?:href|src)="(\/aset\/[^"]+)"/g)].map(([, path = '']) => path))];
  let bytes = 0;
  let ms = 0;
  for (const path of ['/', ...assets]) {
    const answer = await receive(origin, path, { cookie, 'accept-encoding': 'br' });
    bytes += answer.bytes;
    ms = path === '/' ? answer.ms : ms;
  }
  tell(
    `Halaman pertama dengan ${assets.length} berkas: ${decimal(bytes / 1000, 0)} kB (batas 300), server ${decimal(ms, 0)} ms (batas 300)`,
  );
}
