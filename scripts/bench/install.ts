import type { KodeDesa } from '../../src/domain/wilayah.ts';
import { canReach } from '../demo/choose.ts';
import { tell } from '../terminal/screen.ts';
import { desaOf } from './desa.ts';
import { type BenchOptions, openPlace, type Place } from './place.ts';
import { machine, printTable } from './print.ts';
import { inSeconds, percentile } from './stats.ts';
import { type JobTiming, timeJob, untilEnded } from './timing.ts';

const POOL_MS = 180_000;
const POLL_MS = 200;
const APPS = ['contoh-opensid', 'opensid'] as const;

/** How long an installation takes, by step: the first one with all set-up, then warm ones one after the other. */
export async function benchInstall(options: BenchOptions): Promise<void> {
  const place = await openPlace(options, { PENDOPO_WORKERS: '2' });
  try {
    // Each app gets desa of its own: both want the address `/`.
    const all = await desaOf(place, APPS.length * (options.runs + 1));
    for (const [index, app] of APPS.entries()) {
      const desa = all.slice(index * (options.runs + 1), (index + 1) * (options.runs + 1));
      const { repo, manifest } = place.tools.apps.entry(app);
      if (!(manifest.sample || (await canReach(repo)))) {
        tell(`${manifest.title} dilewati: ${repo} tidak terjangkau. Beri OPENSID_REPO=/folder/atau/alamat-git.`);
        continue;
      }
      const timings: JobTiming[] = [];
      for (const kode of desa) {
        timings.push(await installOnce(place, kode, app, options.signal));
        await untilPoolFull(place, options.signal);
      }
      printInstall(manifest.title, timings);
    }
  } finally {
    await place.close();
  }
}

async function installOnce({ install, tools }: Place, kode: KodeDesa, app: string, signal: AbortSignal): Promise<JobTiming> {
  const askedAt = Date.now();
  const jobId = await install(kode, app);
  const job = await untilEnded(tools, jobId, signal);
  if (job.state !== 'succeeded') throw new Error(`installing ${app} at ${kode} ended ${job.state}: ${job.cause?.message}`);
  return timeJob(job, await tools.jobs.steps(jobId), askedAt, 'open-route');
}

function printInstall(title: string, [first, ...warm]: readonly JobTiming[]): void {
  if (first === undefined) return;
  const row = (label: string, firstText: string, values: readonly number[]): string[] => [
    label,
    firstText,
    inSeconds(percentile(values, 0.5)),
    inSeconds(percentile(values, 0.95)),
    inSeconds(Math.max(...values)),
  ];
  const rows = [...first.parts].map(([label, ms]) =>
    row(
      label,
      first.skipped.has(label) ? 'sudah ada' : inSeconds(ms),
      warm.map(({ parts }) => parts.get(label) ?? Number.NaN),
    ),
  );
  const totals = warm.map(({ totalMs }) => totalMs);
  rows.push(row('Dari klik sampai alamat terbuka', inSeconds(first.totalMs), totals));
  printTable(
    `Pasang ${title}: ${warm.length} kali sesudah yang pertama, dalam detik (${machine()})`,
    ['Langkah', 'pertama', 'p50', 'p95', 'terlama'],
    rows,
  );
}

/** Warm means: what workers do between two clicks is done. */
async function untilPoolFull({ tools }: Place, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(POOL_MS)]);
  while ((await tools.pool.missing()).length > 0) await tools.clock.sleep(POLL_MS, limit);
}
