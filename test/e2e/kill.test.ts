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

/** Shared and there already, or fetched while planning: these have nothing to do here. */
const IDLE = new Set(['fetch-release', 'build-runtime']);

describe('a worker that is killed with SIGKILL', () => {
  const chance = seeded(SEED);
  const desa = ['52.01.14.2001', '52.01.14.2002', '52.01.14.2003'];
  const rounds = Math.max(STEPS.install.length, STEPS.remove.length);
  for (let round = 0; round < rounds; round += 1) {
    const kode = desa[round % desa.length] ?? '';
    const [install, remove] = [STEPS.install[round] ?? 'load-data', STEPS.remove[round] ?? 'drop-database'];
    const kills = [aKill('install', install, chance), aKill('remove', remove, chance)];
    const [first, second] = kills.map(({ step, moment }) => `${moment} ${step}`);

    it(`${first} of install and ${second} of remove: the next one ends both jobs, nothing double, nothing left`, {
      timeout: 900_000,
    }, async () => {
      for (const kill of kills) {
        const result = await runKill(pendopo, kode, kill);
        expect(result.faults, JSON.stringify(result)).toEqual([]);
        if (!IDLE.has(kill.step)) expect(result.killed, JSON.stringify(result)).toBe(true);
      }
    });
  }
});
