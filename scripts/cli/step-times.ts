import type { Job } from '../../src/domain/job.ts';
import { inSeconds } from '../bench/stats.ts';
import { timeJob } from '../bench/timing.ts';
import type { Session } from './session.ts';
import { table } from './table.ts';
import { titleOf } from './words.ts';

/** The last step that whoever asked has to wait for. */
const LAST = 'open-route';

/** Where the time went of jobs that were asked for together: a line a step, a column a job, in seconds; a line of NDJSON a job. */
export async function tellStepTimes({ tools, output }: Session, jobs: readonly Job[]): Promise<void> {
  const timings = await Promise.all(
    jobs.map(async (job) => ({ job, timing: timeJob(job, await tools.jobs.steps(job.id), job.createdAt.getTime(), LAST) })),
  );
  const labels = [...new Set(timings.flatMap(({ timing }) => [...timing.parts.keys()]))];
  const cell = ({ timing }: (typeof timings)[number], label: string): string => {
    const ms = timing.parts.get(label);
    if (ms === undefined) return '';
    return timing.skipped.has(label) ? 'sudah ada' : inSeconds(ms);
  };
  const rows = labels.map((label) => [label, ...timings.map((one) => cell(one, label))]);
  const total = ['Dari permintaan sampai alamat terbuka', ...timings.map(({ timing }) => inSeconds(timing.totalMs))];
  const columns = timings.map(({ job }) => ({ title: titleOf(tools.apps, job.app), align: 'right' as const }));
  if (!output.json) {
    output.line(null, `\n${table([{ title: 'Detik', flexible: true }, ...columns], [...rows, total], output.width)}`);
    return;
  }
  for (const { job, timing } of timings) {
    const steps = [...timing.parts].map(([label, ms]) => ({ label, seconds: ms / 1000, skipped: timing.skipped.has(label) }));
    output.line({ kind: 'times', jobId: job.id, app: job.app, seconds: timing.totalMs / 1000, steps }, null);
  }
}
