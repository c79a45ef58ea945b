import type { Slice } from '../../src/domain/combined.ts';
import { detachSlice, healSlice } from '../../src/workflows/registration.ts';
import type { Query } from './combined-fill.ts';
import type { Place } from './place.ts';
import { printTable } from './print.ts';
import { decimal, percentile } from './stats.ts';

const CHANGES = 40;
const SEEN_MS = 30_000;
const POLL_MS = 4;

/** What the triggers cost the desa: the same statements with and without them. */
export async function measureWrites({ tools }: Place, query: Query, slice: Slice, runs: number, signal: AbortSignal): Promise<void> {
  const table = (name: string): string => `\`${slice.schema}\`.\`${name}\``;
  const one = `UPDATE ${table('tweb_penduduk')} SET nama = CONCAT(LEFT(nama, 40), ' ', RAND()) WHERE id = ?`;
  const [first] = await query(`SELECT MIN(id) AS id FROM ${table('tweb_penduduk')}`);
  const each = async (times: number): Promise<void> => {
    for (let at = 0; at < times; at += 1) await query(one, [Number(first?.id) + at]);
  };
  const shapes: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['300 perubahan satu penduduk, masing-masing satu transaksi', () => each(300)],
    [
      '1.500 perubahan dalam satu transaksi',
      async () => {
        await query('START TRANSACTION');
        await each(1_500);
        await query('COMMIT');
      },
    ],
    ['satu pernyataan atas semua penduduk', () => query(`UPDATE ${table('tweb_penduduk')} SET ket = RAND()`)],
  ];
  const measure = async (): Promise<readonly number[]> => {
    const took: number[] = [];
    for (const [, work] of shapes) {
      const times: number[] = [];
      for (let run = 0; run < runs; run += 1) {
        const begun = performance.now();
        await work();
        times.push(performance.now() - begun);
      }
      took.push(percentile(times, 0.5));
    }
    return took;
  };
  await detachSlice(tools, slice.installationId, signal);
  const without = await measure();
  await heal(tools, slice, signal);
  const withTriggers = await measure();
  printTable(
    `Menulis di desa, tanpa dan dengan pemicu, p50 dari ${runs} kali, dalam milidetik`,
    ['Yang ditulis', 'tanpa', 'dengan', 'banding'],
    shapes.map(([label], at) => {
      const [before, after] = [without[at] ?? Number.NaN, withTriggers[at] ?? Number.NaN];
      return [label, decimal(before, 0), decimal(after, 0), decimal(after / before, 1)];
    }),
  );
  await heal(tools, slice, signal);
}

/** From the desa's commit until the combined database shows it. */
export async function measureFreshness(
  { tools }: Place,
  query: Query,
  slice: Slice,
  combined: string,
  signal: AbortSignal,
): Promise<readonly number[]> {
  const [first] = await query(`SELECT MIN(id) AS id FROM \`${slice.schema}\`.tweb_penduduk`);
  const took: number[] = [];
  for (let at = 0; at < CHANGES; at += 1) {
    const mark = `Ukur ${at} ${Date.now()}`;
    await query(`UPDATE \`${slice.schema}\`.tweb_penduduk SET nama = ? WHERE id = ?`, [mark, Number(first?.id) + at]);
    const begun = performance.now();
    for (;;) {
      const [seen] = await query(`SELECT COUNT(*) AS n FROM \`${combined}\`.tweb_penduduk WHERE config_id = ? AND nama = ?`, [
        slice.configId,
        mark,
      ]);
      if (Number(seen?.n) === 1) break;
      if (performance.now() - begun > SEEN_MS) throw new Error('a change has not arrived in the combined database');
      await tools.clock.sleep(POLL_MS, signal);
    }
    took.push(performance.now() - begun);
    // Not in step with the feeder's own beat.
    await tools.clock.sleep(50 + ((at * 37) % 230), signal);
  }
  return took;
}

/** Registers a desa's slice from nothing, or mends it. @returns milliseconds */
export async function heal(tools: Place['tools'], slice: Slice, signal: AbortSignal): Promise<number> {
  const begun = performance.now();
  while (!(await healSlice(tools, slice.installationId, signal))) signal.throwIfAborted();
  return performance.now() - begun;
}
