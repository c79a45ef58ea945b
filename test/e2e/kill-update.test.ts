import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Backup } from '../../src/domain/backup.ts';
import { WORKFLOWS } from '../../src/workflows/catalogue.ts';
import { requestBackup, requestDrill, requestRestore, requestRollback, requestUpdate } from '../../src/workflows/commands/change.ts';
import { configureOffsite } from '../../src/workflows/commands/offsite.ts';
import { startRehearsal } from '../../src/workflows/commands/rehearsals.ts';
import { runTask } from '../../src/workflows/commands/rollouts.ts';
import { keepSchedule } from '../../src/workflows/schedule.ts';
import { keepSlowTasks } from '../../src/workflows/slow-tasks.ts';
import { layOut } from '../../src/workflows/step.ts';
import { killAlong, killOnce, type Moment, seeded } from '../support/chaos.ts';
import { combinedOf } from '../support/combined.ts';
import { dataOf } from '../support/desa-data.ts';
import { type Instance, killHard, startInstance } from '../support/instance.ts';
import { ageBackup, anOldRemoval, backupFaults, layOldBackups, letLeaseRunOut } from '../support/old-backups.ts';
import { makeRepository, RELEASES, type Repository } from '../support/repository.ts';
import { scraps } from '../support/sound.ts';
import { visit } from '../support/visit.ts';

const KODE = '52.01.14.2001';
const PLACE = { kode: KODE, app: 'contoh-opensid' };
const SAME = ['config', 'tweb_penduduk', 'tweb_keluarga', 'user'];
const chance = seeded(20_261_201);

let pendopo: Instance;
let repo: Repository;
let data: Readonly<Record<string, string>>;
let built: Awaited<ReturnType<typeof killOnce>>;
beforeAll(async () => {
  repo = makeRepository({ releases: [RELEASES.good, RELEASES.losing] });
  const env = { CONTOH_OPENSID_REPO: repo.path };
  pendopo = await startInstance({ databaseUrl: inject('databaseUrl'), redisUrl: inject('redisUrl'), env });
  const worker = pendopo.worker();
  await pendopo.ended(await pendopo.install(KODE, {}, 'v1.0.0'), 900_000);
  writeFileSync(photo(), 'foto');
  data = await dataOf(pendopo, KODE, SAME);
  await killHard(worker);
  // The one job that has an image to build; no kill after it has to wait for that.
  built = await killOnce(pendopo, await update(), place('build-image'));
  const next = pendopo.worker();
  await pendopo.ended(await rollback(), 300_000);
  await killHard(next);
}, 1_500_000);
afterAll(async () => {
  await pendopo?.close();
  repo?.remove();
}, 60_000);

const photo = (): string => pendopo.tools.files.path('desa/5201142001/contoh-opensid/desa/foto.txt');
const update = async (tag = 'v1.1.0') => (await requestUpdate(pendopo.tools, pendopo.admin, { ...PLACE, tag })).jobId;
const rollback = async () => (await requestRollback(pendopo.tools, pendopo.admin, PLACE)).jobId;
const backup = async () => (await requestBackup(pendopo.tools, pendopo.admin, PLACE)).jobId;

/**
 * Nothing to kill in them: ready before the job, or an app that takes its settings from files. `build-image`,
 * `fetch-backup` and `prune-backups` have tests of their own, where there is something to do.
 */
const IDLE = new Set(['fetch-backup', 'fetch-release', 'build-runtime', 'build-image', 'tell-settings', 'prune-backups']);
const stepsOf = (workflow: 'update' | 'rollback' | 'backup' | 'restore' | 'rehearse'): readonly string[] =>
  layOut(WORKFLOWS[workflow])
    .steps.map(({ name }) => name)
    .filter((name) => !IDLE.has(name));
const MOMENTS = ['before', 'during', 'after'] as const;
/** The seed chooses one for each step; `KILL_MOMENT=before` has them all killed then, for who wants to see every moment of every step. */
const always = MOMENTS.find((moment) => moment === process.env.KILL_MOMENT);
const place = (step: string, moment: Moment = always ?? MOMENTS[Math.floor(chance() * 3)] ?? 'during') => ({
  ...{ step, moment },
  afterMs: Math.floor(chance() * 300),
});

/** Every step once: those of one workflow only in it, those of both in turn in one and the other. */
function halve(update: readonly string[], rollback: readonly string[]): readonly [readonly string[], readonly string[]] {
  const shared = update.filter((step) => rollback.includes(step));
  const own = (steps: readonly string[], odd: number): readonly string[] => [
    ...steps.filter((step) => !shared.includes(step)),
    ...shared.filter((_step, index) => index % 2 === odd),
  ];
  return [own(update, 0), own(rollback, 1)];
}

