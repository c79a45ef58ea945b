import type { Registration } from '../domain/combined.ts';
import type { News } from '../domain/notice.ts';
import type { Toolbox } from '../domain/ports.ts';

/** Every desa is proven in turn; one that has not been for so long does not mend itself. */
const WRONG_MS = 60 * 60_000;
const MOST_NAMED = 10;

/** Desa whose rows in the combined database stay wrong although they are mended again and again: told once a day, together. */
export async function wrongSlices({
  registrations,
  clock,
  calendar,
}: Pick<Toolbox, 'registrations' | 'clock' | 'calendar'>): Promise<readonly (News & { readonly at: Date })[]> {
  const now = clock.now();
  const wrong = (await registrations.list()).filter((one) => staysWrong(one, now));
  if (wrong.length === 0) return [];
  const named = wrong.slice(0, MOST_NAMED).map(({ kode, finding }) => `${kode}${finding === null ? '' : ` (${finding})`}`);
  return [
    {
      ...{ key: `slices-wrong ${calendar.day(now)}`, at: now, title: `Database gabungan: ${wrong.length} desa tetap berbeda` },
      text: `Angka desa itu di database gabungan dapat tertinggal; situs dan data desanya tidak terganggu. Pendopo terus mencoba memperbaikinya: ${named.join(', ')}${wrong.length > named.length ? ', …' : ''}. Lihat /gabungan.`,
    },
  ];
}

/** One that somebody has detached, or that is being registered for the first time, is no fault. */
function staysWrong({ state, provenAt }: Registration, now: Date): boolean {
  if (provenAt === null) return state === 'stale';
  return (state === 'stale' || state === 'registering') && now.getTime() - provenAt.getTime() > WRONG_MS;
}
