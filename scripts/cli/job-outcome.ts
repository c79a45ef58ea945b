import { isActive, type Job } from '../../src/domain/job.ts';
import type { Installation } from '../../src/domain/tenant.ts';
import { dataSafety } from '../../src/ui/job-words.ts';
import { lookOfJob } from '../../src/ui/present.ts';
import { paint } from '../terminal/screen.ts';
import { commandName } from './output.ts';
import { took } from './words.ts';

/** What became of a job: what happened, is the data safe, what to type next. */
export function outcomeText(job: Job, installation: Installation | null, now: Date): string {
  if (isActive(job.state)) return `${lookOfJob(job).word}.`;
  if (job.state === 'succeeded') return successText(job, installation, now);
  return [`${paint('red', '✘')} ${lookOfJob(job).word}`, ...causeLines(job).map((line) => `  ${line}`)].join('\n');
}

/** Why a job did not do what it was for; none for one that did. */
export function causeLines(job: Job): readonly string[] {
  if (job.state !== 'undone' && job.state !== 'stuck') return [];
  const { cause } = job;
  // The advice of a cause begins with whether the data is safe.
  const said = cause === null || cause.advice === '' ? [cause?.message ?? '', `Data: ${dataSafety(job)}`] : [cause.message, cause.advice];
  return [...said.filter((text) => text !== ''), `Coba lagi: ${commandName()} pekerjaan coba-lagi ${job.id}`];
}

function successText(job: Job, installation: Installation | null, now: Date): string {
  const done = `${paint('green', '✔')} Berhasil dalam ${took(job, now)}`;
  if (job.workflow === 'remove' || installation === null) return done;
  return [
    done,
    ...(installation.url === null ? [] : [`  Alamat: ${installation.url}`]),
    ...(job.workflow === 'install' ? [`  Kata sandi admin: ${commandName()} desa sandi ${job.kode} --aplikasi ${job.app}`] : []),
  ].join('\n');
}
