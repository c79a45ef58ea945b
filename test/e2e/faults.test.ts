import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TableCount } from '../../src/domain/ports-world.ts';
import { cancelJob } from '../../src/workflows/commands/jobs.ts';
import { type Service, startMariadb, startRedis } from '../support/children.ts';
import { type DockerRelay, openDockerRelay } from '../support/docker-relay.ts';
import { type Instance, killHard, startInstance } from '../support/instance.ts';
import { makeRepository, type Repository, slowSeed } from '../support/repository.ts';
import { desaOf, faultsOf, logOf, rowsOf, scraps, untilBegun } from '../support/sound.ts';

/**
 * Everything outside goes away in the middle of a job, while real workers install the sample app. Its code comes from
 * a repository of this test's own, so that image and template are made here too, and slowly.
 */
let mariadb: Service;
let redis: Service;
let docker: DockerRelay;
let repository: Repository;
let pendopo: Instance;
/** Rows of a desa that was installed in peace. */
let like: readonly TableCount[];
const workers = new Set<ChildProcess>();

/** How long MariaDB stays away: longer than a lease. A real crash and recovery may take longer still: try 20000. */
const OUTAGE_MS = Number(process.env.TEST_OUTAGE_MS ?? 8_000);
/** A busy machine takes its time. */
const SLOW = 300_000;
const SEED_SECONDS = 8;

beforeAll(async () => {
  [mariadb, redis, docker] = await Promise.all([startMariadb({ durable: true }), startRedis(), openDockerRelay()]);
  repository = makeRepository({ changes: slowSeed(SEED_SECONDS) });
  pendopo = await startInstance({
    databaseUrl: mariadb.url,
    redisUrl: redis.url,
    env: { DOCKER_HOST: docker.host, CONTOH_OPENSID_REPO: repository.path },
  });
}, 120_000);
afterEach(async () => {
  for (const worker of workers) if (isAlive(worker)) await killHard(worker);
  workers.clear();
});
afterAll(async () => {
  await pendopo?.close();
  repository?.remove();
  await Promise.all([docker?.close(), mariadb?.stop(), redis?.stop()]);
}, 120_000);

describe('in peace', () => {
  it('a desa is installed', { timeout: 900_000 }, async () => {
    work();
    const jobId = await pendopo.install(desaOf(1));
    await pendopo.ended(jobId, 900_000);
    like = await rowsOf(pendopo, desaOf(1));
    await expectSound(jobId);
  });
});

describe('a long step', () => {
  it('is cancelled by somebody: everything is put back', { timeout: SLOW }, async () => {
    forgetTemplate();
    work();
    const jobId = await pendopo.install(desaOf(2));
    await untilBegun(pendopo, jobId, 'prepare-template', SLOW);
    await delay(1_000);
    await cancelJob(pendopo.tools, pendopo.admin, jobId);
    expect(await pendopo.ended(jobId, SLOW)).toMatchObject({ state: 'undone', cause: { code: 'dibatalkan' } });
    expect([...(await pendopo.leftovers(desaOf(2))), ...(await scraps(pendopo))]).toEqual([]);
  });

  it('is left by a worker that is asked to stop; the next worker ends the job', { timeout: SLOW }, async () => {
    forgetTemplate();
    const first = work();
    const jobId = await pendopo.install(desaOf(2));
    await untilBegun(pendopo, jobId, 'prepare-template', SLOW);
    await delay(1_000);
    const exit = once(first, 'exit');
    first.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect((await pendopo.tools.jobs.find(jobId))?.state).toBe('interrupted');
    expect(await scraps(pendopo)).toEqual([]);

    work();
    await expectSound(jobId);
    expect((await pendopo.tools.jobs.find(jobId))?.attempt).toBe(1);
  });
});

describe('Docker goes away', () => {
  it('while a command is at work and again later: the job waits and ends', { timeout: SLOW }, async () => {
    forgetTemplate();
    const worker = work();
    const jobId = await pendopo.install(desaOf(3));
    for (const step of ['prepare-template', 'start-container', 'identify-desa']) {
      await untilBegun(pendopo, jobId, step, SLOW);
      await docker.cut();
      await delay(4_000);
      await docker.mend();
    }
    await expectSound(jobId);
    expect(await logOf(pendopo, jobId)).toContain('Menunggu: Docker tidak menjawab.');
    expect(isAlive(worker)).toBe(true);
  });
});

