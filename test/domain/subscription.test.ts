import { expect, it } from 'vitest';
import { dueWarning, endingsOf, stageOf } from '../../src/domain/subscription.ts';
import { aManifest, aSetting } from '../support/builders.ts';

const manifest = aManifest({
  settings: [aSetting({ name: 'akhir', label: 'Langganan berakhir', kind: 'date', options: [], default: '', warnDays: [30, 7] })],
});
const endingOn = (day: string, today: string) =>
  endingsOf(
    [
      { app: 'a', state: 'active', settings: { akhir: day } },
      { app: 'b', state: 'suspended', settings: { akhir: day } },
    ],
    () => manifest,
    today,
  );

it('what ends is told once for all apps of a desa, with the days that are left', () => {
  expect(endingOn('2026-12-31', '2026-11-24')).toMatchObject([
    { name: 'akhir', label: 'Langganan berakhir', day: '2026-12-31', daysLeft: 37 },
  ]);
  expect(endingOn('', '2026-11-24')).toEqual([]);
  expect(endingsOf([{ app: 'a', state: 'absent', settings: { akhir: '2026-12-31' } }], () => manifest, '2026-11-24')).toEqual([]);
});

it.each([
  ['2027-01-01', 'later', null],
  ['2026-12-24', 'soon', 30],
  ['2026-12-02', 'soon', 30],
  ['2026-12-01', 'soon', 7],
  ['2026-11-24', 'soon', 7],
  ['2026-11-23', 'ended', -1],
] as const)('an end on %s is %s, warned of %s days ahead, seen on 2026-11-24', (day, stage, due) => {
  const [ending] = endingOn(day, '2026-11-24');
  if (ending === undefined) throw new Error('no ending');
  expect([stageOf(ending), dueWarning(ending)]).toEqual([stage, due]);
});
