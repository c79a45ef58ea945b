import { Broken } from '../../domain/errors.ts';
import type { DatabaseManifest } from '../../domain/manifest.ts';
import type { Plan } from '../../domain/plan.ts';
import { type SharedOrigin, sharedFilesKey } from '../../domain/shared.ts';
import type { Step, StepTools } from '../step.ts';
import { publicValuesOf } from '../values.ts';
import { runMigration } from './migrate.ts';

/** The desa's rows out of the copy of a shared database, proven table by table. */
export async function splitDatabase(
  plan: Plan,
  { schema, configId, label }: SharedOrigin,
  into: DatabaseManifest,
  tools: StepTools,
): Promise<void> {
  const { charset, collation } = into;
  if (plan.names.schema === null) return;
  const splits = splitsOf(plan, tools);
  const values = publicValuesOf(plan, tools);
  const official = Object.fromEntries(Object.entries(splits.official).map(([column, text]) => [column, tools.apps.render(text, values)]));
  const target = { schema: plan.names.schema, label, charset, collation, official };
  const { tables, rows, orphans } = await tools.sharedDatabases.split(schema, splits, configId, target, tools.signal);
  tools.tell(`${tables} tabel, ${rows} baris: terbukti sama dengan sumber, tanpa baris desa lain`);
  for (const { table, rows: left, emptied } of orphans) {
    tools.tell(`${table}: ${left} baris yatim ditinggal, ${emptied} rujukan ke desa lain dikosongkan`);
  }
}

/** The desa's own files where somebody has laid them ready, and in any case the key by which it knows its database. */
export async function bringSharedFiles(plan: Plan, { source, schema, configId }: SharedOrigin, tools: StepTools): Promise<void> {
  const { keyFile } = splitsOf(plan, tools);
  const folder = `${plan.names.folder}/${keyFile.volume}`;
  const ready = sharedFilesKey(source, plan.tenant.kode);
  await tools.files.ensureFolder(folder, 'app');
  if (await tools.files.exists(ready)) {
    const pack = `scratch/pindahan-${plan.installationId}.tar.gz`;
    const { files } = await tools.files.pack(pack, [{ name: 'berkas', key: ready }], tools.signal);
    await tools.files.unpack(pack, 'berkas', folder, tools.signal);
    await tools.files.remove(pack);
    tools.tell(`${files} berkas desa disalin`);
  } else {
    tools.tell(`Tidak ada berkas desa di ${ready}: gambar dan dokumen yang diunggah dahulu tidak ikut.`);
  }
  const key = await tools.sharedDatabases.key(schema, splitsOf(plan, tools), configId);
  await tools.files.write(`${folder}/${keyFile.path}`, key, 'app');
}

/** The source may have run another release. Nothing to do for a desa that begins from a template or an archive. */
export const migrateMoved: Step = {
  name: 'migrate-moved',
  label: 'Menyesuaikan basis data yang dipindahkan',
  timeLimitSeconds: 3_600,
  isDone: async (plan) => plan.origin.kind !== 'shared' || plan.manifest.commands.migrate === null,
  run: runMigration,
  // Lies in the desa's own schema, which goes as a whole.
  undo: 'keep',
};

function splitsOf(plan: Plan, tools: StepTools) {
  const { splits } = tools.apps.entry(plan.manifest.name);
  if (splits !== null) return splits;
  throw new Broken('pisah-tidak-dikenal', `${plan.manifest.title} tidak mengenal basis data bersama.`);
}
