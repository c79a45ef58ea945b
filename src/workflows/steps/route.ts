import type { Plan } from '../../domain/plan.ts';
import type { Route } from '../../domain/ports-records.ts';
import { applyRoutes, areServed, routesOf } from '../routes.ts';
import type { Step, StepTools } from '../step.ts';

export const openRoute: Step = {
  name: 'open-route',
  label: 'Membuka alamat situs',
  isDone: (plan, tools) => isServed(plan, tools, 'open'),
  run: (plan, tools) => serve(plan, tools, 'open'),
  undo: (plan, tools) => withdraw(plan, tools),
};

/** Visitors see a friendly page while nobody may write. */
export const showMaintenance: Step = {
  name: 'show-maintenance',
  label: 'Menampilkan halaman pemeliharaan',
  isDone: async (plan, tools) => (await tools.routes.of(plan.installationId)).length === 0 || (await isServed(plan, tools, 'maintenance')),
  run: (plan, tools) => serve(plan, tools, 'maintenance'),
  async undo(plan, tools) {
    if ((await tools.routes.of(plan.installationId)).length > 0) await serve(plan, tools, plan.suspended === true ? 'maintenance' : 'open');
  },
};

export const closeRoute: Step = {
  name: 'close-route',
  label: 'Menutup alamat situs',
  async isDone(plan, tools) {
    if ((await tools.routes.of(plan.installationId)).length > 0) return false;
    return !(await tools.front.current()).some(({ installationId }) => installationId === plan.installationId);
  },
  run: (plan, tools) => withdraw(plan, tools),
  // Past the point of no return: never undone.
  undo: 'keep',
};

function isServed(plan: Plan, tools: StepTools, state: Route['state']): Promise<boolean> {
  return areServed(plan.installationId, routesOf(plan, tools, state), tools);
}

async function serve(plan: Plan, tools: StepTools, state: Route['state']): Promise<void> {
  await tools.routes.save(routesOf(plan, tools, state));
  await applyRoutes(tools);
}

async function withdraw(plan: Plan, tools: StepTools): Promise<void> {
  await tools.routes.remove(plan.installationId);
  await applyRoutes(tools);
}
