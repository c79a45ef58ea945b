import { Readable } from 'node:stream';
import { isActive, type Job, type JobEvent, type JobStep } from '../domain/job.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { clockTime, lookOfJob, lookOfStep, moment } from './present.ts';
import type { SentFile, Visit } from './visit.ts';

/** Lines of a log one page carries; a longer one goes on behind a link (or by itself through the stream). */
const LOG_PAGE = 1000;

/** What the address asks of the log. */
interface LogChoice {
  readonly from: number;
  readonly search: string;
}

function logChoice({ query }: Pick<Visit, 'query'>): LogChoice {
  return { from: Math.max(0, Number(query.text('catatan')) || 0), search: query.text('cari') };
}

/** The log, searched without JavaScript by the server, with it as one types, and live while the job is. */
export async function logPanel(visit: Visit, job: Job): Promise<Html> {
  const { from, search } = logChoice(visit);
  const events = await visit.tools.jobs.events(job.id, from, LOG_PAGE, search === '' ? undefined : search);
  const last = events.at(-1)?.id ?? 0;
  const lines = events.filter(({ kind }) => kind === 'log');
  const live = isActive(job.state);
  const base = `/pekerjaan/${job.id}`;
  const found = search === '' ? '' : `&cari=${encodeURIComponent(search)}`;
  return html`<section class="pd-log" data-aliran="/api/v1${base}/aliran" data-kejadian="/api/v1${base}/kejadian" data-terakhir="${last}" data-langsung="${live ? 'ya' : 'tidak'}" data-zona="${visit.zone}">
    <header><h2>Catatan</h2>${live && html`<span class="pd-live" data-sambungan>langsung</span>`}
      <button class="pd-log-button" type="button" data-ikuti aria-pressed="true" hidden>${icon('jeda', 'pd-icon-sm')}<span>Jeda gulir</span></button>
      <button class="pd-log-button" type="button" data-salin="#catatan" hidden>${icon('salin', 'pd-icon-sm')}<span>Salin</span></button>
      <a class="pd-log-button" href="${base}/catatan" download>${icon('unduh', 'pd-icon-sm')}<span>Unduh</span></a></header>
    <form class="pd-log-search" role="search" method="get" action="${base}">${icon('cari', 'pd-icon-sm')}<label class="visually-hidden" for="cari-catatan">Cari dalam catatan</label><input type="search" id="cari-catatan" name="cari" value="${search}" placeholder="Cari dalam catatan" autocomplete="off" data-cari><span role="status" data-hasil></span></form>
    <div class="pd-log-lines" id="catatan" translate="no" tabindex="0" role="log" aria-label="Catatan pekerjaan" aria-live="off">${lines.map((line) => logLine(line, visit))}<p class="pd-log-empty"${lines.length > 0 && html` hidden`}>${search === '' ? 'Belum ada catatan.' : 'Tidak ada baris yang cocok.'}</p></div>
    ${search !== '' && html`<p class="pd-log-more"><a href="${base}">Tampilkan semua catatan</a></p>`}
    ${events.length === LOG_PAGE && html`<p class="pd-log-more"><a href="${base}?catatan=${last}${found}">Lanjutan catatan</a></p>`}
  </section>`;
}

function logLine({ id, at, position, text }: JobEvent, { zone }: Visit): Html {
  return html`<div class="pd-log-line" data-id="${id}"><time>${clockTime(at, zone)}</time><span class="pd-log-step">${position === null ? '' : position + 1}</span><span>${text}</span></div>`;
}

/** The whole log with all that the page says about the job, for who has to send it to somebody. */
export function logFile(visit: Visit, told: { readonly job: Job; readonly steps: readonly JobStep[] }, title: string): SentFile {
  const { job, steps } = told;
  const { zone } = visit;
  const head = [
    title,
    `Desa     ${job.kode}`,
    `Nomor    ${job.id}, percobaan ke-${job.attempt}`,
    `Diminta  ${moment(job.createdAt, zone)} oleh ${job.requestedBy}`,
    `Keadaan  ${lookOfJob(job).word}${job.endedAt === null ? '' : `, ${moment(job.endedAt, zone)}`}`,
    ...(job.cause === null ? [] : [`Sebab    ${job.cause.message} (${job.cause.code})`, `Saran    ${job.cause.advice}`]),
    '',
    ...steps.map((step) => `${String(step.position + 1).padStart(3)}. ${step.label}: ${lookOfStep(step, job.cause).word}`),
    '',
    '',
  ];
  const content = Readable.from(linesOf(visit, job, head.join('\n')));
  return { kind: 'file', name: `pekerjaan-${job.id}.txt`, type: 'text/plain; charset=utf-8', bytes: null, content };
}

/** A page of the record at a time: logs may be long. */
async function* linesOf({ tools, zone }: Visit, job: Job, head: string): AsyncGenerator<string> {
  yield head;
  for (let after = 0; ; ) {
    const events = await tools.jobs.events(job.id, after, LOG_PAGE);
    for (const { at, position, text, kind } of events)
      if (kind === 'log') yield `${clockTime(at, zone)} ${position === null ? '   ' : String(position + 1).padStart(3)}  ${text}\n`;
    after = events.at(-1)?.id ?? after;
    if (events.length < LOG_PAGE) return;
  }
}
