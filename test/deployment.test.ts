import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const hasCompose = spawnSync('docker-compose', ['--version']).status === 0;

interface Service {
  readonly environment?: Readonly<Record<string, string>>;
}

it('who asks a script for help, or says what it does not know, gets that and starts nothing', () => {
  const run = (...args: string[]) => spawnSync('node', ['scripts/bootstrap.mjs', ...args], { encoding: 'utf8', timeout: 20_000 });
  for (const script of ['demo', 'start', 'test', 'check', 'bench', 'chaos']) {
    const { status, stdout } = run(`scripts/${script}.ts`, '--help');
    expect([script, status, stdout]).toEqual([script, 0, expect.stringContaining('Pemakaian: npm ')]);
  }
  expect(run('scripts/demo.ts', '--selesaikan')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('--selesai]') });
});

it.skipIf(!hasCompose)('docker-compose.yml is understood, and every process of ours is told the port of https', () => {
  const folder = mkdtempSync('/tmp/pdp-compose-');
  try {
    copyFileSync('docker-compose.yml', `${folder}/docker-compose.yml`);
    writeFileSync(`${folder}/.env`, `${readFileSync('.env.example', 'utf8')}\nMARIADB_ROOT_PASSWORD=x\nPENDOPO_FRONT_HTTPS_PORT=443\n`);
    const { services }: { services: Readonly<Record<string, Service>> } = parse(
      execFileSync('docker-compose', ['config'], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
    for (const name of ['prepare', 'api', 'worker', 'front']) {
      expect(services[name]?.environment, name).toMatchObject({ PENDOPO_FRONT_HTTPS_PORT: '443', PENDOPO_FRONT_PORT: '80' });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
