import type { Step } from '../step.ts';

/** From here on the desa is in service. */
export const recordInstallation: Step = {
  name: 'record-installation',
  label: 'Mencatat pemasangan',
  async isDone(plan, tools) {
    const installation = await tools.tenants.installation(plan.installationId);
    return installation?.state === 'active' && installation.tag === plan.release.tag;
  },
  run: ({ installationId, release, address }, tools) =>
    tools.tenants.saveInstallation(installationId, { state: 'active', tag: release.tag, version: release.version, url: address.url }),
  // Past the point of no return: never undone.
  undo: 'keep',
};

export const recordRemoval: Step = {
  name: 'record-removal',
  label: 'Mencatat penghapusan',
  isDone: async (plan, tools) => (await tools.tenants.installation(plan.installationId))?.state === 'removing',
  run: ({ installationId }, tools) => tools.tenants.saveInstallation(installationId, { state: 'removing' }),
  async undo({ installationId, suspended }, tools) {
    const there = suspended === true ? 'suspended' : 'active';
    const before = (await tools.tenants.installation(installationId))?.tag === null ? 'installing' : there;
    await tools.tenants.saveInstallation(installationId, { state: before });
  },
};
