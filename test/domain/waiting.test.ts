import { describe, expect, it } from 'vitest';
import { explainWaits, PATIENCE_MS, type QueuedJob, type QueueState, waitAfterEnd } from '../../src/domain/waiting.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';

const NOW = new Date('2026-11-24T07:00:00Z');
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
let next = 2000;

function aJob(changes: Partial<QueuedJob> = {}): QueuedJob {
  const kode = parseKodeDesa(`52.01.14.${++next}`);
  return {
    id: `J${next}`,
    kode,
    workflow: 'update',
    app: 'opensid',
    state: 'queued',
    priority: 0,
    isHeld: false,
    outside: null,
    ...changes,
  };
}
const running = (changes: Partial<QueuedJob> = {}): QueuedJob => aJob({ state: 'running', isHeld: true, ...changes });

function waits(jobs: readonly QueuedJob[], state: Partial<QueueState> = {}) {
  return explainWaits({ jobs, movedAt: NOW, usualMs: 60_000, ...state }, NOW);
}

describe('a job', () => {
  it('that is worked on waits for nothing', () => {
    expect(waits([running()]).size).toBe(0);
    expect(waits([running({ state: 'undoing' })]).size).toBe(0);
  });

  it('in the line knows how many go before it, and about when its turn comes with as many hands as work now', () => {
    const [one, two, three] = [aJob(), aJob(), aJob({ priority: 10 })];
    const found = waits([running(), running(), one, two, three]);
    expect(found.get(one.id)).toEqual({ kind: 'line', ahead: 0, at: new Date(NOW.getTime() + 30_000) });
    expect(found.get(three.id)).toEqual({ kind: 'line', ahead: 2, at: new Date(NOW.getTime() + 90_000) });
    expect(waits([running(), one], { usualMs: null }).get(one.id)).toEqual({ kind: 'line', ahead: 0, at: null });
  });

  it('of a desa that is worked on names the job that goes first, and takes no place in the line', () => {
    const first = running({ workflow: 'backup' });
    const behind = aJob({ kode: first.kode });
    const other = aJob();
    const found = waits([first, behind, other]);
    expect(found.get(behind.id)).toEqual({ kind: 'desa', behind: first });
    expect(found.get(other.id)).toMatchObject({ kind: 'line', ahead: 0 });
  });

  it('of a desa nobody works on yet waits for the one before it; one that goes on later never goes before the one at work', () => {
    const [first, second] = [aJob(), aJob()];
    const behind = aJob({ kode: first.kode });
    expect(waits([first, second, behind]).get(behind.id)).toEqual({ kind: 'desa', behind: first });
    const atWork = running();
    const goesOn = aJob({ kode: atWork.kode, state: 'interrupted', isHeld: true });
    const found = waits([goesOn, atWork]);
    expect(found.get(goesOn.id)).toEqual({ kind: 'desa', behind: atWork });
    expect(found.has(atWork.id)).toBe(false);
  });

  it('that waits for something outside says since when, and when it gives up', () => {
    const job = running({ outside: { what: 'Docker tidak menjawab.', since: ago(120) } });
    const until = new Date(ago(120).getTime() + PATIENCE_MS);
    expect(waits([job]).get(job.id)).toEqual({ kind: 'outside', what: 'Docker tidak menjawab.', since: ago(120), until });
  });

  it('whose worker is gone waits for another one while one lives', () => {
    const job = aJob({ state: 'running' });
    expect(waits([running(), job]).get(job.id)).toEqual({ kind: 'worker' });
    const undoing = aJob({ state: 'undoing' });
    expect(waits([undoing], { movedAt: ago(3) }).get(undoing.id)).toEqual({ kind: 'worker' });
  });

  it('that nobody takes says since when no worker has moved anything', () => {
    const [queued, left] = [aJob(), aJob({ state: 'running' })];
    const found = waits([left, queued], { movedAt: ago(60) });
    expect(found.get(queued.id)).toEqual({ kind: 'nobody', since: ago(60) });
    expect(found.get(left.id)).toEqual({ kind: 'nobody', since: ago(60) });
    expect(waits([queued], { movedAt: ago(10) }).get(queued.id)).toMatchObject({ kind: 'line' });
  });
});

describe('a job that has ended', () => {
  const ended = { state: 'stuck', committed: true, attempt: 2, endedAt: ago(60) } as const;

  it('past its line tries again by itself for a while, then waits for a person', () => {
    expect(waitAfterEnd(ended, NOW)).toEqual({ kind: 'retry', at: new Date(NOW.getTime() + 240_000) });
    expect(waitAfterEnd({ ...ended, attempt: 4 }, NOW)).toEqual({ kind: 'person' });
    expect(waitAfterEnd({ ...ended, endedAt: ago(3600) }, NOW)).toEqual({ kind: 'person' });
    expect(waitAfterEnd({ ...ended, committed: false }, NOW)).toEqual({ kind: 'person' });
  });

  it('well or put back waits for nothing', () => {
    expect(waitAfterEnd({ ...ended, state: 'succeeded' }, NOW)).toBeNull();
    expect(waitAfterEnd({ ...ended, state: 'undone' }, NOW)).toBeNull();
  });
});
