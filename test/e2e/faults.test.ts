import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TableCount } from '../../src/domain/ports.ts';
import { cancelJob } from '../../src/workflows/commands.ts';
import { type Service, startMariadb, startRedis } from '../support/children.ts';
import { type DockerRelay, openDockerRelay } from '../support/docker-relay.ts';
import { type Instance, killHard, startInstance } from '../support/instance.ts';
import { makeRepository, type Repository } from '../support/repository.ts';
import { desaOf, faultsOf, logOf, rowsOf, scraps, untilBegun } from '../support/sound.ts';

/**
 * Everything outside goes away in the middle of a job, while real workers install the sample app. Its code comes from
 * a repository of this test's own, so that image and template are made here too.
 */
let mariadb: Service;
let redis: Service;
let docker: DockerRelay;
let repository: Repository;
let pendopo: Instance;
/** Rows of a desa that was installed in peace. */
let like: readonly TableCount[];
const workers = new Set<ChildProcess>();

/** How long MariaDB stays away. A real crash and recovery takes longer: try 20000. */
const OUTAGE_MS = Number(process.env.TEST_OUTAGE_MS ?? 8_000);
/** A busy machine takes its time. */
const SLOW = 300_000;

beforeAll(async () => {
  [mariadb, redis, docker] = await Promise.all([startMariadb({ durable: true }), startRedis(), openDockerRelay()]);
  repository = makeRepository();
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

describe('Docker goes away', () => {
  it('while the release is seeded for its template and in the first steps of a desa: the job waits and ends', {
    timeout: 900_000,
  }, async () => {
    work();
    const jobId = await pendopo.install(desaOf(1));
    for (const step of ['prepare-template', 'start-container', 'identify-desa']) {
      await untilBegun(pendopo, jobId, step, SLOW);
      await docker.cut();
      await delay(4_000);
      await docker.mend();
    }
    await pendopo.ended(jobId, SLOW);
    like = await rowsOf(pendopo, desaOf(1));
    await expectSound(jobId);
    expect(await logOf(pendopo, jobId)).toContain('Menunggu: Docker tidak menjawab.');
    expect([...workers].every(isAlive)).toBe(true);

    // The same number of rows as of a desa that nothing happened to.
    const inPeace = await pendopo.install(desaOf(2));
    await expectSound(inPeace);
  });
});

describe('Redis', () => {
  it('is emptied in the middle of a job and of waiting ones: all end', { timeout: SLOW }, async () => {
    const jobs = [await pendopo.install(desaOf(3)), await pendopo.install(desaOf(4)), await pendopo.install(desaOf(5))];
    work({ PENDOPO_CONCURRENCY: '1' });
    await untilBegun(pendopo, jobs[0] ?? '', 'load-data');
    await flush(redis);
    for (const jobId of jobs) await expectSound(jobId);
    await flush(redis);
    expect([...workers].every(isAlive)).toBe(true);
  });

  it('is killed in the middle of a job; what is asked for meanwhile is taken down and done once it is back', {
    timeout: SLOW,
  }, async () => {
    work();
    const running = await pendopo.install(desaOf(6));
    await untilBegun(pendopo, running, 'create-secrets');
    await redis.kill();
    const asked = await pendopo.install(desaOf(7));
    await expectSound(running);
    expect((await pendopo.tools.jobs.find(asked))?.state).toBe('queued');
    await redis.restart();
    await expectSound(asked);
    expect([...workers].every(isAlive)).toBe(true);
  });
});

describe('MariaDB is killed and comes back', () => {
  for (const [step, n] of [
    ['load-data', 8],
    ['start-container', 9],
  ] as const) {
    it(`after ${OUTAGE_MS / 1000} s, in ${step}: the job waits or is taken up again, and ends`, {
      timeout: SLOW + OUTAGE_MS * 2,
    }, async () => {
      work();
      work();
      const jobId = await pendopo.install(desaOf(n));
      await untilBegun(pendopo, jobId, step);
      await mariadb.kill();
      await delay(OUTAGE_MS);
      await mariadb.restart();
      await expectSound(jobId);
      expect([...workers].every(isAlive)).toBe(true);
    });
  }

  it('while a desa is taken away: it is gone, and its archive is whole', { timeout: SLOW + OUTAGE_MS }, async () => {
    work();
    const jobId = await pendopo.remove(desaOf(9));
    await untilBegun(pendopo, jobId, 'verify-archive');
    await mariadb.kill();
    await delay(OUTAGE_MS);
    await mariadb.restart();
    expect(await pendopo.ended(jobId, SLOW)).toMatchObject({ state: 'succeeded', cause: null });
    expect([...(await pendopo.leftovers(desaOf(9))), ...(await scraps(pendopo))]).toEqual([]);
    const [archive, ...others] = await pendopo.tools.archives.list({ limit: 5 });
    expect(archive?.verifiedAt).toBeInstanceOf(Date);
    expect(others).toEqual([]);
  });
});

describe('a process ends', () => {
  it('the front, killed in the middle of a job: the job waits for the next one', { timeout: SLOW }, async () => {
    const worker = work();
    const jobId = await pendopo.install(desaOf(9));
    await untilBegun(pendopo, jobId, 'load-data');
    await killHard(pendopo.front());
    await untilBegun(pendopo, jobId, 'open-route');
    await delay(1_500);
    expect((await pendopo.tools.jobs.find(jobId))?.state).toBe('running');
    pendopo.startFront();
    await expectSound(jobId);
    expect(isAlive(worker)).toBe(true);
  });

  it('a worker that is asked to stop leaves its job interrupted; the next one ends it', { timeout: SLOW }, async () => {
    await pendopo.ended(await removed(desaOf(9)));
    const first = work();
    const jobId = await pendopo.install(desaOf(9), { gangguan: 'lambat' });
    await untilBegun(pendopo, jobId, 'wait-until-healthy');
    const exit = once(first, 'exit');
    first.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect((await pendopo.tools.jobs.find(jobId))?.state).toBe('interrupted');

    work();
    await expectSound(jobId);
    expect((await pendopo.tools.jobs.find(jobId))?.attempt).toBe(1);
  });
});

describe('somebody cancels in the middle of a long step', () => {
  it('and everything is put back', { timeout: SLOW }, async () => {
    await pendopo.ended(await removed(desaOf(9)));
    work();
    const jobId = await pendopo.install(desaOf(9), { gangguan: 'lambat' });
    await untilBegun(pendopo, jobId, 'wait-until-healthy');
    await cancelJob(pendopo.tools, pendopo.admin, jobId);
    expect(await pendopo.ended(jobId, 20_000)).toMatchObject({ state: 'undone', cause: { code: 'dibatalkan' } });
    expect([...(await pendopo.leftovers(desaOf(9))), ...(await scraps(pendopo))]).toEqual([]);
  });
});

/** Everything in Redis is gone, at once. */
async function flush({ socket }: Service): Promise<void> {
  const connection = new Redis({ path: socket });
  await connection.flushall();
  connection.disconnect();
}

async function removed(kode: string): Promise<string> {
  if (workers.size === 0) work();
  return pendopo.remove(kode);
}
