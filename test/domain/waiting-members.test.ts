import { expect, it } from 'vitest';
import type { Member, MemberState } from '../../src/domain/rollout.ts';
import { explainMembers } from '../../src/domain/waiting-members.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';

const ROLLOUT = { state: 'running', reason: null, window: null, concurrency: 4 } as const;

function members(...states: readonly (readonly [MemberState, number])[]): readonly Member[] {
  return states.map(([state, wave], position) => ({
    ...{ position, wave, kode: parseKodeDesa(`52.01.14.${2001 + position}`), installationId: `I${position}`, jobId: `J${position}` },
    ...{ fromTag: 'v1', backupId: null, state, fingerprint: null, forgiven: false, lockedMs: null, startedAt: null, endedAt: null },
  }));
}

it.each([
  [
    'the wave before',
    ROLLOUT,
    [
      ['running', 0],
      ['done', 0],
      ['waiting', 1],
      ['waiting', 2],
    ],
    [[2, { kind: 'wave', left: 1 }]],
  ],
  [
    'a free place',
    ROLLOUT,
    [
      ['running', 1],
      ['waiting', 1],
    ],
    [[1, { kind: 'room', atOnce: 4 }]],
  ],
  ['its hours', { ...ROLLOUT, window: '22:00-05:00' }, [['waiting', 0]], [[1, { kind: 'hours', window: '22:00-05:00' }]]],
  [
    'a person',
    { ...ROLLOUT, state: 'halted', reason: 'Gagal.' },
    [
      ['failed', 0],
      ['waiting', 1],
    ],
    [[1, { kind: 'halted', reason: 'Gagal.' }]],
  ],
  [
    'its class or its rehearsal',
    ROLLOUT,
    [
      ['paused', 1],
      ['kept-out', 1],
      ['running', 1],
    ],
    [
      [1, { kind: 'same-cause' }],
      [1, { kind: 'kept-out' }],
    ],
  ],
  [
    'nothing once all is over',
    { ...ROLLOUT, state: 'finished' },
    [
      ['kept-out', 0],
      ['done', 0],
    ],
    [],
  ],
] as const)('a desa of a rollout waits for %s', (_what, rollout, states, expected) => {
  const found = explainMembers(rollout, members(...states), '14:00');
  expect(found.map(({ members: of, wait }) => [of.length, wait])).toEqual(expected);
});
