import { Broken } from '../../domain/errors.ts';
import type { Plan } from '../../domain/plan.ts';
import type { TableCount, TableDigest } from '../../domain/ports-world.ts';
import type { StepTools } from '../step.ts';

/**
 * A copy of an installation: a folder with its database, its kept volumes, and a manifest that is written once both are
 * proven. Archives (of what is removed) and backups (of what stays) are made and proven in the same way.
 */
export interface Copy {
  readonly id: string;
  readonly folder: string;
  readonly database: string;
  readonly volumes: string;
  readonly manifest: string;
  /** Rows of every table just before the dump, as JSON: until the copy is proven. */
  readonly counts: string;
}

export interface CopyManifest {
  readonly app: string;
  readonly tag: string;
  readonly version: string;
  readonly commit: string;
  readonly kode: string;
  readonly madeAt: string;
  readonly sha256: Readonly<Record<string, string>>;
  readonly files: number;
  readonly rows: Readonly<Record<string, number>>;
  /** What an update must not change, as it was. */
  readonly conserved: readonly TableDigest[];
}

export interface Proof {
  readonly manifest: CopyManifest;
  readonly bytes: number;
}

export function copyIn(folder: string, id: string, manifest: string): Copy {
  return {
    id,
    folder,
    database: `${folder}/database.sql.gz`,
    volumes: `${folder}/volumes.tar.gz`,
    manifest: `${folder}/${manifest}`,
    counts: `${folder}/counts.json`,
  };
}

export async function copyDatabase(plan: Plan, copy: Copy, tools: StepTools): Promise<void> {
  const schema = await schemaOf(plan, tools);
  if (schema === null) return;
  await tools.files.ensureFolder(copy.folder, 'control');
  await tools.files.write(copy.counts, JSON.stringify(await tools.databases.countRows(schema)), 'control');
  const { bytes } = await tools.databases.dump(schema, tools.files.path(copy.database), tools.signal);
  tools.tell(`Basis data: ${size(bytes)}`);
}

export async function copyFiles(plan: Plan, copy: Copy, tools: StepTools): Promise<void> {
  await tools.files.ensureFolder(copy.folder, 'control');
  const { files, bytes } = await tools.files.pack(copy.volumes, await keptVolumes(plan, tools), tools.signal);
  tools.tell(`${files} berkas, ${size(bytes)}`);
}

/**
 * Restores the dump beside the original, compares every table, and reads the files back.
 * @param atRest nobody writes meanwhile, so that not one row and not one file may differ
 * @throws Broken
 */
export async function proveCopy(plan: Plan, copy: Copy, atRest: boolean, tools: StepTools): Promise<Proof> {
  await tools.files.ensureFolder(copy.folder, 'control');
  const sha256: Record<string, string> = {};
  let bytes = 0;
  let files = 0;
  if (await tools.files.exists(copy.volumes)) {
    const read = await tools.files.inspectPack(copy.volumes, tools.signal);
    files = read.files;
    if (atRest) await compareFiles(plan, files, tools);
    sha256['volumes.tar.gz'] = read.sha256;
    bytes += await tools.files.size(copy.volumes);
    tools.tell(`${files} berkas terbaca kembali`);
  }
  const { rows, conserved } = await proveDatabase(plan, copy, tools);
  if (await tools.files.exists(copy.database)) {
    sha256['database.sql.gz'] = await tools.files.sha256(copy.database);
    bytes += await tools.files.size(copy.database);
  }
  const { app, tag, version, commit } = plan.change?.from === undefined ? plan.release : { app: plan.release.app, ...plan.change.from };
  const madeAt = tools.clock.now().toISOString();
  const manifest: CopyManifest = { app, tag, version, commit, kode: plan.tenant.kode, madeAt, sha256, files, rows, conserved };
  await tools.files.write(copy.manifest, `${JSON.stringify(manifest, null, 2)}\n`, 'control');
  await tools.files.remove(copy.counts);
  return { manifest, bytes };
}

