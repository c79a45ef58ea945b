import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { Broken, Unavailable } from '../../src/domain/errors.ts';
import type { Job } from '../../src/domain/job.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import type { Jobs, Lease } from '../../src/domain/ports-jobs.ts';
import { Secret } from '../../src/domain/secret.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { runJob } from '../../src/workflows/engine.ts';
import { POINT_OF_NO_RETURN, type Step, type Workflow } from '../../src/workflows/step.ts';
import { anActor, aPlan } from '../support/builders.ts';
import { openTestRecords, type TestRecords } from '../support/records.ts';

let records: TestRecords;
let tools: Toolbox;
beforeAll(async () => {
  records = await openTestRecords(inject('databaseUrl'), { vault: { ...noVault, read: async () => new Secret('rahasia-desa') } });
  tools = records.tools;
});
afterAll(() => records.close());

const noVault = {
  make: () => new Secret('baru'),
  put: async () => undefined,
  ensure: async () => undefined,
  exists: async () => true,
  reveal: async () => null,
  remove: async () => undefined,
};

/** What a step does to the world is that its name is in it. */
type World = Set<string>;
type Fault = (name: string, moment: 'before' | 'after' | 'undo') => void;

function stepOf(world: World, name: string, fault: Fault): Step {
  return {
    name,
    label: name,
    isDone: async () => world.has(name),
    run: async () => {
      fault(name, 'before');
      world.add(name);
      fault(name, 'after');
    },
    undo: async () => {
      fault(name, 'undo');
      world.delete(name);
    },
  };
}

const BEFORE_LINE = ['a', 'b', 'c'];
const AFTER_LINE = ['d', 'e'];

function workflowOf(world: World, fault: Fault = () => undefined): Workflow {
  return {
    plan: async (job): Promise<Plan> => aPlan({ installationId: job.installationId }),
    steps: [
      ...BEFORE_LINE.map((name) => stepOf(world, name, fault)),
      POINT_OF_NO_RETURN,
      ...AFTER_LINE.map((name) => stepOf(world, name, fault)),
    ],
  };
}

let desa = 2000;
async function aJob(): Promise<Job> {
  const kode = parseKodeDesa(`52.01.14.${++desa}`);
  const id = tools.ids.next();
  await tools.jobs.create({
    ...{ id, workflow: 'install', installationId: tools.ids.next(), kode, app: 'contoh', requestedBy: anActor().username, priority: 0 },
    input: { tag: null, settings: {}, archiveId: null },
  });
  return found(id);
}

async function found(id: string): Promise<Job> {
  const job = await tools.jobs.find(id);
  if (job === null) throw new Error(`no job ${id}`);
  return job;
}

const never = new AbortController().signal;

interface Going {
  readonly toolbox?: Toolbox;
  readonly stop?: AbortSignal;
  readonly cancel?: AbortSignal;
  readonly patienceMs?: number;
}

/** As a worker does: takes the desa, runs, lets go. */
async function go(id: string, workflow: Workflow, { toolbox = tools, stop = never, cancel = never, patienceMs = 5_000 }: Going = {}) {
  const job = await found(id);
  const lease = await takeOver(job);
  try {
    return await runJob({ job, lease, workflow, tools: toolbox, stop, cancel, patienceMs });
  } finally {
    await tools.leases.release(lease);
  }
}

async function takeOver(job: Job): Promise<Lease> {
  const lease = await tools.leases.acquire(`desa/${job.kode}`, 'test', 60_000);
  if (lease === null) throw new Error('lease is held');
  return lease;
}

const fails = (failing: string, moment: 'before' | 'after' | 'undo'): Fault => {
  return (name, at) => {
    if (name === failing && at === moment) throw new Broken('rusak', `Langkah ${name} rusak.`);
  };
};

