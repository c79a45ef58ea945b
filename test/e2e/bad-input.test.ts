import { renameSync } from 'node:fs';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import type { Job } from '../../src/domain/job.ts';
import type { TableCount } from '../../src/domain/ports-world.ts';
import { retryJob } from '../../src/workflows/commands/jobs.ts';
import { discoverReleases } from '../../src/workflows/releases.ts';
import { type Service, startMariadb } from '../support/children.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { makeRepository, type Repository } from '../support/repository.ts';
import { makeSmallDisk, type SmallDisk } from '../support/small-disk.ts';
import { desaOf, faultsOf, rowsOf, scraps } from '../support/sound.ts';

/**
 * What goes wrong outside while a desa is installed: each has a cause in words for people, leaves nothing behind, and the
 * same job succeeds once the cause is gone. Database and data folder stand on small disks that can really be full.
 */
const MEGABYTE = 1_048_576;
const SLOW = 300_000;
const disks = { data: makeSmallDisk(64), database: makeSmallDisk(600) };
let mariadb: Service;
let repository: Repository;
let pendopo: Instance;
/** Rows of a desa that was installed in peace. */
let like: readonly TableCount[] = [];

beforeAll(async () => {
  mariadb = await startMariadb({ durable: true, ...(disks.database === null ? {} : { dataFolder: disks.database.folder }) });
  repository = makeRepository();
  pendopo = await startInstance({
    databaseUrl: mariadb.url,
    redisUrl: inject('redisUrl'),
    env: { CONTOH_OPENSID_REPO: repository.path, ...(disks.data === null ? {} : { PENDOPO_DATA: disks.data.folder }) },
  });
  pendopo.realWorker();
}, 120_000);
afterAll(async () => {
  for (const disk of [disks.data, disks.database]) disk?.free();
  await pendopo?.close();
  repository?.remove();
  await mariadb?.stop();
  for (const disk of [disks.data, disks.database]) disk?.remove();
}, 120_000);

describe('the source', () => {
  it('a repository that is not there: nothing is begun; it is installed once the repository is back', { timeout: 900_000 }, async () => {
    const aside = `${repository.path}-aside`;
    renameSync(repository.path, aside);
    const jobId = await pendopo.install(desaOf(1));
    await expectUndone(jobId, 'repositori-tidak-ada', 'plan');
    renameSync(aside, repository.path);
    await expectRetried(jobId, 900_000);
  });

  it('a release that nobody made: nothing is begun; it is installed once there is one', { timeout: SLOW }, async () => {
    const jobId = await pendopo.install(desaOf(2), {}, 'v1.9.0');
    await expectUndone(jobId, 'rilis-tidak-ada', 'plan');
    repository.release({ tag: 'v1.9.0', changes: {} });
    await expectRetried(jobId);
    expect((await pendopo.tools.tenants.find((await jobOf(jobId)).kode))?.installations).toMatchObject([
      { state: 'active', tag: 'v1.9.0' },
    ]);
  });
});

describe('a release whose code says another version than its tag', { timeout: SLOW }, () => {
  it('is refused before anything is begun, and by its image where the calendar has found it', async () => {
    repository.release({ tag: 'v1.8.0', changes: { VERSION: '1.7.9\n' } });
    const { cause } = await expectUndone(await pendopo.install(desaOf(7), {}, 'v1.8.0'), 'versi-tag-salah', 'plan');
    expect(cause?.message).toContain('1.7.9');
    const found = await discoverReleases(pendopo.tools, 'contoh-opensid', AbortSignal.timeout(60_000));
    expect(found.map(({ tag }) => tag)).toContain('v1.8.0');
    await expectUndone(await pendopo.install(desaOf(7), {}, 'v1.8.0'), 'versi-tag-salah', 'build-image');
  });
});

