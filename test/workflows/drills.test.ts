import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { DRILL_NIGHTS, dueForDrill } from '../../src/domain/drill.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { overviewDrills, takeDrillTurns } from '../../src/workflows/drills.ts';
import { anActor } from '../support/builders.ts';
import { anInstalledDesa, aSource } from '../support/fleet.ts';
import { openTestRecords, type TestRecords } from '../support/records.ts';

const NIGHT_MS = 86_400_000;
const APP = 'contoh';
const KODE = parseKodeDesa('52.01.14.2001');

let records: TestRecords;
let now: Date;
let ids: readonly string[];
beforeEach(async () => {
  now = new Date('2026-11-20T20:30:00Z');
  records = await openTestRecords(inject('databaseUrl'), { ...aSource(['v1.0.0']), clock: { ...systemClock, now: () => now } });
  ids = await Promise.all([1, 2, 3, 4, 5].map((n) => anInstalledDesa(records.tools, n, 'v1.0.0')));
});
afterEach(() => records.close());

/** As every night: all get a new backup, which nobody has restored again yet. */
async function backUpAll(): Promise<void> {
  const { tools } = records;
  for (const row of (await tools.tenants.list({ limit: 50 })).rows) {
    for (const { id: installationId, kode } of row.installations) {
      const made = { id: tools.ids.next(), installationId, kode, app: APP, tag: 'v1.0.0', version: '1.0.0', nextTag: null };
      await tools.backups.save({ ...made, reason: 'scheduled', bytes: 1, rows: 1, verifiedAt: now });
    }
  }
}

it('the rota reaches every desa though all have a new backup every night, whatever became of the drills before', async () => {
  const { tools } = records;
  const turns: string[] = [];
  for (let night = 0; night < 10; night += 1) {
    await backUpAll();
    const chosen = await takeDrillTurns(tools, APP);
    for (const { id, backupId } of chosen) {
      turns.push(id);
      expect(backupId).toBe((await tools.backups.latestOf([id])).get(id)?.id);
      // One of them never succeeds; its turn is over all the same.
      if (id !== ids[0]) await tools.drills.noteProven(id, now);
    }
    now = new Date(now.getTime() + NIGHT_MS);
  }
  expect(turns.slice(0, 5).toSorted()).toEqual([...ids].toSorted());
  expect(turns.slice(5)).toEqual(turns.slice(0, 5));
});

it('every desa of the largest kabupaten has its turn within a month of nights', () => {
  const turns = new Map<string, Date>();
  for (let night = 0; night < DRILL_NIGHTS; night += 1) {
    const ages = Array.from({ length: 852 }, (_, n) => {
      const installationId = String(n);
      return { installationId, kode: KODE, app: APP, turnAt: turns.get(installationId) ?? null, provenAt: null };
    });
    for (const { installationId } of dueForDrill(ages)) turns.set(installationId, new Date((night + 1) * NIGHT_MS));
  }
  expect(turns.size).toBe(852);
  expect(dueForDrill([])).toEqual([]);
});

it('tells how long ago each was proven, those that never were first, and of one region only to those of it', async () => {
  const { tools } = records;
  expect(await overviewDrills(tools, anActor(), null, 3)).toMatchObject({ total: 5, proven: 0 });
  await tools.drills.noteProven(ids[0] ?? '', now);
  await tools.drills.noteTurn([ids[1] ?? ''], now);
  const { total, proven, oldest } = await overviewDrills(tools, anActor(), null, 9);
  expect({ total, proven }).toEqual({ total: 5, proven: 1 });
  expect(oldest.at(-1)).toMatchObject({ installationId: ids[0], provenAt: now });
  expect(oldest[0]?.provenAt).toBeNull();
});
