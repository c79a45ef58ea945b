import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Job } from '../../src/domain/job.ts';
import { bulkInstall } from '../../src/workflows/commands/bulk-install.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { type LeaseWatch, watchLeases } from '../support/lease-watch.ts';
import { desaOf, faultsOf, rowsOf } from '../support/sound.ts';

/** Twenty desa at once: nineteen as a bulk, one by hand in the middle of it. */
let pendopo: Instance;
let watch: LeaseWatch;
/** Each worker's; together four jobs at a time. */
const CONCURRENCY = 2;
const SLOTS = 2 * CONCURRENCY;
const BULK = Array.from({ length: 19 }, (_, n) => desaOf(n + 1));
const BY_HAND = desaOf(20);
const MINUTES = 60_000;

beforeAll(async () => {
  pendopo = await startInstance({ databaseUrl: inject('databaseUrl'), redisUrl: inject('redisUrl') });
  watch = await watchLeases(pendopo.config);
}, 60_000);
afterAll(async () => {
  await watch?.end();
  await pendopo?.close();
}, 60_000);

describe('twenty desa asked for at once, with two workers', () => {
  let jobs: readonly Job[];
  let byHand: Job;

  it('are all installed', { timeout: 20 * MINUTES }, async () => {
    const outcomes = await bulkInstall(
      pendopo.tools,
      pendopo.admin,
      BULK.map((kode) => ({ kode, app: 'contoh-opensid' })),
    );
    const bulkIds = outcomes.map(({ jobId, error }) => {
      if (jobId === null) throw error;
      return jobId;
    });
    for (let n = 0; n < 2; n += 1) pendopo.realWorker({ PENDOPO_CONCURRENCY: String(CONCURRENCY) });
    await untilEnded(2, 15 * MINUTES);
    const handId = await pendopo.install(BY_HAND);
    jobs = await Promise.all([...bulkIds, handId].map((id) => pendopo.ended(id, 5 * MINUTES)));
    byHand = aJob(handId);
    expect(jobs.filter(({ state }) => state !== 'succeeded').map(({ kode, cause }) => [kode, cause])).toEqual([]);
    expect(jobs.every(({ attempt, cause }) => attempt === 1 && cause === null)).toBe(true);
  });

  it('answer with their own name, each with the same data, and nothing lies about', { timeout: 2 * MINUTES }, async () => {
    const like = await rowsOf(pendopo, desaOf(1));
    for (const { id } of jobs) expect(await faultsOf(pendopo, id, like)).toEqual([]);
  });

  it('are taken in the order of asking, as far as several at a time allow', () => {
    const bulk = jobs.filter(({ id }) => id !== byHand.id);
    for (const [place, job] of bulk.entries()) {
      const overtook = bulk.slice(place + 1).filter((later) => begun(later) < begun(job));
      expect(overtook.length, `${overtook.length} later ones began before number ${place + 1}`).toBeLessThan(SLOTS);
    }
  });

  it('let the one by hand go before all that still waits', () => {
    const asked = byHand.createdAt.getTime();
    const waiting = jobs.filter((job) => job.id !== byHand.id && begun(job) > asked);
    const before = waiting.filter((job) => begun(job) < begun(byHand));
    expect(waiting.length, 'it came in the middle').toBeGreaterThan(SLOTS);
    // Those that a worker was just taking.
    expect(before.length).toBeLessThan(SLOTS);
  });

  it('are never worked on twice: one holder and one token a desa, never more at a time than there are places', async () => {
    const seen = await watch.end();
    expect(seen.looks).toBeGreaterThan(20);
    for (const { kode } of jobs) expect(seen.holds.get(`desa/${kode}`)?.size, `${kode} was held`).toBe(1);
    expect(seen.mostAtOnce).toBeGreaterThan(1);
    expect(seen.mostAtOnce).toBeLessThanOrEqual(SLOTS);
    const holders = new Set([...seen.holds.values()].flatMap((holds) => [...holds].map((hold) => hold.split(' ')[0])));
    expect(holders.size, 'both workers took part').toBe(2);
  });

  it('go through each step once, one after the other, as their journals tell', async () => {
    for (const { id, kode } of jobs) {
      const events = (await pendopo.tools.jobs.events(id, 0, 10_000)).filter(({ kind }) => kind === 'step');
      const begins = events.filter(({ text }) => text === 'running').map(({ position }) => position);
      expect([kode, begins]).toEqual([kode, [...new Set(begins)].sort((a, b) => Number(a) - Number(b))]);
      const steps = await pendopo.tools.jobs.steps(id);
      expect(steps.filter(({ attempts }) => attempts > 1)).toEqual([]);
      for (const [n, step] of steps.entries()) {
        const earlier = steps[n - 1]?.endedAt ?? null;
        if (earlier !== null && step.startedAt !== null) expect(step.startedAt >= earlier, `${kode}: ${step.name} waited`).toBe(true);
      }
    }
  });

  const begun = (job: Job): number => job.startedAt?.getTime() ?? Number.POSITIVE_INFINITY;
  const aJob = (id: string): Job => {
    const job = jobs.find((one) => one.id === id);
    if (job === undefined) throw new Error(`no job ${id}`);
    return job;
  };
});

/** The first ones have ended: the workers are in the middle of it. */
async function untilEnded(count: number, withinMs: number): Promise<void> {
  const limit = Date.now() + withinMs;
  while ((await pendopo.tools.jobs.countByState(null)).succeeded < count) {
    if (Date.now() > limit) throw new Error('the workers do not get on');
    await pendopo.tools.clock.sleep(50);
  }
}
