import { describe, expect, test } from 'vitest';
import { daysUntilFull, type MachineDay, stateOfDesa } from '../../src/domain/fleet.ts';
import { siteOf } from '../../src/domain/tenant.ts';

const there = [{ state: 'active' }] as const;
const ended = { cause: null, cancelRequested: false } as const;

test.each([
  ['nothing installed, nothing asked', [], null, 'empty'],
  ['removed', [{ state: 'absent' }], { ...ended, state: 'succeeded' }, 'empty'],
  ['installed', there, { ...ended, state: 'succeeded' }, 'active'],
  ['installed long ago, its jobs forgotten', there, null, 'active'],
  ['an app out of service', [{ state: 'active' }, { state: 'suspended' }], { ...ended, state: 'succeeded' }, 'suspended'],
  ['an app out of service', [{ state: 'suspended' }, { state: 'absent' }], { ...ended, state: 'succeeded' }, 'suspended'],
  ['a job at work', there, { ...ended, state: 'undoing' }, 'working'],
  ['its last job was put back', there, { ...ended, state: 'undone' }, 'failed'],
  ['somebody cancelled', there, { ...ended, state: 'undone', cancelRequested: true }, 'active'],
  ['a person must decide', there, { ...ended, state: 'stuck' }, 'decide'],
] as const)('a desa with %s', (_name, installations, latest, expected) => {
  expect(stateOfDesa(installations, latest, false)).toBe(expected);
});

test('an app that does not answer is worse than a job that was put back, and no news while a job is at it', () => {
  const of = (state: 'succeeded' | 'undone' | 'running' | 'stuck') => stateOfDesa(there, { ...ended, state }, true);
  expect([of('succeeded'), of('undone'), of('running'), of('stuck')]).toEqual(['silent', 'silent', 'working', 'decide']);
});

describe('when the disk will be full', () => {
  const days = (...used: readonly number[]): readonly MachineDay[] =>
    used.map((gb, n) => ({
      day: `2026-11-${String(n + 1).padStart(2, '0')}`,
      diskTotal: 100,
      diskFree: 100 - gb,
      memoryTotal: 1,
      memoryFree: 1,
    }));

  test('nobody can say after two days, or when nothing grows', () => {
    expect(daysUntilFull([])).toBeNull();
    expect(daysUntilFull(days(10, 20))).toBeNull();
    expect(daysUntilFull(days(20, 20, 20, 20))).toBeNull();
    expect(daysUntilFull(days(30, 20, 10))).toBeNull();
  });

  test('what is left, divided by what a day takes', () => {
    expect(daysUntilFull(days(10, 20, 30))).toBe(7);
    expect(daysUntilFull(days(10, 20, 30), 'memory')).toBeNull();
    // One day of cleaning up among many does not turn the direction.
    expect(daysUntilFull(days(10, 20, 30, 25, 50, 60))).toBe(4);
    expect(daysUntilFull(days(10, 20, 30, 100))).toBe(0);
  });
});

test.each([
  ['the one at the root, wherever it stands in the list', ['/api', '/', '/pbb'], '/'],
  ['the only one there is', ['/pbb'], '/pbb'],
  ['none', [], null],
] as const)('the site of a desa is that of its apps: %s', (_name, paths, expected) => {
  const apps = paths.map((path) => ({ state: 'active', url: `http://a.id${path}` }) as const);
  expect(siteOf([{ state: 'absent', url: 'http://b' }, { state: 'installing', url: null }, ...apps])).toBe(
    expected === null ? null : `http://a.id${expected}`,
  );
});
