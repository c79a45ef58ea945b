import { setTimeout as delay } from 'node:timers/promises';
import type { CombinedWorld, TestDesa } from './combined-desa.ts';

/** How long a desa's statements took, in milliseconds. */
export interface Latency {
  readonly statements: number;
  readonly median: number;
  readonly longest: number;
}

/** The desa writes everywhere while the feeder tries. Throws what a statement of the desa's throws. */
export async function writeFor(world: CombinedWorld, desa: TestDesa, ms: number): Promise<Latency> {
  const until = performance.now() + ms;
  const staff = await desa.connect();
  const took: number[] = [];
  let fed = true;
  const feeding = (async () => {
    while (fed) {
      await world.feed(1);
      await delay(50);
    }
  })();
  while (performance.now() < until) {
    for (const statement of [
      "UPDATE @tweb_penduduk SET nama = LEFT(CONCAT(nama, 'x'), 90)",
      "INSERT INTO @artikel (config_id, isi, id_kategori, id_user, judul) VALUES (1, 'i', 1, 1, 'j')",
      "UPDATE @kategori SET kategori = CONCAT('k', RAND())",
      // Needs its table for itself: it would wait for the least thing that the feeder held there.
      'SET foreign_key_checks = 0; TRUNCATE @tweb_penduduk_umur; SET foreign_key_checks = 1',
    ]) {
      took.push(await staff.write(statement));
    }
    await delay(100);
  }
  fed = false;
  await feeding;
  await staff.end();
  const sorted = took.toSorted((a, b) => a - b);
  return { statements: took.length, median: sorted[sorted.length >> 1] ?? 0, longest: sorted.at(-1) ?? 0 };
}

export function tellLatency(when: string, { statements, median, longest }: Latency): void {
  console.info(`${when}: ${statements} statements of the desa, median ${median.toFixed(1)} ms, longest ${Math.round(longest)} ms`);
}
