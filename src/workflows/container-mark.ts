import { digestOf } from '../domain/digest.ts';
import type { Plan } from '../domain/plan.ts';
import type { ContainerSpec, ContainerState } from '../domain/ports-containers.ts';
import { containerSpec } from './container-spec.ts';
import type { StepTools } from './step.ts';
import { renderDigest } from './steps/settings.ts';
import { valuesOf } from './values.ts';

/** Tells a container apart from one of other limits, mounts or settings: its name and image do not. */
const SPEC_LABEL = 'id.pendopo.spec';

/** The container of a plan with the digest of all it is made from, and of the files that it reads only when it starts. */
export async function markedSpec(plan: Plan, tools: StepTools): Promise<ContainerSpec> {
  const spec = containerSpec(plan, tools);
  const files = await renderDigest(plan, await valuesOf(plan, tools), tools, ({ restart }) => restart);
  const { image, command, mounts, network, limits } = spec;
  const digest = await digestOf([JSON.stringify([image, command, mounts, network, limits]), files]);
  return { ...spec, labels: { ...spec.labels, [SPEC_LABEL]: digest.slice(0, 32) } };
}

/** Whether a container was made from this and nothing else. */
export function isMadeFrom({ labels }: ContainerSpec, state: ContainerState): boolean {
  return state.labels[SPEC_LABEL] === labels[SPEC_LABEL] && state.labels['id.pendopo.installation'] === labels['id.pendopo.installation'];
}
