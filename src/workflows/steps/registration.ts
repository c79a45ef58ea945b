import type { Plan } from '../../domain/plan.ts';
import { detachSlice, dropSlice, healSlice } from '../registration.ts';
import type { Step, StepTools } from '../step.ts';

/**
 * The desa appears in the combined database. Stands after the record: the desa is in service already, and whatever goes
 * wrong here is the reconciler's, never the desa's.
 */
export const registerCombined: Step = {
  name: 'register-combined',
  label: 'Mendaftarkan ke basis data gabungan',
  timeLimitSeconds: 1_800,
  async isDone(plan, tools) {
    if (!isCombined(plan, tools)) return true;
    return (await tools.registrations.find(plan.installationId))?.state === 'registered';
  },
  run: (plan, tools) => feed(plan, tools),
  // Past the point of no return: never undone.
  undo: 'keep',
};

/** The desa's schema is about to change: its triggers would stand in the way, and what they wrote would be half old, half new. */
export const detachFeed: Step = {
  name: 'detach-feed',
  label: 'Melepas basis data gabungan sementara',
  async isDone({ installationId }, tools) {
    const state = (await tools.registrations.find(installationId))?.state ?? 'none';
    return state === 'none' || state === 'detached';
  },
  run: ({ installationId }, tools) => detachSlice(tools, installationId, tools.signal),
  async undo(plan, tools) {
    if ((await tools.registrations.find(plan.installationId))?.state === 'detached') await feed(plan, tools);
  },
};

/** The other end: with the columns of the new release, and proven. */
export const attachFeed: Step = {
  ...registerCombined,
  name: 'attach-feed',
  label: 'Menyambung basis data gabungan',
  async isDone(plan, tools) {
    // Somebody has taken the desa out: an update does not bring it back in.
    if ((await tools.registrations.find(plan.installationId))?.state === 'none') return true;
    return registerCombined.isDone(plan, tools);
  },
};

export const unregisterCombined: Step = {
  name: 'unregister-combined',
  label: 'Mengeluarkan dari basis data gabungan',
  timeLimitSeconds: 1_800,
  isDone: async ({ installationId }, tools) => ((await tools.registrations.find(installationId))?.state ?? 'none') === 'none',
  run: ({ installationId }, tools) => dropSlice(tools, installationId, tools.signal),
  // Past the point of no return: never undone.
  undo: 'keep',
};

function isCombined({ manifest, names }: Plan, tools: StepTools): boolean {
  return names.schema !== null && tools.apps.entry(manifest.name).combined !== null;
}

async function feed(plan: Plan, tools: StepTools): Promise<void> {
  const { installationId, tenant, manifest, names } = plan;
  if (names.schema === null || !isCombined(plan, tools)) return;
  const { state } = await tools.registrations.ensure(installationId, tenant.kode, manifest.name, names.schema);
  if (state !== 'registered') await tools.registrations.save(installationId, { state: 'registering' });
  await healSlice(tools, installationId, tools.signal, tools.tell);
}
