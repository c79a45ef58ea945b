import type { Plan } from '../../domain/plan.ts';
import type { Step, StepTools } from '../step.ts';
import { archiveKeys } from './archive.ts';
import { isClaimed } from './claims.ts';
import { bringSharedFiles } from './shared.ts';

export const createFolders: Step = {
  name: 'create-folders',
  label: 'Membuat folder',
  async isDone(plan, tools) {
    for (const key of foldersOf(plan)) if (!(await tools.files.exists(key))) return false;
    return true;
  },
  async run(plan, tools) {
    if (plan.origin.kind === 'archive') await unpackVolumes(plan, plan.origin.id, tools);
    if (plan.origin.kind === 'shared') await bringSharedFiles(plan, plan.origin, tools);
    for (const key of foldersOf(plan)) await tools.files.ensureFolder(key, 'app');
  },
  undo: (plan, tools) => removeClaimed(plan, tools),
};

export const removeFolders: Step = {
  name: 'remove-folders',
  label: 'Menghapus folder',
  isDone: async ({ names }, tools) => !(await tools.files.exists(names.folder)) && !(await tools.files.exists(names.runFolder)),
  run: (plan, tools) => removeClaimed(plan, tools),
  // Past the point of no return: never undone. The files are in the archive.
  undo: 'keep',
};

/** The run folder last: while it is missing the step is not done. */
function foldersOf({ manifest, names }: Plan): readonly string[] {
  return [...manifest.volumes.map(({ name }) => `${names.folder}/${name}`), names.runFolder];
}

async function unpackVolumes(plan: Plan, archiveId: string, tools: StepTools): Promise<void> {
  for (const { name, keep } of plan.manifest.volumes) {
    if (!keep) continue;
    const folder = `${plan.names.folder}/${name}`;
    await tools.files.ensureFolder(folder, 'app');
    await tools.files.unpack(archiveKeys(archiveId).volumes, name, folder, tools.signal);
  }
}

async function removeClaimed(plan: Plan, tools: StepTools): Promise<void> {
  const { folder, runFolder } = plan.names;
  if (await isClaimed(plan, tools, 'run-folder', runFolder)) await tools.files.remove(runFolder);
  if (await isClaimed(plan, tools, 'folder', folder)) await tools.files.remove(folder);
}
