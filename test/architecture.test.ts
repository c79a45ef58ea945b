import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const PROJECT = fileURLToPath(new URL('..', import.meta.url));

interface Report {
  readonly summary: { readonly totalCruised: number; readonly violations: readonly { readonly rule: { readonly name: string } }[] };
}

/** dependency-cruiser as `npm run check` runs it, with its report as data. */
async function cruise(): Promise<Report> {
  const program = [
    'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
    '--config',
    '.dependency-cruiser.cjs',
    '-T',
    'json',
    'src',
    'workers',
  ];
  const { stdout } = await run(process.execPath, program, { cwd: PROJECT, maxBuffer: 64 * 1024 * 1024 }).catch(
    (error: { stdout: string }) => error,
  );
  return JSON.parse(stdout);
}

const planted: string[] = [];
async function plant(file: string, text: string): Promise<void> {
  planted.push(`${PROJECT}/${file}`);
  await writeFile(`${PROJECT}/${file}`, text);
}
afterEach(async () => {
  for (const file of planted.splice(0)) await rm(file, { force: true });
});

describe('the floors of the house', () => {
  it('hold, and all modules were looked at', { timeout: 60_000 }, async () => {
    const { summary } = await cruise();
    expect(summary.violations.map(({ rule }) => rule.name)).toEqual([]);
    expect(summary.totalCruised).toBeGreaterThan(100);
  });

  it('catch an upward import, one that is only a type, and a library behind the wrong door', { timeout: 60_000 }, async () => {
    await plant('src/domain/planted-upward.ts', "import { runJob } from '../workflows/engine.ts';\nexport const planted = runJob;\n");
    await plant('src/adapters/planted-type.ts', "import type { Step } from '../workflows/step.ts';\nexport type Planted = Step;\n");
    await plant('src/workflows/planted-library.ts', "import Docker from 'dockerode';\nexport const planted = Docker;\n");
    const { summary } = await cruise();
    const names = summary.violations.map(({ rule }) => rule.name);
    expect(names).toEqual(expect.arrayContaining(['domain-is-pure', 'adapters-look-down', 'workflows-see-ports-only', 'only-dockerode']));
  });
});
