import { Broken } from '../../domain/errors.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Step, StepTools } from '../step.ts';

/** An archive is a folder: the database, the kept volumes, and a manifest that is written once both are proven. */
export function archiveKeys(archiveId: string) {
  const folder = `archive/${archiveId}`;
  return { folder, database: `${folder}/database.sql.gz`, volumes: `${folder}/volumes.tar.gz`, manifest: `${folder}/archive.json` };
}

export const archiveDatabase: Step = {
  name: 'archive-database',
  label: 'Mengarsipkan basis data',
  timeLimitSeconds: 3_600,
  isDone: async (plan, tools) => (await schemaOf(plan, tools)) === null || tools.files.exists(archiveKeys(plan.archiveId).database),
  async run(plan, tools) {
    const schema = await schemaOf(plan, tools);
    if (schema === null) return;
    const { folder, database } = archiveKeys(plan.archiveId);
    await tools.files.ensureFolder(folder, 'control');
    const { bytes } = await tools.databases.dump(schema, tools.files.path(database), tools.signal);
    tools.tell(`Basis data: ${size(bytes)}`);
  },
  // The archive that nobody needs any more.
  undo: ({ archiveId }, tools) => tools.files.remove(archiveKeys(archiveId).folder),
};

export const archiveFiles: Step = {
  name: 'archive-files',
  label: 'Mengarsipkan berkas',
  timeLimitSeconds: 3_600,
  isDone: async (plan, tools) => !(await tools.files.exists(plan.names.folder)) || tools.files.exists(archiveKeys(plan.archiveId).volumes),
  async run(plan, tools) {
    const { folder, volumes } = archiveKeys(plan.archiveId);
    await tools.files.ensureFolder(folder, 'control');
    const entries = await keptVolumes(plan, tools);
    const { files, bytes } = await tools.files.pack(volumes, entries, tools.signal);
    tools.tell(`${files} berkas, ${size(bytes)}`);
  },
  // Removed together with the archive's folder by archive-database.
  undo: 'keep',
};

async function keptVolumes(plan: Plan, tools: StepTools): Promise<readonly { readonly name: string; readonly key: string }[]> {
  const volumes = plan.manifest.volumes.filter(({ keep }) => keep).map(({ name }) => ({ name, key: `${plan.names.folder}/${name}` }));
  const there = await Promise.all(volumes.map(({ key }) => tools.files.exists(key)));
  return volumes.filter((_volume, index) => there[index]);
}

async function countKept(plan: Plan, tools: StepTools): Promise<number> {
  const counts = await Promise.all((await keptVolumes(plan, tools)).map(({ key }) => tools.files.countFiles(key)));
  return counts.reduce((sum, count) => sum + count, 0);
}

interface ArchiveManifest {
  readonly app: string;
  readonly tag: string;
  readonly commit: string;
  readonly kode: string;
  readonly sha256: Readonly<Record<string, string>>;
  readonly rows: Readonly<Record<string, number>>;
}

/** An archive counts once a restore of it into a scratch schema gave the same rows and its files read back whole. */
export const verifyArchive: Step = {
  name: 'verify-archive',
  label: 'Membuktikan arsip',
  timeLimitSeconds: 3_600,
  async isDone(plan, tools) {
    const archive = await tools.archives.find(plan.archiveId);
    return archive !== null && archive.verifiedAt !== null && (await tools.files.exists(archiveKeys(plan.archiveId).manifest));
  },
  async run(plan, tools) {
    const keys = archiveKeys(plan.archiveId);
    await tools.files.ensureFolder(keys.folder, 'control');
    const sha256: Record<string, string> = {};
    let bytes = 0;
    if (await tools.files.exists(keys.volumes)) {
      const { sha256: sum, files } = await tools.files.inspectPack(keys.volumes, tools.signal);
      const original = await countKept(plan, tools);
      if (files !== original) {
        throw new Broken('arsip-tidak-sama', `Arsip berkas berisi ${files} berkas, aslinya ${original}.`, {
          advice: 'Tidak ada yang dihapus.',
        });
      }
      sha256['volumes.tar.gz'] = sum;
      bytes += await tools.files.size(keys.volumes);
      tools.tell(`${files} berkas terbaca kembali`);
    }
    const rows = await proveDatabase(plan, tools);
    if (await tools.files.exists(keys.database)) {
      sha256['database.sql.gz'] = await tools.files.sha256(keys.database);
      bytes += await tools.files.size(keys.database);
    }
    const { app, tag, commit } = plan.release;
    const manifest: ArchiveManifest = { app, tag, commit, kode: plan.tenant.kode, sha256, rows };
    await tools.files.write(keys.manifest, `${JSON.stringify(manifest, null, 2)}\n`, 'control');
    await tools.archives.save({
      id: plan.archiveId,
      installationId: plan.installationId,
      kode: plan.tenant.kode,
      app,
      tag,
      bytes,
      verifiedAt: tools.clock.now(),
    });
  },
  // A proven archive of a desa that stays is no harm, but its files go with archive-database; so does its record.
  undo: ({ archiveId }, tools) => tools.archives.remove(archiveId),
};

/** Restores the dump beside the original and compares every table. */
async function proveDatabase(plan: Plan, tools: StepTools): Promise<Record<string, number>> {
  const schema = await schemaOf(plan, tools);
  if (schema === null || plan.manifest.database === null) return {};
  const scratch = `${tools.facts.instance}_bukti_${plan.archiveId.toLowerCase()}`;
  const dump = tools.files.path(archiveKeys(plan.archiveId).database);
  try {
    await tools.databases.dropSchema(scratch);
    await tools.databases.createSchema(scratch, plan.manifest.database);
    await tools.databases.load(scratch, dump, `bukti ${plan.archiveId}`, plan.manifest.database, tools.signal);
    const [original, restored] = [await tools.databases.countRows(schema), await tools.databases.countRows(scratch)];
    const found = new Map(restored.map(({ table, rows }) => [table, rows]));
    const wrong = original.find(({ table, rows }) => found.get(table) !== rows);
    if (wrong !== undefined || found.size !== original.length) {
      const table = wrong?.table ?? 'jumlah tabel';
      throw new Broken('arsip-tidak-sama', `Arsip basis data tidak sama dengan aslinya (${table}).`, { advice: 'Tidak ada yang dihapus.' });
    }
    tools.tell(`${original.length} tabel terbukti sama`);
    return Object.fromEntries(found);
  } finally {
    await tools.databases.dropSchema(scratch);
  }
}

async function schemaOf({ names }: Plan, tools: StepTools): Promise<string | null> {
  return names.schema !== null && (await tools.databases.schemaExists(names.schema)) ? names.schema : null;
}

function size(bytes: number): string {
  return bytes < 1_048_576 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
