import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import type { Slice } from '../../src/domain/combined.ts';
import { Unavailable } from '../../src/domain/errors.ts';
import { readOverview } from '../../src/workflows/combined-overview.ts';
import { dropSlice } from '../../src/workflows/registration.ts';
import { canReach } from '../demo/choose.ts';
import { measureQueries } from './combined-asking.ts';
import type { Query } from './combined-fill.ts';
import { APP, fillKabupaten, type Kabupaten, RESIDENTS } from './combined-kabupaten.ts';
import { measureVisits } from './combined-visits.ts';
import { heal, measureFreshness, measureWrites } from './combined-writes.ts';
import { type BenchOptions, openPlace, type Place } from './place.ts';
import { machine, printTable } from './print.ts';
import { decimal, inSeconds, percentile } from './stats.ts';

const TIMES = 3;

/**
 * The combined database of a whole kabupaten: one desa really installed and registered, the others written as their
 * registration would have written them, and the same rows in OpenSID's own shared layout beside it.
 * @throws Unavailable where OpenSID's code cannot be had
 */
export async function benchCombined(options: BenchOptions): Promise<void> {
  const place = await openPlace(options, { PENDOPO_WORKERS: '1', PENDOPO_POOL: '0', PENDOPO_BUFFER_POOL: '4G' });
  const { tools, house } = place;
  const connection = await createConnection(connectionOptions(house.settings.config.databaseUrl));
  const query: Query = async (statement, values = []) => {
    const [rows] = await connection.query<RowDataPacket[]>(statement, [...values]);
    return Array.isArray(rows) ? rows : [];
  };
  try {
    const { repo } = tools.apps.entry(APP);
    if (!(await canReach(repo))) {
      throw new Unavailable('repositori-tidak-terjangkau', `OpenSID tidak terjangkau di ${repo}: tidak ada yang diukur.`, {
        advice: 'Beri OPENSID_REPO=/folder/atau/alamat-git.',
      });
    }
    const kabupaten = await fillKabupaten(place, query, options);
    await measureQueries(query, kabupaten, options.signal);
    await measureVisits(place, await kecamatanIn(query, kabupaten), options.signal);
    await printOverall(place, query, kabupaten, options.signal);
    await measureWrites(place, query, kabupaten.slice, Math.min(options.runs, 5), options.signal);
  } finally {
    await connection.end();
    await place.close();
  }
}

async function printOverall(place: Place, query: Query, { slice, desa, combined, countingMs }: Kabupaten, signal: AbortSignal) {
  const registered = await reregister(place, slice, signal);
  const fresh = await measureFreshness(place, query, slice, combined, signal);
  const { combined: manifest, summary } = place.tools.apps.entry(APP);
  if (manifest === null || summary === null) throw new Error('OpenSID has no summary');
  const numbers = (await place.tools.registrations.list()).slice(0, 20).map(({ configId }) => configId);
  const counting = await timesOf(numbers.length, (at) =>
    place.tools.combinedReads.figures(manifest, summary, numbers[at] ?? 2, '2026-11-25'),
  );
  const overview = await timesOf(20, () => readOverview(place.tools, place.actor, { app: APP }));
  const all = Number.isNaN(countingMs) ? '' : ` (semua: ${inSeconds(countingMs)} detik)`;
  const ms = (value: number): string => decimal(value, 0);
  printTable(
    `Database gabungan ${desa} desa × ${RESIDENTS} penduduk (${machine()})`,
    ['Yang diukur', 'p50', 'p95'],
    [
      ['mendaftarkan satu desa lagi, detik', ...two(registered, inSeconds)],
      ['sampai perubahan terlihat, milidetik', ...two(fresh, ms)],
      [`menghitung ringkasan satu desa${all}, milidetik`, ...two(counting, ms)],
      ['menjumlahkan ringkasan kabupaten, milidetik', ...two(overview, ms)],
    ],
  );
}

/** Out and in again, with all its rows, among all the others. */
async function reregister({ tools }: Place, slice: Slice, signal: AbortSignal): Promise<readonly number[]> {
  const took: number[] = [];
  for (let run = 0; run < TIMES; run += 1) {
    await dropSlice(tools, slice.installationId, signal);
    // Not as one that waits for the reconciler: we do it.
    await tools.registrations.save(slice.installationId, { state: 'detached' });
    took.push(await heal(tools, slice, signal));
  }
  return took;
}

async function kecamatanIn(query: Query, { combined }: Kabupaten): Promise<string> {
  const [row] = await query(`SELECT MAX(kode_kecamatan) AS k FROM \`${combined}\`.config`);
  const [, provinsi, kabupaten, kecamatan] = /^(\d\d)(\d\d)(\d\d)$/.exec(String(row?.k)) ?? [];
  return [provinsi, kabupaten, kecamatan].join('.');
}

async function timesOf(times: number, work: (at: number) => Promise<unknown>): Promise<number[]> {
  const took: number[] = [];
  for (let at = 0; at < times; at += 1) {
    const begun = performance.now();
    await work(at);
    took.push(performance.now() - begun);
  }
  return took;
}

function two(values: readonly number[], shown: (ms: number) => string): readonly string[] {
  return [shown(percentile(values, 0.5)), shown(percentile(values, 0.95))];
}
