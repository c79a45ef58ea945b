/**
 * One desa's life under fire: installed, backed up, updated, rolled back, restored and removed by real workers, one of which is killed at a chosen
 * moment of each. Used by the end-to-end tests with a fixed seed, and by `npm run chaos` for as many as one likes.
 */
import { existsSync } from 'node:fs';
import type { Job } from '../../src/domain/job.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { WORKFLOWS } from '../../src/workflows/catalogue.ts';
import { requestBackup, requestRestore, requestRollback, requestUpdate } from '../../src/workflows/commands/change.ts';
import { layOut } from '../../src/workflows/step.ts';
import { type Instance, killHard } from './instance.ts';
import { scraps } from './sound.ts';
import { visit } from './visit.ts';

export type Moment = 'before' | 'during' | 'after' | 'undo';
const MOMENTS = ['before', 'during', 'after'] as const;

/** A desa's life: what follows needs what came before. */
export const LIFE = ['install', 'backup', 'update', 'rollback', 'restore', 'remove'] as const;

export interface Kill {
  readonly workflow: (typeof LIFE)[number];
  readonly step: string;
  readonly moment: Moment;
  /** For `during`: how long after the step began. */
  readonly afterMs: number;
}

export interface KillResult extends Kill {
  /** False when the step had nothing to do, so that nobody was killed. */
  readonly killed: boolean;
  /** From the new worker's start to the job's end. */
  readonly recoveryMs: number;
  /** Empty when all is as it should be. */
  readonly faults: readonly string[];
}

/** Every step of the workflows. */
export const STEPS = {
  install: stepsOf('install'),
  backup: stepsOf('backup'),
  update: stepsOf('update'),
  rollback: stepsOf('rollback'),
  restore: stepsOf('restore'),
  remove: stepsOf('remove'),
} as const;

function stepsOf(workflow: Kill['workflow']): readonly string[] {
  return layOut(WORKFLOWS[workflow]).steps.map(({ name }) => name);
}

/** Mulberry32: the same seed gives the same run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function aKill(workflow: Kill['workflow'], step: string, chance: () => number): Kill {
  return { workflow, step, moment: MOMENTS[Math.floor(chance() * MOMENTS.length)] ?? 'during', afterMs: Math.floor(chance() * 400) };
}

/** A short lease keeps the runs short; what is proven does not depend on its length. */
const LEASE_MS = '1500';

export async function runKill(pendopo: Instance, kode: string, kill: Kill): Promise<KillResult> {
  const jobId = await ask(pendopo, kode, kill.workflow);
  const { job, ...result } = await killOnce(pendopo, jobId, kill);
  const faults = job.state === 'succeeded' ? [] : [`job ended ${job.state}: ${job.cause?.step} ${job.cause?.message}`];
  faults.push(...(await worldFaults(pendopo, kode, kill.workflow)));
  return { ...kill, ...result, faults };
}

/** The first release of whichever repository it is, and the newest one. */
async function ask({ tools, admin, ...pendopo }: Instance, kode: string, workflow: Kill['workflow']): Promise<string> {
  const place = { kode, app: 'contoh-opensid' };
  switch (workflow) {
    case 'install':
      return pendopo.install(kode, {}, 'v1.0.0');
    case 'remove':
      return pendopo.remove(kode);
    case 'update':
      return (await requestUpdate(tools, admin, place)).jobId;
    case 'backup':
      return (await requestBackup(tools, admin, place)).jobId;
    case 'restore': {
      // The state of before the rollback: as newer as an update would have made it.
      const [newest] = await tools.backups.list({ kode: parseKodeDesa(kode), limit: 1 });
      return (await requestRestore(tools, admin, { backupId: newest?.id ?? '' })).jobId;
    }
    case 'rollback':
      return (await requestRollback(tools, admin, place)).jobId;
    default:
      return workflow satisfies never;
  }
}

/** Lets a worker take the job, which is killed at that moment, and another one end it. No other worker may be at work. */
export async function killOnce(
  pendopo: Instance,
  jobId: string,
  kill: Pick<Kill, 'step' | 'moment' | 'afterMs'>,
): Promise<Pick<KillResult, 'killed' | 'recoveryMs'> & { readonly job: Job }> {
  const once = `${pendopo.folder}/killed-${pendopo.tools.ids.next()}`;
  const env = { LEASE_MS, KILL_AT: `${kill.step}:${kill.moment}`, KILL_AFTER_MS: String(kill.afterMs), KILL_ONCE: once };
  const victim = pendopo.worker(env);
  const died = new Promise<'died'>((resolve) => victim.once('exit', () => resolve('died')));
  const outcome = await Promise.race([died, pendopo.ended(jobId).then(() => 'ended' as const)]);
  const killed = outcome === 'died' && existsSync(once);

  const begun = performance.now();
  const successor = outcome === 'died' ? pendopo.worker({ LEASE_MS }) : victim;
  const job = await pendopo.ended(jobId);
  const recoveryMs = Math.round(performance.now() - begun);
  await killHard(successor);
  return { job, killed, recoveryMs };
}

/**
 * Lets one worker after another take the job, each killed at a place of its own, in the order in which the job comes to
 * them, and the last one end it. @returns the places to which nobody came
 */
export async function killAlong(pendopo: Instance, jobId: string, kills: readonly Pick<Kill, 'step' | 'moment' | 'afterMs'>[]) {
  const missed: string[] = [];
  for (const { step, moment, afterMs } of kills) {
    const once = `${pendopo.folder}/killed-${pendopo.tools.ids.next()}`;
    const victim = pendopo.worker({ LEASE_MS, KILL_AT: `${step}:${moment}`, KILL_AFTER_MS: String(afterMs), KILL_ONCE: once });
    const died = new Promise<void>((resolve) => victim.once('exit', () => resolve()));
    await Promise.race([died, pendopo.ended(jobId)]);
    if (!existsSync(once)) missed.push(`${moment} ${step}`);
    if (victim.exitCode === null && victim.signalCode === null) await killHard(victim);
  }
  const last = pendopo.worker({ LEASE_MS });
  const job = await pendopo.ended(jobId);
  await killHard(last);
  return { job, missed };
}

/** After a remove nothing of the desa is left; after the others it answers, and nothing lies about. */
async function worldFaults(pendopo: Instance, kode: string, workflow: Kill['workflow']): Promise<string[]> {
  if (workflow === 'remove') return (await pendopo.leftovers(kode)).map((what) => `left over: ${what}`);
  const { status } = await visit(pendopo.config, `${kode.replaceAll('.', '')}.localhost`, '/');
  return [...(status === 200 ? [] : [`the site answers HTTP ${status}`]), ...(await scraps(pendopo))];
}
