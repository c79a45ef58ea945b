import type { JobEvent, JobState } from '../../src/domain/job.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { lookOfJob } from '../../src/ui/present.ts';
import { paint, seconds } from '../terminal/screen.ts';

/** Turns a job's events, in their order, into lines for people. */
export interface JournalText {
  /** null: nothing that people need to read. */
  of(event: JobEvent): Promise<string | null>;
  /** The step that is being worked on, and for how long. */
  current(now: Date): string | null;
}

interface Work {
  readonly position: number;
  readonly label: string;
  readonly since: Date;
  readonly mark: string;
}

const RUNNING = '▸';
const UNDOING = '↶';

/** States that only pass; the others end the job and are told with their cause. */
const PASSING: readonly JobState[] = ['queued', 'running', 'interrupted', 'undoing'];

export function journalText({ jobs }: Toolbox, jobId: string): JournalText {
  let labels = new Map<number, string>();
  let work: Work | null = null;
  /** Under which step's heading the log stands. */
  let heading: number | null = null;

  const labelOf = async (position: number): Promise<string> => {
    if (!labels.has(position)) labels = new Map((await jobs.steps(jobId)).map((step) => [step.position, step.label]));
    return labels.get(position) ?? `Langkah ${position + 1}`;
  };
  const ofJob = (text: string): string | null => {
    // What was planned anew has other steps.
    if (text === 'planned') labels = new Map();
    work = null;
    const state = PASSING.find((passing) => passing === text);
    return state === undefined ? null : paint('dim', `· ${lookOfJob({ state, cause: null }).word}`);
  };
  const ofStep = async ({ position, text, at }: JobEvent): Promise<string | null> => {
    if (position === null) return null;
    const label = await labelOf(position);
    if (text === 'running' || text === 'undoing') {
      work = { position, label, since: at, mark: text === 'running' ? RUNNING : UNDOING };
      return null;
    }
    const took = work?.position === position ? ` ${paint('dim', seconds(at.getTime() - work.since.getTime()))}` : '';
    work = null;
    heading = null;
    return endOfStep(text, label, took);
  };
  const ofLog = async ({ position, text }: JobEvent): Promise<string> => {
    const line = paint('dim', `    ${text}`);
    if (position === null || position === heading) return line;
    heading = position;
    return `${paint('cyan', work?.mark ?? RUNNING)} ${await labelOf(position)}\n${line}`;
  };

  return {
    async of(event) {
      if (event.kind === 'log') return ofLog(event);
      return event.kind === 'step' ? ofStep(event) : ofJob(event.text);
    },
    current: (now) =>
      work === null
        ? null
        : `${work.mark} ${work.label} … ${seconds(Math.max(0, Math.floor((now.getTime() - work.since.getTime()) / 100) * 100))}`,
  };
}

function endOfStep(state: string, label: string, took: string): string | null {
  switch (state) {
    case 'done':
      return `${paint('green', '✔')} ${label}${took}`;
    case 'skipped':
      return `${paint('green', '✔')} ${label} ${paint('dim', '(sudah ada)')}`;
    case 'failed':
      return `${paint('red', '✘')} ${label}${took}`;
    case 'undone':
      return `${paint('yellow', UNDOING)} ${label} ${paint('dim', '(dikembalikan)')}`;
    case 'undo-failed':
      return `${paint('red', '✘')} ${label} ${paint('red', '(gagal dikembalikan)')}`;
    default:
      return null;
  }
}
