import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { createPool } from '../../src/adapters/db/pool.ts';
import { poolSchemas, poolTemplates } from '../../src/adapters/db/schema-pool.ts';
import type { SchemaPool } from '../../src/domain/pool.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { openTestRecords, type TestRecords } from '../support/records.ts';

const T1 = { app: 'contoh', template: 'contoh-v1' };
const T2 = { app: 'contoh', template: 'contoh-v2' };
const HOUR = 3_600_000;

let records: TestRecords;
let pool: SchemaPool;
/** What the pool's clock adds to the time. */
let later = 0;
beforeAll(async () => {
  records = await openTestRecords(inject('databaseUrl'));
  pool = createPool(records.db, { ...systemClock, now: () => new Date(Date.now() + later) }, 2);
});
beforeEach(async () => {
  later = 0;
  await records.db.delete(poolSchemas);
  await records.db.delete(poolTemplates);
});
afterAll(() => records.close());

async function ready(schema: string, { template } = T1): Promise<void> {
  await pool.begin(schema, template);
  expect(await pool.finish(schema)).toBe(true);
}

/** An installation with a job under way. */
async function working(kode: string): Promise<string> {
  const installationId = records.tools.ids.next();
  await records.tools.jobs.create({
    id: records.tools.ids.next(),
    workflow: 'install',
    installationId,
    kode: parseKodeDesa(kode),
    app: 'contoh',
    input: { tag: null, settings: {}, archiveId: null },
    requestedBy: 'admin',
    priority: 0,
  });
  return installationId;
}

describe('taking from the pool', () => {
  it('gives each schema once, however many ask at the same time', async () => {
    await ready('p_1');
    await ready('p_2');
    await ready('p_3');
    const taken = await Promise.all(Array.from({ length: 12 }, (_, index) => pool.take(T1, `I${index}`)));
    expect(taken.filter((name) => name !== null).sort()).toEqual(['p_1', 'p_2', 'p_3']);
  });

  it('gives nothing of another template, nothing that is still being filled, and nothing that was condemned', async () => {
    await ready('p_other', T2);
    await pool.begin('p_filling', T1.template);
    expect(await pool.take(T1, 'I1')).toBeNull();
    await pool.condemn();
    expect(await pool.finish('p_filling')).toBe(false);
    expect(await pool.take(T1, 'I1')).toBeNull();
  });

  it('keeps one for its taker until that has it by claim, and then knows nothing of it', async () => {
    await ready('p_1');
    expect(await pool.take(T1, 'I1')).toBe('p_1');
    expect(await pool.isTakenFor('p_1', 'I1')).toBe(true);
    expect(await pool.isTakenFor('p_1', 'I2')).toBe(false);
    await pool.handOver('p_1', 'I2');
    expect(await pool.isTakenFor('p_1', 'I1')).toBe(true);
    await pool.handOver('p_1', 'I1');
    expect(await pool.isTakenFor('p_1', 'I1')).toBe(false);
    expect(await pool.condemn()).toEqual([]);
  });
});

describe('what the pool keeps and drops', () => {
  it('wants nothing before the first installation asks', async () => {
    expect(await pool.missing()).toEqual([]);
    expect(await pool.take(T1, 'I1')).toBeNull();
    expect(await pool.missing()).toEqual([T1]);
  });

  it('drops what was half filled when its filler died', async () => {
    await pool.take(T1, 'I1');
    await pool.begin('p_half', T1.template);
    expect(await pool.hasLeftovers()).toBe(true);
    expect(await pool.condemn()).toEqual(['p_half']);
    await pool.forget('p_half');
    expect(await pool.hasLeftovers()).toBe(false);
  });

  it('leaves a taken schema alone while its job is active or a claim holds it, and drops it when neither is so', async () => {
    const active = await working('52.01.14.2001');
    await ready('p_active');
    await pool.take(T1, active);
    await ready('p_claimed');
    await pool.take(T1, 'I_CLAIMED');
    await records.tools.claims.take([{ kind: 'schema', name: 'p_claimed' }], 'I_CLAIMED');
    await ready('p_lost');
    await pool.take(T1, 'I_LOST');
    expect(await pool.condemn()).toEqual(['p_lost']);
  });

  it('keeps only the template in use, after an hour in which installations may still mix them', async () => {
    await pool.take(T1, 'I1');
    await ready('p_old');
    later = 0.9 * HOUR;
    await pool.take(T2, 'I2');
    await ready('p_new', T2);
    expect(await pool.condemn()).toEqual([]);
    later = 1.1 * HOUR;
    expect(await pool.condemn()).toEqual(['p_old']);
    later = 500 * HOUR;
    expect(await pool.missing()).toEqual([T2]);
  });

  it('drops what is too much when it is made smaller, and everything when it is switched off', async () => {
    await pool.take(T1, 'I1');
    for (const name of ['p_1', 'p_2', 'p_3']) await ready(name);
    expect(await pool.condemn()).toHaveLength(1);
    const off = createPool(records.db, systemClock, 0);
    expect(await off.take(T1, 'I1')).toBeNull();
    expect(await off.condemn()).toHaveLength(3);
  });
});