describe('a disk that is really full', () => {
  it('that of the data folder: told by name, undone; installed once there is room', { timeout: SLOW }, async (context) => {
    if (disks.data === null) return context.skip('may not mount a small disk here');
    // Once while its source is asked for the newest release, once at the desa's own files.
    await expectFull(disks.data, 0, desaOf(3));
    await expectFull(disks.data, 0, desaOf(4), 'v1.0.0');
  });

  it("that of the desa's database: told by name, undone; installed once there is room", { timeout: SLOW }, async (context) => {
    if (disks.database === null) return context.skip('may not mount a small disk here');
    // Room for what the job itself writes down, and not for a desa.
    await growRecord();
    await expectFull(disks.database, MEGABYTE, desaOf(5), 'v1.0.0');
  });

  /** Tables grow by a megabyte at a time: what the record needs is taken, and given free inside it, before the disk is full. */
  async function growRecord(): Promise<void> {
    const connection = await createConnection(connectionOptions(pendopo.config.databaseUrl));
    try {
      await connection.query(
        "INSERT INTO job_events (job_id, at, kind, text) SELECT 'RUANG', NOW(), 'log', REPEAT('x', 8000) FROM seq_1_to_500",
      );
      await connection.query("INSERT INTO job_plans (job_id, plan) VALUES ('RUANG', REPEAT(' ', 4000000))");
      await connection.query("DELETE FROM job_events WHERE job_id = 'RUANG'");
      await connection.query("DELETE FROM job_plans WHERE job_id = 'RUANG'");
      // Room is free once the deleted rows have been cleared away.
      await connection.query('SET GLOBAL innodb_max_purge_lag_wait = 0');
    } finally {
      await connection.end();
    }
  }

  async function expectFull(disk: SmallDisk, leave: number, kode: string, tag?: string): Promise<void> {
    disk.fill(leave);
    const jobId = await pendopo.install(kode, {}, tag);
    try {
      const { cause } = await expectUndone(jobId, 'disk-penuh');
      expect(cause?.message).toContain('disk');
    } finally {
      disk.free();
    }
    await expectRetried(jobId);
  }
});

describe('a release of which no image can be built', () => {
  it('is told, nothing of it is left, and a sound one is installed', { timeout: SLOW }, async () => {
    // Where the image makes the folder of the desa, there is a file already.
    repository.release({ tag: 'v2.0.0', changes: { desa: 'bukan folder' } });
    const jobId = await pendopo.install(desaOf(6), {}, 'v2.0.0');
    const { cause } = await expectUndone(jobId, 'gagal-membangun-image', 'build-image');
    expect(cause?.message).toContain('desa');
    const plan = await pendopo.tools.jobs.plan(jobId);
    expect(plan === null ? null : await pendopo.tools.containers.imageExists(plan.release.image)).toBe(false);
    const sound = await pendopo.install(desaOf(6), {}, 'v1.0.0');
    await pendopo.ended(sound, SLOW);
    expect(await faultsOf(pendopo, sound, like)).toEqual([]);
  });
});

async function jobOf(jobId: string): Promise<Job> {
  const job = await pendopo.tools.jobs.find(jobId);
  if (job === null) throw new Error(`no job ${jobId}`);
  return job;
}

/** Ended with this cause, said what to press, and left nothing. */
async function expectUndone(jobId: string, code: string, step?: string): Promise<Job> {
  const job = await pendopo.ended(jobId, SLOW);
  expect([job.state, job.cause?.code], JSON.stringify(job.cause)).toEqual(['undone', code]);
  if (step !== undefined) expect(job.cause?.step).toBe(step);
  expect(job.cause?.advice).toContain('Coba lagi');
  expect([...(await pendopo.leftovers(job.kode)), ...(await scraps(pendopo))]).toEqual([]);
  return job;
}

/** The same job, asked again: all is well, and the same as anywhere else. */
async function expectRetried(jobId: string, withinMs = SLOW): Promise<void> {
  await retryJob(pendopo.tools, pendopo.admin, jobId);
  const { state, cause, attempt, kode } = await pendopo.ended(jobId, withinMs);
  expect([state, cause, attempt]).toEqual(['succeeded', null, 2]);
  if (like.length === 0) like = await rowsOf(pendopo, kode);
  expect(await faultsOf(pendopo, jobId, like)).toEqual([]);
}