/** One version serves, the address is open, every row and file is there, and nothing lies about. */
async function expectWhole(version: string): Promise<void> {
  const { tools, config } = pendopo;
  expect(await visit(config, '5201142001.localhost', '/')).toMatchObject({ status: 200 });
  expect((await tools.containers.owned()).containers).toEqual([`${config.instance}-5201142001-contoh-opensid`]);
  const [row] = (await tools.tenants.list({ search: KODE, limit: 1 })).rows;
  expect(row?.installations[0]).toMatchObject({ state: 'active', version });
  expect(await dataOf(pendopo, KODE, SAME)).toEqual(data);
  expect(await combinedOf(pendopo, KODE)).toEqual({ state: 'registered', configId: 2, wrong: [] });
  expect(readFileSync(photo(), 'utf8')).toBe('foto');
  expect(await scraps(pendopo)).toEqual([]);
}

describe('a worker that is killed with SIGKILL', { timeout: 300_000 }, () => {
  const [forth, back] = halve(stepsOf('update'), stepsOf('rollback'));
  for (const [round, step] of forth.entries()) {
    const [there, home] = [place(step), place(back[round % back.length] ?? '')];
    it(`${there.moment} ${there.step} of update and ${home.moment} ${home.step} of rollback: the next one ends both`, async () => {
      const went = await killOnce(pendopo, await update(), there);
      expect(went, JSON.stringify(there)).toMatchObject({ killed: true, job: { state: 'succeeded', cause: null } });
      await expectWhole('1.1.0');
      const came = await killOnce(pendopo, await rollback(), home);
      expect(came, JSON.stringify(home)).toMatchObject({ killed: true, job: { state: 'succeeded', cause: null } });
      await expectWhole('1.0.0');
    });
  }

  it('while the image of an update is built: the next one builds it and ends the update', () => {
    expect(built).toMatchObject({ killed: true, job: { state: 'succeeded', cause: null } });
  });

  for (const step of stepsOf('backup')) {
    it(`at ${step} of backup: the next one makes it whole`, async () => {
      const { job, killed } = await killOnce(pendopo, await backup(), place(step));
      expect({ job, killed }).toMatchObject({ killed: true, job: { state: 'succeeded' } });
      await expectWhole('1.0.0');
    });
  }

  for (const step of ['replace-container', 'migrate-database', 'write-new-settings', 'stop-old-container', 'show-maintenance']) {
    it(`while ${step} is being put back: the next one puts back everything`, async () => {
      const { job, killed } = await killOnce(pendopo, await update(RELEASES.losing.tag), place(step, 'undo'));
      expect({ job, killed }).toMatchObject({ killed: true, job: { state: 'undone', cause: { code: 'data-berubah' } } });
      await expectWhole('1.0.0');
    });
  }
});

/** One job through the hands of as many workers as it has steps. */
describe('workers that are killed one after the other', { timeout: 300_000 }, () => {
  it('at every step of a rehearsal leave nothing of it, and its desa as it was', async () => {
    const { tools, admin } = pendopo;
    const { rolloutId } = await startRehearsal(tools, admin, { app: PLACE.app, tag: 'v1.1.0' });
    const [member] = await tools.rollouts.members(rolloutId);
    const kills = stepsOf('rehearse').map((step) => place(step));
    expect(await killAlong(pendopo, member?.jobId ?? '', kills)).toMatchObject({ job: { state: 'succeeded', cause: null }, missed: [] });
    await expectWhole('1.0.0');
  });

  it('while a backup is fetched from elsewhere for a drill and for a restore, and later in them: both end well', async () => {
    const { tools, admin } = pendopo;
    const backup = await copiedAway();
    const gone = () => rmSync(tools.files.path(`backup/${backup.id}`), { recursive: true });
    gone();
    const drill = (await requestDrill(tools, admin, { backupId: backup.id })).jobId;
    const drilled = await killAlong(pendopo, drill, [place('fetch-backup', 'during'), place('prove-backup')]);
    expect(drilled).toMatchObject({ job: { state: 'succeeded' }, missed: [] });
    gone();
    const restore = (await requestRestore(tools, admin, { backupId: backup.id })).jobId;
    // The other steps of a restore are those of the rollbacks above: some of them.
    const some = stepsOf('restore').filter(() => chance() < 0.2);
    const kills = [place('fetch-backup'), ...some.map((step) => place(step))];
    expect(await killAlong(pendopo, restore, kills), JSON.stringify(kills)).toMatchObject({
      job: { state: 'succeeded', cause: null },
      missed: [],
    });
    await expectWhole('1.0.0');
  });

  it('in the nightly backup: it is made once and wholly', async () => {
    const { tools, admin } = pendopo;
    const scheduled = async () => (await tools.backups.list({ limit: 500 })).filter(({ reason }) => reason === 'scheduled').length;
    const before = await scheduled();
    await runTask(tools, admin, 'cadangan-malam');
    await dieAndGoOn('back-up-database', async () => (await tools.rollouts.list({ work: 'backup', limit: 1 }))[0]?.state === 'finished');
    expect((await tools.backups.list({ limit: 1 }))[0]).toMatchObject({ reason: 'scheduled' });
    expect(await scheduled()).toBe(before + (await tools.tenants.running(null)).length);
    await expectWhole('1.0.0');
  });
});

/** Half a year and more ago, on one day: the newest of that day stays as the last of its month, and what a job needs. */
const LONG_AGO = 280;

