import type { Plan } from '../../domain/plan.ts';
import type { Route } from '../../domain/ports-records.ts';
import { socketOf } from '../container-spec.ts';
import type { Step, StepTools } from '../step.ts';

export const openRoute: Step = {
  name: 'open-route',
  label: 'Membuka alamat situs',
  isDone: (plan, tools) => isServed(plan, tools, 'open'),
  run: (plan, tools) => serve(plan, tools, 'open'),
  undo: (plan, tools) => withdraw(plan, tools),
};

/** Visitors see a friendly page while the desa's data is being archived. */
export const showMaintenance: Step = {
  name: 'show-maintenance',
  label: 'Menampilkan halaman pemeliharaan',
  isDone: async (plan, tools) => (await tools.routes.of(plan.installationId)).length === 0 || (await isServed(plan, tools, 'maintenance')),
  run: (plan, tools) => serve(plan, tools, 'maintenance'),
  async undo(plan, tools) {
    if ((await tools.routes.of(plan.installationId)).length > 0) await serve(plan, tools, 'open');
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

function routeOf(plan: Plan, tools: StepTools, state: Route['state']): Route {
  const { address, installationId } = plan;
  return { host: address.host, path: address.path, installationId, socket: socketOf(plan, tools), state };
}

async function isServed(plan: Plan, tools: StepTools, state: Route['state']): Promise<boolean> {
  const wanted = routeOf(plan, tools, state);
  const same = (route: Route): boolean =>
    route.host === wanted.host && route.path === wanted.path && route.installationId === wanted.installationId && route.state === state;
  return (await tools.routes.of(plan.installationId)).some(same) && (await tools.front.current()).some(same);
}

async function serve(plan: Plan, tools: StepTools, state: Route['state']): Promise<void> {
  await tools.routes.save(routeOf(plan, tools, state));
  await applyRoutes(tools);
}

async function withdraw(plan: Plan, tools: StepTools): Promise<void> {
  await tools.routes.remove(plan.installationId);
  await applyRoutes(tools);
}

/** The front always gets all routes of the record; the lock keeps an older set from overtaking a newer one. */
async function applyRoutes(tools: StepTools): Promise<void> {
  await tools.locks.withLock('front', tools.signal, async () => tools.front.apply(await tools.routes.all(), tools.signal));
}
