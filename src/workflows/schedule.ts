/**
 * The calendar's part of a worker: writes down what is due, and does what is written down. MariaDB holds both, so that
 * a machine that was off catches up once, and two workers, or a wiped Redis, make no difference.
 */
import { PendopoError, Unavailable } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { NewMember, NewRollout } from '../domain/ports-jobs.ts';
import type { RolloutWork } from '../domain/rollout.ts';
import { isOwed, type ScheduleRun } from '../domain/schedule.ts';
import { discoverReleases, findNewest } from './releases.ts';
import { type Chosen, chooseInstallations, composeRollout } from './rollouts.ts';

const HOLD_MS = 120_000;
const BY = 'jadwal';
/** A month's nights reach every desa. */
const DRILL_NIGHTS = 28;

export async function keepSchedule(tools: Toolbox, holder: string, signal: AbortSignal): Promise<void> {
  const now = tools.clock.now();
  for (const schedule of await tools.schedules.list()) {
    const due = tools.calendar.previous(schedule.pattern, now);
    if (isOwed(schedule, due, now) && (await tools.schedules.owe(schedule.task, due))) {
      tools.log.info({ task: schedule.task, due: due.toISOString() }, 'task is due');
    }
  }
  const queued = await tools.schedules.queued();
  if (queued.length === 0) return;
  const lease = await tools.leases.acquire('schedule', holder, HOLD_MS);
  if (lease === null) return;
  try {
    for (const run of queued) await perform(tools, run, signal);
  } finally {
    await tools.leases.release(lease);
  }
}

async function perform(tools: Toolbox, run: ScheduleRun, signal: AbortSignal): Promise<void> {
  try {
    await act(tools, run, AbortSignal.any([signal, AbortSignal.timeout(HOLD_MS - 10_000)]));
  } catch (error) {
    // Whatever does not answer is asked again at the next turn; the run stays owed.
    if (error instanceof Unavailable || signal.aborted) throw error;
    tools.log.error({ task: run.task, err: error }, 'scheduled task failed');
    await tools.schedules.end(run, 'failed', error instanceof Error ? error.message : String(error));
  }
}

async function act(tools: Toolbox, run: ScheduleRun, signal: AbortSignal): Promise<void> {
  switch (run.task) {
    case 'periksa-rilis':
      return tools.schedules.end(run, 'done', await discoverAll(tools, signal));
    case 'perbarui-semua':
      await discoverAll(tools, signal);
      return roll(tools, run, 'update', async (app) => (await installedApps(tools, app)) && (await updates(tools, app)));
    case 'cadangan-malam':
      return roll(tools, run, 'backup', async (app) => ({
        tag: null,
        chosen: await chooseInstallations(tools, { app, work: 'backup', tag: null }),
      }));
    case 'uji-cadangan':
      return roll(tools, run, 'drill', async (app) => ({ tag: null, chosen: await leastProven(tools, app) }));
    default:
      return run.task satisfies never;
  }
}

interface Part {
  readonly tag: string | null;
  readonly chosen: readonly Chosen[];
}

/** One rollout an app; they and the end of the run are recorded together. */
async function roll(tools: Toolbox, run: ScheduleRun, work: RolloutWork, part: (app: string) => Promise<Part | null>): Promise<void> {
  const made: { rollout: NewRollout; members: readonly NewMember[] }[] = [];
  for (const app of tools.apps.names()) {
    const found = await part(app);
    if (found === null || found.chosen.length === 0) continue;
    made.push(composeRollout(tools, { work, app, tag: found.tag, createdBy: BY }, found.chosen));
  }
  const desa = made.reduce((sum, { members }) => sum + members.length, 0);
  await tools.rollouts.create(made, {
    task: run.task,
    due: run.due,
    note: desa === 0 ? 'Tidak ada yang perlu dikerjakan.' : `${desa} desa.`,
  });
}

async function installedApps(tools: Toolbox, app: string): Promise<true | null> {
  return (await tools.tenants.count({ app, state: 'active' })) > 0 ? true : null;
}

/** A rollout that is under way or was halted is not overtaken by the calendar: a person has to end it first. */
async function updates(tools: Toolbox, app: string): Promise<Part | null> {
  const open = await tools.rollouts.list({ state: ['running', 'halted'], limit: 50 });
  if (open.some((one) => one.work === 'update' && one.app === app)) return null;
  const { tag } = await findNewest(tools, app);
  return { tag, chosen: await chooseInstallations(tools, { app, work: 'update', tag }) };
}

/** The newest backup of those that were proven longest ago. */
async function leastProven(tools: Toolbox, app: string): Promise<readonly Chosen[]> {
  const all = await chooseInstallations(tools, { app, work: 'drill', tag: null });
  const latest = await tools.backups.latestOf(all.map(({ id }) => id));
  const withBackup = all.flatMap((one) => {
    const backup = latest.get(one.id);
    return backup === undefined ? [] : [{ ...one, backupId: backup.id, proven: (backup.provenAt ?? new Date(0)).getTime() }];
  });
  return withBackup.sort((a, b) => a.proven - b.proven).slice(0, Math.ceil(all.length / DRILL_NIGHTS));
}

async function discoverAll(tools: Toolbox, signal: AbortSignal): Promise<string> {
  const found: string[] = [];
  for (const app of tools.apps.names()) {
    if ((await installedApps(tools, app)) === null) continue;
    try {
      for (const { tag } of await discoverReleases(tools, app, signal)) found.push(`${app} ${tag}`);
    } catch (error) {
      // One source that is away keeps nobody from what is known of the others.
      if (signal.aborted || !(error instanceof PendopoError)) throw error;
      tools.log.warn({ app, err: error }, 'releases not looked up');
      found.push(`${app}: ${error.message}`);
    }
  }
  return found.length === 0 ? 'Tidak ada rilis baru.' : `Rilis baru: ${found.join(', ')}`;
}
