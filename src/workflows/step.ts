import type { Job } from '../domain/job.ts';
import type { Plan } from '../domain/plan.ts';
import type { Toolbox } from '../domain/ports.ts';

/** The toolbox as a running step sees it: with the signal it must heed and a place to tell people what it does. */
export interface StepTools extends Toolbox {
  /** Aborted when the job is cancelled, taken over, out of time, or its worker is shut down. */
  readonly signal: AbortSignal;
  /** One line for the job's log, in Indonesian. Secrets read from the vault are masked in it. */
  readonly tell: (line: string) => void;
}

export interface Step {
  /** Stored with the job, so never renamed once released. Verb, then object. */
  readonly name: string;
  /** What the admin reads while it runs, in Indonesian. */
  readonly label: string;
  /** Longest time one run may take; ten minutes when left out. */
  readonly timeLimitSeconds?: number;
  /** Asks the world, not our records, whether there is nothing left to do. */
  isDone(plan: Plan, tools: StepTools): Promise<boolean>;
  /** Makes it so. May be called again after stopping anywhere in between. */
  run(plan: Plan, tools: StepTools): Promise<void>;
  /** Puts it back, however far `run` got. 'keep' says we leave it on purpose; the step says why. */
  readonly undo: 'keep' | ((plan: Plan, tools: StepTools) => Promise<void>);
}

/** After this line nothing is undone: a failure makes the job stuck, and a person decides. */
export const POINT_OF_NO_RETURN = 'point-of-no-return';

export interface Workflow {
  /** Decides every value of the job before its first step. */
  plan(job: Job, tools: StepTools): Promise<Plan>;
  readonly steps: readonly (Step | typeof POINT_OF_NO_RETURN)[];
}

/** The steps without the line, and how many of them stand before it. */
export function layOut(workflow: Workflow): { readonly steps: readonly Step[]; readonly commitAt: number } {
  const line = workflow.steps.indexOf(POINT_OF_NO_RETURN);
  const steps = workflow.steps.filter((step) => step !== POINT_OF_NO_RETURN);
  return { steps, commitAt: line < 0 ? steps.length : line };
}
