import { may } from '../domain/access.ts';
import { fingerprintOf, isActive, type Job, type JobStep, mayCancel, mayRetry, type StepState } from '../domain/job.ts';
import type { AppManifest } from '../domain/manifest.ts';
import { settingsFold } from './app-choice.ts';
import { type Html, html, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import { retryAllButton } from './job-table.ts';
import { dataSafety, progressOf } from './job-words.ts';
import { badge, buttonForm, siteLink } from './parts.ts';
import { CANCELLED, count, duration, lookOfJob, lookOfStep, moment } from './present.ts';
import type { Visit } from './visit.ts';

/** A job with what its page tells about it. */
export interface Told {
  readonly job: Job;
  readonly steps: readonly JobStep[];
  /** The address of the site this job opens, once it is open. */
  readonly url: string | null;
  /** Of its app; null when the catalogue has lost it. */
  readonly manifest: AppManifest | null;
  readonly settings: Readonly<Record<string, string>>;
  /** What it waits for and until when; null: it waits for nothing. */
  readonly wait: Html | null;
  /** How many failed jobs have the same cause. */
  readonly alike: number;
}

/**
 * The part of the job page that changes while the job runs. The browser asks for it again whenever the stream
 * reports a change, so its words are always the server's.
 */
export function jobProgress(visit: Visit, told: Told): Html {
  const { job, steps } = told;
  const live = isActive(job.state);
  const progress = progressOf(job, steps);
  const look = lookOfJob(job);
  return html`<div id="keadaan" data-aktif="${live ? 'ya' : 'tidak'}" data-kabar="${announcement(told)}" data-persen="${progress.percent}" hx-get="/pekerjaan/${job.id}/keadaan" hx-trigger="pendopo:berubah" hx-swap="outerHTML">
    <section class="card pd-card pd-job-hero pd-${look.tone}">
      <div class="pd-job-top">${badge(look)}${job.attempt > 1 && html`<span class="pd-muted">Percobaan ke-${job.attempt}</span>`}<span class="pd-job-clock">${icon('jam', 'pd-icon-sm')}${clock(job, visit.now)}</span></div>
      ${job.state !== 'undone' && html`<progress class="pd-progress" max="100" value="${progress.percent}" aria-label="Kemajuan pekerjaan">${progress.percent}%</progress>`}
      <p class="pd-job-now">${progressWords(told)}</p>
      ${told.wait !== null && html`<p class="pd-wait">${icon('jam', 'pd-icon-sm')}<span>${told.wait}</span></p>`}
      ${actions(visit, told)}
    </section>
    ${causeBox(visit, told)}
    ${successBox(visit, told)}
    <section class="card pd-card"><h2 class="pd-card-title">${icon('pekerjaan')}Langkah</h2>
      ${steps.length === 0 ? html`<p class="pd-muted">Langkah-langkahnya tampil begitu pekerjaan mendapat giliran.</p>` : html`<ol class="pd-steps">${steps.map((step) => stepLine(step, job.cause, visit.now))}</ol>`}
    </section>
  </div>`;
}

function stepLine(step: JobStep, cause: Job['cause'], now: Date): Html {
  const look = lookOfStep(step, cause);
  const waiting = step.state === 'pending';
  return html`<li class="pd-step pd-${look.tone}${waiting && ' pd-step-waiting'}" data-posisi="${step.position}">
    <span class="pd-step-icon">${step.state === 'running' || step.state === 'undoing' ? html`<span class="pd-spinner"></span>` : waiting ? html`<span class="pd-step-number">${step.position + 1}</span>` : icon(look.icon, 'pd-icon-sm')}</span>
    <span class="pd-step-label">${step.label}<small${step.state === 'done' && html` class="pd-step-plain"`}>${look.word}${step.attempts > 1 && ` · ${count(step.attempts)} kali dicoba`}</small></span>
    <span class="pd-step-time">${stepTime(step, now)}</span>
  </li>`;
}

const TIMED: readonly StepState[] = ['running', 'done', 'failed'];

/** How long the step worked. Once it is put back the record knows only when that ended. */
function stepTime({ state, startedAt, endedAt }: JobStep, now: Date): Html {
  if (startedAt === null || !TIMED.includes(state)) return NOTHING;
  if (endedAt !== null) return html`${duration(endedAt.getTime() - startedAt.getTime())}`;
  return html`<span data-sejak="${startedAt.toISOString()}">${duration(now.getTime() - startedAt.getTime())}</span>`;
}

function clock(job: Job, now: Date): Html {
  if (job.startedAt === null) return html`belum mulai`;
  if (job.endedAt !== null) return html`${duration(job.endedAt.getTime() - job.startedAt.getTime())}`;
  return html`<span data-sejak="${job.startedAt.toISOString()}">${duration(now.getTime() - job.startedAt.getTime())}</span>`;
}

function progressWords({ job, steps }: Told): Html {
  const { finished, total, percent, current } = progressOf(job, steps);
  if (job.state === 'queued') return html`Belum dimulai.`;
  if (job.state === 'interrupted') return html`Terhenti setelah ${count(finished)} dari ${count(total)} langkah.`;
  if (job.state === 'succeeded') return html`Semua ${count(total)} langkah selesai.`;
  if (job.state === 'undone')
    return html`Berhenti${current !== null && html` di langkah <b>${current.label}</b>`}, lalu semuanya dikembalikan.`;
  if (job.state === 'stuck')
    return html`Berhenti${current !== null && html` di langkah <b>${current.label}</b>`} setelah ${count(finished)} dari ${count(total)} langkah.`;
  if (job.cancelRequested && job.state === 'running') return html`Pembatalan diminta; menghentikan langkah <b>${current?.label}</b>.`;
  if (job.state === 'undoing') return html`Mengembalikan yang sudah dibuat: <b>${current?.label}</b>`;
  return html`Langkah ${count(Math.min(finished + 1, total))} dari ${count(total)} · ${count(percent)}% · <b>${current?.label}</b>`;
}

function actions(visit: Visit, { job, url, alike }: Told): Html {
  const retry = mayRetry(job.state) && may(visit.actor, 'retry', job.kode);
  const cancel = mayCancel(job.state) && !job.cancelRequested && !job.committed && may(visit.actor, 'cancel', job.kode);
  if (!retry && !cancel && (job.state !== 'succeeded' || url === null)) return NOTHING;
  const confirm =
    job.workflow === 'install'
      ? 'Batalkan pemasangan ini? Yang sudah dibuat akan dikembalikan.'
      : 'Batalkan pekerjaan ini? Yang sudah dikerjakan akan dikembalikan.';
  return html`<div class="pd-row">
    ${job.state === 'succeeded' && siteLink(url, 'Buka situs', 'btn btn-primary')}
    ${retry && buttonForm(visit, { action: `/pekerjaan/${job.id}/coba-lagi`, label: 'Coba lagi', icon: 'ulang', id: 'tombol-ulang' })}
    ${retry && alike > 1 && job.cause !== null && retryAllButton(visit, { fingerprint: fingerprintOf(job.cause), count: alike })}
    ${cancel && buttonForm(visit, { action: `/pekerjaan/${job.id}/batalkan`, label: 'Batalkan', icon: 'silang', style: 'btn', confirm, id: 'tombol-batal' })}
  </div>`;
}

/** Three questions in the order in which they are asked: what happened, is the data safe, what to press. */
function causeBox(visit: Visit, told: Told): Html {
  const { job, steps } = told;
  const { cause } = job;
  if (cause === null || isActive(job.state) || job.state === 'succeeded') return NOTHING;
  if (cause.code === CANCELLED)
    return html`<section class="card pd-card"><h2 class="pd-card-title">${icon('info')}${cause.message}</h2><p>${cause.advice}</p>${settingsToRetry(visit, told)}</section>`;
  const step = steps.find(({ name }) => name === cause.step);
  const nobody = !may(visit.actor, 'retry', job.kode);
  return html`<section class="card pd-card pd-cause" aria-labelledby="sebab"><h2 class="pd-card-title" id="sebab">${icon('awas')}Mengapa berhenti</h2>
    <dl>
      <div><dt>Apa yang terjadi?</dt><dd>${cause.message}${step !== undefined && html` <span class="pd-muted">(langkah “${step.label}”)</span>`}</dd></div>
      <div><dt>Apakah datanya aman?</dt><dd>${dataSafety(job)}</dd></div>
      <div><dt>Apa langkah berikutnya?</dt><dd>${cause.advice}${nobody && html` <span class="pd-muted">Akun Anda tidak dapat mengulang pekerjaan; mintalah kepada operator.</span>`}</dd></div>
    </dl>
    <p class="pd-muted pd-code">Kode sebab: <code>${cause.code}</code></p>
    ${settingsToRetry(visit, told)}
  </section>`;
}

/** Only for a job that begins again from nothing: one that goes on from where it stood keeps what it was planned with. */
function settingsToRetry(visit: Visit, { job, manifest, settings }: Told): Html | false {
  if (job.state !== 'undone' || job.workflow === 'remove' || !may(visit.actor, 'install', job.kode)) return false;
  if (manifest === null || job.workflow === 'configure' || manifest.settings.every(({ group }) => group !== 'aplikasi')) return false;
  const fold = {
    action: `/pekerjaan/${job.id}/setelan`,
    title: 'Ubah setelan',
    hint: 'Dipakai begitu disimpan: pekerjaan ini langsung dicoba lagi.',
    button: 'Simpan dan coba lagi',
  };
  return settingsFold(visit, fold, manifest, settings);
}

function successBox(visit: Visit, { job, url }: Told): Html {
  if (job.state !== 'succeeded') return NOTHING;
  const [title, text] =
    job.workflow === 'remove'
      ? ['Aplikasi sudah dihapus', html`Datanya tersimpan di <a href="/arsip?desa=${job.kode}">Arsip</a> dan dapat dipulihkan kapan saja.`]
      : [
          'Situs sudah dapat dibuka',
          html`${url !== null && html`Alamatnya <b>${url}</b>. `}${job.workflow === 'install' && may(visit.actor, 'reveal-secret', job.kode) && html`Kata sandi admin pertama dapat dilihat satu kali di <a href="/desa/${job.kode}">halaman desa</a>.`}`,
        ];
  return html`<section class="pd-success">${icon('centang')}<div><h2>${title}</h2><p>${text}</p><p class="pd-muted">Selesai ${job.endedAt !== null && moment(job.endedAt, visit.zone)}</p></div></section>`;
}

/** Read aloud by screen readers when it changes. */
function announcement({ job, steps }: Told): string {
  const { current } = progressOf(job, steps);
  return isActive(job.state) && current !== null ? `${lookOfJob(job).word}: ${current.label}` : lookOfJob(job).word;
}
