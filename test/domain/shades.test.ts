import { describe, expect, test } from 'vitest';
import { shadeAt, shadesOf } from '../../src/domain/shades.ts';

describe('shades of a map of tiles', () => {
  test('hold about as many desa each, whatever one giant among them has', () => {
    const values = [10, 20, 30, 40, 50, 60, 70, 80, 90, 99_999];
    const shades = shadesOf(values);
    expect(shades).toEqual([
      { from: 10, to: 20 },
      { from: 30, to: 40 },
      { from: 50, to: 60 },
      { from: 70, to: 80 },
      { from: 90, to: 99_999 },
    ]);
    expect(values.map((value) => shadeAt(shades, value))).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
  });

  test.each([
    ['nothing', [], []],
    ['one', [7], [[7, 7]]],
    ['equal ones', [3, 3, 3, 3, 3, 3, 3], [[3, 3]]],
    [
      'two, mostly one of them',
      [0, 0, 0, 0, 0, 0, 8],
      [
        [0, 0],
        [8, 8],
      ],
    ],
  ] as const)('of %s never overlap', (_of, values, wanted) => {
    const shades = shadesOf(values);
    expect(shades.map(({ from, to }) => [from, to])).toEqual(wanted);
    expect(values.every((value) => shadeAt(shades, value) > 0)).toBe(true);
  });
});
