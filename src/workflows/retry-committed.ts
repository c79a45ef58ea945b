import { Conflict } from '../domain/errors.ts';
import { retryAt } from '../domain/job.ts';
import type { Toolbox } from '../domain/ports.ts';

const LOOK_AT = 100;

/**
 * Jobs that failed past the point of no return leave visitors before the maintenance page, and only going on helps: they
 * are tried again by themselves a few times, each time later, before a person has to. @returns how many
 */
export async function retryCommitted(tools: Toolbox): Promise<number> {
  const now = tools.clock.now();
  const { rows } = await tools.jobs.list({ state: ['stuck'], limit: LOOK_AT });
  let retried = 0;
  for (const job of rows) {
    const at = retryAt(job);
    if (at === null || at > now) continue;
    try {
      // The reconciler rings for it.
      if (!(await tools.jobs.requeue(job.id))) continue;
    } catch (error) {
      // Something newer goes on there: that is what counts.
      if (error instanceof Conflict) continue;
      throw error;
    }
    retried += 1;
    tools.log.info({ job: job.id, desa: job.kode, attempt: job.attempt + 1 }, 'stuck job tried again by itself');
    await tools.audit.note({ actor: 'pendopo', action: 'retry', target: job.id, detail: { attempt: job.attempt + 1 } });
  }
  return retried;
}
