import { expired, RETENTION, rollbackTarget } from '../../domain/backup.ts';
import { Broken, NotFound } from '../../domain/errors.ts';
import type { Plan } from '../../domain/plan.ts';
import { changeOf } from '../change.ts';
import type { Step, StepTools } from '../step.ts';
import { type Copy, type CopyManifest, copyDatabase, copyFiles, copyIn, proveCopy, schemaOf, withRestored } from './copy.ts';

export function backupKeys(backupId: string): Copy {
  return copyIn(`backup/${backupId}`, backupId, 'backup.json');
}

function keysOf(plan: Plan): Copy {
  return backupKeys(changeOf(plan).backup.id);
}

export const backUpDatabase: Step = {
  name: 'back-up-database',
  label: 'Mencadangkan basis data',
  timeLimitSeconds: 3_600,
  isDone: async (plan, tools) =>
    (await isOnRecord(plan, tools)) || (await schemaOf(plan, tools)) === null || tools.files.exists(keysOf(plan).database),
  run: (plan, tools) => copyDatabase(plan, keysOf(plan), tools),
  // A proven backup is worth keeping whatever became of the job; half a one is worth nothing.
  async undo(plan, tools) {
    if (!(await isOnRecord(plan, tools))) await tools.files.remove(keysOf(plan).folder);
  },
};

export const backUpFiles: Step = {
  name: 'back-up-files',
  label: 'Mencadangkan berkas',
  timeLimitSeconds: 3_600,
  isDone: async (plan, tools) => (await isOnRecord(plan, tools)) || tools.files.exists(keysOf(plan).volumes),
  run: (plan, tools) => copyFiles(plan, keysOf(plan), tools),
  // Together with back-up-database.
  undo: 'keep',
};

/** Nothing of the desa is changed before its backup has been restored into a scratch schema and gave the same rows. */
export const verifyBackup: Step = {
  name: 'verify-backup',
  label: 'Membuktikan cadangan',
  timeLimitSeconds: 3_600,
  isDone: isOnRecord,
  async run(plan, tools) {
    const { backup, from } = changeOf(plan);
    // Only a plain backup is made of a desa at work.
    const { manifest, bytes } = await proveCopy(plan, keysOf(plan), plan.workflow !== 'backup', tools);
    await tools.backups.save({
      id: backup.id,
      installationId: plan.installationId,
      kode: plan.tenant.kode,
      app: plan.release.app,
      tag: from.tag,
      version: from.version,
      reason: backup.reason,
      nextTag: backup.reason === 'before-update' ? plan.release.tag : null,
      bytes,
      rows: Object.values(manifest.rows).reduce((sum, rows) => sum + rows, 0),
      verifiedAt: tools.clock.now(),
    });
  },
  // Proven, so kept; see back-up-database.
  undo: 'keep',
};

async function isOnRecord(plan: Plan, tools: StepTools): Promise<boolean> {
  return (await tools.backups.find(changeOf(plan).backup.id)) !== null;
}

/** Those that the retention rule lets go, except what a rollback or this job still needs. */
export const pruneBackups: Step = {
  name: 'prune-backups',
  label: 'Merapikan cadangan lama',
  isDone: async (plan, tools) => (await expiredOf(plan, tools)).length === 0,
  async run(plan, tools) {
    for (const { id, createdAt } of await expiredOf(plan, tools)) {
      await tools.files.remove(backupKeys(id).folder);
      await tools.backups.remove(id);
      tools.tell(`Cadangan ${createdAt.toISOString().slice(0, 10)} dihapus`);
    }
  },
  // Only what the rule lets go.
  undo: 'keep',
};

async function expiredOf(plan: Plan, tools: StepTools) {
  const { backup, restores } = changeOf(plan);
  const all = await tools.backups.list({ installationId: plan.installationId, limit: 1_000 });
  const installation = await tools.tenants.installation(plan.installationId);
  const target = rollbackTarget(all, installation?.tag ?? plan.release.tag);
  const keep = [backup.id, restores, target?.id].filter((id) => id !== undefined && id !== null);
  return expired(all, RETENTION, new Set(keep));
}

/** A drill: the backup on the disk, as old as it is, once more restored and compared with what was written down then. */
export const proveBackup: Step = {
  name: 'prove-backup',
  label: 'Menguji pemulihan cadangan',
  timeLimitSeconds: 3_600,
  async isDone(plan, tools) {
    const backup = await tools.backups.find(changeOf(plan).restores ?? '');
    return backup?.provenAt !== null && backup !== null && backup.provenAt > new Date(tools.clock.now().getTime() - 3_600_000);
  },
  async run(plan, tools) {
    const id = changeOf(plan).restores ?? '';
    const keys = backupKeys(id);
    const { rows } = await requireWhole(keys, tools);
    const tables = Object.entries(rows);
    if (tables.length > 0) {
      await withRestored(plan, keys, tools, async (scratch) => {
        const restored = new Map((await tools.databases.countRows(scratch)).map((count) => [count.table, count.rows]));
        const wrong = tables.find(([table, count]) => restored.get(table) !== count);
        if (wrong === undefined && restored.size === tables.length) return;
        throw damaged(`tabel ${wrong?.[0] ?? 'yang tidak tercatat'} tidak sama`);
      });
      tools.tell(`${tables.length} tabel terbukti sama`);
    }
    const now = tools.clock.now();
    await tools.drills.noteProven(plan.installationId, now);
    // Last: by it a worker that comes after a dead one knows that all is done.
    await tools.backups.noteProven(id, now);
  },
  undo: 'keep', // only looks
};

/**
 * The manifest, once everything it names is there, whole.
 * @throws NotFound, Broken; nothing of the desa has been touched then
 */
export async function requireWhole(keys: Copy, tools: StepTools): Promise<CopyManifest> {
  if (!(await tools.files.exists(keys.manifest))) {
    throw new NotFound('cadangan-tidak-ada', 'Berkas cadangan ini tidak ada lagi di server.', { advice: 'Pilih cadangan lain.' });
  }
  const manifest = readManifest(await tools.files.read(keys.manifest));
  for (const [name, sum] of Object.entries(manifest.sha256)) {
    const key = `${keys.folder}/${name}`;
    if (!(await tools.files.exists(key)) || (await tools.files.sha256(key)) !== sum) throw damaged(`${name} rusak atau hilang`);
  }
  return manifest;
}

function damaged(what: string): Broken {
  return new Broken('cadangan-rusak', `Cadangan ini tidak utuh: ${what}.`, {
    advice: 'Data yang sedang dipakai tidak tersentuh. Pilih cadangan lain, dan periksa disk server.',
  });
}

/** @throws Broken when it is damaged */
export function readManifest(text: string): CopyManifest {
  const value: unknown = JSON.parse(text);
  if (isManifest(value)) return value;
  throw damaged('daftar isinya tidak terbaca');
}

/** Written by ourselves; a damaged file has lost its structure. */
function isManifest(value: unknown): value is CopyManifest {
  return typeof value === 'object' && value !== null && 'sha256' in value && 'rows' in value && 'conserved' in value;
}
