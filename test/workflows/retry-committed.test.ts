import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { parseKodeDesa, parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { composeRollout } from '../../src/workflows/compose-rollout.ts';
import { gatherNews } from '../../src/workflows/news.ts';
import { retryCommitted } from '../../src/workflows/retry-committed.ts';
import { aPlan } from '../support/builders.ts';
import { anInstalledDesa, aSource } from '../support/fleet.ts';
import { openTestRecords, type TestRecords } from '../support/records.ts';
import { desaOf } from '../support/sound.ts';

let ahead = 0;
let records: TestRecords;
let tools: Toolbox;
beforeAll(async () => {
  const clock = { ...systemClock, now: () => new Date(Date.now() + ahead) };
  records = await openTestRecords(inject('databaseUrl'), { ...aSource(['v1.0.0']), clock });
  tools = records.tools;
}, 60_000);
afterAll(() => records?.close());

/** A job of that desa which ended stuck, before or past the line. */
async function aStuckJob(n: number, past: boolean): Promise<string> {
  const installationId = await anInstalledDesa(tools, n, 'v1.0.0');
  const kode = parseKodeDesa(desaOf(n));
  const id = tools.ids.next();
  const input = { tag: null, settings: {}, archiveId: null };
  await tools.jobs.create({ id, workflow: 'update', installationId, kode, app: 'contoh', input, requestedBy: 'uji', priority: 0 });
  await fail(id, kode, past);
  return id;
}

async function fail(id: string, kode: ReturnType<typeof parseKodeDesa>, past: boolean): Promise<void> {
  const lease = await tools.leases.acquire(`desa/${kode}`, 'uji', 10_000);
  if (lease === null) throw new Error('held');
  await tools.jobs.savePlan(id, lease, aPlan(), [{ name: 'open-route', label: 'Membuka' }]);
  await tools.jobs.saveState(id, lease, { state: 'running' });
  if (past) await tools.jobs.commit(id, lease);
  const cause = { code: 'x', step: 'open-route', message: 'gagal', advice: '' };
  await tools.jobs.saveState(id, lease, { state: 'stuck', cause });
  await tools.leases.release(lease);
}

it('a job stuck past the line is tried again three times, later each time, then a person is told; one before the line never', async () => {
  const past = await aStuckJob(1, true);
  const before = await aStuckJob(2, false);
  const told = async () => (await gatherNews(tools)).filter(({ key }) => key.startsWith('stuck')).map(({ key }) => key);
  expect(await told()).toEqual([`stuck ${before} 1`]);
  for (const [attempt, minutes] of [
    [1, 1],
    [2, 5],
    [3, 25],
  ] as const) {
    // When it ended is written by the real clock.
    ahead = minutes * 60_000 - 5_000;
    expect(await retryCommitted(tools)).toBe(0);
    ahead += 10_000;
    expect(await retryCommitted(tools)).toBe(1);
    expect(await tools.jobs.find(past)).toMatchObject({ state: 'interrupted', committed: true, attempt: attempt + 1 });
    await fail(past, parseKodeDesa(desaOf(1)), true);
  }
  ahead = 86_400_000;
  expect(await retryCommitted(tools)).toBe(0);
  expect((await told()).sort()).toEqual([`stuck ${before} 1`, `stuck ${past} 4`].sort());
});

it('the list of rollouts holds, for a region, only those with desa of it', async () => {
  const installation = { kode: parseKodeDesa(desaOf(10)), id: 'I10', tag: 'v1.0.0', backupId: null };
  const made = composeRollout(tools, { work: 'update', app: 'contoh', tag: 'v1.1.0', createdBy: 'uji' }, [installation]);
  await tools.rollouts.create([made], null);
  const seen = async (kode: string) => (await tools.rollouts.list({ within: parseKodeWilayah(kode), limit: 10 })).map(({ id }) => id);
  expect([await seen('52.01.01'), await seen('52.01.14'), await seen('52.01')]).toEqual([[made.rollout.id], [], [made.rollout.id]]);
});
