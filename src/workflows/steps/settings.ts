import { digestOf } from '../../domain/digest.ts';
import type { FileManifest } from '../../domain/manifest.ts';
import type { Plan } from '../../domain/plan.ts';
import { DB_PASSWORD, plannedSecrets, READER_PASSWORD } from '../../domain/plan.ts';
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
  isDone: async (plan, tools) => isRendered(plan, await valuesOf(plan, tools), tools),
  run: async (plan, tools) => renderFiles(plan, await valuesOf(plan, tools), tools),
  // Lies in the desa's folder, which goes as a whole.
  undo: 'keep',
};

/** Whether what we wrote last is what we would write now. Apps may rewrite their files, so those prove nothing. */
export async function isRendered(plan: Plan, values: Values, tools: StepTools): Promise<boolean> {
  if (plan.manifest.files.length === 0) return true;
  for (const { volume, to } of plan.manifest.files) {
    if (!(await tools.files.exists(`${plan.names.folder}/${volume}/${to}`))) return false;
  }
  const mark = markKey(plan);
  return (await tools.files.exists(mark)) && (await tools.files.read(mark)) === (await renderDigest(plan, values, tools));
}

/** Beside the volumes, where no app can write: the digest of what was last rendered into them, written when all of it stood. */
function markKey({ names }: Plan): string {
  return `${names.folder}/.pengaturan`;
}

/** The volumes hold other files from here on. */
export function forgetRendering(plan: Plan, tools: StepTools): Promise<void> {
  return tools.files.remove(markKey(plan));
}

/** @param only which files count; all when left out */
export function renderDigest(plan: Plan, values: Values, tools: StepTools, only = (_file: FileManifest): boolean => true): Promise<string> {
  const files = plan.manifest.files.filter((file) => file.write === 'always' && only(file));
  return digestOf(files.flatMap(({ template, volume, to }) => [volume, to, rendered(plan, template, values, tools)]));
}

function rendered({ manifest }: Plan, template: string, values: Values, tools: StepTools): string {
  return tools.apps.render(tools.apps.fileTemplate(manifest.name, template), values);
}

export async function renderFiles(plan: Plan, values: Values, tools: StepTools): Promise<void> {
  await forgetRendering(plan, tools);
  for (const { template, volume, to, write } of plan.manifest.files) {
    const key = `${plan.names.folder}/${volume}/${to}`;
    if (write === 'once' && (await tools.files.exists(key))) continue;
    await tools.files.ensureFolder(key.slice(0, key.lastIndexOf('/')), 'app');
    await tools.files.write(key, rendered(plan, template, values, tools), 'app');
  }
  if (plan.manifest.files.length > 0) await tools.files.write(markKey(plan), await renderDigest(plan, values, tools), 'control');
}

/** A desa that comes from its archive or a shared database brings its own keys and accounts; only the passwords at the database are new. */
function neededSecrets(plan: Plan) {
  const all = plannedSecrets(plan);
  return plan.origin.kind !== 'template' ? all.filter(({ name }) => name === DB_PASSWORD || name === READER_PASSWORD) : all;
}

async function forget(plan: Plan, tools: StepTools): Promise<void> {
  for (const { ref } of plannedSecrets(plan)) await tools.vault.remove(ref);
}
