import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { httpProbe } from '../../src/adapters/http-probe.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { watchHealth } from '../../src/workflows/watch-health.ts';
import { type ApiWorld, apiWorld, DESA, NEIGHBOUR } from '../support/api-world.ts';

let folder: string;
let world: ApiWorld;
const doors: Server[] = [];
beforeEach(async () => {
  folder = mkdtempSync('/tmp/pdh-');
  world = await apiWorld();
});
afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => new Promise((resolve) => door.close(resolve))));
  rmSync(folder, { recursive: true, force: true });
  await world.close();
});

async function openDoor(name: string): Promise<void> {
  mkdirSync(`${folder}/${name}`, { recursive: true });
  const door = createServer((line) => line.end());
  doors.push(door);
  await new Promise<void>((resolve) => door.listen(`${folder}/${name}/http.sock`, resolve));
}

/** The real probe at real sockets; only the pause before the second look does not last. */
function toolsWith(during: () => Promise<void> = async () => undefined) {
  const { tools } = world.memory;
  const watched = [
    { installationId: 'PASANG1', kode: parseKodeDesa(DESA), runFolder: 'satu' },
    { installationId: 'PASANG2', kode: parseKodeDesa(NEIGHBOUR), runFolder: 'dua' },
  ];
  return {
    ...tools,
    http: httpProbe,
    files: { ...tools.files, path: (key: string) => `${folder}/${key}` },
    silences: { ...tools.silences, watched: async () => watched },
    clock: { ...tools.clock, sleep: during },
  };
}
const silent = async () => (await world.memory.tools.silences.list(null)).map(({ kode }) => kode);

it('writes down whose door is shut, and forgets it once it is open again', async () => {
  await openDoor('satu');
  expect(await watchHealth(toolsWith(), AbortSignal.timeout(10_000))).toBe(1);
  expect(await silent()).toEqual([NEIGHBOUR]);
  await openDoor('dua');
  expect(await watchHealth(toolsWith(), AbortSignal.timeout(10_000))).toBe(0);
  expect(await silent()).toEqual([]);
});

it('takes neither a start nor a job that is at work for a silence', async () => {
  await openDoor('satu');
  expect(
    await watchHealth(
      toolsWith(() => openDoor('dua')),
      AbortSignal.timeout(10_000),
    ),
    'it was starting',
  ).toBe(0);
  rmSync(`${folder}/satu/http.sock`);
  world.addJob({ kode: parseKodeDesa(DESA), state: 'running' });
  expect(await watchHealth(toolsWith(), AbortSignal.timeout(10_000)), 'shut on purpose').toBe(0);
});
