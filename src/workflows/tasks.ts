/** What each task of the calendar does. Every one ends its run, together with what it has made. */
import { PendopoError } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { NewMember, NewRollout } from '../domain/ports-jobs.ts';
import type { RolloutWork } from '../domain/rollout.ts';
import type { ScheduleRun, TaskName } from '../domain/schedule.ts';
import { SCOPES } from '../domain/wilayah.ts';
import { channelsInUse, chooseInstallations, composeRollout } from './compose-rollout.ts';
import { takeDrillTurns } from './drills.ts';
import { forwards, type Part } from './forwards.ts';
import { checkOffsite, copyOffsite } from './offsite-tasks.ts';
import { oweCertificates } from './order-certificates.ts';
import { pruneImages } from './prune-images.ts';
import { pruneRemoved } from './prune-removed.ts';
import { discoverReleases } from './releases.ts';

const BY = 'jadwal';

type Work = (tools: Toolbox, run: ScheduleRun, signal: AbortSignal) => Promise<void>;

/** For work that makes no records of its own: what it says becomes the run's note. */
const noting =
  (work: (tools: Toolbox, signal: AbortSignal) => Promise<string>): Work =>
  async (tools, run, signal) =>
    tools.schedules.end(run, 'done', await work(tools, signal));

export const TASK_WORK: Readonly<Record<TaskName, Work>> = {
  'periksa-rilis': noting(discoverAll),
  'rapikan-rilis': noting(pruneImages),
  'rapikan-cadangan': noting(pruneRemoved),
  'perbarui-sertifikat': noting(renewCertificates),
  'salin-luar': noting(copyOffsite),
  'periksa-luar': noting(checkOffsite),
  'perbarui-semua': async (tools, run, signal) => {
    await discoverAll(tools, signal);
    return roll(tools, run, 'update', async (app) => ((await isInstalled(tools, app)) ? updates(tools, app) : []));
  },
  'gladi-bersih': async (tools, run, signal) => {
    await discoverAll(tools, signal);
    return roll(tools, run, 'rehearse', async (app) => ((await isInstalled(tools, app)) ? rehearsals(tools, app) : []));
  },
  'cadangan-malam': (tools, run) =>
    roll(tools, run, 'backup', async (app) => [
      { tag: null, chosen: await chooseInstallations(tools, { app, work: 'backup', tag: null }) },
    ]),
  'uji-cadangan': (tools, run) => roll(tools, run, 'drill', async (app) => [{ tag: null, chosen: await takeDrillTurns(tools, app) }]),
};

/** Asked for by the workers' short loop, in one round or several: together, so that the front reloads once. */
async function renewCertificates(tools: Toolbox): Promise<string> {
  if ((await tools.authorities.find()) === null) return 'Sertifikat otomatis belum diatur.';
  const owed = await oweCertificates(tools, 'third');
  return owed === 0 ? 'Tidak ada yang perlu diperpanjang.' : `${owed} sertifikat diminta. Hasilnya di halaman Sertifikat.`;
}

/** One rollout an app and channel; they and the end of the run are recorded together. */
async function roll(
  tools: Toolbox,
  run: ScheduleRun,
  work: RolloutWork,
  partsOf: (app: string) => Promise<readonly Part[]>,
): Promise<void> {
  const made: { rollout: NewRollout; members: readonly NewMember[] }[] = [];
  const window = (await tools.schedules.list()).find(({ task }) => task === run.task)?.window ?? null;
  for (const app of tools.apps.names()) {
    for (const { tag, chosen } of await partsOf(app)) {
      if (chosen.length > 0) made.push(composeRollout(tools, { work, app, tag, window, createdBy: BY }, chosen));
    }
  }
  const desa = made.reduce((sum, { members }) => sum + members.length, 0);
  await tools.rollouts.create(made, {
    task: run.task,
    due: run.due,
    note: desa === 0 ? 'Tidak ada yang perlu dikerjakan.' : `${desa} desa.`,
  });
}

async function isInstalled(tools: Toolbox, app: string): Promise<boolean> {
  return (await tools.tenants.count({ app, state: 'active', scopes: SCOPES })) > 0;
}

/** A rollout that is under way or was halted is not overtaken by the calendar: a person has to end it first. */
async function updates(tools: Toolbox, app: string): Promise<readonly Part[]> {
  const open = await tools.rollouts.list({ state: ['running', 'halted'], limit: 50 });
  if (open.some((one) => one.work === 'update' && one.app === app)) return [];
  return forwards(tools, app, 'update');
}

/** All desa to the release that the next update would take; not while an older round, or the update itself, goes on. */
async function rehearsals(tools: Toolbox, app: string): Promise<readonly Part[]> {
  const open = await tools.rollouts.list({ state: ['running', 'halted'], limit: 50 });
  if (open.some((one) => (one.work === 'rehearse' || one.work === 'update') && one.app === app)) return [];
  return tools.apps.entry(app).manifest.database === null ? [] : forwards(tools, app, 'rehearse');
}

async function discoverAll(tools: Toolbox, signal: AbortSignal): Promise<string> {
  const found: string[] = [];
  for (const app of tools.apps.names()) {
    if (!(await isInstalled(tools, app))) continue;
    for (const channel of await channelsInUse(tools, app)) found.push(...(await discoverIn(tools, app, channel, signal)));
  }
  return found.length === 0 ? 'Tidak ada rilis baru.' : `Rilis baru: ${found.join(', ')}`;
}

/** One source that is away keeps nobody from what is known of the others. */
async function discoverIn(tools: Toolbox, app: string, channel: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    return (await discoverReleases(tools, app, signal, channel)).map(({ tag }) => `${app} ${tag}`);
  } catch (error) {
    if (signal.aborted || !(error instanceof PendopoError)) throw error;
    tools.log.warn({ app, channel, err: error }, 'releases not looked up');
    return [`${app}: ${error.message}`];
  }
}
