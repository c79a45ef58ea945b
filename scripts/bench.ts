/**
 * `npm run bench [-- subject …]`: measures this Pendopo on this machine and prints tables. Nothing here passes or
 * fails: figures are for people to judge. What each subject measures stands in docs/BENCH.md.
 */
import { parseArgs } from 'node:util';
import { benchApi } from './bench/api.ts';
import { benchCombined } from './bench/combined.ts';
import { benchFront } from './bench/front.ts';
import { benchIdle } from './bench/idle.ts';
import { benchInstall } from './bench/install.ts';
import type { BenchOptions } from './bench/place.ts';
import { benchRecovery } from './bench/recovery.ts';
import { benchThreeApps } from './bench/three-apps.ts';
import { benchUi } from './bench/ui.ts';
import { benchUpdate } from './bench/update.ts';
import { showFailure } from './terminal/screen.ts';
import { stopSignal } from './terminal/stop-signal.ts';

const SUBJECTS: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  install: benchInstall,
  three: benchThreeApps,
  update: benchUpdate,
  recovery: benchRecovery,
  api: benchApi,
  idle: benchIdle,
  front: benchFront,
  gabungan: benchCombined,
  ui: benchUi,
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: 'string', default: '10' }, desa: { type: 'string' }, folder: { type: 'string' } },
  });
  const [runs, desa] = [Number(values.runs), values.desa === undefined ? null : Number(values.desa)];
  const unknown = positionals.find((name) => !Object.hasOwn(SUBJECTS, name));
  if (unknown !== undefined || !isCount(runs, 1) || !(desa === null || isCount(desa, 3))) {
    console.error(`Pemakaian: npm run bench -- [${Object.keys(SUBJECTS).join('|')}] [--runs 10] [--desa N] [--folder data]`);
    return 2;
  }
  const signal = stopSignal(console.log);
  try {
    for (const [name, bench] of Object.entries(SUBJECTS)) {
      if (positionals.length === 0 || positionals.includes(name)) await bench({ runs, desa, folder: values.folder ?? null, signal });
    }
    return 0;
  } catch (error) {
    showFailure(error);
    return 1;
  }
}

function isCount(value: number, lowest: number): boolean {
  return Number.isInteger(value) && value >= lowest;
}

process.exitCode = await main();
