import type { Step } from '../step.ts';
import { type Copy, copyDatabase, copyFiles, copyIn, proveCopy, schemaOf } from './copy.ts';

export function archiveKeys(archiveId: string): Copy {
  return copyIn(`archive/${archiveId}`, archiveId, 'archive.json');
}

export const archiveDatabase: Step = {
  name: 'archive-database',
  label: 'Mengarsipkan basis data',
  timeLimitSeconds: 3_600,
  isDone: async (plan, tools) => (await schemaOf(plan, tools)) === null || tools.files.exists(archiveKeys(plan.archiveId).database),
  run: (plan, tools) => copyDatabase(plan, archiveKeys(plan.archiveId), tools),
  // The archive that nobody needs any more.
  undo: ({ archiveId }, tools) => tools.files.remove(archiveKeys(archiveId).folder),
};

export const archiveFiles: Step = {
  name: 'archive-files',
  label: 'Mengarsipkan berkas',
  timeLimitSeconds: 3_600,
  isDone: async (plan, tools) => !(await tools.files.exists(plan.names.folder)) || tools.files.exists(archiveKeys(plan.archiveId).volumes),
  run: (plan, tools) => copyFiles(plan, archiveKeys(plan.archiveId), tools),
  // Removed together with the archive's folder by archive-database.
  undo: 'keep',
};

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
    const { manifest, bytes } = await proveCopy(plan, archiveKeys(plan.archiveId), true, tools);
    const { archiveId: id, installationId } = plan;
    const { app, tag } = manifest;
    await tools.archives.save({ id, installationId, kode: plan.tenant.kode, app, tag, bytes, verifiedAt: tools.clock.now() });
  },
  // A proven archive of a desa that stays is no harm, but its files go with archive-database; so does its record.
  undo: ({ archiveId }, tools) => tools.archives.remove(archiveId),
};
