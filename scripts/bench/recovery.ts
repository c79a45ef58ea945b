import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { type KodeDesa, parseKodeDesa, parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { requestRemove } from '../../src/workflows/commands/installations.ts';
import { type BenchOptions, openPlace, type Place } from './place.ts';
import { machine, printTable } from './print.ts';
import { inSeconds, percentile } from './stats.ts';
import { untilEnded } from './timing.ts';

const KECAMATAN = parseKodeWilayah('52.01.14');
const APP = 'contoh-opensid';
const POLL_MS = 20;

/** How long a job stands still when its worker is killed outright in the middle of it. */
export async function benchRecovery(options: BenchOptions): Promise<void> {
  const place = await openPlace(options, { PENDOPO_WORKERS: '2', PENDOPO_POOL: '0' });
  const { tools, actor } = place;
  try {
    const desa = (await tools.wilayah.children(KECAMATAN)).map(({ kode }) => parseKodeDesa(kode));
    const steps: string[] = [];
    const still: number[] = [];
    const whole: number[] = [];
    for (let run = 0; run <= options.runs; run += 1) {
      const kode = desa[run % desa.length];
      if (kode === undefined) throw new Error(`kecamatan ${KECAMATAN} has no desa`);
      const jobId = await place.install(kode, APP);
      // The first one makes image and template; it is left alone.
      if (run > 0) {
        const result = await killIn(place, kode, jobId, run, options.signal);
        steps.push(result.step);
        still.push(result.stillMs);
        whole.push(result.wholeMs);
      } else await untilEnded(tools, jobId, options.signal);
      await untilEnded(tools, (await requestRemove(tools, actor, { kode, app: APP, confirm: kode })).jobId, options.signal);
    }
    const row = (label: string, values: readonly number[]): string[] => [
      label,
      inSeconds(percentile(values, 0.5)),
      inSeconds(Math.max(...values)),
    ];
    printTable(
      `Pekerja dimatikan (SIGKILL) di tengah pemasangan, ${options.runs} kali, dalam detik (${machine()})`,
      ['', 'p50', 'terlama'],
      [row('sampai pekerjaan diteruskan', still), row('sampai pekerjaan selesai', whole)],
    );
    console.log(`Langkah yang terputus: ${[...new Set(steps)].join(', ')}`);
  } finally {
    await place.close();
  }
}

interface Killed {
  readonly step: string;
  readonly stillMs: number;
  readonly wholeMs: number;
}

/** Kills whoever holds the desa's lease, later in each run, and waits for the next line that another one writes. */
async function killIn(place: Place, kode: KodeDesa, jobId: string, run: number, signal: AbortSignal): Promise<Killed> {
  const { tools } = place;
  const holder = await untilHeld(place, kode, signal);
  await tools.clock.sleep(run * 250, signal);
  process.kill(holder, 'SIGKILL');
  const at = performance.now();
  const seen = (await tools.jobs.events(jobId, 0, 10_000)).at(-1)?.id ?? 0;
  const step = (await tools.jobs.steps(jobId)).find(({ state }) => state === 'running')?.name ?? 'di antara dua langkah';
  while ((await tools.jobs.events(jobId, seen, 1)).length === 0) await tools.clock.sleep(POLL_MS, signal);
  const stillMs = performance.now() - at;
  const job = await untilEnded(tools, jobId, signal);
  if (job.state !== 'succeeded') throw new Error(`job ${jobId} ended ${job.state}: ${job.cause?.message}`);
  return { step, stillMs, wholeMs: performance.now() - at };
}

/** The holder's name in a lease is `host/pid`. */
async function untilHeld({ house, tools }: Place, kode: KodeDesa, signal: AbortSignal): Promise<number> {
  const connection = await createConnection(connectionOptions(house.settings.config.databaseUrl));
  try {
    for (;;) {
      const [rows] = await connection.query<RowDataPacket[]>('SELECT holder FROM leases WHERE resource = ? AND holder IS NOT NULL', [
        `desa/${kode}`,
      ]);
      const pid = Number(/\/(\d+)$/.exec(String(rows[0]?.holder))?.[1] ?? 0);
      if (pid > 0) return pid;
      await tools.clock.sleep(POLL_MS, signal);
    }
  } finally {
    await connection.end();
  }
}
