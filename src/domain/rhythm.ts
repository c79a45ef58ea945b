import { Invalid } from './errors.ts';

/** How often something comes, as people say it. Everything else is written as a pattern of five fields. */
export interface Rhythm {
  readonly every: Every;
  /** For `week`; 0 is Sunday. */
  readonly weekday: number;
  /** For `month`: 1–28, so that every month has it. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

export const EVERIES = ['day', 'week', 'month'] as const;
export type Every = (typeof EVERIES)[number];

export const WEEKDAYS = ['Minggu', 'Senin', 'Selasa', 'Rabu', 'Kamis', 'Jumat', 'Sabtu'] as const;
export const LAST_DAY = 28;

/** `0 2 1 * *` → every month on the 1st at 02:00; null for a pattern that says more than that. */
export function rhythmOf(pattern: string): Rhythm | null {
  const [, minutes = '', hours = '', days = '', weekdays = ''] = /^(\d{1,2}) (\d{1,2}) (\d{1,2}|\*) \* ([0-6]|\*)$/.exec(pattern) ?? [];
  const [hour, minute] = [Number(hours), Number(minutes)];
  if (minutes === '' || hour > 23 || minute > 59) return null;
  const time = { hour, minute };
  if (days === '*' && weekdays === '*') return { every: 'day', weekday: 0, day: 1, ...time };
  if (days === '*') return { every: 'week', weekday: Number(weekdays), day: 1, ...time };
  const day = Number(days);
  return weekdays === '*' && day >= 1 && day <= LAST_DAY ? { every: 'month', weekday: 0, day, ...time } : null;
}

/** @throws Invalid for what no clock or month has */
export function patternOf({ every, weekday, day, hour, minute }: Rhythm): string {
  requireWithin('jam', hour, 0, 23);
  requireWithin('jam', minute, 0, 59);
  if (every === 'day') return `${minute} ${hour} * * *`;
  if (every === 'week') return `${minute} ${hour} * * ${requireWithin('hari', weekday, 0, 6)}`;
  return `${minute} ${hour} ${requireWithin('tanggal', day, 1, LAST_DAY)} * *`;
}

/** `setiap tanggal 1 pukul 02.00`; the pattern itself when it says more. */
export function rhythmWords(pattern: string): string {
  const rhythm = rhythmOf(pattern);
  if (rhythm === null) return pattern;
  const { every, weekday, day, hour, minute } = rhythm;
  const when = every === 'day' ? 'setiap hari' : every === 'week' ? `setiap hari ${WEEKDAYS[weekday]}` : `setiap tanggal ${day}`;
  return `${when} pukul ${String(hour).padStart(2, '0')}.${String(minute).padStart(2, '0')}`;
}

function requireWithin(field: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Invalid('jadwal-salah', `Isian ${field} harus bilangan ${least}–${most}.`, {
    field,
    ...(field === 'tanggal' && { advice: 'Tanggal 29–31 tidak ada di setiap bulan, jadi tidak dapat dipilih.' }),
  });
}
