import type { PlannedRoute } from '../../domain/address.ts';
import type { Plan, PlannedMember } from '../../domain/plan.ts';
import type { Claim, Route } from '../../domain/ports-records.ts';
import { CHANGE_LABEL, changeOf } from '../change.ts';
import { execCommand, runCommand } from '../container-spec.ts';
import { knowsCommand } from '../known-commands.ts';
import { readdressOf } from '../planning-addresses.ts';
import { applyRoutes, areServed, plannedRoutes, routesOf } from '../routes.ts';
import type { Step, StepTools } from '../step.ts';
import { valuesOf } from '../values.ts';
import { isAnswering, waitUntilHealthy } from './container.ts';
import { renderFiles } from './settings.ts';
import { startFresh } from './switch.ts';

/** The names, and the record of the desa: from here on no other desa can have them. */
export const claimAddresses: Step = {
  name: 'claim-addresses',
  label: 'Memesan alamat baru',
  // Taking what is ours already, and saving what is saved, cost nothing.
  isDone: async () => false,
  async run(plan, tools) {
    const { to, members } = readdressOf(plan);
    for (const member of members) await tools.claims.take(claimsOf(plannedRoutes(member.plan)), member.plan.installationId);
    await tools.addresses.save(plan.tenant.kode, to);
  },
  async undo(plan, tools) {
    const { from, members } = readdressOf(plan);
    await tools.addresses.save(plan.tenant.kode, from);
    for (const member of members) await tools.claims.release(member.plan.installationId, claimsOf(freshOf(member)));
  },
};

export const writeAddresses: Step = {
  name: 'write-addresses',
  label: 'Menulis alamat baru ke pengaturan',
  // What has been restarted has been written; of what is not restarted nobody knows.
  isDone: async (plan, tools) =>
    changedBy(plan).every(({ plan: then }) => then.suspended !== true) && (await unchanged(plan, tools)).length === 0,
  async run(plan, tools) {
    for (const { plan: then } of changedBy(plan)) await renderFiles(then, await valuesOf(then, tools), tools);
  },
  async undo(plan, tools) {
    for (const member of changedBy(plan)) {
      const now = { ...member.plan, ...member.before };
      await renderFiles(now, await valuesOf(now, tools), tools);
      if (now.suspended === true) continue;
      const state = await tools.containers.find(now.names.container);
      const isOld = state?.running === true && state.labels[CHANGE_LABEL] !== changeOf(plan).id;
      if (isOld) continue;
      await startFresh(now, {}, tools);
      if (!(await isAnswering(now, tools)))
        tools.tell(`${now.manifest.title} sudah menyala lagi, tetapi halamannya belum menjawab dengan benar.`);
    }
    for (const { plan: then, before } of readdressOf(plan).members) {
      await tellAddress({ ...then, address: before.address, addressBefore: then.address.url }, tools);
    }
  },
};

export const restartChanged: Step = {
  name: 'restart-changed',
  label: 'Menyalakan ulang yang berubah',
  isDone: async (plan, tools) => (await unchanged(plan, tools)).length === 0,
  async run(plan, tools) {
    const labels = { [CHANGE_LABEL]: changeOf(plan).id };
    for (const { plan: then } of await unchanged(plan, tools)) await startFresh(then, labels, tools);
  },
  // write-addresses starts them again, with the settings of before.
  undo: 'keep',
};

/** What an app's own database says of its address; a suspended one hears of it as well, since later nobody knows what it was told. */
export const tellAddresses: Step = {
  name: 'tell-addresses',
  label: 'Memberi tahu aplikasi alamat barunya',
  async isDone(plan, tools) {
    for (const { plan: then } of readdressOf(plan).members) if (await isToBeTold(then, tools)) return false;
    return true;
  },
  async run(plan, tools) {
    for (const { plan: then } of readdressOf(plan).members) await tellAddress(then, tools);
  },
  // The container that must be told may be the very fault: write-addresses tells it once the old one runs again.
  undo: 'keep',
};

async function isToBeTold(then: Plan, tools: StepTools): Promise<boolean> {
  return then.manifest.commands.readdress != null && (await knowsCommand(then, 'readdress', tools));
}

async function tellAddress(then: Plan, tools: StepTools): Promise<void> {
  const { readdress } = then.manifest.commands;
  if (readdress == null || !(await isToBeTold(then, tools))) return;
  const tell = then.suspended === true ? runCommand : execCommand;
  await tell(then, readdress, await valuesOf(then, tools), tools);
}

