import { Cron } from 'croner';
import { Invalid } from '../domain/errors.ts';
import type { Calendar } from '../domain/ports-jobs.ts';

/** Cron patterns of five fields in one zone, whatever the machine's own is. */
export function createCalendar(timezone: string): Calendar {
  const parse = (pattern: string): Cron => {
    try {
      return new Cron(pattern, { timezone, mode: '5-part', paused: true });
    } catch (error) {
      throw new Invalid('jadwal-salah', `"${pattern}" bukan jadwal yang sah.`, {
        cause: error,
        field: 'pattern',
        advice: 'Tulis menit, jam, tanggal, bulan, hari. Contoh: 0 2 1 * * untuk tanggal 1 pukul 02.00.',
      });
    }
  };
  const format = new Intl.DateTimeFormat('id-ID', { dateStyle: 'full', timeStyle: 'short', timeZone: timezone });
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: timezone });
  const days = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone: timezone });
  return {
    timeOfDay: (at) => clock.format(at),
    day: (at) => days.format(at),
    words: (at) => format.format(at),
    // previousRuns excludes the very moment, which is due too.
    previous: (pattern, now) => parse(pattern).previousRuns(1, new Date(now.getTime() + 1_000))[0] ?? null,
    next: (pattern, now) => parse(pattern).nextRun(now),
  };
}
