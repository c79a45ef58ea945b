import { EVERIES, type Every, LAST_DAY, patternOf, rhythmOf, WEEKDAYS } from '../domain/rhythm.ts';
import { type Html, html } from './html.ts';
import type { Input } from './input.ts';
import { option } from './parts.ts';

/** Beside the rhythms: a pattern that is written by hand. */
const OTHER = 'other';
const WORDS: Readonly<Record<Every | typeof OTHER, string>> = { day: 'hari', week: 'minggu', month: 'bulan', other: 'lainnya (pola cron)' };
const CHOICES = [...EVERIES, OTHER] as const;
const DAWN = { every: 'month', weekday: 0, day: 1, hour: 2, minute: 0 } as const;

/** When a task comes, in words. The style sheet shows only the fields that the chosen rhythm has. */
export function rhythmFields(task: string, pattern: string): Html {
  const rhythm = rhythmOf(pattern);
  const { every, weekday, day, hour, minute } = rhythm ?? { ...DAWN, every: OTHER };
  const time = [hour, minute].map((part) => String(part).padStart(2, '0')).join(':');
  const id = (name: string): string => `${name}-${task}`;
  return html`<div class="pd-rhythm-fields">
    <div class="pd-field"><label class="form-label" for="${id('setiap')}">Setiap</label><select class="form-select" id="${id('setiap')}" name="setiap">${CHOICES.map((value) => option(value, WORDS[value], every))}</select></div>
    <div class="pd-field pd-for-week"><label class="form-label" for="${id('hari')}">Hari</label><select class="form-select" id="${id('hari')}" name="hari">${WEEKDAYS.map((name, index) => option(String(index), name, String(weekday)))}</select></div>
    <div class="pd-field pd-for-month"><label class="form-label" for="${id('tanggal')}">Tanggal</label><input class="form-control" id="${id('tanggal')}" name="tanggal" type="number" min="1" max="${LAST_DAY}" value="${day}"></div>
    <div class="pd-field pd-for-time"><label class="form-label" for="${id('pukul')}">Pukul</label><input class="form-control" id="${id('pukul')}" name="pukul" type="time" value="${time}"></div>
    <div class="pd-field pd-for-other"><label class="form-label" for="${id('pola')}">Pola cron</label><input class="form-control" id="${id('pola')}" name="pola" value="${pattern}" autocomplete="off" spellcheck="false"><p class="pd-hint">Menit, jam, tanggal, bulan, hari.</p></div>
  </div>`;
}

/** @throws Invalid for what no clock or month has */
export function wantedPattern(form: Input): string {
  const every = EVERIES.find((one) => one === form.text('setiap'));
  if (every === undefined) return form.text('pola');
  const [hour = '', minute = ''] = form.text('pukul').split(/[:.]/);
  const number = (text: string): number => (/^\d{1,2}$/.test(text) ? Number(text) : Number.NaN);
  return patternOf({
    every,
    weekday: number(form.text('hari')),
    day: number(form.text('tanggal')),
    hour: number(hour),
    minute: number(minute),
  });
}
