import { Broken } from '../../domain/errors.ts';
import type { Plan } from '../../domain/plan.ts';
import { changeOf, isReplaced } from '../change.ts';
import type { Step, StepTools } from '../step.ts';
import { backupKeys, requireWhole } from './backup.ts';
import { isClaimed } from './claims.ts';
import { forgetRendering } from './settings.ts';

/** Puts a backup's data in the place of the desa's, whose own has been backed up and proven by the steps before. */
export const restoreDatabase: Step = {
  name: 'restore-database',
  label: 'Memulihkan basis data',
  timeLimitSeconds: 3_600,
  isDone: async (plan, tools) =>
    plan.names.schema === null ||
    (await isReplaced(plan, tools)) ||
    (await tools.databases.loadedFrom(plan.names.schema)) === labelOf('pulih', plan),
  run: (plan, tools) => putDatabase(plan, changeOf(plan).restores ?? '', labelOf('pulih', plan), tools),
  undo: (plan, tools) => putBackDatabase(plan, tools),
};

export const restoreFiles: Step = {
  name: 'restore-files',
  label: 'Memulihkan berkas',
  timeLimitSeconds: 3_600,
  isDone: isReplaced,
  run: (plan, tools) => restoreVolumes(plan, changeOf(plan).restores ?? '', tools),
  undo: (plan, tools) => restoreVolumes(plan, changeOf(plan).backup.id, tools),
};

/** The state before this job, from the backup that this job has made and proven. */
export function putBackDatabase(plan: Plan, tools: StepTools): Promise<void> {
  return putDatabase(plan, changeOf(plan).backup.id, labelOf('kembali', plan), tools);
}

function labelOf(word: 'pulih' | 'kembali', plan: Plan): string {
  return `${word} ${changeOf(plan).id}`;
}

/**
 * Drops the schema only when the backup on the disk is whole, and says in the schema itself how far it came: stopped
 * anywhere, it begins again.
 */
async function putDatabase(plan: Plan, backupId: string, label: string, tools: StepTools): Promise<void> {
  const { schema, container } = plan.names;
  const { database } = plan.manifest;
  if (schema === null || database === null || !(await isClaimed(plan, tools, 'schema', schema))) return;
  if ((await tools.databases.loadedFrom(schema)) === label) return;
  const keys = backupKeys(backupId);
  const { rows } = await requireWhole(keys, tools);
  // Neither the desa's container nor a command that a dead worker has left may write into what is being loaded.
  await tools.containers.remove(container);
  await tools.databases.dropSchema(schema);
  await tools.databases.load(schema, tools.files.path(keys.database), label, database, tools.signal);
  const loaded = new Map((await tools.databases.countRows(schema)).map((count) => [count.table, count.rows]));
  const wrong = Object.entries(rows).find(([table, count]) => loaded.get(table) !== count);
  if (wrong !== undefined) {
    throw new Broken('pemulihan-tidak-sama', `Tabel ${wrong[0]} tidak sama dengan cadangannya.`, { advice: 'Cadangannya utuh di server.' });
  }
  tools.tell(`${loaded.size} tabel dimuat kembali dari cadangan`);
}

/**
 * Exchanges the kept volumes for those of a backup: unpacked beside them first, so that the old ones go only when the
 * new ones are whole. Stopped anywhere, it goes on.
 */
export async function restoreVolumes(plan: Plan, backupId: string, tools: StepTools): Promise<void> {
  const { folder } = plan.names;
  const keys = backupKeys(backupId);
  if (!(await isClaimed(plan, tools, 'folder', folder)) || !(await tools.files.exists(keys.volumes))) return;
  await requireWhole(keys, tools);
  await forgetRendering(plan, tools);
  for (const { name, keep } of plan.manifest.volumes) if (keep) await exchange(`${folder}/${name}`, name, keys.volumes, tools);
}

async function exchange(key: string, name: string, pack: string, tools: StepTools): Promise<void> {
  const [fresh, old] = [`${key}.baru`, `${key}.lama`];
  if (!(await tools.files.exists(old))) {
    await tools.files.remove(fresh);
    await tools.files.ensureFolder(fresh, 'app');
    await tools.files.unpack(pack, name, fresh, tools.signal);
    if (await tools.files.exists(key)) await tools.files.move(key, old);
  }
  // With the old one aside the fresh one is whole: it was unpacked before.
  if (!(await tools.files.exists(key))) await tools.files.move(fresh, key);
  await tools.files.remove(old);
}
