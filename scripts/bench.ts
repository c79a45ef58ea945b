/**
 * `npm run bench [-- subject …]`: measures this Pendopo on this machine and prints tables. Nothing here passes or
 * fails: figures are for people to judge. What each subject measures stands in docs/BENCH.md.
 */
import { parseArgs } from 'node:util';
import { benchApi } from './bench/api.ts';
import { benchIdle } from './bench/idle.ts';
import { benchInstall } from './bench/install.ts';
import type { BenchOptions } from './bench/place.ts';
import { benchRecovery } from './bench/recovery.ts';
import { showFailure } from './terminal/screen.ts';
import { stopSignal } from './terminal/stop-signal.ts';

const SUBJECTS: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  install: benchInstall,
  recovery: benchRecovery,
  api: benchApi,
  idle: benchIdle,
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { runs: { type: 'string', default: '10' } } });
  const runs = Number(values.runs);
  const unknown = positionals.find((name) => !Object.hasOwn(SUBJECTS, name));
  if (unknown !== undefined || !Number.isInteger(runs) || runs < 1) {
    console.error(`Pemakaian: npm run bench -- [${Object.keys(SUBJECTS).join('|')}] [--runs 10]`);
    return 2;
  }
  const signal = stopSignal(console.log);
  try {
    for (const [name, bench] of Object.entries(SUBJECTS)) {
      if (positionals.length === 0 || positionals.includes(name)) await bench({ runs, signal });
    }
    return 0;
  } catch (error) {
    showFailure(error);
    return 1;
  }
}

process.exitCode = await main();
