import type { JobEvent, JobStep, StepState } from '../../src/domain/job.ts';
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

/** A step that takes longer than this is named before it ends, where lines cannot be redrawn. */
const LONG_MS = 5_000;

type Show = (steps: readonly JobStep[], newest: JobEvent | null) => void;

/**
 * Shows the steps of a job as they go, below a title: redrawn in place on a terminal, with the newest line of the log
 * below the running step; a line for each change elsewhere.
 */
export function stepList(title: string): Show {
  const show = isLive() ? redrawn() : written();
  let begun = false;
  return (steps, newest) => {
    if (!begun) console.log(`\n${paint('bold', title)}`);
    begun = true;
    show(steps, newest);
  };
}

function redrawn(): Show {
  let height = 0;
  let shown = '';
  return (steps, newest) => {
    const width = Math.max(20, (process.stdout.columns || 80) - 8);
    const lines = steps.flatMap((step) =>
      step.state === 'running' && newest?.position === step.position
        ? [lineOf(step), `      ${paint('dim', newest.text.slice(0, width))}`]
        : [lineOf(step)],
    );
    const picture = lines.map((text) => `${text}\n`).join('');
    if (picture === shown) return;
    process.stdout.write(`${height === 0 ? '' : `\u001b[${height}A\u001b[J`}${picture}`);
    height = lines.length;
    shown = picture;
  };
}

function written(): Show {
  const told = new Map<number, StepState>();
  return (steps) => {
    for (const step of steps) {
      const isLong = step.state === 'running' && Date.now() - (step.startedAt?.getTime() ?? Date.now()) > LONG_MS;
      if (step.state === 'pending' || (step.state === 'running' && !isLong) || told.get(step.position) === step.state) continue;
      told.set(step.position, step.state);
      console.log(step.state === 'running' ? `  ${MARKS.running} ${step.label} …` : lineOf(step));
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
