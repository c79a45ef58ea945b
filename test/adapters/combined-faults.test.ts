import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { healSlice } from '../../src/workflows/registration.ts';
import { seeded } from '../support/chaos.ts';
import { type CombinedWorld, openCombinedWorld, type TestDesa } from '../support/combined-desa.ts';
import { tellLatency, writeFor } from '../support/combined-writing.ts';

/** TEST_HOLD_MS=30000 for the sake of it. */
const HOLD_MS = Number(process.env.TEST_HOLD_MS ?? 3_000);
/** Whoever waited for the reader would wait until he lets go; this machine may be busy. */
const AT_ONCE_MS = 2_500;

let world: CombinedWorld;
let two: TestDesa;
let three: TestDesa;
beforeAll(async () => {
  world = await openCombinedWorld(inject('databaseUrl'));
  two = await world.addDesa();
  three = await world.addDesa();
});
afterAll(() => world.close());

const heal = (desa: TestDesa) => healSlice(world.tools, desa.id, world.signal);
const expectEqual = async () => expect([await two.wrong(), await three.wrong(), await two.stale()]).toEqual([[], [], []]);

describe('a desa writes at once', () => {
  it.each([
    ['locks combined rows and the gaps between them', ['START TRANSACTION', 'SELECT COUNT(*) FROM #.tweb_penduduk FOR UPDATE'], 'ROLLBACK'],
    ['has a combined table for himself', ['LOCK TABLES #.tweb_penduduk WRITE'], 'UNLOCK TABLES'],
  ])('while a reader %s: other tables are fed, that one later', async (what, begin, end) => {
    const reader = await two.connect();
    try {
      for (const statement of begin) await reader.write(statement.replaceAll('#', world.combined));
      const latency = await writeFor(world, two, HOLD_MS);
      tellLatency(what, latency);
      expect(latency.longest).toBeLessThan(AT_ONCE_MS);
      await world.feed(5);
      const waiting = (await world.tools.combined.outbox.changes({ limit: 10_000, installationId: two.id })) ?? [];
      expect([...new Set(waiting.map(({ table }) => table))]).toEqual(['tweb_penduduk']);
      expect(await two.stale()).toEqual([]);
    } finally {
      await reader.write(end);
      await reader.end();
    }
    // What went past the triggers is for the proof to find.
    expect(await heal(two)).toBe(true);
    await expectEqual();
    tellLatency('nobody holds anything', await writeFor(world, two, 1_000));
    expect(await heal(two)).toBe(true);
  });

  it.each([
    ['is gone', 'DROP DATABASE #', ['artikel', 'kategori', 'tweb_penduduk']],
    ['lacks a column', 'ALTER TABLE #.tweb_penduduk DROP COLUMN nama', ['tweb_penduduk']],
  ])('while the combined database %s: what cannot be copied is marked, and mended', async (what, fault, marked) => {
    await world.sql(fault.replaceAll('#', world.combined));
    const latency = await writeFor(world, two, 1_000);
    tellLatency(what, latency);
    expect(latency.longest).toBeLessThan(AT_ONCE_MS);
    expect(await two.stale()).toEqual(marked);
    // A schema that is gone is gone for all.
    for (const desa of [two, three]) expect(await heal(desa)).toBe(true);
    await expectEqual();
  });

  it('and slowly without anybody waiting for it: the feeder handles what others have committed meanwhile', async () => {
    const slow = await two.connect();
    try {
      await slow.write('START TRANSACTION');
      await slow.write("UPDATE @tweb_penduduk SET nama = 'lama'");
      await slow.write("INSERT INTO @kategori (config_id, kategori) VALUES (1, 'belum jadi')");
      await three.write("UPDATE @tweb_penduduk SET nama = 'cepat'");
      await two.write("INSERT INTO @artikel (config_id, isi, id_kategori, id_user, judul) VALUES (1, 'i', 1, 1, 'sudah jadi')");
      // Had it waited for a lock of the slow one, it would have left what it was at.
      await vi.waitFor(
        async () => {
          await world.feed(1);
          expect(await world.tools.combined.outbox.changes({ limit: 10 })).toEqual([]);
        },
        { timeout: 10_000 },
      );
    } finally {
      await slow.write('COMMIT');
      await slow.end();
    }
    // Its notes have lower numbers than those that were handled meanwhile.
    await world.feed();
    await expectEqual();
  });
});

