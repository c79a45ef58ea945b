import { expect, test } from 'vitest';
import { patternOf, rhythmOf, rhythmWords } from '../../src/domain/rhythm.ts';
import { TASK_NAMES, TASKS } from '../../src/domain/schedule.ts';

test.each([
  ['0 2 1 * *', 'setiap tanggal 1 pukul 02.00'],
  ['30 3 * * *', 'setiap hari pukul 03.30'],
  ['0 6 * * 0', 'setiap hari Minggu pukul 06.00'],
  // What says more stays as it is written.
  ['*/5 * * * *', '*/5 * * * *'],
  ['0 2 31 * *', '0 2 31 * *'],
  ['0 2 1 * 1', '0 2 1 * 1'],
  ['0 24 * * *', '0 24 * * *'],
  ['0 2 1 1 *', '0 2 1 1 *'],
])('%s is said as %s', (pattern, words) => {
  expect(rhythmWords(pattern)).toBe(words);
});

test('what was read is written back the same; every task begins with a rhythm people can read', () => {
  for (const task of TASK_NAMES) {
    const { pattern } = TASKS[task];
    const rhythm = rhythmOf(pattern);
    expect(rhythm, task).not.toBeNull();
    if (rhythm !== null) expect(patternOf(rhythm)).toBe(pattern);
  }
});

test('a day that not every month has is refused with its reason', () => {
  const first = { every: 'month', weekday: 0, day: 1, hour: 2, minute: 0 } as const;
  expect(() => patternOf({ ...first, day: 31 })).toThrow('Isian tanggal harus bilangan 1–28.');
  expect(() => patternOf({ ...first, hour: 24 })).toThrow('Isian jam');
  expect(() => patternOf({ ...first, hour: Number.NaN })).toThrow('Isian jam');
  expect(patternOf({ ...first, every: 'day', day: 99 })).toBe('0 2 * * *');
});