async function compareFiles(plan: Plan, packed: number, tools: StepTools): Promise<void> {
  const counts = await Promise.all((await keptVolumes(plan, tools)).map(({ key }) => tools.files.countFiles(key)));
  const original = counts.reduce((sum, count) => sum + count, 0);
  if (packed === original) return;
  throw new Broken('arsip-tidak-sama', `Salinan berkas berisi ${packed} berkas, aslinya ${original}.`, { advice: NOTHING_LOST });
}

const NOTHING_LOST = 'Tidak ada yang dihapus.';

/** Whatever happens to a desa at work between two counts, the copy must lie between them; at rest they are the same. */
async function proveDatabase(plan: Plan, copy: Copy, tools: StepTools): Promise<Pick<CopyManifest, 'rows' | 'conserved'>> {
  const schema = await schemaOf(plan, tools);
  if (schema === null || plan.manifest.database === null) return { rows: {}, conserved: [] };
  return withRestored(plan, copy, tools, async (scratch) => {
    const before = await readCounts(copy, tools);
    const [now, restored] = [await tools.databases.countRows(schema), await tools.databases.countRows(scratch)];
    const found = new Map(restored.map(({ table, rows }) => [table, rows]));
    const earlier = new Map(before.map(({ table, rows }) => [table, rows]));
    const wrong = now.find(({ table, rows }) => !lies(found.get(table), earlier.get(table) ?? rows, rows));
    if (wrong !== undefined || found.size !== now.length) {
      const table = wrong?.table ?? 'jumlah tabel';
      throw new Broken('arsip-tidak-sama', `Salinan basis data tidak sama dengan aslinya (${table}).`, { advice: NOTHING_LOST });
    }
    tools.tell(`${now.length} tabel terbukti sama`);
    return { rows: Object.fromEntries(found), conserved: await tools.databases.digest(scratch, plan.manifest.conserve) };
  });
}

function lies(rows: number | undefined, one: number, other: number): boolean {
  return rows !== undefined && rows >= Math.min(one, other) && rows <= Math.max(one, other);
}

/** Loads the dump into a schema of its own, which is gone afterwards. */
export async function withRestored<T>(plan: Plan, copy: Copy, tools: StepTools, work: (scratch: string) => Promise<T>): Promise<T> {
  const { database } = plan.manifest;
  if (database === null) throw new Broken('tanpa-basis-data', `${plan.manifest.title} tidak mempunyai basis data.`);
  const scratch = `${tools.facts.instance}_bukti_${copy.id.toLowerCase()}`;
  try {
    await tools.databases.dropSchema(scratch);
    await tools.databases.createSchema(scratch, database);
    await tools.databases.load(scratch, tools.files.path(copy.database), `bukti ${copy.id}`, database, tools.signal);
    return await work(scratch);
  } finally {
    await tools.databases.dropSchema(scratch);
  }
}

async function readCounts(copy: Copy, tools: StepTools): Promise<readonly TableCount[]> {
  if (!(await tools.files.exists(copy.counts))) return [];
  const counts: unknown = JSON.parse(await tools.files.read(copy.counts));
  return Array.isArray(counts) ? counts.flatMap(toCount) : [];
}

function toCount(row: unknown): readonly TableCount[] {
  if (typeof row !== 'object' || row === null || !('table' in row) || !('rows' in row)) return [];
  return [{ table: String(row.table), rows: Number(row.rows) }];
}

async function keptVolumes(plan: Plan, tools: StepTools): Promise<readonly { readonly name: string; readonly key: string }[]> {
  const volumes = plan.manifest.volumes.filter(({ keep }) => keep).map(({ name }) => ({ name, key: `${plan.names.folder}/${name}` }));
  const there = await Promise.all(volumes.map(({ key }) => tools.files.exists(key)));
  return volumes.filter((_volume, index) => there[index]);
}

export async function schemaOf({ names }: Plan, tools: StepTools): Promise<string | null> {
  return names.schema !== null && (await tools.databases.schemaExists(names.schema)) ? names.schema : null;
}

function size(bytes: number): string {
  return bytes < 1_048_576 ? `${Math.ceil(bytes / 1024)} KiB` : `${(bytes / 1_048_576).toFixed(1)} MiB`;
}
