import type { Plan } from '../../domain/plan.ts';
import { plannedSecrets } from '../../domain/plan.ts';
import type { Step, StepTools } from '../step.ts';
import { type Values, valuesOf } from '../values.ts';

/** Random passwords and keys of this desa, made once and kept in the vault. */
export const createSecrets: Step = {
  name: 'create-secrets',
  label: 'Membuat kata sandi dan kunci',
  async isDone(plan, tools) {
    for (const { ref } of neededSecrets(plan)) if (!(await tools.vault.exists(ref))) return false;
    return true;
  },
  run: (plan, tools) => ensureSecrets(plan, tools),
  undo: (plan, tools) => forget(plan, tools),
};

/** Those that are missing; what is there stays. */
export async function ensureSecrets(plan: Plan, tools: StepTools): Promise<void> {
  for (const { ref, kind } of neededSecrets(plan)) await tools.vault.ensure(ref, kind);
}

export const forgetSecrets: Step = {
  name: 'forget-secrets',
  label: 'Menghapus kata sandi dan kunci',
  async isDone(plan, tools) {
    for (const { ref } of plannedSecrets(plan)) if (await tools.vault.exists(ref)) return false;
    return true;
  },
  run: (plan, tools) => forget(plan, tools),
  // Past the point of no return: never undone.
  undo: 'keep',
};

/** Configuration files in the desa's own volumes. */
export const writeSettings: Step = {
  name: 'write-settings',
  label: 'Menulis pengaturan',
  // Comparing what apps may have rewritten in the meantime proves nothing; writing again is cheap and harmless.
  isDone: async (plan) => plan.manifest.files.length === 0,
  run: async (plan, tools) => renderFiles(plan, await valuesOf(plan, tools), tools),
  // Lies in the desa's folder, which goes as a whole.
  undo: 'keep',
};

export async function renderFiles(plan: Plan, values: Values, tools: StepTools): Promise<void> {
  for (const { template, volume, to, write } of plan.manifest.files) {
    const key = `${plan.names.folder}/${volume}/${to}`;
    if (write === 'once' && (await tools.files.exists(key))) continue;
    await tools.files.ensureFolder(key.slice(0, key.lastIndexOf('/')), 'app');
    await tools.files.write(key, tools.apps.render(tools.apps.fileTemplate(plan.manifest.name, template), values), 'app');
  }
}

/** A desa that comes back from its archive brings its own keys and accounts; only the database password is new. */
function neededSecrets(plan: Plan) {
  const all = plannedSecrets(plan);
  return plan.origin.kind === 'archive' ? all.filter(({ name }) => name === 'db-password') : all;
}

async function forget(plan: Plan, tools: StepTools): Promise<void> {
  for (const { ref } of plannedSecrets(plan)) await tools.vault.remove(ref);
}
