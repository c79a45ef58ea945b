import { Invalid } from './errors.ts';

/** Hours of the day, of the kabupaten's zone, in which new desa may begin: `22:00-05:00`; over midnight where the end comes first. */
export type Window = string;

const SHAPE = /^([01]\d|2[0-3])[:.]([0-5]\d)\s*[-–]\s*([01]\d|2[0-3])[:.]([0-5]\d)$/;

/** @returns null for none. @throws Invalid */
export function parseWindow(text: string | null): Window | null {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return null;
  const [, fromHour, fromMinute, untilHour, untilMinute] = SHAPE.exec(trimmed) ?? [];
  const [from, until] = [`${fromHour}:${fromMinute}`, `${untilHour}:${untilMinute}`];
  if (fromHour !== undefined && from !== until) return `${from}-${until}`;
  throw new Invalid('jendela-salah', `"${trimmed}" bukan jam pengerjaan yang sah.`, {
    field: 'window',
    advice: 'Tulis jam mulai dan jam selesai, misalnya 22:00-05:00.',
  });
}

/** @param time of day there, `23:15` */
export function isOpen(window: Window | null, time: string): boolean {
  if (window === null) return true;
  const [from = '', until = ''] = window.split('-');
  return from < until ? time >= from && time < until : time >= from || time < until;
}
