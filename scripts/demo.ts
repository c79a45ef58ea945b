/** `npm run demo`: runs Pendopo as a whole and installs a desa for real. */
import { readConfig } from '../src/config.ts';
import type { Actor } from '../src/domain/access.ts';
import type { CombinedManifest } from '../src/domain/combined.ts';
import { explain } from '../src/domain/errors.ts';
import type { Job } from '../src/domain/job.ts';
import type { Toolbox } from '../src/domain/ports.ts';
import { wire } from '../src/wiring.ts';
import { revealAdminPassword } from '../src/workflows/commands/installations.ts';
import { chooseApp, chooseDesa } from './demo/choose.ts';
import { ensureInstalled, type Installed } from './demo/install.ts';
import { processNames } from './services/processes.ts';
import { type House, supervise } from './services/supervise.ts';
import { box, paint, seconds, showFailure, stage, tell } from './terminal/screen.ts';
import { showLogs } from './terminal/show-logs.ts';
import { stepList } from './terminal/step-list.ts';
import { Stopped, stopSignal, untilStopped } from './terminal/stop-signal.ts';
import { adminRows } from './terminal/welcome.ts';

const WARN = 40;
const LOG_LINES = 12;

async function main(): Promise<number> {
  const endsItself = process.argv.includes('--selesai') || process.env.PENDOPO_DEMO_EXIT === '1';
  const signal = stopSignal(console.log);
  let house: House | null = null;
  try {
    house = await supervise({ env: process.env, mayMovePorts: true, signal, tell, stage });
    const ok = await demonstrate(house, signal);
    if (ok && !endsItself) {
      const hide = showLogs(house.settings.logFolder, processNames(house.settings), WARN);
      await untilStopped(signal);
      hide();
    }
    return ok ? 0 : 1;
  } catch (error) {
    if (signal.aborted || error instanceof Stopped) return 0;
    showFailure(error);
    return 1;
  } finally {
    if (house !== null) await leave(house);
  }
}

/** @returns whether a desa is installed and can be opened */
async function demonstrate(house: House, signal: AbortSignal): Promise<boolean> {
  const config = readConfig({ ...house.settings.env, PENDOPO_LOG_LEVEL: 'silent' });
  const { tools, close } = await wire(config, 'demo');
  try {
    const admin = await tools.users.findByName('admin');
    const actor: Actor = { id: admin?.id ?? 'demo', username: 'demo', role: 'superadmin', wilayah: null };
    const { kode, nama } = await chooseDesa(tools);
    const app = await chooseApp(tools, kode, config.repos.has('opensid'), tell);
    const { manifest, combined } = tools.apps.entry(app);
    const { title, probes } = manifest;
    const steps = stepList(`Memasang ${title} untuk Desa ${nama} (${kode})`);

    const outcome = await ensureInstalled(tools, actor, { kode, app }, steps, signal);
    if ('failed' in outcome) {
      await showCause(outcome.failed, (after) => tools.jobs.events(outcome.failed.id, after, 1_000));
      return false;
    }
    tell(tookText(outcome));
    const login = probes.find(({ kind }) => kind === 'live')?.path ?? '/';
    const url = outcome.installation.url ?? '';
    const password = await revealAdminPassword(tools, actor, outcome.installation.id);
    box(`Desa ${nama} sudah dapat dibuka`, [
      ['Situs desa', url],
      ['Masuk', url === '' ? '' : new URL(`.${login}`, url).href],
      ...(password === null
        ? [['Kata sandi', 'sudah ditampilkan pada pemasangan pertama'] as const]
        : [
            ['Pengguna', password.username] as const,
            ['Kata sandi', `${password.password.expose()}   (hanya ditampilkan sekali ini)`] as const,
          ]),
      ...(combined === null ? [] : [['Gabungan', await combinedText(tools, combined)] as const]),
      null,
      ...adminRows(house),
      null,
      ['Berhenti', 'Ctrl-C'],
    ]);
    return true;
  } finally {
    await close();
  }
}

/** What readers of all desa find by now. */
async function combinedText(tools: Toolbox, manifest: CombinedManifest): Promise<string> {
  const counts = await tools.combined.countRows(manifest, ['config', 'tweb_penduduk', 'tweb_keluarga', 'artikel']);
  return `${tools.combined.schemaOf(manifest)}: ${counts.map(({ table, rows }) => `${table} ${rows}`).join(', ')}`;
}

function tookText({ installation, job }: Installed): string {
  if (job === null) return `Aplikasi desa sudah terpasang (versi ${installation.version ?? '?'}); tidak ada yang perlu dikerjakan.`;
  const took = job.startedAt === null || job.endedAt === null ? '' : ` dalam ${seconds(job.endedAt.getTime() - job.startedAt.getTime())}`;
  return `Terpasang${took}: versi ${installation.version ?? '?'}.`;
}

async function showCause(
  job: Job,
  events: (after: number) => Promise<readonly { id: number; kind: string; text: string }[]>,
): Promise<void> {
  const lines: string[] = [];
  for (let page = await events(0); page.length > 0; page = await events(page.at(-1)?.id ?? 0)) {
    lines.push(...page.filter(({ kind }) => kind === 'log').map(({ text }) => text));
  }
  console.error(`\n${paint('red', '✘')} Pemasangan gagal${job.cause === null ? '.' : `: ${job.cause.message}`}`);
  if (job.cause !== null) console.error(`  ${job.cause.advice}`);
  if (lines.length > 0) console.error(`\nAkhir catatan pekerjaan ${job.id}:\n${lines.slice(-LOG_LINES).join('\n')}`);
}

async function leave(house: House): Promise<void> {
  const begun = performance.now();
  try {
    await house.stop();
    tell(`Semua sudah berhenti (${seconds(performance.now() - begun)}).`);
  } catch (error) {
    tell(`Tidak semua dapat dihentikan: ${explain(error)}`);
  }
}

process.exitCode = await main();
