import { isMadeFrom, markedSpec } from '../container-mark.ts';
import type { Step } from '../step.ts';
import { runContainer } from './container.ts';

/** The container that was stopped; a new one only where its settings have changed meanwhile or the engine has lost it. */
export const startAgain: Step = {
  name: 'start-again',
  label: 'Menyalakan kontainer kembali',
  async isDone(plan, tools) {
    const state = await tools.containers.find(plan.names.container);
    return state?.running === true && isMadeFrom(await markedSpec(plan, tools), state);
  },
  async run(plan, tools) {
    const state = await tools.containers.find(plan.names.container);
    if (state !== null && isMadeFrom(await markedSpec(plan, tools), state)) return tools.containers.start(plan.names.container);
    return runContainer(plan, tools);
  },
  // As it was: there, and not running.
  undo: ({ names }, tools) => tools.containers.stop(names.container),
};

export const recordSuspension: Step = {
  name: 'record-suspension',
  label: 'Mencatat penangguhan',
  isDone: async (plan, tools) => (await tools.tenants.installation(plan.installationId))?.state === 'suspended',
  run: ({ installationId }, tools) => tools.tenants.saveInstallation(installationId, { state: 'suspended' }),
  // Past the point of no return: never undone.
  undo: 'keep',
};
