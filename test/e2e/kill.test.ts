import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { requestConfigure } from '../../src/workflows/commands/settings.ts';
import { requestResume, requestSuspend } from '../../src/workflows/commands/suspend.ts';
import { aKill, killOnce, runKill, STEPS, seeded } from '../support/chaos.ts';
import { dataOf } from '../support/desa-data.ts';
import { type Instance, killHard, startInstance } from '../support/instance.ts';
import { scraps } from '../support/sound.ts';
import { visit } from '../support/visit.ts';

const SOURCE = fileURLToPath(new URL('../../templates/apps/contoh-opensid/source', import.meta.url));
const SEED = 20_261_124;

/**
 * Killed workers. The sample app comes from a repository of this test's own, so that its image and template do not
 * exist yet and the steps that make them run here too.
 */
let pendopo: Instance;
let repo: string;
beforeAll(async () => {
  repo = mkdtempSync('/tmp/pdp-repo-');
  cpSync(SOURCE, repo, { recursive: true });
  writeFileSync(`${repo}/KILL`, String(process.pid));
  const git = (...words: string[]) => execFileSync('git', ['-C', repo, '-c', 'user.name=t', '-c', 'user.email=t@localhost', ...words]);
  git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'release');
  git('tag', 'v1.0.0');
  pendopo = await startInstance({ databaseUrl: inject('databaseUrl'), redisUrl: inject('redisUrl'), env: { CONTOH_OPENSID_REPO: repo } });
}, 60_000);
afterAll(async () => {
  await pendopo.close();
  rmSync(repo, { recursive: true, force: true });
}, 60_000);

/**
 * Fetched while planning, or shared with everything on this engine: nothing to do here. The others are for apps of another
 * kind, and killed where those are: scopes (readers), lifecycle (a moved database), opensid (settings told). Image and
 * template are made by the first round and made anew for their own.
 */
const IDLE = new Set(['fetch-release', 'build-runtime', 'tell-settings', 'open-reader', 'close-reader', 'migrate-moved']);
const REMOVE_STEPS = STEPS.remove.filter((step) => !IDLE.has(step));
const INSTALL_STEPS = ['build-image', ...STEPS.install.filter((step) => step !== 'build-image' && !IDLE.has(step))];
const DESA = [
  ...['2001', '2002', '2003', '2004', '2005', '2006', '2007', '2008', '2009'].map((desa) => `52.01.14.${desa}`),
  ...['1001', '1004', '1011', '2002', '2003', '2005', '2006'].map((desa) => `52.01.01.${desa}`),
];

describe('a worker that is killed with SIGKILL', () => {
  const chance = seeded(SEED);
  for (const [round, kode] of DESA.slice(0, INSTALL_STEPS.length).entries()) {
    const [install, remove] = [INSTALL_STEPS[round] ?? '', REMOVE_STEPS[round % REMOVE_STEPS.length] ?? ''];
    const kills = [aKill('install', install, chance), aKill('remove', remove, chance)];
    const [first, second] = kills.map(({ step, moment }) => `${moment} ${step}`);

    it(`${first} of install and ${second} of remove: the next one ends both jobs, nothing double, nothing left`, {
      timeout: 300_000,
    }, async () => {
      if (install === 'prepare-template') rmSync(`${pendopo.folder}/templates`, { recursive: true, force: true });
      for (const kill of kills) {
        const result = await runKill(pendopo, kode, kill);
        expect(result, JSON.stringify(result)).toMatchObject({ killed: true, faults: [] });
      }
    });
  }
});

// After the others, of which one kills before there is an image.
describe('a worker that is killed while a desa is configured, suspended or resumed', () => {
  const KODE = '52.01.01.2007';
  const app = 'contoh-opensid';
  const chance = seeded(SEED);
  // In this order each finds the desa as it must be.
  const KILLED_AT = [
    ...(['write-changed-settings', 'apply-settings', 'record-settings', 'forget-old-secrets'] as const).map(
      (step) => ['configure', step] as const,
    ),
    ...(['suspend stop-container', 'resume start-again', 'suspend show-maintenance', 'resume open-route'] as const).map((place) =>
      place.split(' '),
    ),
  ];

  it('leaves a job that the next one ends: nothing double, nothing lost, nothing half-way', { timeout: 300_000 }, async () => {
    const { tools, admin } = pendopo;
    const worker = pendopo.worker();
    const installed = await pendopo.ended(await pendopo.install(KODE));
    // No other worker may be at work while one is to be killed.
    await killHard(worker);
    expect(installed).toMatchObject({ state: 'succeeded' });
    const there = async () => (await tools.tenants.find(parseKodeDesa(KODE)))?.installations.find((one) => one.app === app);
    const secrets: string[] = [];
    const before = await dataOf(pendopo, KODE);
    for (const [round, [workflow = '', step = '']] of KILLED_AT.entries()) {
      const changes = { kode: KODE, own: { [app]: { 'batas-proses': String(50 + round) } }, shared: { 'surel-sandi': `S4ndi-${round}` } };
      const request = {
        configure: () => requestConfigure(tools, admin, changes),
        suspend: () => requestSuspend(tools, admin, { kode: KODE }),
      };
      const { jobs } = await (workflow === 'configure'
        ? request.configure()
        : workflow === 'suspend'
          ? request.suspend()
          : requestResume(tools, admin, { kode: KODE }));
      const { moment, afterMs } = aKill('install', step, chance);
      const went = await killOnce(pendopo, jobs[0]?.jobId ?? '', { step, moment, afterMs });
      const where = `${moment} ${step} of ${workflow}`;
      expect(went.job, where).toMatchObject({ state: 'succeeded', cause: null });
      const installation = await there();
      expect(installation?.state, where).toBe(workflow === 'suspend' ? 'suspended' : 'active');
      expect((await visit(pendopo.config, '5201012007.localhost', '/')).status, where).toBe(workflow === 'suspend' ? 503 : 200);
      const own = (await tools.containers.owned()).containers.filter((name) => name.includes('5201012007'));
      expect(own, where).toHaveLength(1);
      expect((await tools.containers.find(own[0] ?? ''))?.running, where).toBe(workflow !== 'suspend');
      secrets.push(installation?.settings['surel-sandi'] ?? '');
    }
    const kept = await Promise.all([...new Set(secrets)].map((ref) => tools.vault.exists(ref)));
    expect(kept).toEqual([...Array(kept.length - 1).fill(false), true]);
    expect(await dataOf(pendopo, KODE)).toEqual(before);
    expect(await scraps(pendopo)).toEqual([]);
  });
});
