import { describe, expect, it } from 'vitest';
import { estimateEnd, judge, type Member, wavesOf } from '../../src/domain/rollout.ts';
import { isOwed, type Schedule } from '../../src/domain/schedule.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';

const kode = parseKodeDesa('52.01.14.2001');
const RULE = { haltPercent: 20, concurrency: 2 };

function aMember(position: number, changes: Partial<Member> = {}): Member {
  return {
    ...{ position, wave: 1, kode, installationId: `I${position}`, jobId: `J${position}`, fromTag: 'v1', backupId: null },
    ...{ state: 'waiting', fingerprint: null, forgiven: false, lockedMs: null, startedAt: null, endedAt: null },
    ...changes,
  };
}
const failed = (position: number, changes: Partial<Member> = {}): Member =>
  aMember(position, { state: 'failed', fingerprint: 'migrate-database:perintah-gagal', ...changes });

describe('waves', () => {
  it('begin with the canaries and grow', () => {
    const sizes = (count: number, canaries: number): number[] =>
      [...Map.groupBy(wavesOf(count, canaries), (wave) => wave).values()].map(({ length }) => length);
    expect(sizes(40, 1)).toEqual([1, 2, 8, 29]);
    expect(sizes(450, 2)).toEqual([2, 4, 16, 64, 256, 108]);
    expect(sizes(1, 3)).toEqual([1]);
  });
});

describe('the judge', () => {
  it('starts as many as may run, of one wave only', () => {
    const members = [aMember(0, { wave: 0, state: 'done' }), aMember(1), aMember(2), aMember(3), aMember(4, { wave: 2 })];
    expect(judge(RULE, members)).toMatchObject({ kind: 'start', members: [{ position: 1 }, { position: 2 }] });
    expect(judge(RULE, [aMember(1, { state: 'running' }), aMember(4, { wave: 2 })])).toEqual({ kind: 'wait' });
  });

  it('halts on a failed canary, whoever else waits', () => {
    expect(judge(RULE, [failed(0, { wave: 0 }), aMember(1)])).toMatchObject({ kind: 'halt' });
    expect(judge(RULE, [failed(0, { wave: 0, forgiven: true }), aMember(1)])).toMatchObject({ kind: 'start' });
  });

  it('pauses those like them when two failed for the same reason; others go on', () => {
    const members = [failed(1), failed(2), aMember(3), aMember(4, { fromTag: 'v0' })];
    expect(judge(RULE, members)).toMatchObject({ kind: 'pause', members: [{ position: 3 }] });
    const paused = [
      failed(1),
      failed(2),
      aMember(3, { state: 'paused' }),
      ...Array.from({ length: 10 }, (_, n) => aMember(10 + n, { state: 'done' })),
    ];
    expect(judge(RULE, [...paused, aMember(4, { fromTag: 'v0' })])).toMatchObject({ kind: 'start', members: [{ position: 4 }] });
    expect(judge(RULE, paused)).toMatchObject({ kind: 'halt' });
  });

  it('halts when too many fail for different reasons', () => {
    const members = [failed(1, { fingerprint: 'a:x' }), failed(2, { fingerprint: 'b:y' }), aMember(3, { state: 'done' }), aMember(4)];
    expect(judge(RULE, members)).toMatchObject({ kind: 'halt' });
  });

  it('never halts a round of backups, and is done when nobody is left', () => {
    expect(judge({ ...RULE, haltPercent: null }, [failed(1), failed(2), failed(3), aMember(4)])).toMatchObject({ kind: 'start' });
    expect(judge(RULE, [aMember(1, { state: 'done' }), aMember(2, { state: 'skipped' })])).toEqual({ kind: 'finish' });
  });
});

it('the end is estimated from the median of those that are done', () => {
  const now = new Date('2026-12-01T00:00:00Z');
  const took = (position: number, ms: number) => aMember(position, { state: 'done', startedAt: new Date(0), endedAt: new Date(ms) });
  const members = [took(1, 10_000), took(2, 20_000), took(3, 90_000), aMember(4), aMember(5)];
  expect(estimateEnd(RULE, members, now)).toEqual(new Date('2026-12-01T00:00:20Z'));
  expect(estimateEnd(RULE, [aMember(1)], now)).toBeNull();
});

describe('a time that has come', () => {
  const schedule: Schedule = {
    task: 'perbarui-semua',
    pattern: '0 2 1 * *',
    enabled: true,
    window: null,
    since: new Date('2026-11-20T00:00:00Z'),
  };
  const due = new Date('2026-11-30T19:00:00Z');

  it('is owed for a week, unless the schedule is off or younger', () => {
    expect(isOwed(schedule, due, new Date('2026-12-03T00:00:00Z'))).toBe(true);
    expect(isOwed(schedule, due, new Date('2026-12-20T00:00:00Z'))).toBe(false);
    expect(isOwed({ ...schedule, enabled: false }, due, new Date('2026-12-03T00:00:00Z'))).toBe(false);
    expect(isOwed({ ...schedule, since: due }, due, new Date('2026-12-03T00:00:00Z'))).toBe(false);
  });
});
