import { requestBackup, requestRollback, requestUpdate } from '../workflows/commands/change.ts';
import { findInstallation, showDesa } from './desa-show.ts';
import { orShowAgain, toJob } from './notices.ts';
import type { Answer, Visit } from './visit.ts';

type Ask = typeof requestBackup;
const asking =
  (request: Ask) =>
  async (visit: Visit): Promise<Answer> => {
    const { desa, installation } = await findInstallation(visit);
    return orShowAgain(
      () => toJob(request(visit.tools, visit.actor, { kode: desa.kode, app: installation.app })),
      () => showDesa(visit),
    );
  };

export const updateApp = asking(requestUpdate);
export const backUpApp = asking(requestBackup);
export const rollBackApp = asking(requestRollback);
