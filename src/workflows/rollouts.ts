/** Rollouts as they go on: driven and judged here; each desa's part is a job. */

import { Conflict } from '../domain/errors.ts';
import { fingerprintOf, isActive, type Job, type JobInput, lockedOutMs } from '../domain/job.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { Lease } from '../domain/ports-jobs.ts';
import { judge, type Member, type MemberState, type Rollout } from '../domain/rollout.ts';
import { isOpen } from '../domain/window.ts';

/** Behind everything that people ask for by hand. */
const PRIORITY = 10;
/** A driver that dies leaves its rollout to another worker after this. */
const DRIVE_MS = 15_000;

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
      // Those at work end; nobody new begins before the hours come round again.
      if (!isOpen(rollout.window, tools.calendar.timeOfDay(tools.clock.now()))) return;
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
async function takeStock(tools: Toolbox, { id, work }: Rollout): Promise<void> {
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
      // What people read of a rehearsal is how long each desa took, not how long it waited for its turn.
      ...(work === 'rehearse' && job.startedAt !== null ? { startedAt: job.startedAt } : {}),
    });
  }
}

/** Somebody was faster, did not want it, or it could not be tried: no failure of the release. */
const NO_FAILURE = new Set(['sudah-terbaru', 'dibatalkan', 'belum-ada-cadangan', 'ruang-kurang', 'disk-penuh']);

function outcomeOf({ state, cause }: Job): MemberState {
  if (state === 'succeeded') return 'done';
  return cause !== null && NO_FAILURE.has(cause.code) ? 'skipped' : 'failed';
}