describe('the feeder', () => {
  it('is killed again and again while two desa work against each other: no write of theirs fails, and in the end both sides agree', {
    timeout: 120_000,
  }, async () => {
    for (const desa of [two, three]) await desa.write('DELETE FROM @artikel; ALTER TABLE @artikel AUTO_INCREMENT = 100');
    let isOpen = true;
    const errors: unknown[] = [];
    const longest: number[] = [];
    const workers = [two, two, three].map((desa, n) => workOn(desa, seeded(n + 1), () => isOpen, errors, longest));
    const chance = seeded(7);
    for (let round = 0; round < 3; round += 1) {
      const feeder = world.startFeeder();
      // Until it feeds, and then somewhere in the middle of it.
      await delay(1_200 + chance() * 600);
      const gone = once(feeder, 'exit');
      feeder.kill('SIGKILL');
      await gone;
      if (round === 1) expect(await heal(two)).toEqual(expect.any(Boolean));
    }
    isOpen = false;
    await Promise.all(workers);
    console.info(`${longest.length} statements, the longest ${Math.round(Math.max(...longest))} ms`);
    expect(errors).toEqual([]);
    await world.feed();
    expect([await two.wrong(), await three.wrong(), await two.stale(), await three.stale()]).toEqual([[], [], [], []]);
  });
});

/** Rows, parents and children come, change and go; some of it is taken back. */
async function workOn(desa: TestDesa, chance: () => number, isOpen: () => boolean, errors: unknown[], took: number[]): Promise<void> {
  const connection = await desa.connect();
  const any = (n: number): number => 1 + Math.floor(chance() * n);
  const acts = [
    () => `INSERT INTO @kategori (config_id, kategori) VALUES (1, 'k${any(9)}')`,
    () => `INSERT INTO @artikel (config_id, isi, id_kategori, id_user, judul) SELECT 1, '', MAX(id), 1, 'a${any(99)}' FROM @kategori`,
    () => `UPDATE @artikel SET judul = 'b${any(99)}', id_kategori = (SELECT MAX(id) FROM @kategori) ORDER BY id DESC LIMIT ${any(20)}`,
    () => `UPDATE @artikel SET isi = '${any(99)}'`,
    // With all its children, by a cascade.
    () => `DELETE FROM @kategori WHERE id > 1 ORDER BY id DESC LIMIT 1`,
    () => `UPDATE @kategori SET id = id + 1000 WHERE id > 1 ORDER BY id DESC LIMIT 1`,
    () => `DELETE FROM @artikel ORDER BY id DESC LIMIT ${any(3)}`,
  ];
  while (isOpen()) {
    const steps = Array.from({ length: any(4) }, () => acts[any(acts.length) - 1]?.() ?? 'DO 1');
    // Two of a desa at once would meet each other's locks: that is theirs, so they take turns by a lock of their own.
    await connection.write(`DO GET_LOCK('${desa.slice.schema}', 20)`);
    const transaction = ['START TRANSACTION', ...steps, any(5) === 1 ? 'ROLLBACK' : 'COMMIT'];
    try {
      for (const statement of transaction) took.push(await connection.write(statement));
      await connection.write(`DO RELEASE_LOCK('${desa.slice.schema}')`);
    } catch (error) {
      errors.push(error);
      await connection.write(`ROLLBACK; DO RELEASE_LOCK('${desa.slice.schema}')`);
    }
    await delay(any(10));
  }
  await connection.end();
}
