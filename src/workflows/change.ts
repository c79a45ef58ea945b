import { Broken } from '../domain/errors.ts';
import type { Plan, PlannedChange } from '../domain/plan.ts';
import type { StepTools } from './step.ts';

/** On the container that a job has put in the place of the one before. */
export const CHANGE_LABEL = 'id.pendopo.change';

/** @throws Broken for a plan of a workflow that changes nothing that is there */
export function changeOf({ change, workflow }: Plan): PlannedChange {
  if (change !== undefined) return change;
  throw new Broken('rencana-salah', `Rencana "${workflow}" tidak menyebut apa yang diubah.`);
}

/** The installation as it was before the job. */
export function before(plan: Plan): Plan {
  return { ...plan, release: { ...plan.release, ...changeOf(plan).from } };
}

/** Whether the new container stands already where the old one stood: everything before it has been done then. */
export async function isReplaced(plan: Plan, tools: StepTools): Promise<boolean> {
  const state = await tools.containers.find(plan.names.container);
  return state?.labels[CHANGE_LABEL] === changeOf(plan).id;
}
