import type { Job, JobEvent } from '../../src/domain/job.ts';
import type { Jobs } from '../../src/domain/ports-jobs.ts';

const PAGE = 1_000;

/** All events of a job so far, from the first. */
export async function* journalOf(jobs: Jobs, id: string): AsyncGenerator<JobEvent> {
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page: readonly JobEvent[] = await jobs.events(id, after, PAGE);
    yield* page;
    after = page.length < PAGE ? undefined : page.at(-1)?.id;
  }
}

/** The event before the present attempt: what came until then was about steps that are planned anew. 0: there was none. */
export async function endOfEarlierAttempts(jobs: Jobs, { id, attempt }: Pick<Job, 'id' | 'attempt'>): Promise<number> {
  if (attempt === 1) return 0;
  let before = 0;
  let found = 0;
  for await (const event of journalOf(jobs, id)) {
    if (event.kind === 'job' && event.text === 'queued') found = before;
    before = event.id;
  }
  return found;
}
