import { NotFound } from '../../domain/errors.ts';
import { changeOf } from '../change.ts';
import type { Step } from '../step.ts';
import { backupKeys } from './backup.ts';

/** The backup that a restore or a drill is about, from the copies elsewhere where its files are gone from this server. */
export const fetchBackup: Step = {
  name: 'fetch-backup',
  label: 'Mengambil cadangan',
  timeLimitSeconds: 3_600,
  async isDone(plan, tools) {
    const { restores } = changeOf(plan);
    return restores === null || tools.files.exists(backupKeys(restores).manifest);
  },
  async run(plan, tools) {
    const { folder } = backupKeys(changeOf(plan).restores ?? '');
    const offsite = await tools.offsites.find();
    if (offsite === null) {
      throw new NotFound('cadangan-tidak-ada', 'Berkas cadangan ini tidak ada lagi di server.', { advice: 'Pilih cadangan lain.' });
    }
    tools.tell('Berkasnya tidak ada di server ini; diambil dari salinan luar');
    await tools.offsiteStore.bring(offsite, folder, tools.signal);
  },
  // It belongs here: its row never left the record.
  undo: 'keep',
};
