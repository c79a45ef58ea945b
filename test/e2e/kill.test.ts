import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { aKill, runKill, STEPS, seeded } from '../support/chaos.ts';
import { type Instance, startInstance } from '../support/instance.ts';

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
 * Fetched while planning, shared with everything on this engine, or for apps that take their settings by a command: these
 * have nothing to do here. Image and template are made by the first round and made anew for their own.
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
