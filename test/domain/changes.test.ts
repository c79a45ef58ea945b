import { expect, it } from 'vitest';
import { changesOf } from '../../src/domain/changes.ts';

it.each([
  [
    { a: 1, b: 'x' },
    { a: 2, b: 'x' },
    { 'a-before': 1, 'a-after': 2 },
  ],
  [{ a: 'x' }, { a: null }, { 'a-before': 'x', 'a-after': null }],
  [{}, { a: true }, { 'a-before': null, 'a-after': 'true' }],
  [{ a: ['x', 'y'] }, { a: ['x', 'y'] }, {}],
  [{ a: ['x'] }, { a: ['x', 'y'] }, { 'a-before': 'x', 'a-after': 'x, y' }],
  [{ a: 1, left: 'alone' }, { a: 1 }, {}],
  [null, { a: 'x' }, { 'a-before': null, 'a-after': 'x' }],
  [{ a: 'x' }, null, { 'a-before': 'x', 'a-after': null }],
])('from %j to %j the audit says %j', (before, after, detail) => {
  expect(changesOf(before, after)).toEqual(detail);
});
