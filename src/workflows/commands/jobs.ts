import { type Actor, requireMay } from '../../domain/access.ts';
import { Conflict, NotFound } from '../../domain/errors.ts';
import { type Job, type JobInput, mayCancel, mayRetry, type WorkflowName } from '../../domain/job.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { Installation } from '../../domain/tenant.ts';
import type { KodeTenant } from '../../domain/wilayah.ts';

/** Writes down what was asked for and rings for it. @throws Conflict when an active job of that installation exists */
export async function recordJob(
  tools: Toolbox,
  actor: Actor,
  workflow: WorkflowName,
  installation: Installation,
  input: JobInput,
  bulk = false,
): Promise<string> {
  const id = tools.ids.next();
  const { id: installationId, kode, app } = installation;
  await tools.jobs.create({ id, workflow, installationId, kode, app, input, requestedBy: actor.username, priority: bulk ? 10 : 0 });
  await tools.audit.note({ actor: actor.username, action: workflow, target: kode, detail: { app, job: id, tag: input.tag } });
  await ring(tools, kode);
  return id;
}

export async function retryJob(tools: Toolbox, actor: Actor, jobId: string): Promise<void> {
  const job = await requireJob(tools, actor, jobId);
  requireMay(actor, 'retry', job.kode);
  if (!mayRetry(job.state) || !(await tools.jobs.requeue(jobId))) {
    throw new Conflict('tidak-dapat-diulang', 'Hanya pekerjaan yang gagal atau dibatalkan yang dapat dicoba lagi.');
  }
  await tools.audit.note({ actor: actor.username, action: 'retry', target: jobId, kode: job.kode, detail: { app: job.app } });
  await ring(tools, job.kode);
}

/** Retries the newest failed job of every installation that was stopped by this cause. */
export async function retryByCause(tools: Toolbox, actor: Actor, fingerprint: string): Promise<{ retried: readonly string[] }> {
  requireMay(actor, 'retry', null);
  const retried: string[] = [];
  let after: string | undefined;
  do {
    const page = await tools.jobs.list({
      fingerprint,
      state: ['undone', 'stuck'],
      within: actor.wilayah,
      limit: 100,
      ...(after === undefined ? {} : { after }),
    });
    for (const job of page.rows) if (await requeueNewest(tools, job)) retried.push(job.id);
    after = page.next ?? undefined;
  } while (after !== undefined);
  await tools.audit.note({ actor: actor.username, action: 'retry-by-cause', target: fingerprint, detail: { jobs: retried.length } });
  return { retried };
}

async function requeueNewest(tools: Toolbox, job: Job): Promise<boolean> {
  try {
    return await tools.jobs.requeue(job.id);
  } catch (error) {
    // Somebody has asked for something newer at that desa: that is what counts there.
    if (error instanceof Conflict) return false;
    throw error;
  }
}

export async function cancelJob(tools: Toolbox, actor: Actor, jobId: string): Promise<void> {
  const job = await requireJob(tools, actor, jobId);
  requireMay(actor, 'cancel', job.kode);
  if (!mayCancel(job.state) || !(await tools.jobs.requestCancel(jobId))) {
    throw new Conflict('tidak-dapat-dibatalkan', 'Pekerjaan ini sudah selesai atau sudah melewati titik yang tidak dapat dikembalikan.');
  }
  await tools.audit.note({ actor: actor.username, action: 'cancel', target: jobId, kode: job.kode, detail: { app: job.app } });
  await ring(tools, job.kode);
}

async function ring(tools: Toolbox, kode: KodeTenant): Promise<void> {
  const next = await tools.jobs.nextOf(kode);
  if (next !== null) await tools.queue.ring(next.id, next.epoch);
}

async function requireJob(tools: Toolbox, actor: Actor, jobId: string): Promise<Job> {
  const job = await tools.jobs.find(jobId);
  if (job === null || (actor.wilayah !== null && !job.kode.startsWith(actor.wilayah)))
    throw new NotFound('pekerjaan-tidak-ada', 'Pekerjaan ini tidak ada.');
  return job;
}
