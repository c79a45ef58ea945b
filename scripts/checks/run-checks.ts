import { paint, seconds } from '../terminal/screen.ts';
import { STATIC_CHECKS, type StaticCheck } from './static-checks.ts';
import { addTallies, type Tally } from './tally.ts';
import { runVitest } from './vitest.ts';

/** Every check of the source, then the tests. */
export async function runChecks(vitestArgs: readonly string[], signal: AbortSignal): Promise<Tally> {
  const tallies: Tally[] = [];
  for (const check of STATIC_CHECKS) {
    if (!signal.aborted) tallies.push(await runCheck(check));
  }
  if (!signal.aborted) tallies.push(await runVitest(vitestArgs, signal));
  return addTallies(tallies);
}

async function runCheck({ name, run }: StaticCheck): Promise<Tally> {
  const begun = performance.now();
  const complaints = await run();
  const time = paint('dim', `(${seconds(performance.now() - begun)})`);
  if (complaints === null) {
    console.log(`${paint('green', '✔')} ${name} ${time}`);
    return { passed: 1, failed: 0, skipped: 0 };
  }
  console.log(`${paint('red', '✘')} ${name} ${time}\n${complaints.trimEnd()}\n`);
  return { passed: 0, failed: 1, skipped: 0 };
}
