import type { Config } from '../../src/config.ts';
import { visit } from './visit.ts';

/** Name of a row, in capitals → everybody, men, women. */
export type StatisticsRows = ReadonlyMap<string, readonly [all: number, men: number, women: number]>;

const ROW =
  /<td class="text-left">([^<]*)<\/td>\s*<td class="text-right">\s*<a [^>]*>(-?\d+)<\/a>[\s\S]*?<td class="text-right">\s*<a [^>]*>(-?\d+)<\/a>[\s\S]*?<td class="text-right">\s*<a [^>]*>(-?\d+)<\/a>/g;

/**
 * What OpenSID's own page Statistik Kependudukan tells somebody who is signed in there.
 * @param lap which table, by OpenSID's own number: 4 sex, 13 age bands, 0 education, 1 work, 3 religion,
 * `bantuan_penduduk` and `bantuan_keluarga` programmes, 50 and the id of a programme (v2409, v2410)
 */
export async function statisticsOf(config: Config, host: string, cookies: string, lap: string): Promise<StatisticsRows> {
  // The choice is kept in the session; the page itself has one address.
  const chosen = await visit(config, host, `/statistik/clear/${lap}`, { cookies });
  if (chosen.status !== 303 && chosen.status !== 302 && chosen.status !== 307) throw new Error(`choosing ${lap} answered ${chosen.status}`);
  const { status, body } = await visit(config, host, '/statistik', { cookies });
  if (status !== 200) throw new Error(`the statistics answered ${status}`);
  const found = [...body.matchAll(ROW)].map(
    ([, name = '', all, men, women]) =>
      [name.replaceAll('&amp;', '&').trim().toUpperCase(), [Number(all), Number(men), Number(women)] as const] as const,
  );
  if (found.length === 0) throw new Error(`no numbers on the page of ${lap}`);
  return new Map(found);
}
