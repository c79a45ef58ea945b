import type { Job } from '../domain/job.ts';
import { type Plan, planNames } from '../domain/plan.ts';
import { configured, settleSettings } from '../domain/setting.ts';
import type { InstallationState } from '../domain/tenant.ts';
import { assemble, nextNames, tenantOf } from './planning.ts';
import { present } from './planning-change.ts';
import { borrowedBy, entryFor } from './planning-needs.ts';
import type { StepTools } from './step.ts';

export function planSuspend(job: Job, tools: StepTools): Promise<Plan> {
  return planAsItIs(job, tools, 'active');
}

/** With the settings of now: they may have changed while it was suspended. */
export function planResume(job: Job, tools: StepTools): Promise<Plan> {
  return planAsItIs(job, tools, 'suspended');
}

/** The installation in the release and image that it has. */
async function planAsItIs(job: Job, tools: StepTools, state: InstallationState): Promise<Plan> {
  const { entry: offered, installation, running, from } = await present(job, tools, [state]);
  const tenant = await tenantOf(job, tools);
  const entry = await entryFor(offered, running, tools);
  const settings = settleSettings(entry.manifest, {}, installation.settings);
  const names = nextNames(await tools.claims.of(installation.id), planNames(tools.facts, tenant, configured(entry.manifest, settings)));
  const chosen = { settings, names, origin: { kind: 'template' as const }, ...(await borrowedBy(entry.manifest, tenant, tools)) };
  const plan = await assemble(job, tenant, entry, running, tools, chosen);
  return { ...plan, release: { ...plan.release, image: from.image }, ...(state === 'suspended' ? { suspended: true } : {}) };
}
