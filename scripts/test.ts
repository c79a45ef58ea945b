/** `npm test`: every check and every test, with real services. Arguments go to vitest. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecks } from './checks/run-checks.ts';
import { closeWith } from './checks/tally.ts';
import { startEngine } from './services/docker.ts';
import type { Kept } from './services/keep.ts';
import { openLedger } from './services/ledger.ts';
import { showFailure, stage, tell } from './terminal/screen.ts';
import { stopSignal } from './terminal/stop-signal.ts';

const signal = stopSignal(console.error);
const folder = mkdtempSync(join(tmpdir(), 'pendopo-test-'));
const ledger = await openLedger(folder, tell);
const engine = await startEngineForTests();
const tally = await runChecks(process.argv.slice(2), signal).finally(async () => {
  await engine?.stop();
  ledger.close();
  rmSync(folder, { recursive: true, force: true });
});
process.exit(closeWith(tally, signal.aborted));

/** Without an engine the tests that need one say so themselves; the others still count. */
async function startEngineForTests(): Promise<Kept | null> {
  const dockerHost = process.env.DOCKER_HOST?.trim() || null;
  try {
    return await stage('Docker siap', () => startEngine({ ledger, tell, logFolder: folder, dockerHost }));
  } catch (error) {
    showFailure(error);
    return null;
  }
}
