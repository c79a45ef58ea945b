import { requestBackup, requestRollback, requestUpdate } from '../workflows/commands/change.ts';
import { requestInstallMany } from '../workflows/commands/install-many.ts';
import { requestResume, requestSuspend } from '../workflows/commands/suspend.ts';
import { findDesa, findInstallation, showDesa } from './desa-show.ts';
import { orShowAgain, redirect, toJob } from './notices.ts';
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

/** One app of the desa. */
const single =
  (request: typeof requestSuspend): Ask =>
  async (tools, actor, place) => {
    const { jobs } = await request(tools, actor, place);
    return { jobId: jobs[0]?.jobId ?? '' };
  };

export const updateApp = asking(requestUpdate);
export const backUpApp = asking(requestBackup);
export const rollBackApp = asking(requestRollback);
export const suspendApp = asking(single(requestSuspend));
export const resumeApp = asking(single(requestResume));

/** All apps of the desa with one press; the page then shows every job at work. */
const together =
  (request: typeof requestSuspend, message: 'tangguhkan-diminta' | 'aktifkan-diminta') =>
  async (visit: Visit): Promise<Answer> => {
    const { kode } = await findDesa(visit);
    return orShowAgain(
      async () => redirect(`/desa/${kode}`, message, (await request(visit.tools, visit.actor, { kode })).jobs.length),
      () => showDesa(visit),
    );
  };
export const suspendDesa = together(requestSuspend, 'tangguhkan-diminta');
export const resumeDesa = together(requestResume, 'aktifkan-diminta');

/** Pasang semua on the desa page: the page then shows every job at work. */
export async function installAll(visit: Visit): Promise<Answer> {
  const { kode } = await findDesa(visit);
  return orShowAgain(
    async () => {
      const { jobs } = await requestInstallMany(visit.tools, visit.actor, { kode, sample: visit.form.text('aplikasi') === 'semua-contoh' });
      return redirect(`/desa/${kode}`, 'pemasangan-semua', jobs.length);
    },
    () => showDesa(visit),
  );
}
