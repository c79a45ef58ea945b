import type { PlannedRoute } from '../domain/address.ts';
import type { Plan } from '../domain/plan.ts';
import type { Route } from '../domain/ports-records.ts';
import { socketOf } from './container-spec.ts';
import { secureHosts } from './secure-hosts.ts';
import type { StepTools } from './step.ts';

/** What the manifests of before said nothing of. */
const UPLOAD_MB = 64;
const ANSWER_SECONDS = 300;

/** Every route of a planned installation, the one people are shown first. Redirects need nobody who serves them. */
export function routesOf(plan: Plan, tools: Pick<StepTools, 'files'>, state: Route['state']): readonly Route[] {
  const { uploadMb = UPLOAD_MB, answerSeconds = ANSWER_SECONDS } = plan.manifest.limits;
  return plannedRoutes(plan).map((route) => ({
    ...route,
    installationId: plan.installationId,
    socket: route.kind === 'redirect' ? '' : socketOf(plan, tools),
    state: route.kind === 'redirect' ? 'open' : state,
    ...{ uploadMb, answerSeconds, guard: route.kind === 'redirect' ? null : (plan.manifest.front ?? null) },
  }));
}

/** Plans of before there were several name none. */
export function plannedRoutes({ routes, address }: Pick<Plan, 'routes' | 'address'>): readonly PlannedRoute[] {
  return routes ?? [{ host: address.host, path: address.path, kind: 'site', target: null, security: 'any' }];
}

/** Whether the record and the front both say exactly this of each of these routes. */
export async function areServed(installationId: string, wanted: readonly Route[], tools: StepTools): Promise<boolean> {
  const [recorded, current] = await Promise.all([tools.routes.of(installationId), tools.front.current()]);
  return [recorded, current].every((routes) => wanted.every((one) => routes.some((other) => isSame(one, other))));
}

const TOLD = ['host', 'path', 'installationId', 'kind', 'socket', 'state', 'target', 'security', 'uploadMb', 'answerSeconds'] as const;

function isSame(a: Route, b: Route): boolean {
  const guards = [a, b].map(({ guard }) => JSON.stringify(guard ?? null));
  return TOLD.every((key) => a[key] === b[key]) && guards[0] === guards[1];
}

/** The front always gets all routes of the record; the lock keeps an older set from overtaking a newer one. */
export async function applyRoutes(
  tools: Pick<StepTools, 'locks' | 'routes' | 'front' | 'certificates' | 'certificateChoices' | 'vault' | 'clock' | 'facts' | 'signal'>,
): Promise<void> {
  await tools.locks.withLock('front', tools.signal, async () => {
    const routes = await tools.routes.all();
    await tools.front.apply(routes, tools.signal, await secureHosts(routes, tools));
  });
}
