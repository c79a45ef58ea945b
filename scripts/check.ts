/** `npm run check`: what `npm test` does, without the tests that build images and run containers. */
import { runChecks } from './checks/run-checks.ts';
import { closeWith } from './checks/tally.ts';
import { stopSignal } from './terminal/stop-signal.ts';

const SLOW = ['--exclude', 'test/e2e/**', '--exclude', 'test/**/docker*.test.ts'];

const signal = stopSignal(console.error);
const tally = await runChecks([...SLOW, ...process.argv.slice(2)], signal);
process.exit(closeWith(tally, signal.aborted));
