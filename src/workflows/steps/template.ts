import type { Plan } from '../../domain/plan.ts';
import { plannedSecrets } from '../../domain/plan.ts';
import { commandInput, containerSpec, labelsOf } from '../container-spec.ts';
import type { Step, StepTools } from '../step.ts';
import { valuesOf } from '../values.ts';
import { renderFiles } from './settings.ts';

export function templateKey(plan: Plan): string {
  return templateFile(plan.release.template);
}

/** Key of a template's dump. */
export function templateFile(template: string): string {
  return `templates/${template}.sql.gz`;
}

/** Marks a schema as completely loaded from a template. */
export function templateLabel(template: string): string {
  return `templat ${template}`;
}

/**
 * Seeding an app's schema takes many seconds and some apps do it badly when interrupted, so it is done once per
 * release in a scratch installation; every desa then loads the dump. Shared like the image, hence never undone.
 */
export const prepareTemplate: Step = {
  name: 'prepare-template',
  label: 'Menyiapkan templat basis data',
  timeLimitSeconds: 1_200,
  isDone: async (plan, tools) =>
    plan.manifest.database === null ||
    plan.manifest.commands.seed === null ||
    plan.origin.kind !== 'template' ||
    tools.files.exists(templateKey(plan)),
  run: (plan, tools) =>
    tools.locks.withLock(`template ${plan.release.template}`, tools.signal, async () => {
      if (await tools.files.exists(templateKey(plan))) return;
      const scratch = scratchOf(plan, tools);
      await sweep(scratch, tools);
      try {
        await seedAndDump(scratch, plan, tools);
      } finally {
        await sweep(scratch, tools);
      }
    }),
  undo: 'keep',
};

async function seedAndDump(scratch: Plan, plan: Plan, tools: StepTools): Promise<void> {
  const { manifest, names } = scratch;
  const { database, commands } = manifest;
  if (database === null || commands.seed === null || names.schema === null || names.databaseUser === null) return;
  for (const { ref, kind } of plannedSecrets(scratch)) await tools.vault.ensure(ref, kind);
  const values = await valuesOf(scratch, tools);
  for (const { name } of manifest.volumes) await tools.files.ensureFolder(`${names.folder}/${name}`, 'app');
  await tools.files.ensureFolder(names.runFolder, 'app');
  await tools.databases.createSchema(names.schema, database);
  const password = await tools.vault.read(`installation/${scratch.installationId}/db-password`);
  await tools.databases.ensureUser(names.databaseUser, password, names.schema, database.privileges);
  await renderFiles(scratch, values, tools);
  if (names.network !== null) await tools.containers.ensureNetwork(names.network, labelsOf(scratch));
  await tools.containers.runOnce(containerSpec(scratch, tools), {
    command: commands.seed,
    stdin: commandInput(commands.seed, values, tools),
    signal: tools.signal,
    onLine: tools.tell,
  });
  await tools.files.ensureFolder('templates', 'control');
  const { bytes } = await tools.databases.dump(names.schema, tools.files.path(templateKey(plan)), tools.signal);
  tools.tell(`Templat ${plan.release.tag}: ${Math.round(bytes / 1024)} KiB`);
}

/** An installation of nobody: its names follow from the template, so that a dead worker's leftovers are found and swept. */
function scratchOf(plan: Plan, tools: StepTools): Plan {
  const short = hash(plan.release.template);
  const name = `${tools.facts.instance}_templat_${short}`;
  return {
    ...plan,
    installationId: `templat-${short}`,
    tenant: { ...plan.tenant, nama: 'Templat' },
    names: {
      schema: name,
      databaseUser: name,
      container: name.replaceAll('_', '-'),
      network: plan.names.network === null ? null : name.replaceAll('_', '-'),
      folder: `scratch/templat-${short}`,
      runFolder: `run/templat-${short}`,
    },
  };
}

async function sweep(scratch: Plan, tools: StepTools): Promise<void> {
  const { names } = scratch;
  // First: the container of a dead worker may still be writing into the schema.
  await tools.containers.remove(names.container);
  if (names.network !== null) await tools.containers.removeNetwork(names.network);
  if (names.schema !== null) await tools.databases.dropSchema(names.schema);
  if (names.databaseUser !== null) await tools.databases.dropUser(names.databaseUser);
  await tools.files.remove(names.folder);
  await tools.files.remove(names.runFolder);
  for (const { ref } of plannedSecrets(scratch)) await tools.vault.remove(ref);
}

/** FNV-1a: eight hex digits that tell templates apart in names. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return value.toString(16).padStart(8, '0');
}
