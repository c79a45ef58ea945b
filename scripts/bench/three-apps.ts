import { connectDocker } from '../../src/adapters/docker-engine.ts';
import type { Job } from '../../src/domain/job.ts';
import type { KodeDesa } from '../../src/domain/wilayah.ts';
import { requestInstallMany } from '../../src/workflows/commands/install-many.ts';
import { requestConfigure } from '../../src/workflows/commands/settings.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { visit } from '../../test/support/visit.ts';
import { tell } from '../terminal/screen.ts';
import { memoryOf } from './container-memory.ts';
import { desaOf } from './desa.ts';
import { type BenchOptions, openPlace, type Place } from './place.ts';
import { machine, printTable } from './print.ts';
import { decimal, inSeconds, percentile } from './stats.ts';
import { type JobTiming, timeJob, untilEnded } from './timing.ts';

const APPS = ['contoh-opensid', 'contoh-api', 'contoh-pbb'] as const;
type AppName = (typeof APPS)[number];
/** One page of each that needs PHP and the database. */
const PAGES: Readonly<Record<AppName, string>> = {
  'contoh-opensid': '/',
  'contoh-api': '/api/api/v1/profil-desa',
  'contoh-pbb': '/pbb/login',
};
const MIB = 1_048_576;
/** php-fpm's workers have ended, php-fpm itself has not. */
const RESTING_MS = 15_000;
/** Longer than `serve` waits before it puts PHP to sleep. */
const ASLEEP_MS = 200_000;

/**
 * All three apps of a desa: how long one request for them takes by step, what they answer, what they cost while nobody
 * visits, and how long they take to start and to wake. Memory is measured at the second desa: what the first one has read
 * from the shared images is counted there.
 */
export async function benchThreeApps(options: BenchOptions): Promise<void> {
  const place = await openPlace(options, { PENDOPO_WORKERS: '2' });
  try {
    const desa = await desaOf(place, 2);
    const [first, second] = [await installAll(place, desa[0], options.signal), await installAll(place, desa[1], options.signal)];
    for (const app of APPS) printSteps(app, first.timings.get(app), second.timings.get(app));
    printTable(
      `Satu permintaan untuk ketiganya, dalam detik (${machine()})`,
      ['', 'desa pertama', 'desa kedua'],
      [['Dari klik sampai ketiga alamat terbuka', inSeconds(first.totalMs), inSeconds(second.totalMs)]],
    );
    const kode = second.kode;
    await printAnswers(place, kode);
    await printMemory(place, kode, options);
  } finally {
    await place.close();
  }
}

async function installAll(place: Place, kode: KodeDesa | undefined, signal: AbortSignal) {
  if (kode === undefined) throw new Error('no desa');
  const { tools, actor } = place;
  await createTenant(tools, actor, { kode });
  const askedAt = Date.now();
  const { jobs } = await requestInstallMany(tools, actor, { kode, sample: true });
  const timings = new Map<string, JobTiming>();
  for (const { app, jobId } of jobs) {
    const job = succeeded(await untilEnded(tools, jobId, signal));
    timings.set(app, timeJob(job, await tools.jobs.steps(jobId), job.startedAt?.getTime() ?? askedAt, 'open-route'));
  }
  return { kode, timings, totalMs: Date.now() - askedAt };
}

function succeeded(job: Job): Job {
  if (job.state === 'succeeded') return job;
  throw new Error(`${job.workflow} of ${job.app} ended ${job.state}: ${job.cause?.message}`);
}

function printSteps(app: string, first: JobTiming | undefined, second: JobTiming | undefined): void {
  if (first === undefined || second === undefined) return;
  const told = ({ parts, skipped }: JobTiming, label: string): string =>
    skipped.has(label) ? 'sudah ada' : inSeconds(parts.get(label) ?? Number.NaN);
  const rows = [...first.parts.keys()].map((label) => [label, told(first, label), told(second, label)]);
  printTable(
    `Pasang ${app}, dalam detik`,
    ['Langkah', 'desa pertama', 'desa kedua'],
    [...rows, ['Dari mulai sampai alamat terbuka', inSeconds(first.totalMs), inSeconds(second.totalMs)]],
  );
}

async function printAnswers(place: Place, kode: KodeDesa): Promise<void> {
  const see = (path: string) => visit(place.house.settings.config, hostOf(kode), path);
  const login = await see('/pbb/login');
  const sheet = new URL(/href="([^"]+\.css)"/.exec(login.body)?.[1] ?? 'http://tidak-ada/').pathname;
  const health = await see('/api/healthcheck');
  const answers: readonly (readonly [string, string, string])[] = [
    ['OpenSID, masuk', '/siteman', (await see('/siteman')).body.includes('name="username"') ? 'formulir masuk' : 'tanpa formulir'],
    ['PBB, masuk', '/pbb/login', login.body.includes('name="username"') ? 'formulir masuk' : 'tanpa formulir'],
    ['PBB, aset', sheet, `HTTP ${(await see(sheet)).status}`],
    ['API, versi', '/api', (await see('/api')).body],
    ['API, kesehatan', '/api/healthcheck', health.body],
  ];
  printTable(`Jawaban lewat pintu depan di ${kode}`, ['Apa', 'Alamat', 'Jawaban'], answers);
}

