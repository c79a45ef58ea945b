import { beforeEach, describe, expect, it } from 'vitest';
import { type Viewer, type Watch, watchJob } from '../../src/api/job-watch.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { aManifest } from '../support/builders.ts';
import { type Memory, memoryTools } from '../support/memory-tools.ts';

/** Time stands still until a test lets it go on, so that every race can be arranged. */
let memory: Memory;
let watch: Watch;
let wake: (() => void)[] = [];

beforeEach(() => {
  memory = memoryTools([aManifest()]);
  wake = [];
  const clock = { ...memory.tools.clock, elapsed: () => 0, sleep: () => new Promise<void>((resolve) => wake.push(resolve)) };
  watch = watchJob({ ...memory.tools, clock }, 'JOB', { pollMs: 1, heartbeatMs: 1_000, longestMs: 1_000 });
  memory.jobs.set('JOB', {
    ...{ id: 'JOB', workflow: 'install', installationId: 'I', kode: parseKodeDesa('52.01.14.2001'), app: 'contoh', state: 'running' },
    ...{ input: { tag: null, settings: {}, archiveId: null }, requestedBy: 'a', attempt: 1, committed: false, cause: null },
    ...{ cancelRequested: false, createdAt: memory.now, startedAt: null, endedAt: null },
  });
});

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
}
async function poll(): Promise<void> {
  const sleeping = wake;
  wake = [];
  for (const resolve of sleeping) resolve();
  await settle();
}

interface Recorder extends Viewer {
  readonly got: number[];
  readonly ends: (string | null)[];
}
function viewer(after = 0, more: Partial<Viewer> = {}): Recorder {
  const got: number[] = [];
  const ends: (string | null)[] = [];
  return {
    ...{ after, got, ends, isOpen: () => ends.length === 0, beat: () => undefined, drained: async () => undefined },
    send: ({ id }) => got.push(id),
    end: (state) => ends.push(state),
    ...more,
  };
}
const write = (n: number): void => {
  for (let i = 0; i < n; i += 1) memory.note('JOB', 'log', 'baris');
};
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

describe('somebody who joins', () => {
  it('while the poller reads its last pages again gets nothing twice', async () => {
    const first = viewer();
    await watch.join(first);
    write(700);
    await poll();
    const second = viewer();
    await watch.join(second);
    write(10);
    await poll();
    await poll();
    expect(second.got).toEqual(upTo(710));
    expect(first.got).toEqual(upTo(710));
  });

  it('while others already have newer events catches up with them before it joins in', async () => {
    const first = viewer();
    await watch.join(first);
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isFirstRead = true;
    const late = viewer(0, {
      drained: async () => {
        if (isFirstRead) await gate;
        isFirstRead = false;
      },
    });
    write(5);
    const joining = watch.join(late);
    await settle();
    write(5);
    await poll();
    await poll();
    await poll();
    expect(first.got, 'the others have gone on meanwhile').toEqual(upTo(10));
    release();
    await joining;
    write(1);
    await poll();
    expect(late.got).toEqual(upTo(11));
  });

  it('gets what comes while it catches up page by page', async () => {
    write(1_200);
    const slow = viewer(0, { drained: async () => write(1) });
    await watch.join(slow);
    await poll();
    await poll();
    expect(slow.got).toEqual(upTo(memory.events.length));
  });
});

describe('the end of a job', () => {
  it('comes after log lines that were written just after the last state', async () => {
    const one = viewer();
    await watch.join(one);
    memory.moveJob('JOB', 'succeeded');
    await poll();
    write(1);
    await poll();
    expect(one.got).toEqual([1, 2]);
    expect(one.ends).toEqual(['succeeded']);
  });

  it('is no end when the job was retried meanwhile', async () => {
    const one = viewer();
    await watch.join(one);
    memory.moveJob('JOB', 'undone');
    await poll();
    memory.moveJob('JOB', 'queued');
    await poll();
    memory.moveJob('JOB', 'undone');
    await poll();
    expect(one.ends).toEqual([]);
    await poll();
    expect(one.ends).toEqual(['undone']);
  });

  it('is told to each viewer once, and then nobody is left', async () => {
    const viewers = [viewer(), viewer()];
    for (const one of viewers) await watch.join(one);
    memory.moveJob('JOB', 'stuck');
    for (let i = 0; i < 4; i += 1) await poll();
    expect(viewers.map(({ ends }) => ends)).toEqual([['stuck'], ['stuck']]);
    expect(watch.viewers()).toBe(0);
    expect(wake, 'nothing waits any more').toEqual([]);
  });
});