export const probeAddresses: Step = {
  name: 'probe-addresses',
  label: 'Memeriksa aplikasi di alamat baru',
  async isDone(plan, tools) {
    for (const { plan: then } of servingMembers(plan)) if (!(await waitUntilHealthy.isDone(then, tools))) return false;
    return true;
  },
  async run(plan, tools) {
    for (const { plan: then } of servingMembers(plan)) await waitUntilHealthy.run(then, tools);
  },
  undo: 'keep', // only looks
};

/** Those that were not there before; what is there serves on as it is. */
export const openAddresses: Step = {
  name: 'open-addresses',
  label: 'Membuka alamat baru',
  async isDone(plan, tools) {
    return everyServed(plan, tools, freshRoutes);
  },
  async run(plan, tools) {
    for (const member of readdressOf(plan).members) await tools.routes.save(freshRoutes(member, tools));
    await applyRoutes(tools);
  },
  async undo(plan, tools) {
    for (const member of readdressOf(plan).members) await tools.routes.remove(member.plan.installationId, freshOf(member));
    await applyRoutes(tools);
  },
};

/** The old ones lead to the new ones; those that nobody wants any more close. */
export const leadOn: Step = {
  name: 'lead-on',
  label: 'Mengalihkan alamat lama',
  async isDone(plan, tools) {
    const [recorded, current] = await Promise.all([tools.routes.all(), tools.front.current()]);
    const isThere = (routes: readonly Route[]): boolean =>
      readdressOf(plan).members.some((member) => goneOf(member).some((gone) => routes.some((route) => isSamePlace(gone, route))));
    return !isThere(recorded) && !isThere(current) && (await everyServed(plan, tools, allRoutes));
  },
  async run(plan, tools) {
    for (const member of readdressOf(plan).members) {
      await tools.routes.save(allRoutes(member, tools));
      await tools.routes.remove(member.plan.installationId, goneOf(member));
    }
    await applyRoutes(tools);
  },
  // Past the point of no return: never undone.
  undo: 'keep',
};

export const recordAddresses: Step = {
  name: 'record-addresses',
  label: 'Mencatat alamat baru',
  // Last, small, and the same however often.
  isDone: async () => false,
  async run(plan, tools) {
    for (const member of readdressOf(plan).members) {
      const { installationId, address } = member.plan;
      await tools.tenants.saveInstallation(installationId, { url: address.url });
      await tools.claims.release(installationId, claimsOf(goneOf(member)));
    }
  },
  // Past the point of no return: never undone.
  undo: 'keep',
};

function servingMembers(plan: Plan): readonly PlannedMember[] {
  return readdressOf(plan).members.filter(({ plan: then }) => then.suspended !== true);
}

function changedBy(plan: Plan): readonly PlannedMember[] {
  return readdressOf(plan).members.filter(({ restart }) => restart);
}

/** Those to be restarted that this job has not restarted yet. */
async function unchanged(plan: Plan, tools: StepTools): Promise<readonly PlannedMember[]> {
  const found: PlannedMember[] = [];
  for (const member of changedBy(plan)) {
    if (member.plan.suspended === true) continue;
    const state = await tools.containers.find(member.plan.names.container);
    if (state?.running !== true || state.labels[CHANGE_LABEL] !== changeOf(plan).id) found.push(member);
  }
  return found;
}

type Place = Pick<PlannedRoute, 'host' | 'path'>;
const isSamePlace = (a: Place, b: Place): boolean => a.host === b.host && a.path === b.path;

function freshOf({ plan, before }: PlannedMember): readonly PlannedRoute[] {
  return plannedRoutes(plan).filter((route) => !before.routes.some((old) => isSamePlace(old, route)));
}

function goneOf({ plan, before }: PlannedMember): readonly PlannedRoute[] {
  return before.routes.filter((old) => !plannedRoutes(plan).some((route) => isSamePlace(old, route)));
}

function allRoutes({ plan }: PlannedMember, tools: StepTools): readonly Route[] {
  return routesOf(plan, tools, plan.suspended === true ? 'maintenance' : 'open');
}

function freshRoutes(member: PlannedMember, tools: StepTools): readonly Route[] {
  return allRoutes(member, tools).filter((route) => freshOf(member).some((fresh) => isSamePlace(fresh, route)));
}

async function everyServed(plan: Plan, tools: StepTools, of: typeof allRoutes): Promise<boolean> {
  for (const member of readdressOf(plan).members) {
    if (!(await areServed(member.plan.installationId, of(member, tools), tools))) return false;
  }
  return true;
}

function claimsOf(routes: readonly Place[]): readonly Claim[] {
  return routes.map(({ host, path }) => ({ kind: 'route', name: `${host}${path}` }));
}
