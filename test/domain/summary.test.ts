import { expect, test } from 'vitest';
import { byBand, tallyPeople } from '../../src/domain/summary.ts';

test('a child in its first year has an age; only who has no day of birth has none, while nought in a group is "not filled in"', () => {
  const { ages, groups } = tallyPeople(
    [
      [1, 0, 0],
      [2, 0, 3],
      [2, 1, null],
      [1, null, 3],
    ],
    ['pendidikan'],
  );
  expect(ages).toEqual({ 0: [1, 1, 0], 1: [0, 1, 0], '': [1, 0, 0] });
  expect(groups).toEqual({ pendidikan: { 3: [1, 1, 0], '': [1, 1, 0] } });
  expect(byBand(ages, [{ from: 0, to: 4 }])).toEqual([{ from: 0, to: 4, people: [1, 2, 0] }]);
});
