/** Rollouts: who is in one, in which order, and how it goes on. Started, driven and judged here; each desa's part is a job. */

import { Conflict } from '../domain/errors.ts';
import { fingerprintOf, isActive, type Job, type JobInput, lockedOutMs } from '../domain/job.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { Lease, NewMember, NewRollout } from '../domain/ports-jobs.ts';
import type { TenantRow } from '../domain/ports-records.ts';
import { judge, type Member, type MemberState, type Rollout, type RolloutWork, wavesOf } from '../domain/rollout.ts';
import type { Installation } from '../domain/tenant.ts';
import { SCOPES } from '../domain/wilayah.ts';

export interface Choice {
  readonly work: RolloutWork;
  readonly app: string;
  readonly tag: string | null;
  readonly createdBy: string;
  /** These go first, alone. */
  readonly canaries?: readonly string[];
  readonly concurrency?: number;
  readonly haltPercent?: number | null;
}

const CONCURRENCY = 4;
const HALT_PERCENT = 20;
/** Behind everything that people ask for by hand. */
const PRIORITY = 10;
/** A driver that dies leaves its rollout to another worker after this. */
const DRIVE_MS = 15_000;

/** A rollout of these installations, ready to be recorded. */
export function composeRollout(
  tools: Toolbox,
  choice: Choice,
  chosen: readonly Chosen[],
): { rollout: NewRollout; members: readonly NewMember[] } {
  const canaries = new Set(choice.canaries ?? []);
  const ordered = [...chosen].sort((a, b) => Number(canaries.has(b.kode)) - Number(canaries.has(a.kode)) || a.kode.localeCompare(b.kode));
  const inWaves = choice.work === 'update';
  const waves = wavesOf(ordered.length, Math.max(1, canaries.size));
  const members = ordered.map(({ kode, id, tag, backupId }, position) => ({
    ...{ position, wave: inWaves ? (waves[position] ?? 0) : 0, kode, installationId: id, jobId: tools.ids.next() },
    ...{ fromTag: tag ?? '', backupId },
  }));
  const { work, app, tag, createdBy, concurrency = CONCURRENCY } = choice;
  const haltPercent = choice.haltPercent === undefined ? (inWaves ? HALT_PERCENT : null) : choice.haltPercent;
  return { rollout: { id: tools.ids.next(), work, app, tag, concurrency, haltPercent, createdBy }, members };
}

export type Chosen = Pick<Installation, 'id' | 'kode' | 'tag'> & { readonly backupId: string | null };

/** Active installations of an app; for updates without those that are pinned or there already. */
export async function chooseInstallations(
  tools: Toolbox,
  wanted: { readonly app: string; readonly work: RolloutWork; readonly tag: string | null; readonly within?: string | null },
): Promise<readonly Chosen[]> {
  const pinned = wanted.work === 'update' ? await tools.rollouts.pinned() : new Set<string>();
  const all = await everyTenant(tools, wanted.app);
  return all
    .filter(({ kode }) => !wanted.within || kode.startsWith(wanted.within))
    .flatMap(({ installations }) => installations)
    .filter(({ app, state }) => app === wanted.app && state === 'active')
    .filter(({ id, tag }) => !pinned.has(id) && (wanted.work !== 'update' || tag !== wanted.tag))
    .map(({ id, kode, tag }) => ({ id, kode, tag, backupId: null }));
}

async function everyTenant(tools: Toolbox, app: string): Promise<readonly TenantRow[]> {
  const rows: TenantRow[] = [];
  let after: string | undefined;
  do {
    const page = await tools.tenants.list({ app, state: 'active', scopes: SCOPES, limit: 200, ...(after === undefined ? {} : { after }) });
    rows.push(...page.rows);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return rows;
}

/** One turn for every rollout that goes on. Any worker may take it; two never take the same one at once. */
export async function driveRollouts(tools: Toolbox, holder: string): Promise<void> {
  for (const { id } of await tools.rollouts.list({ state: ['running'], limit: 50 })) {
    const lease = await tools.leases.acquire(`rollout/${id}`, holder, DRIVE_MS);
    if (lease === null) continue;
    try {
      await drive(tools, id, lease);
    } finally {
      await tools.leases.release(lease);
    }
  }
}

async function drive(tools: Toolbox, id: string, lease: Lease): Promise<void> {
  const rollout = await tools.rollouts.find(id);
  if (rollout === null || rollout.state !== 'running') return;
  await takeStock(tools, rollout);
  const verdict = judge(rollout, await tools.rollouts.members(id));
  switch (verdict.kind) {
    case 'start':
      for (const member of verdict.members) {
        if (!(await tools.leases.renew(lease, DRIVE_MS))) return;
        await start(tools, rollout, member);
      }
      return;
    case 'pause':
      tools.log.warn({ rollout: id, fingerprint: verdict.fingerprint, desa: verdict.members.length }, 'rollout pauses a class of desa');
      return tools.rollouts.saveMembers(
        id,
        verdict.members.map(({ position }) => position),
        { state: 'paused' },
      );
    case 'halt':
      tools.log.error({ rollout: id, reason: verdict.reason }, 'rollout halted');
      return tools.rollouts.save(id, { state: 'halted', reason: verdict.reason });
    case 'finish':
      return tools.rollouts.save(id, { state: 'finished', endedAt: tools.clock.now() });
    case 'wait':
      return;
    default:
      return verdict satisfies never;
  }
}

/** Asks for the member's job under the id it was given, so that a driver that died in between asks for nothing twice. */
async function start(tools: Toolbox, rollout: Rollout, member: Member): Promise<void> {
  const { kode, installationId, jobId, position } = member;
  const installation = await tools.tenants.installation(installationId);
  if (installation?.state !== 'active') return tools.rollouts.saveMembers(rollout.id, [position], { state: 'skipped' });
  if ((await tools.jobs.find(jobId)) === null) {
    const input: JobInput = {
      ...{ tag: rollout.tag, settings: installation.settings, archiveId: null, reason: 'scheduled' },
      ...(member.backupId === null ? {} : { backupId: member.backupId }),
    };
    try {
      await tools.jobs.create({
        ...{ id: jobId, workflow: rollout.work, installationId, kode, app: rollout.app, input },
        ...{ requestedBy: rollout.createdBy, priority: PRIORITY },
      });
    } catch (error) {
      // Something else is going on there: its turn comes later.
      if (error instanceof Conflict) return;
      throw error;
    }
  }
  await tools.rollouts.saveMembers(rollout.id, [position], { state: 'running', startedAt: tools.clock.now() });
}

/** What has become of the jobs. One that failed may have been retried by hand, and well. */
async function takeStock(tools: Toolbox, { id }: Rollout): Promise<void> {
  for (const member of await tools.rollouts.members(id)) {
    if (member.state !== 'running' && member.state !== 'failed') continue;
    const job = await tools.jobs.find(member.jobId);
    if (job === null || isActive(job.state)) continue;
    const state = outcomeOf(job);
    if (state === member.state) continue;
    await tools.rollouts.saveMembers(id, [member.position], {
      state,
      fingerprint: job.cause === null ? null : fingerprintOf(job.cause),
      lockedMs: lockedOutMs(await tools.jobs.steps(job.id)),
      endedAt: job.endedAt,
    });
  }
}

/** Somebody was faster, or did not want it: no failure of the release. */
const NO_FAILURE = new Set(['sudah-terbaru', 'dibatalkan']);

function outcomeOf({ state, cause }: Job): MemberState {
  if (state === 'succeeded') return 'done';
  return cause !== null && NO_FAILURE.has(cause.code) ? 'skipped' : 'failed';
}
