import type { DesaAddresses } from '../domain/address.ts';
import { Broken, Invalid } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import type { Plan, PlannedMember, PlannedReaddress } from '../domain/plan.ts';
import type { TenantRow } from '../domain/ports-records.ts';
import type { Installation } from '../domain/tenant.ts';
import { requireSettled } from './addresses.ts';
import { before } from './change.ts';
import { reachedAt, tenantOf } from './planning.ts';
import { planBackup } from './planning-change.ts';
import { plannedRoutes } from './routes.ts';
import type { StepTools } from './step.ts';
import { valuesOf } from './values.ts';

/** All apps of the desa at once: the addresses are the desa's, and whichever app is asked about must say the same. */
export async function planChangeDomain(job: Job, tools: StepTools): Promise<Plan> {
  const to = job.input.addresses;
  if (to === undefined) throw new Invalid('alamat-tidak-disebut', 'Pekerjaan ini tidak menyebut alamat yang baru.');
  const tenant = await tenantOf(job, tools);
  const there = await requireSettled(tools, tenant);
  const from = await tools.addresses.of(tenant.kode);
  const members: PlannedMember[] = [];
  for (const installation of there) members.push(await planMember(job, tenant, installation, to, tools));
  const own = members.find(({ plan }) => plan.installationId === job.installationId);
  if (own === undefined) throw new Invalid('pemasangan-tidak-ada', 'Pemasangan ini tidak ada lagi.');
  const restarted = members.filter(({ restart, plan }) => restart && plan.suspended !== true).map(({ plan }) => plan.manifest.title);
  tools.tell(`Ke ${own.plan.address.url}; dinyalakan ulang: ${restarted.join(', ') || 'tidak ada'}`);
  return { ...own.plan, readdress: { from, to, members } };
}

/**
 * What is there now, at the new addresses. It is restarted only if its configuration would say something else there, and
 * not while it is suspended: then its address stays closed, and Aktifkan starts it with what was written.
 */
async function planMember(
  job: Job,
  tenant: TenantRow,
  { id, app, state }: Installation,
  to: DesaAddresses,
  tools: StepTools,
): Promise<PlannedMember> {
  const now = before(await planBackup({ ...job, installationId: id, app }, tools));
  const plan = { ...now, ...reachedAt(to, tenant, now, tools) };
  const isSame = (await writtenBy(now, tools)) === (await writtenBy(plan, tools));
  const moved = { ...plan, addressBefore: now.address.url, ...(state === 'suspended' ? { suspended: true } : {}) };
  return { plan: moved, before: { address: now.address, routes: plannedRoutes(now) }, restart: !isSame };
}

/** Everything its configuration files say, to be compared and never kept: passwords stand in it. */
async function writtenBy(plan: Plan, tools: StepTools): Promise<string> {
  const values = await valuesOf(plan, tools);
  return plan.manifest.files
    .filter(({ write }) => write === 'always')
    .map(({ template }) => tools.apps.render(tools.apps.fileTemplate(plan.manifest.name, template), values))
    .join('\n');
}

/** @throws Broken for a plan of a workflow that changes no addresses */
export function readdressOf({ readdress, workflow }: Plan): PlannedReaddress {
  if (readdress !== undefined) return readdress;
  throw new Broken('rencana-salah', `Rencana "${workflow}" tidak menyebut alamat.`);
}
