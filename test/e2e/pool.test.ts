import { setTimeout as delay } from 'node:timers/promises';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { type Instance, killHard, startInstance } from '../support/instance.ts';
import { visit } from '../support/visit.ts';

const FIRST = 900_000;
const POOL = { PENDOPO_POOL: '1' };

let pendopo: Instance;
beforeAll(async () => {
  pendopo = await startInstance({ databaseUrl: inject('databaseUrl'), redisUrl: inject('redisUrl'), env: POOL });
}, 60_000);
afterAll(() => pendopo.close(), 60_000);

async function sql(statement: string, ...values: string[]): Promise<RowDataPacket[]> {
  const connection = await createConnection(connectionOptions(pendopo.config.databaseUrl));
  try {
    const [rows] = await connection.query<RowDataPacket[]>(statement, values);
    return rows;
  } finally {
    await connection.end();
  }
}

/** Schemas on record as `name:state`, and those really there. */
async function poolNow(): Promise<{ recorded: string[]; real: string[] }> {
  const recorded = await sql('SELECT name, state FROM pool_schemas');
  const real = await sql(
    'SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name LIKE ?',
    `${pendopo.config.instance}\\_kolam\\_%`,
  );
  return { recorded: recorded.map(({ name, state }) => `${name}:${state}`), real: real.map(({ name }) => String(name)) };
}

async function until(state: string): Promise<string> {
  const limit = Date.now() + 90_000;
  for (;;) {
    const found = (await poolNow()).recorded.find((one) => one.endsWith(`:${state}`));
    if (found !== undefined) return found.replace(`:${state}`, '');
    if (Date.now() > limit) throw new Error(`no schema became ${state}`);
    await delay(5);
  }
}

describe('schemas loaded in advance', () => {
  let half: string;

  it('are not made before an installation asks, and survive the death of the worker that fills them', { timeout: FIRST }, async () => {
    const victim = pendopo.realWorker();
    await delay(3_000);
    expect(await poolNow()).toEqual({ recorded: [], real: [] });
    expect(await pendopo.ended(await pendopo.install('52.01.14.2001'), FIRST)).toMatchObject({ state: 'succeeded' });
    half = await until('filling');
    await killHard(victim);

    pendopo.realWorker();
    const whole = await until('ready');
    expect(whole).not.toBe(half);
    expect(await poolNow()).toEqual({ recorded: [`${whole}:ready`], real: [whole] });
  });

  it('become the database of the next desa, which need not load one', { timeout: FIRST }, async () => {
    const schema = await until('ready');
    const jobId = await pendopo.install('52.01.14.2002');
    expect(await pendopo.ended(jobId)).toMatchObject({ state: 'succeeded' });
    expect((await pendopo.tools.jobs.plan(jobId))?.names.schema).toBe(schema);
    const steps = await pendopo.tools.jobs.steps(jobId);
    expect(steps.find(({ name }) => name === 'load-data')?.state).toBe('skipped');
    expect((await visit(pendopo.config, '5201142002.localhost', '/')).body).toContain('Desa Meninting');
    expect(await until('ready')).not.toBe(schema);
    expect((await poolNow()).real).toContain(schema);

    expect(await pendopo.ended(await pendopo.remove('52.01.14.2002'))).toMatchObject({ state: 'succeeded' });
    expect((await poolNow()).real).not.toContain(schema);
  });
});
