import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tally } from './tally.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs vitest in view of the person and counts what it reports. */
export async function runVitest(args: readonly string[], signal: AbortSignal): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'pendopo-vitest-'));
  const report = join(folder, 'report.json');
  try {
    const code = await runInView(['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args], signal);
    return countReport(existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runInView(args: readonly string[], signal: AbortSignal): Promise<number> {
  // Containers of testcontainers are swept by label afterwards; its own sweeper would be pulled from a registry.
  const env = { ...process.env, TESTCONTAINERS_RYUK_DISABLED: 'true' };
  const command = ['--pdeathsig', 'SIGTERM', '--', process.execPath, `${ROOT}/node_modules/vitest/vitest.mjs`, ...args];
  const child = spawn('setpriv', command, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env });
  signal.addEventListener('abort', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** A file that could not be loaded has no tests to count, and counts as one that failed. So does a run that fails without saying where. */
function countReport(report: unknown, code: number): Tally {
  const number = (name: string) => (isRecord(report) && typeof report[name] === 'number' ? report[name] : 0);
  const files = isRecord(report) && Array.isArray(report.testResults) ? report.testResults.filter(isRecord) : [];
  const broken = files.filter(({ status, assertionResults }) => {
    const tests = Array.isArray(assertionResults) ? assertionResults.filter(isRecord) : [];
    return status === 'failed' && !tests.some((test) => test.status === 'failed');
  });
  const passed = number('numPassedTests');
  const failed = number('numFailedTests') + broken.length;
  const silentFailure = failed === 0 && (code !== 0 || passed === 0);
  return { passed, failed: silentFailure ? 1 : failed, skipped: number('numPendingTests') + number('numTodoTests') };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
