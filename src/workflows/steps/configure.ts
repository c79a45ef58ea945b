import { Broken } from '../../domain/errors.ts';
import type { Plan } from '../../domain/plan.ts';
import { changedNames, secretNames } from '../../domain/setting.ts';
import { isMadeFrom, markedSpec } from '../container-mark.ts';
import { execCommand } from '../container-spec.ts';
import { knowsCommand } from '../known-commands.ts';
import type { Step, StepTools } from '../step.ts';
import { valuesOf } from '../values.ts';
import { isAnswering, runContainer } from './container.ts';
import { isRendered, renderFiles } from './settings.ts';

/** A way out that the installation did not have before takes a name; it stays reserved for it. */
export const claimNetwork: Step = {
  name: 'claim-network',
  label: 'Memesan jaringan',
  async isDone({ names, installationId }, tools) {
    const held = await tools.claims.of(installationId);
    return names.network === null || held.some(({ kind, name }) => kind === 'network' && name === names.network);
  },
  async run({ names, installationId }, tools) {
    if (names.network !== null) await tools.claims.take([{ kind: 'network', name: names.network }], installationId);
  },
  // A reserved name does no harm, and goes with the installation.
  undo: 'keep',
};

/** Configuration files with the new values. */
export const writeChangedSettings: Step = {
  name: 'write-changed-settings',
  label: 'Menulis pengaturan baru',
  isDone: async (plan, tools) => isRendered(plan, await valuesOf(plan, tools), tools),
  run: async (plan, tools) => renderFiles(plan, await valuesOf(plan, tools), tools),
  async undo(plan, tools) {
    const old = asBefore(plan);
    await renderFiles(old, await valuesOf(old, tools), tools);
    await useSettings(old, tools);
    await tell(old, tools);
    if (!(await isAnswering(old, tools))) tools.tell('Pengaturan lama sudah kembali, tetapi halamannya belum menjawab dengan benar.');
  },
};

/** A container that was made from something else gives way to a new one. Most settings need none: apps read them at the next request. */
export const applySettings: Step = {
  name: 'apply-settings',
  label: 'Memakai pengaturan baru',
  isDone: (plan, tools) => isInUse(plan, tools),
  run: (plan, tools) => useSettings(plan, tools),
  // Together with write-changed-settings: the old container may start only when the old files are back.
  undo: 'keep',
};

/** Some apps keep settings in their own database. What is told is told again at no cost, so nobody asks first. */
export const tellSettings: Step = {
  name: 'tell-settings',
  label: 'Memasukkan pengaturan ke aplikasi',
  async isDone(plan, tools) {
    if ((plan.manifest.commands.configure ?? null) === null) return true;
    if (await knowsCommand(plan, 'configure', tools)) return false;
    tools.tell('Image yang berjalan belum mengenal pengaturan di dalam aplikasi; masuk saat pembaruan berikutnya.');
    return true;
  },
  run: (plan, tools) => tell(plan, tools),
  // While installing and restoring the database goes or comes back as a whole; else together with write-changed-settings.
  undo: 'keep',
};

async function tell(plan: Plan, tools: StepTools): Promise<void> {
  const command = plan.manifest.commands.configure ?? null;
  if (command !== null && (await knowsCommand(plan, 'configure', tools)))
    await execCommand(plan, command, await valuesOf(plan, tools), tools);
}

/** From here on every later job runs with them. */
export const recordSettings: Step = {
  name: 'record-settings',
  label: 'Mencatat pengaturan',
  async isDone({ installationId, settings }, tools) {
    const installation = await tools.tenants.installation(installationId);
    return installation !== null && changedNames(installation.settings, settings).length === 0;
  },
  run: ({ installationId, settings }, tools) => tools.tenants.saveInstallation(installationId, { settings }),
  // Past the point of no return: never undone.
  undo: 'keep',
};

/** Secrets that were replaced; until the line they are what undoing goes back to. */
export const forgetOldSecrets: Step = {
  name: 'forget-old-secrets',
  label: 'Menghapus rahasia lama',
  async isDone(plan, tools) {
    for (const ref of replacedSecrets(plan)) if (await tools.vault.exists(ref)) return false;
    return true;
  },
  async run(plan, tools) {
    for (const ref of replacedSecrets(plan)) await tools.vault.remove(ref);
  },
  // Past the point of no return: never undone.
  undo: 'keep',
};

function replacedSecrets(plan: Plan): readonly string[] {
  const before = asBefore(plan).settings;
  return secretNames(plan.manifest).flatMap((name) => {
    const ref = before[name] ?? '';
    return ref === '' || ref === plan.settings[name] ? [] : [ref];
  });
}

/** @throws Broken for a plan of a workflow that sets nothing */
function asBefore(plan: Plan): Plan {
  if (plan.previous !== undefined) return { ...plan, ...plan.previous };
  throw new Broken('rencana-salah', `Rencana "${plan.workflow}" tidak menyebut pengaturan sebelumnya.`);
}

async function isInUse(plan: Plan, tools: StepTools): Promise<boolean> {
  const state = await tools.containers.find(plan.names.container);
  return state?.running === true && isMadeFrom(await markedSpec(plan, tools), state);
}

async function useSettings(plan: Plan, tools: StepTools): Promise<void> {
  if (await isInUse(plan, tools)) return;
  tools.tell('Kontainer dibuat baru; pengunjung menunggu beberapa detik.');
  await runContainer(plan, tools);
}
