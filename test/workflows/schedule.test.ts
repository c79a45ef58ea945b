import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { createCalendar } from '../../src/adapters/calendar.ts';
import { systemClock } from '../../src/adapters/clock.ts';
import { Unavailable } from '../../src/domain/errors.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { keepSchedule } from '../../src/workflows/schedule.ts';
import { anInstalledDesa, aSource } from '../support/fleet.ts';
import { openTestRecords, type TestRecords } from '../support/records.ts';

/** 1 December, 02:00 in Lombok (WITA). */
const FIRST = new Date('2026-11-30T18:00:00Z');
const at = (time: string | Date): Date => new Date(time);
const never = new AbortController().signal;

let records: TestRecords;
let now: Date;
const outside = (): Partial<Toolbox> => ({
  ...aSource(['v1.0.0', 'v1.1.0']),
  calendar: createCalendar('Asia/Makassar'),
  clock: { ...systemClock, now: () => now },
});
beforeEach(async () => {
  now = at('2026-11-20T00:00:00Z');
  records = await openTestRecords(inject('databaseUrl'), outside());
  for (const n of [1, 2, 3]) await anInstalledDesa(records.tools, n, 'v1.0.0');
  // A Pendopo that has been at work since November; only the monthly task is of interest here.
  for (const schedule of await records.tools.schedules.list()) {
    await records.tools.schedules.save({ ...schedule, enabled: schedule.task === 'perbarui-semua' });
  }
});
afterEach(() => records.close());

const look = (tools = records.tools, holder = 'test') => keepSchedule(tools, holder, never);
const updates = () => records.tools.rollouts.list({ limit: 50 });

describe('the monthly update', () => {
  it('begins on the 1st at 02:00 in the zone of the kabupaten, not a second before', async () => {
    now = new Date(FIRST.getTime() - 1_000);
    await look();
    expect(await updates()).toEqual([]);
    now = FIRST;
    await look();
    expect(await updates()).toMatchObject([{ work: 'update', tag: 'v1.1.0', state: 'running', createdBy: 'jadwal' }]);
    expect(await records.tools.rollouts.members((await updates())[0]?.id ?? '')).toHaveLength(3);
  });

  it('is made up for once when the machine was off over the 1st, and only once', async () => {
    now = at('2026-12-03T09:30:00Z');
    for (let boot = 0; boot < 3; boot += 1) await look();
    now = at('2026-12-04T09:30:00Z');
    await look();
    expect(await updates()).toHaveLength(1);
    expect(await records.tools.schedules.runs(10)).toMatchObject([{ task: 'perbarui-semua', due: FIRST, state: 'done' }]);
  });

  it('is not made up for after more than a week, nor for the months before Pendopo came', async () => {
    now = at('2026-12-20T00:00:00Z');
    await look();
    expect(await updates()).toEqual([]);
  });

  it('runs once when two schedulers look at the same moment', async () => {
    now = FIRST;
    const other = { ...records.tools };
    await Promise.all([look(records.tools, 'a'), look(other, 'b'), look(records.tools, 'c'), look(other, 'd')]);
    await look();
    expect(await updates()).toHaveLength(1);
  });

  it('needs nothing from Redis, not even that it is there', async () => {
    now = FIRST;
    const wiped: Toolbox = {
      ...records.tools,
      queue: {
        ring: async () => {
          throw new Unavailable('redis', 'Redis tidak menjawab.');
        },
      },
    };
    await look(wiped);
    await look(wiped);
    expect(await updates()).toHaveLength(1);
  });

  it('goes on where a scheduler died between noting and doing', async () => {
    now = FIRST;
    expect(await records.tools.schedules.owe('perbarui-semua', FIRST)).toBe(true);
    expect(await records.tools.schedules.owe('perbarui-semua', FIRST)).toBe(false);
    await look();
    await look();
    expect(await updates()).toHaveLength(1);
  });

  it('comes once a night where clocks go forward or back at that hour, and on a machine whose clock is set back', async () => {
    const tools: Toolbox = { ...records.tools, calendar: createCalendar('Europe/Berlin') };
    const [monthly] = (await tools.schedules.list()).filter(({ task }) => task === 'perbarui-semua');
    if (monthly === undefined) throw new Error('no monthly task');
    await tools.schedules.save({ ...monthly, pattern: '30 2 * * *' });
    for (const evening of ['2027-03-26T20:00:00Z', '2027-10-29T20:00:00Z']) {
      const before = (await tools.schedules.runs(100)).length;
      for (let minutes = 0; minutes < 3 * 24 * 60; minutes += 20) {
        for (const setBack of [0, 120]) {
          now = new Date(at(evening).getTime() + (minutes - setBack) * 60_000);
          await look(tools);
        }
      }
      expect(await tools.schedules.runs(100), evening).toHaveLength(before + 3 + 1);
    }
  });

  it('leaves out pinned desa and barred releases, and does not begin a second one beside an open one', async () => {
    const { tools } = records;
    const [pinned] = (await tools.tenants.list({ limit: 1 })).rows;
    await tools.rollouts.pin(pinned?.installations[0]?.id ?? '', 'admin');
    now = FIRST;
    await look();
    const [open] = await updates();
    expect(await tools.rollouts.members(open?.id ?? '')).toHaveLength(2);
    now = at('2026-12-31T18:00:00Z');
    await look();
    expect(await updates()).toHaveLength(1);
    await tools.rollouts.save(open?.id ?? '', { state: 'finished' });
    await tools.rollouts.bar('contoh', 'v1.1.0', 'Merusak data.', 'admin');
    now = at('2027-01-31T18:00:00Z');
    await look();
    expect(await updates()).toHaveLength(1);
  });
});
