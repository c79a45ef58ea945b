import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A program that judges the source; it counts as one test. */
export interface StaticCheck {
  readonly name: string;
  /** @returns what is wrong, or null */
  run(): Promise<string | null>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CHECKED_FOLDERS = ['src', 'workers', 'scripts'];

export const STATIC_CHECKS: readonly StaticCheck[] = [
  { name: 'biome', run: () => complaintsOf('@biomejs/biome/bin/biome', ['ci', '--colors=off']) },
  { name: 'tsc', run: () => complaintsOf('typescript/bin/tsc', ['--noEmit', '--pretty', 'false']) },
  { name: 'dependency-cruiser', run: cruise },
  { name: 'knip', run: () => complaintsOf('knip/bin/knip.js', ['--no-progress']) },
];

async function complaintsOf(script: string, args: readonly string[]): Promise<string | null> {
  const { code, output } = await runTool(script, args);
  return code === 0 ? null : output;
}

/**
 * The cruiser ends with 0 when it understood nothing of the source (as with a TypeScript it does not support), so
 * what it saw is counted here.
 */
async function cruise(): Promise<string | null> {
  const { output, report: text } = await runTool('dependency-cruiser/bin/dependency-cruiser.mjs', [
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    ...CHECKED_FOLDERS,
  ]);
  const report = readReport(text);
  if (report === null) return output;
  if (report.modules === 0) return 'no module was checked';
  return report.violations.length === 0 ? null : report.violations.join('\n');
}

function readReport(text: string): { modules: number; violations: readonly string[] } | null {
  const parsed = parseJson(text);
  if (!isRecord(parsed) || !Array.isArray(parsed.modules) || !isRecord(parsed.summary)) return null;
  const own = parsed.modules.filter(
    (module) => isRecord(module) && CHECKED_FOLDERS.some((folder) => String(module.source).startsWith(`${folder}/`)),
  );
  const found: readonly unknown[] = Array.isArray(parsed.summary.violations) ? parsed.summary.violations : [];
  const violations = found.flatMap((one) => (isRecord(one) && isRecord(one.rule) ? [`${one.rule.name}: ${one.from} → ${one.to}`] : []));
  return { modules: own.length, violations };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // not a report but a complaint
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function runTool(script: string, args: readonly string[]): Promise<{ code: number; report: string; output: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [`${ROOT}/node_modules/${script}`, ...args],
      { cwd: ROOT, maxBuffer: 256 * 1024 * 1024, timeout: 600_000 },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : 1, report: stdout, output: `${stdout}${stderr}` || (error?.message ?? '') }),
    );
  });
}
