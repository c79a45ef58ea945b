import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { MemberState } from '../../src/domain/rollout.ts';
import { haltRollout, resumeRollout, retryMembers, skipMember, startRollout } from '../../src/workflows/commands/rollouts.ts';
import { expectedEnd, seeRollout } from '../../src/workflows/rollout-view.ts';
import { driveRollouts } from '../../src/workflows/rollouts.ts';
import { anActor } from '../support/builders.ts';
import { anInstalledDesa, aSource, endJobs } from '../support/fleet.ts';
import { openTestRecords, type TestRecords } from '../support/records.ts';

const FLEET = 20;
const admin = anActor();
const BROKEN = { step: 'migrate-database', code: 'perintah-gagal' };

let records: TestRecords;
let id: string;
beforeEach(async () => {
  records = await openTestRecords(inject('databaseUrl'), aSource(['v1.0.0', 'v1.1.0']));
  const { tools } = records;
  for (let n = 1; n <= FLEET; n += 1) await anInstalledDesa(tools, n, 'v1.0.0');
  for (const tag of ['v1.0.0', 'v1.1.0'])
    await tools.releases.remember({ app: 'contoh', tag, version: tag.slice(1), commit: '0'.repeat(40) });
  id = (await startRollout(tools, admin, { app: 'contoh', canaries: ['52.01.14.2005'] })).rolloutId;
});
afterEach(() => records.close());

async function states(): Promise<Partial<Record<MemberState, number>>> {
  const counts: Partial<Record<MemberState, number>> = {};
  for (const { state } of await records.tools.rollouts.members(id)) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
const stateOf = async () => (await records.tools.rollouts.find(id))?.state;

/** Driver and workers in turn until nothing moves. @returns how many jobs there were in each round */
async function play(fate: Parameters<typeof endJobs>[1] = () => null): Promise<number[]> {
  const rounds: number[] = [];
  for (let turn = 0; turn < 60 && (await stateOf()) === 'running'; turn += 1) {
    await Promise.all([driveRollouts(records.tools, 'a'), driveRollouts(records.tools, 'b')]);
    const ended = await endJobs(records.tools, fate);
    if (ended > 0) rounds.push(ended);
  }
  return rounds;
}

describe('a rollout', () => {
  it('takes the chosen desa first and alone, then wave after wave, never more at a time than may', async () => {
    await driveRollouts(records.tools, 'a');
    const { rows } = await records.tools.jobs.list({ limit: 50 });
    expect(rows.map(({ kode }) => kode)).toEqual(['52.01.14.2005']);
    const rounds = await play();
    expect(rounds.slice(0, 2)).toEqual([1, 2]);
    expect(Math.max(...rounds)).toBe(4);
    expect(rounds.reduce((a, b) => a + b)).toBe(FLEET);
    expect([await stateOf(), await states()]).toEqual(['finished', { done: FLEET }]);
  });

  it('of a bad release loses the canary only', async () => {
    await play(() => BROKEN);
    expect([await stateOf(), await states()]).toEqual(['halted', { failed: 1, waiting: FLEET - 1 }]);
  });

  it('halts when failures begin later, and goes on when somebody says so', async () => {
    const { tools } = records;
    await play(({ kode }) => (kode === '52.01.14.2005' ? null : BROKEN));
    expect(await stateOf()).toBe('halted');
    const halted = await states();
    expect(halted.failed).toBeLessThanOrEqual(4);
    expect((halted.paused ?? 0) + (halted.waiting ?? 0)).toBeGreaterThan(10);

    expect((await retryMembers(tools, admin, id, 'migrate-database:perintah-gagal')).retried).toBe(halted.failed);
    await haltRollout(tools, admin, id);
    await resumeRollout(tools, admin, id);
    await play();
    expect([await stateOf(), await states()]).toEqual(['finished', { done: FLEET }]);
  });

  it('waits for a desa at which something else goes on, and skips whom one tells it to', async () => {
    const { tools } = records;
    const [first] = await tools.rollouts.members(id);
    await skipMember(tools, admin, id, first?.kode ?? '');
    await play();
    expect(await states()).toEqual({ skipped: 1, done: FLEET - 1 });
  });

  it('says when it will be done from rounds before it, while it has no desa of its own to tell by', async () => {
    const { tools } = records;
    const endOf = async (rolloutId: string) => expectedEnd(tools, await seeRollout(tools, admin, rolloutId));
    expect(await endOf(id)).toBeNull();
    await play();
    expect([await stateOf(), await endOf(id)]).toEqual(['finished', null]);
    const next = await startRollout(tools, admin, { app: 'contoh' });
    expect((await endOf(next.rolloutId))?.getTime()).toBeGreaterThan(Date.now() - 1_000);
  });

  it('asks for no job twice when its driver dies between asking and writing down', async () => {
    const { tools } = records;
    const deaf = { ...tools, rollouts: { ...tools.rollouts, saveMembers: () => Promise.reject(new Error('killed')) } };
    await expect(driveRollouts(deaf, 'a')).rejects.toThrow('killed');
    await driveRollouts(tools, 'b');
    expect((await tools.jobs.list({ limit: 50 })).rows).toHaveLength(1);
  });
});
