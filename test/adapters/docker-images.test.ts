import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, describe, expect, test } from 'vitest';
import { createIds, systemClock } from '../../src/adapters/clock.ts';
import { createContainers } from '../../src/adapters/docker.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { pruneImages } from '../../src/workflows/prune-images.ts';
import { aManifest, anActor } from '../support/builders.ts';
import { memoryTools } from '../support/memory-tools.ts';

const docker = new Docker();
const dockerHost = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
const app = `uji${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), 'pendopo-image-'));
const answers = await docker.ping().then(
  () => true,
  (error: unknown) => {
    console.error(`No Docker engine answers at ${dockerHost}; its tests are skipped. ${String(error)}`);
    return process.env.REQUIRE_SERVICES === '1';
  },
);

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  if (!answers) return;
  const filters = { label: [`id.pendopo.app=${app}`] };
  for (const { Id } of await docker.listContainers({ all: true, filters })) await docker.getContainer(Id).remove({ force: true });
  for (const { Id } of await docker.listImages({ filters })) await docker.getImage(Id).remove({ force: true });
}, 60_000);

/** As the Pendopo of this name builds it, but of a single file. */
async function build(instance: string, tag: string, build = 'a'): Promise<string> {
  const dataFolder = join(folder, instance);
  mkdirSync(join(dataFolder, 'isi'), { recursive: true });
  writeFileSync(join(dataFolder, 'isi', 'berkas'), `${tag} ${build}`);
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const containers = createContainers({ dockerHost, instance, dataFolder, log: quiet, clock: systemClock, ids: createIds(systemClock) });
  const image = `pendopo/${app}:${tag}-${build}`;
  await containers.build({
    image,
    dockerfile: 'FROM scratch\nADD isi.tar /',
    context: [{ name: 'isi.tar', source: join(dataFolder, 'isi') }],
    labels: { 'id.pendopo.app': app, 'id.pendopo.tag': tag },
    signal: AbortSignal.timeout(60_000),
    onLine: () => undefined,
  });
  return image;
}

describe.skipIf(!answers)('images of old releases', { timeout: 120_000 }, () => {
  test('go, except the newest three, what runs, what a rollback needs, and what another Pendopo built', async () => {
    const memory = memoryTools([aManifest({ name: app })]);
    const instance = memory.tools.facts.instance;
    for (const tag of ['v1.0.0', 'v1.1.0', 'v1.2.0', 'v1.3.0', 'v1.5.0', 'v1.6.0', 'v1.7.0']) await build(instance, tag);
    // Built again: the older build of it is of no use.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await build(instance, 'v1.7.0', 'b');
    await build('tetangga', 'v1.4.0');
    // A container of somebody else stands on one that would go.
    await docker.createContainer({ Image: `pendopo/${app}:v1.3.0-a`, Cmd: ['/berkas'] });
    const kode = parseKodeDesa('52.01.14.2001');
    const place = { id: 'I1', kode, app };
    await createTenant(memory.tools, anActor(), { kode });
    memory.installations.set('I1', {
      ...place,
      state: 'active',
      tag: 'v1.1.0',
      version: '1.1.0',
      settings: {},
      url: null,
      updatedAt: new Date(),
    });
    memory.backups.set('B1', {
      ...{ id: 'B1', installationId: 'I1', kode, app, tag: 'v1.0.0', version: '1.0.0', reason: 'before-update', nextTag: 'v1.1.0' },
      ...{ bytes: 1, rows: 1, verifiedAt: new Date(), provenAt: null, createdAt: new Date() },
    });
    const quiet = memory.tools.log;
    const containers = createContainers({
      dockerHost,
      instance,
      dataFolder: folder,
      log: quiet,
      clock: systemClock,
      ids: memory.tools.ids,
    });

    const note = await pruneImages({ ...memory.tools, containers }, AbortSignal.timeout(60_000));
    const left = (await containers.images()).filter((image) => image.app === app).map(({ name }) => name.split(':')[1]);
    expect(left.sort()).toEqual(['v1.0.0-a', 'v1.1.0-a', 'v1.3.0-a', 'v1.4.0-a', 'v1.5.0-a', 'v1.6.0-a', 'v1.7.0-b']);
    expect(note).toMatch(/^2 image dihapus/);
    expect(await pruneImages({ ...memory.tools, containers }, AbortSignal.timeout(60_000))).toBe('Tidak ada image lama.');
  });
});