describe('Redis', () => {
  it('is emptied in the middle of a job and of waiting ones: all end', { timeout: SLOW }, async () => {
    const jobs = [await pendopo.install(desaOf(4)), await pendopo.install(desaOf(5)), await pendopo.install(desaOf(6))];
    const worker = work({ PENDOPO_CONCURRENCY: '1' });
    await untilBegun(pendopo, jobs[0] ?? '', 'load-data', SLOW);
    await flush();
    for (const jobId of jobs) await expectSound(jobId);
    expect(isAlive(worker)).toBe(true);
  });

  it('is killed in the middle of a job; what is asked for meanwhile is taken down, and done once it is back', {
    timeout: SLOW,
  }, async () => {
    const worker = work();
    const running = await pendopo.install(desaOf(7));
    await untilBegun(pendopo, running, 'create-secrets', SLOW);
    await redis.kill();
    const asked = await pendopo.install(desaOf(8));
    await expectSound(running);
    expect((await pendopo.tools.jobs.find(asked))?.state).toBe('queued');
    await redis.restart();
    await expectSound(asked);
    expect(isAlive(worker)).toBe(true);
  });
});

describe(`MariaDB is killed and comes back after ${OUTAGE_MS / 1_000} s`, () => {
  for (const [step, n] of [
    ['load-data', 9],
    ['start-container', 10],
  ] as const) {
    it(`in ${step}: the job is taken up again and ends`, { timeout: SLOW + OUTAGE_MS }, async () => {
      const both = [work(), work()];
      const jobId = await pendopo.install(desaOf(n));
      await untilBegun(pendopo, jobId, step, SLOW);
      await breakDatabase();
      await expectSound(jobId);
      expect(both.every(isAlive)).toBe(true);
    });
  }

  it('while a desa is taken away: it is gone, and its archive is proven', { timeout: SLOW + OUTAGE_MS }, async () => {
    work();
    const jobId = await pendopo.remove(desaOf(10));
    await untilBegun(pendopo, jobId, 'verify-archive', SLOW);
    await breakDatabase();
    expect(await pendopo.ended(jobId, SLOW)).toMatchObject({ state: 'succeeded', cause: null });
    expect([...(await pendopo.leftovers(desaOf(10))), ...(await scraps(pendopo))]).toEqual([]);
    const [archive, ...others] = await pendopo.tools.archives.list({ limit: 5 });
    expect(archive?.verifiedAt).toBeInstanceOf(Date);
    expect(others).toEqual([]);
  });
});

describe('the front is killed', () => {
  it('in the middle of a job: the job waits for the next one', { timeout: SLOW }, async () => {
    const worker = work();
    const jobId = await pendopo.install(desaOf(11));
    await untilBegun(pendopo, jobId, 'load-data', SLOW);
    await killHard(pendopo.front());
    await untilBegun(pendopo, jobId, 'open-route', SLOW);
    await delay(1_500);
    expect((await pendopo.tools.jobs.find(jobId))?.state).toBe('running');
    pendopo.startFront();
    await expectSound(jobId);
    expect(isAlive(worker)).toBe(true);
  });
});

function work(env: Readonly<Record<string, string>> = {}): ChildProcess {
  const worker = pendopo.realWorker({ PENDOPO_CONCURRENCY: '2', ...env });
  workers.add(worker);
  return worker;
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

async function expectSound(jobId: string): Promise<void> {
  await pendopo.ended(jobId, SLOW);
  expect(await faultsOf(pendopo, jobId, like)).toEqual([]);
}

/** So that the next job has to make it again. */
function forgetTemplate(): void {
  rmSync(pendopo.tools.files.path('templates'), { recursive: true, force: true });
}

/** Everything in Redis is gone, at once. */
async function flush(): Promise<void> {
  const connection = new Redis({ path: redis.socket });
  await connection.flushall();
  connection.disconnect();
}

async function breakDatabase(): Promise<void> {
  await mariadb.kill();
  await delay(OUTAGE_MS);
  await mariadb.restart();
}
