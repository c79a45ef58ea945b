import { mkdtempSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { healSlice } from '../../src/workflows/registration.ts';
import { type Service, startMariadb } from '../support/children.ts';
import { type CombinedWorld, openCombinedWorld } from '../support/combined-desa.ts';
import { tellLatency, writeFor } from '../support/combined-writing.ts';
import { makeSmallDisk, moveSchema } from '../support/small-disk.ts';

/**
 * The combined schema on a disk that is really full, the desa's on another. Without the reserve this ends the whole server:
 * InnoDB cannot take back what it could not finish ("Out of disk space in rollback"), and aborts.
 */
const MEGABYTE = 1_048_576;
const RESERVE = 16 * MEGABYTE;
const disk = makeSmallDisk(120);
let dataFolder: string;
let mariadb: Service;
let world: CombinedWorld;
beforeAll(async () => {
  dataFolder = mkdtempSync('/tmp/pdm-');
  mariadb = await startMariadb({ dataFolder });
  world = await openCombinedWorld(mariadb.url, { reserveBytes: RESERVE });
});
afterAll(async () => {
  disk?.free();
  await world?.close();
  await mariadb?.stop();
  disk?.remove();
  rmSync(dataFolder, { recursive: true, force: true });
});

describe('the disk of the combined database is full', () => {
  it('the desa goes on writing, what could not be copied is marked, and mended once there is room', {
    timeout: 180_000,
  }, async (context) => {
    if (disk === null) return context.skip('may not mount a small disk here');
    await world.sql('CREATE DATABASE ?? CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci', [world.combined]);
    moveSchema(disk, dataFolder, world.combined);
    const desa = await world.addDesa();
    const heal = () => healSlice(world.tools, desa.id, world.signal);
    const many =
      "INSERT INTO @artikel (config_id, isi, id_kategori, id_user, judul) SELECT 1, REPEAT('x', 3000), 1, 1, 'j' FROM seq_1_to_500";

    const before = await writeFor(world, desa, 1_000);
    for (const left of [RESERVE - MEGABYTE, 0]) {
      disk.fill(left);
      tellLatency(`${left / MEGABYTE} MB left`, await writeFor(world, desa, 1_000));
      await desa.write(many);
      await world.feed();
      expect(await desa.stale()).toContain('artikel');
      expect(await heal()).toBe(false);
      expect((await world.tools.registrations.find(desa.id))?.finding).toContain('disk');
      // The very server of before.
      expect(await world.sql('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      disk.free();
      expect(await heal()).toBe(true);
      expect([await desa.wrong(), await desa.stale()]).toEqual([[], []]);
    }
    tellLatency('before', before);
    tellLatency('with room again', await writeFor(world, desa, 1_000));
    await world.feed();
    expect([await desa.wrong(), await desa.stale()]).toEqual([[], []]);
  });
});