describe('a worker that is killed while old backups are let go', { timeout: 300_000 }, () => {
  const newest = async (): Promise<Backup> => {
    const [found] = await pendopo.tools.backups.list({ limit: 1 });
    if (found === undefined) throw new Error('no backup on record');
    return found;
  };

  it('by the last step of a job: those that stay are whole, and what a rollback needs stays with them', async () => {
    const { tools, admin } = pendopo;
    const there = async (ids: readonly string[]) => (await Promise.all(ids.map((id) => tools.backups.find(id)))).map((one) => one !== null);
    const prune = (moment: Moment) => ({ step: 'prune-backups', moment, afterMs: 1 + Math.floor(chance() * 8) });
    const round = async (ask: () => Promise<string>, moment: Moment): Promise<readonly boolean[]> => {
      const old = await layOldBackups(pendopo, await newest(), 3, LONG_AGO);
      const went = await killOnce(pendopo, await ask(), prune(moment));
      expect(went, moment).toMatchObject({ killed: true, job: { state: 'succeeded', cause: null } });
      expect(await backupFaults(pendopo)).toEqual([]);
      return there(old);
    };
    expect(await round(update, 'before')).toEqual([false, false, true]);
    const updates = (await tools.backups.list({ limit: 1_000 })).filter(({ nextTag }) => nextTag === 'v1.1.0').map(({ id }) => id);
    for (const [earlier, id] of updates.entries()) await ageBackup(pendopo, id, LONG_AGO, -60 - earlier);
    const target = updates[0] ?? '';
    expect(await round(backup, 'during')).toEqual([false, false, true]);
    expect(await there(updates)).toEqual(updates.map((id) => id === target));
    expect(await round(rollback, 'after')).toEqual([false, false, true]);
    await expectWhole('1.0.0');
    const drill = (await requestDrill(tools, admin, { backupId: target })).jobId;
    const worker = pendopo.worker();
    expect(await pendopo.ended(drill)).toMatchObject({ state: 'succeeded' });
    await killHard(worker);
  });

  it('by the task of those whose app was removed: they go wholly, all others stay whole, and the task has run once', async () => {
    const { tools, admin } = pendopo;
    const own = await newest();
    const removed = { ...own, installationId: await anOldRemoval(pendopo, own.kode, LONG_AGO) };
    const stay = (await tools.backups.list({ limit: 1_000 })).map(({ id }) => id);
    const at = [...MOMENTS.map((moment) => `files.remove:${moment}`), 'backups.remove:after'];
    for (const [turn, KILL_AT] of at.entries()) {
      const old = await layOldBackups(pendopo, removed, 2, LONG_AGO);
      await runTask(tools, admin, 'rapikan-cadangan');
      const env = { KILL_AT, KILL_AFTER_MS: String(1 + Math.floor(chance() * 5)), KILL_ONCE: `${pendopo.folder}/pruned-${turn}` };
      const victim = pendopo.worker(env);
      await new Promise<void>((resolve) => victim.once('exit', () => resolve()));
      expect(
        (await tools.schedules.queued()).map(({ task }) => task),
        KILL_AT,
      ).toEqual(['rapikan-cadangan']);
      await letLeaseRunOut(pendopo);
      await keepSchedule(tools, 'uji', AbortSignal.timeout(60_000));
      expect(await tools.schedules.runs(1), KILL_AT).toMatchObject([{ task: 'rapikan-cadangan', state: 'done' }]);
      expect(
        (await tools.backups.list({ limit: 1_000 })).map(({ id }) => id),
        old.join(' '),
      ).toEqual(stay);
      expect(await backupFaults(pendopo), KILL_AT).toEqual([]);
    }
    await expectWhole('1.0.0');
  });
});

/** The newest backup of the release that runs, once it lies elsewhere as well. */
async function copiedAway(): Promise<Backup> {
  const { tools, admin, folder } = pendopo;
  await configureOffsite(tools, admin, { place: `${folder}/luar/gudang`, password: null });
  await runTask(tools, admin, 'salin-luar');
  await keepSlowTasks(tools, 'uji', AbortSignal.timeout(60_000));
  const backup = (await tools.backups.list({ limit: 50 })).find(({ tag }) => tag === 'v1.0.0');
  if (backup === undefined) throw new Error('no backup on record');
  return backup;
}

/** A worker that is killed there, and one that ends what it left. */
async function dieAndGoOn(step: string, isEnded: () => Promise<boolean>): Promise<void> {
  const env = { LEASE_MS: '1500', KILL_AT: `${step}:before`, KILL_ONCE: `${pendopo.folder}/killed-${step}` };
  const victim = pendopo.worker(env);
  await new Promise<void>((resolve) => victim.once('exit', () => resolve()));
  const next = pendopo.worker({ LEASE_MS: '1500' });
  for (let turn = 0; turn < 600 && !(await isEnded()); turn += 1) await pendopo.tools.clock.sleep(200);
  await killHard(next);
  expect(await isEnded()).toBe(true);
}
