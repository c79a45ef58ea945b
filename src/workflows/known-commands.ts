import type { AppManifest, CommandsManifest } from '../domain/manifest.ts';
import type { Plan } from '../domain/plan.ts';
import type { StepTools } from './step.ts';

/** On images, and so on their containers: the commands of the manifest that they were built with. */
export const COMMANDS_LABEL = 'id.pendopo.commands';

export function commandNames({ commands }: Pick<AppManifest, 'commands'>): string {
  return Object.entries(commands)
    .filter(([, command]) => command != null)
    .map(([name]) => name)
    .join(',');
}

/** Whether what is there now knows a command: its image may be older than the manifest. Images without the label do not. */
export async function knowsCommand(
  { names }: Pick<Plan, 'names'>,
  command: keyof CommandsManifest,
  { containers }: Pick<StepTools, 'containers'>,
): Promise<boolean> {
  const state = await containers.find(names.container);
  return state?.labels[COMMANDS_LABEL]?.split(',').includes(command) ?? false;
}
