import type { Plan } from '../../domain/plan.ts';
import { before, CHANGE_LABEL, changeOf, isReplaced } from '../change.ts';
import type { Step, StepTools } from '../step.ts';
import { valuesOf } from '../values.ts';
import { isAnswering, runContainer } from './container.ts';
import { restoreVolumes } from './restore.ts';
import { ensureSecrets, renderFiles } from './settings.ts';

/** Writers out before the backup is made, and kept out until the new release is proven. */
export const stopOldContainer: Step = {
  name: 'stop-old-container',
  label: 'Menghentikan kontainer lama',
  isDone: async (plan, tools) => (await tools.containers.find(plan.names.container))?.running !== true || (await isReplaced(plan, tools)),
  run: ({ names }, tools) => tools.containers.stop(names.container),
  async undo(plan, tools) {
    const old = before(plan);
    const state = await tools.containers.find(plan.names.container);
    const same = state !== null && state.image === old.release.image && !(await isReplaced(plan, tools));
    // Stopped but not replaced: the very container that ran before.
    if (same) await tools.containers.start(plan.names.container);
    if (!same) await startFresh(old, {}, tools);
    if (!(await isAnswering(old, tools))) tools.tell('Kontainer lama sudah menyala, tetapi halamannya belum menjawab dengan benar.');
  },
};

/** Configuration of the new release, in the desa's own volumes. */
export const writeNewSettings: Step = {
  name: 'write-new-settings',
  label: 'Menulis pengaturan versi tujuan',
  isDone: isReplaced,
  async run(plan, tools) {
    await ensureSecrets(plan, tools);
    for (const { name } of plan.manifest.volumes) await tools.files.ensureFolder(`${plan.names.folder}/${name}`, 'app');
    await renderFiles(plan, await valuesOf(plan, tools), tools);
  },
  // Whatever was written into the volumes since then, by us or by a migration.
  undo: (plan, tools) => restoreVolumes(plan, changeOf(plan).backup.id, tools),
};

export const replaceContainer: Step = {
  name: 'replace-container',
  label: 'Menyalakan kontainer baru',
  isDone: async (plan, tools) => {
    const state = await tools.containers.find(plan.names.container);
    return state?.running === true && state.labels[CHANGE_LABEL] === changeOf(plan).id;
  },
  run: (plan, tools) => startFresh(plan, { [CHANGE_LABEL]: changeOf(plan).id }, tools),
  // The one before is started by stop-old-container, when its data is back.
  undo: ({ names }, tools) => tools.containers.remove(names.container),
};

/** In the place of the one before, which goes first; caches are emptied. */
export async function startFresh(plan: Plan, labels: Readonly<Record<string, string>>, tools: StepTools): Promise<void> {
  // A container may hold files of its cache open: first it goes.
  await tools.containers.remove(plan.names.container);
  for (const { name, cache } of plan.manifest.volumes) {
    if (!cache) continue;
    await tools.files.remove(`${plan.names.folder}/${name}`);
    await tools.files.ensureFolder(`${plan.names.folder}/${name}`, 'app');
  }
  await runContainer(plan, tools, labels);
}