async function printMemory(place: Place, kode: KodeDesa, options: BenchOptions): Promise<void> {
  const { signal } = options;
  const started = new Map<AppName, readonly number[]>();
  for (const app of APPS) started.set(app, await startTimes(place, kode, app, options));
  const first = await answerTimes(place, kode);
  tell(`Menunggu ${RESTING_MS / 1000} detik …`);
  await place.tools.clock.sleep(RESTING_MS, signal);
  const resting = await measure(place, kode);
  tell(`Menunggu ${ASLEEP_MS / 1000} detik sampai PHP tidur …`);
  await place.tools.clock.sleep(ASLEEP_MS, signal);
  const asleep = await measure(place, kode);
  const woken = await answerTimes(place, kode);
  const warm = await answerTimes(place, kode);
  const mib = (bytes: number): string => decimal(bytes / MIB, 1);
  const sum = (pick: (app: AppName) => number): string => mib(APPS.reduce((total, app) => total + pick(app), 0));
  const at = <T>(map: ReadonlyMap<AppName, T>, app: AppName, none: T): T => map.get(app) ?? none;
  const NONE = { counted: Number.NaN, own: Number.NaN, shim: Number.NaN };
  const row = (app: AppName): readonly string[] => [
    app,
    mib(at(resting, app, NONE).counted),
    mib(at(asleep, app, NONE).counted),
    mib(at(asleep, app, NONE).own),
    mib(at(asleep, app, NONE).shim),
  ];
  printTable(
    `Diam, kontainer desa kedua, MiB: pemakaian cgroup tanpa inactive_file; "sendiri" juga tanpa active_file (${machine()})`,
    ['Aplikasi', '15 detik', 'tidur', 'sendiri', 'shim PSS'],
    [
      ...APPS.map(row),
      [
        'ketiganya',
        sum((app) => at(resting, app, NONE).counted),
        sum((app) => at(asleep, app, NONE).counted),
        sum((app) => at(asleep, app, NONE).own),
        sum((app) => at(asleep, app, NONE).shim),
      ],
    ],
  );
  printTable(
    'Menyala dan bangun, dalam detik',
    ['Aplikasi', 'dibuat → sehat p50', 'terlama', 'halaman pertama', 'sesudah tidur', 'berikutnya'],
    APPS.map((app) => {
      const times = at(started, app, []);
      const answers = [first, woken, warm].map((of) => inSeconds(at(of, app, Number.NaN)));
      return [app, inSeconds(percentile(times, 0.5)), inSeconds(Math.max(...times)), ...answers];
    }),
  );
}

/** Another limit makes another container: from its creation to its pages. */
async function startTimes(
  { tools, actor }: Place,
  kode: KodeDesa,
  app: AppName,
  { runs, signal }: BenchOptions,
): Promise<readonly number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const { jobs } = await requestConfigure(tools, actor, { kode, own: { [app]: { 'batas-proses': String(50 + run) } } });
    const jobId = jobs[0]?.jobId ?? '';
    succeeded(await untilEnded(tools, jobId, signal));
    const steps = await tools.jobs.steps(jobId);
    const begun = steps.find(({ name }) => name === 'apply-settings')?.startedAt?.getTime() ?? Number.NaN;
    const healthy = steps.find(({ name }) => name === 'wait-until-healthy')?.endedAt?.getTime() ?? Number.NaN;
    times.push(healthy - begun);
  }
  return times;
}

async function answerTimes(place: Place, kode: KodeDesa): Promise<ReadonlyMap<AppName, number>> {
  const times = new Map<AppName, number>();
  for (const app of APPS) {
    const begun = performance.now();
    const { status } = await visit(place.house.settings.config, hostOf(kode), PAGES[app]);
    times.set(app, status === 200 ? performance.now() - begun : Number.NaN);
  }
  return times;
}

async function measure({ house }: Place, kode: KodeDesa) {
  const { dockerHost, instance } = house.settings.config;
  const engine = connectDocker(dockerHost);
  const found = await Promise.all(
    APPS.map(async (app) => [app, await memoryOf(engine, `${instance}-${kode.replaceAll('.', '')}-${app}`)] as const),
  );
  return new Map(found);
}

function hostOf(kode: KodeDesa): string {
  return `${kode.replaceAll('.', '')}.localhost`;
}
