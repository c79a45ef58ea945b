import type { Job, JobStep, StepState } from '../../src/domain/job.ts';
import { isLive, paint, seconds } from './screen.ts';

const MARKS: Readonly<Record<StepState, string>> = {
  pending: paint('dim', '·'),
  running: paint('cyan', '▸'),
  done: paint('green', '✔'),
  skipped: paint('green', '✔'),
  failed: paint('red', '✘'),
  undoing: paint('yellow', '↶'),
  undone: paint('yellow', '↶'),
  kept: paint('dim', '–'),
  'undo-failed': paint('red', '✘'),
};

/** Shows the steps of a job as they go, below a title: redrawn in place on a terminal, a line for each change elsewhere. */
export function stepList(title: string): (job: Job, steps: readonly JobStep[]) => void {
  const show = isLive() ? redrawn() : written();
  let begun = false;
  return (job, steps) => {
    if (!begun) console.log(`\n${paint('bold', title)}`);
    begun = true;
    show(job, steps);
  };
}

function redrawn(): (job: Job, steps: readonly JobStep[]) => void {
  let height = 0;
  let shown = '';
  return (_job, steps) => {
    const lines = steps.map(lineOf);
    const picture = lines.join('\n');
    if (picture === shown) return;
    const up = height === 0 ? '' : `\u001b[${height}A`;
    process.stdout.write(`${up}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`);
    height = lines.length;
    shown = picture;
  };
}

function written(): (job: Job, steps: readonly JobStep[]) => void {
  const told = new Map<number, StepState>();
  return (_job, steps) => {
    for (const step of steps) {
      const before = told.get(step.position);
      told.set(step.position, step.state);
      if (before !== step.state && step.state !== 'pending' && step.state !== 'running') console.log(lineOf(step));
    }
  };
}

function lineOf(step: JobStep): string {
  const end = step.endedAt ?? (step.state === 'running' ? new Date() : null);
  const time =
    step.startedAt === null || end === null ? '' : paint('dim', ` ${seconds(Math.max(0, end.getTime() - step.startedAt.getTime()))}`);
  const note = step.state === 'skipped' ? paint('dim', ' (sudah ada)') : step.state === 'undone' ? paint('dim', ' (dikembalikan)') : '';
  return `  ${MARKS[step.state]} ${step.label}${time}${note}`;
}
