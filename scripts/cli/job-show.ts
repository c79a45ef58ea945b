import { eventView, jobView, stepView } from '../../src/api/views.ts';
import { seeJob } from '../../src/api/visible.ts';
import type { Job, JobEvent, JobStep } from '../../src/domain/job.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { VERBS } from '../../src/ui/present.ts';
import { paint } from '../terminal/screen.ts';
import { followJob } from './follow.ts';
import { causeLines } from './job-outcome.ts';
import { journalOf } from './journal.ts';
import type { Session } from './session.ts';
import { pairs, table } from './table.ts';
import type { Verb } from './verb.ts';
import { jobWord, stepWord, titleOf, took, when } from './words.ts';

const TAIL = 20;

export const showJob: Verb = {
  name: 'lihat',
  aliases: ['show'],
  summary: 'satu pekerjaan: langkah-langkahnya, sebab kegagalan, akhir catatannya',
  args: [['<id>', 'nomor pekerjaan']],
  options: [['--log', 'tampilkan seluruh catatannya']],
  async run(session, input) {
    const { tools, actor, output } = session;
    const job = await seeJob(tools, actor, input.value('id'));
    const [steps, log] = await Promise.all([tools.jobs.steps(job.id), logOf(tools, job.id)]);
    const lines = input.flag('log') ? log : log.slice(-TAIL);
    output.answer({ ...jobView(job), steps: steps.map(stepView), log: lines.map(eventView) }, () =>
      jobText(session, { job, steps, log: lines, hidden: log.length - lines.length }),
    );
    return 0;
  },
};

export const followVerb: Verb = {
  name: 'ikuti',
  aliases: ['follow'],
  summary: 'menampilkan langkah dan catatan suatu pekerjaan sampai selesai',
  args: [['<id>', 'nomor pekerjaan']],
  run: (session, input) => followJob(session, input.value('id')),
};

async function logOf({ jobs }: Toolbox, id: string): Promise<readonly JobEvent[]> {
  const log: JobEvent[] = [];
  for await (const event of journalOf(jobs, id)) if (event.kind === 'log') log.push(event);
  return log;
}

interface Shown {
  readonly job: Job;
  readonly steps: readonly JobStep[];
  readonly log: readonly JobEvent[];
  /** Lines of the log that were left out. */
  readonly hidden: number;
}

function jobText({ tools: { apps, clock }, config, output: { width } }: Session, { job, steps, log, hidden }: Shown): string {
  const now = clock.now();
  const cause = causeLines(job);
  const stepRows = steps.map((step) => [String(step.position + 1), step.label, stepWord(step), took(step, now), attempts(step)]);
  const columns = [
    ...[{ title: 'No', align: 'right' as const }, { title: 'Langkah', flexible: true as const }, { title: 'Keadaan' }],
    ...[{ title: 'Lama', align: 'right' as const }, { title: '' }],
  ];
  return [
    pairs([
      ['Pekerjaan', job.id],
      ['Apa', `${VERBS[job.workflow]} ${titleOf(apps, job.app)} di desa ${job.kode}`],
      ['Rilis', job.input.tag ?? 'yang terbaru'],
      ['Keadaan', `${jobWord(job)}${job.cancelRequested ? ' (diminta batal)' : ''}`],
      ['Diminta', `${when(job.createdAt, config)} oleh ${job.requestedBy}`],
      ['Mulai', when(job.startedAt, config)],
      ['Lama', took(job, now) || '–'],
      ...(job.attempt > 1 ? [['Percobaan', `ke-${job.attempt}`] as const] : []),
    ]),
    ...(cause.length === 0 ? [] : [[paint('red', 'Mengapa gagal'), ...cause].join('\n')]),
    ...(steps.length === 0 ? [] : [table(columns, stepRows, width)]),
    ...(log.length === 0 ? [] : [[paint('bold', 'Catatan'), ...earlier(hidden), ...log.map(({ text }) => text)].join('\n')]),
  ].join('\n\n');
}

function attempts(step: JobStep): string {
  return step.attempts > 1 ? `${step.attempts} kali` : '';
}

function earlier(lines: number): readonly string[] {
  return lines === 0 ? [] : [paint('dim', `… ${lines} baris sebelumnya (--log untuk semuanya)`)];
}