describe('a job that nothing disturbs', () => {
  it('goes through its steps in order and is succeeded', async () => {
    const world: World = new Set();
    const job = await aJob();
    expect(await go(job.id, workflowOf(world))).toBe('succeeded');
    expect([...world]).toEqual(['a', 'b', 'c', 'd', 'e']);
    const steps = await tools.jobs.steps(job.id);
    expect(steps.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done', 'done']);
    expect(await found(job.id)).toMatchObject({ state: 'succeeded', committed: true, cause: null });
  });

  it('leaves alone what is done already', async () => {
    const world: World = new Set(['b']);
    const job = await aJob();
    await go(job.id, workflowOf(world));
    const steps = await tools.jobs.steps(job.id);
    expect(steps.map(({ state }) => state)).toEqual(['done', 'skipped', 'done', 'done', 'done']);
  });

  it('masks a secret in what a step tells', async () => {
    const job = await aJob();
    const talker: Step = {
      ...stepOf(new Set(), 'talk', () => undefined),
      run: async (_plan, { vault, tell }) => tell(`sandi ${(await vault.read('x')).expose()}`),
    };
    await go(job.id, { ...workflowOf(new Set()), steps: [talker] });
    const lines = (await tools.jobs.events(job.id, 0, 100)).filter(({ kind }) => kind === 'log').map(({ text }) => text);
    expect(lines).toEqual(['sandi [rahasia]']);
  });
});

describe('a step that fails before the point of no return', () => {
  for (const name of BEFORE_LINE) {
    for (const moment of ['before', 'after'] as const) {
      it(`${name} ${moment} its effect: everything is put back, the step that failed too, and a retry succeeds`, async () => {
        const world: World = new Set();
        const job = await aJob();
        expect(await go(job.id, workflowOf(world, fails(name, moment)))).toBe('undone');
        expect([...world]).toEqual([]);
        const ended = await found(job.id);
        expect(ended).toMatchObject({ state: 'undone', cause: { code: 'rusak', step: name, message: `Langkah ${name} rusak.` } });
        expect(ended.cause?.advice).toContain('Coba lagi');

        expect(await tools.jobs.requeue(job.id)).toBe(true);
        expect(await go(job.id, workflowOf(world))).toBe('succeeded');
        expect((await found(job.id)).attempt).toBe(2);
      });
    }
  }

  it('whose undo fails leaves the job stuck; a retry goes on putting back', async () => {
    const world: World = new Set();
    const job = await aJob();
    const fault: Fault = (name, at) => {
      fails('c', 'after')(name, at);
      fails('b', 'undo')(name, at);
    };
    expect(await go(job.id, workflowOf(world, fault))).toBe('stuck');
    expect([...world]).toEqual(['a', 'b']);
    await tools.jobs.requeue(job.id);
    expect((await found(job.id)).state).toBe('undoing');
    expect(await go(job.id, workflowOf(world))).toBe('undone');
    expect([...world]).toEqual([]);
  });
});

describe('a step that fails past the point of no return', () => {
  for (const name of AFTER_LINE) {
    it(`${name}: nothing is undone, a person decides, and a retry goes on there`, async () => {
      const world: World = new Set();
      const job = await aJob();
      expect(await go(job.id, workflowOf(world, fails(name, 'before')))).toBe('stuck');
      expect([...world]).toEqual(expect.arrayContaining(BEFORE_LINE));
      // Past the line nothing before it is asked or done again, even when the world has lost it.
      world.delete('a');
      await tools.jobs.requeue(job.id);
      expect(await go(job.id, workflowOf(world))).toBe('succeeded');
      expect(world.has('a')).toBe(false);
    });
  }
});

describe('a worker that dies', () => {
  /** Lets so many writes to the record through, then is dead: the write is not made and nothing is written afterwards. */
  function dyingAfter(writes: number): Toolbox {
    let left = writes;
    const guard =
      <A extends unknown[], R>(write: (...inputs: A) => Promise<R>) =>
      async (...inputs: A): Promise<R> => {
        if (left <= 0) throw new Error('killed');
        left -= 1;
        return write(...inputs);
      };
    const jobs: Jobs = { ...tools.jobs };
    return {
      ...tools,
      jobs: {
        ...jobs,
        find: tools.jobs.find,
        plan: tools.jobs.plan,
        steps: tools.jobs.steps,
        appendLog: async () => undefined,
        savePlan: guard(tools.jobs.savePlan),
        saveState: guard(tools.jobs.saveState),
        saveStep: guard(tools.jobs.saveStep),
        commit: guard(tools.jobs.commit),
      },
    };
  }

  async function untilItEnds(id: string, workflow: Workflow): Promise<string> {
    for (let deaths = 0; ; deaths += 1) {
      try {
        return await go(id, workflow, { toolbox: dyingAfter(deaths) });
      } catch (error) {
        if (!(error instanceof Error) || error.message !== 'killed') throw error;
      }
    }
  }

  it('at every single write: the next one goes on, and the job succeeds once', async () => {
    const world: World = new Set();
    const job = await aJob();
    expect(await untilItEnds(job.id, workflowOf(world))).toBe('succeeded');
    expect([...world].sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('at every single write of a failing job: everything is put back', async () => {
    const world: World = new Set();
    const job = await aJob();
    expect(await untilItEnds(job.id, workflowOf(world, fails('c', 'before')))).toBe('undone');
    expect([...world]).toEqual([]);
  });

  it('while it puts back: the next one goes on putting back, never forward', async () => {
    const world: World = new Set();
    const job = await aJob();
    const seen: string[] = [];
    const fault: Fault = (name, at) => {
      seen.push(`${name} ${at}`);
      fails('c', 'after')(name, at);
    };
    // run, plan, a×2, b×2, c running, c failed, undoing, c undoing: dies there.
    await expect(go(job.id, workflowOf(world, fault), { toolbox: dyingAfter(10) })).rejects.toThrow('killed');
    expect((await found(job.id)).state).toBe('undoing');
    seen.length = 0;
    expect(await go(job.id, workflowOf(world, fault))).toBe('undone');
    expect(seen.every((event) => event.endsWith('undo'))).toBe(true);
    expect([...world]).toEqual([]);
  });

  it('and comes back after another one took the desa: writes nothing any more', async () => {
    const world: World = new Set();
    const job = await aJob();
    const lease = await tools.leases.acquire(`desa/${job.kode}`, 'slow', 1);
    if (lease === null) throw new Error('no lease');
    await systemClock.sleep(20);
    const newer = await takeOver(job);
    expect(newer.token).toBe(lease.token + 1);
    expect(await runJob({ job, lease, workflow: workflowOf(world), tools, stop: never, cancel: never })).toBe('lost');
    expect((await found(job.id)).state).toBe('queued');
    expect([...world]).toEqual([]);
    await tools.leases.release(newer);
  });
});

describe('a worker that is shut down', () => {
  it('leaves the job interrupted; the next worker goes on', async () => {
    const world: World = new Set();
    const job = await aJob();
    const shutdown = new AbortController();
    const workflow = workflowOf(world, (name, at) => {
      if (name === 'b' && at === 'before') shutdown.abort('shutdown');
    });
    expect(await go(job.id, workflow, { stop: shutdown.signal })).toBe('interrupted');
    expect((await found(job.id)).state).toBe('interrupted');
    expect(await go(job.id, workflowOf(world))).toBe('succeeded');
  });
});

describe('a job that is cancelled', () => {
  it('in the middle of a step: the step ends and everything is put back', async () => {
    const world: World = new Set();
    const job = await aJob();
    const cancel = new AbortController();
    const workflow = workflowOf(world, (name, at) => {
      if (name === 'b' && at === 'after') {
        cancel.abort('cancelled');
        throw new Error('aborted');
      }
    });
    expect(await go(job.id, workflow, { cancel: cancel.signal })).toBe('undone');
    expect([...world]).toEqual([]);
    expect((await found(job.id)).cause?.code).toBe('dibatalkan');
  });

  it('before a worker goes on with it: what the first one did is put back as well', async () => {
    const world: World = new Set();
    const job = await aJob();
    const shutdown = new AbortController();
    const workflow = workflowOf(world, (name, at) => {
      if (name === 'c' && at === 'after') shutdown.abort('shutdown');
    });
    await go(job.id, workflow, { stop: shutdown.signal });
    expect([...world]).toEqual(['a', 'b', 'c']);
    expect(await go(job.id, workflowOf(world), { cancel: AbortSignal.abort('cancelled') })).toBe('undone');
    expect([...world]).toEqual([]);
  });

  it('may not be cancelled past the point of no return', async () => {
    const job = await aJob();
    await go(job.id, workflowOf(new Set(), fails('d', 'before')));
    expect(await tools.jobs.requestCancel(job.id)).toBe(false);
  });
});

describe('something outside that does not answer', () => {
  it('is waited for, and people are told', async () => {
    const world: World = new Set();
    const job = await aJob();
    let refusals = 2;
    const workflow = workflowOf(world, (name, at) => {
      if (name === 'b' && at === 'before' && refusals-- > 0) throw new Unavailable('docker-tidak-menjawab', 'Docker tidak menjawab.');
    });
    const going = go(job.id, workflow);
    const outside = async (): Promise<string | undefined> =>
      (await tools.jobs.active()).jobs.find(({ id }) => id === job.id)?.outside?.what;
    await expect.poll(outside).toBe('Docker tidak menjawab.');
    expect(await going).toBe('succeeded');
    const lines = (await tools.jobs.events(job.id, 0, 100)).map(({ text }) => text);
    expect(lines.filter((line) => line === 'Menunggu: Docker tidak menjawab.')).toHaveLength(2);
  });

  it('is given up in the end, with that as the cause', async () => {
    const job = await aJob();
    const workflow = workflowOf(new Set(), (name, at) => {
      if (name === 'b' && at === 'before') throw new Unavailable('docker-tidak-menjawab', 'Docker tidak menjawab.');
    });
    expect(await go(job.id, workflow, { patienceMs: 600 })).toBe('undone');
    expect((await found(job.id)).cause?.code).toBe('docker-tidak-menjawab');
  });
});

describe('a step that takes too long', () => {
  it('is ended by its own time limit', async () => {
    const job = await aJob();
    const slow: Step = {
      ...stepOf(new Set(), 'slow', () => undefined),
      timeLimitSeconds: 0.2,
      run: (_plan, { clock, signal }) => clock.sleep(60_000, signal),
    };
    expect(await go(job.id, { ...workflowOf(new Set()), steps: [slow] })).toBe('undone');
    expect((await found(job.id)).cause?.code).toBe('langkah-terlalu-lama');
  });
});
