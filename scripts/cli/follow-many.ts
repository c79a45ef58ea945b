import { jobView } from '../../src/api/views.ts';
import { isActive, type Job } from '../../src/domain/job.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { count } from '../../src/ui/present.ts';
import { paint } from '../terminal/screen.ts';
import { whileFollowing } from './interrupt.ts';
import { liveLine } from './live-line.ts';
import { commandName } from './output.ts';
import type { Session } from './session.ts';
import type { ExitCode } from './verb.ts';
import { jobWord, took } from './words.ts';

const POLL_MS = 500;

/**
 * Waits for many jobs and tells of each as it ends; at last how many succeeded. Programs get NDJSON: a line
 * `{"kind":"end",…}` a job, then `{"kind":"summary","succeeded":…,"failed":…}`.
 * @param names what to call each job, by its id
 */
export function followMany({ tools, output }: Session, names: ReadonlyMap<string, string>): Promise<ExitCode> {
  const again = `\nPekerjaan tetap berjalan. Lihat lagi: ${commandName()} pekerjaan daftar --status aktif`;
  return whileFollowing(output, again, async () => {
    const live = liveLine(output);
    let ended = 0;
    let succeeded = 0;
    const tellProgress = (): void => live.set(`▸ ${count(ended)} dari ${count(names.size)} desa selesai …`);
    tellProgress();
    for await (const job of endings(tools, [...names.keys()])) {
      ended += 1;
      if (job.state === 'succeeded') succeeded += 1;
      const text = endLine(job, names.get(job.id) ?? job.kode, tools.clock.now());
      live.around(() => output.line({ kind: 'end', jobId: job.id, state: job.state, job: jobView(job) }, text));
      tellProgress();
    }
    live.set(null);
    const failed = names.size - succeeded;
    const why = failed === 0 ? '' : ` Sebabnya: ${commandName()} pekerjaan penyebab`;
    output.line({ kind: 'summary', succeeded, failed }, `\n${count(succeeded)} desa berhasil, ${count(failed)} gagal.${why}`);
    return failed === 0 ? 0 : 1;
  });
}

/** Each job when it has ended, in the order in which they do. */
async function* endings({ jobs, clock }: Toolbox, ids: readonly string[]): AsyncGenerator<Job> {
  const waiting = new Set(ids);
  while (waiting.size > 0) {
    for (const id of [...waiting]) {
      const job = await jobs.find(id);
      if (job !== null && isActive(job.state)) continue;
      waiting.delete(id);
      if (job !== null) yield job;
    }
    if (waiting.size > 0) await clock.sleep(POLL_MS);
  }
}

function endLine(job: Job, name: string, now: Date): string {
  if (job.state === 'succeeded') return `${paint('green', '✔')} ${name}  ${paint('dim', took(job, now))}`;
  return `${paint('red', '✘')} ${name}  ${jobWord(job)}: ${job.cause?.message ?? ''}`;
}
