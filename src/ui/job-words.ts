import { isActive, type Job, type JobStep } from '../domain/job.ts';

export interface Progress {
  readonly finished: number;
  readonly total: number;
  readonly percent: number;
  /** The step at work, or the one that failed. */
  readonly current: JobStep | null;
}

/** How far a job is, in steps. */
export function progressOf(job: Pick<Job, 'state' | 'cause'>, steps: readonly JobStep[]): Progress {
  const finished = steps.filter(({ state }) => state === 'done' || state === 'skipped').length;
  const total = steps.length;
  const percent = job.state === 'succeeded' ? 100 : total === 0 ? 0 : Math.floor((finished / total) * 100);
  const current =
    steps.find(({ state }) => state === 'running' || state === 'undoing') ??
    steps.find(({ name, state }) => name === job.cause?.step || state === 'failed' || state === 'undo-failed') ??
    (isActive(job.state) ? (steps.find(({ state }) => state === 'pending') ?? null) : null);
  return { finished, total, percent, current };
}

/** What the state of a job says about the data: the second thing a worried reader asks. */
export function dataSafety(job: Pick<Job, 'state' | 'workflow' | 'committed'>): string {
  if (job.state === 'undone') {
    return job.workflow === 'remove'
      ? 'Aman. Penghapusan dibatalkan dan semuanya dikembalikan seperti semula.'
      : 'Aman. Semua yang sempat dibuat oleh pekerjaan ini sudah dikembalikan seperti semula.';
  }
  if (job.workflow === 'remove' && job.committed) {
    return 'Aman. Arsip desa ini sudah jadi dan teruji sebelum apa pun dihapus; arsip itu dapat dipulihkan.';
  }
  if (job.committed) return 'Aman. Data yang sudah terpasang dibiarkan utuh.';
  return 'Pekerjaan berhenti di titik ini. Tidak ada yang dihapus atau dikembalikan lagi sebelum Anda memutuskan.';
}
