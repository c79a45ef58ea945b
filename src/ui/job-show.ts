import { may } from '../domain/access.ts';
import { NotFound } from '../domain/errors.ts';
import { isActive, type Job, type JobEvent } from '../domain/job.ts';
import { cancelJob, retryJob } from '../workflows/commands/jobs.ts';
import { saveSettings } from '../workflows/commands/settings.ts';
import { appsFor, titlesOf } from './catalogue.ts';
import { installWishes } from './desa-add.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { jobProgress, type Told } from './job-progress.ts';
import { newJobCount } from './layout.ts';
import { orShowAgain, redirect } from './notices.ts';
import { crumb, pageHead, when } from './parts.ts';
import { clockTime, namaLengkap, VERBS } from './present.ts';
import type { Answer, Visit } from './visit.ts';

/** Lines of a log one page carries; a longer one goes on behind a link (or by itself through the stream). */
const LOG_PAGE = 1000;
const REFRESH_SECONDS = 5;

/** One job: how far it is, what it says, and what may be pressed. Complete without JavaScript, live with it. */
export async function showJob(visit: Visit): Promise<Answer> {
  const { tools, query } = visit;
  const told = await tell(visit);
  const { job } = told;
  const from = Math.max(0, Number(query.text('catatan')) || 0);
  const [desa, events] = await Promise.all([tools.tenants.find(job.kode), tools.jobs.events(job.id, from, LOG_PAGE)]);
  const title = `${VERBS[job.workflow]} ${titlesOf(tools.apps).get(job.app) ?? job.app}`;
  const nama = desa === null ? job.kode : namaLengkap(desa);
  const body = html`
    ${pageHead({ crumbs: [crumb('/pekerjaan', 'Pekerjaan')], title, lead: html`<a href="/desa/${job.kode}">${nama}</a> · diminta ${when(job.createdAt, visit)} oleh ${job.requestedBy}` })}
    <div class="pd-columns pd-columns-job">
      <div class="pd-column">${jobProgress(visit, told)}</div>
      <div class="pd-column">${logPanel(visit, job, events)}</div>
    </div>
    <p class="visually-hidden" role="status" aria-live="polite" data-pengumuman></p>`;
  return {
    kind: 'page',
    title: `${title} · ${nama}`,
    section: 'pekerjaan',
    body,
    ...(isActive(job.state) && { refreshSeconds: REFRESH_SECONDS }),
  };
}

/** The changing part alone, for the browser that listens to the stream. */
export async function showJobProgress(visit: Visit): Promise<Answer> {
  const told = await tell(visit);
  if (isActive(told.job.state)) return { kind: 'fragment', body: jobProgress(visit, told) };
  const counts = await visit.tools.jobs.countByState(visit.actor.wilayah);
  return { kind: 'fragment', body: html`${jobProgress(visit, told)}${newJobCount(counts)}` };
}

export async function retry(visit: Visit): Promise<Answer> {
  const { job } = await tell(visit);
  return orShowAgain(
    async () => {
      await retryJob(visit.tools, visit.actor, job.id);
      return redirect(`/pekerjaan/${job.id}`, 'coba-lagi');
    },
    () => showJob(visit),
  );
}

/** What went wrong may lie in the settings: they are changed where the failure is read, then tried again. */
export async function changeJobSettings(visit: Visit): Promise<Answer> {
  const { job } = await tell(visit);
  return orShowAgain(
    async () => {
      await saveSettings(visit.tools, visit.actor, job.installationId, installWishes(visit.form, job.app).settings);
      return redirect(`/pekerjaan/${job.id}`, 'setelan-untuk-ulang');
    },
    () => showJob(visit),
  );
}

export async function cancel(visit: Visit): Promise<Answer> {
  const { job } = await tell(visit);
  return orShowAgain(
    async () => {
      await cancelJob(visit.tools, visit.actor, job.id);
      return redirect(`/pekerjaan/${job.id}`, 'batal-diminta');
    },
    () => showJob(visit),
  );
}

/** @throws NotFound also for a job of a desa the visitor may not know of */
async function tell({ tools, actor, params }: Visit): Promise<Told> {
  const job = await tools.jobs.find(params.text('id'));
  if (job === null || !may(actor, 'read', job.kode)) throw new NotFound('pekerjaan-tidak-ada', 'Pekerjaan ini tidak ada.');
  const [steps, installation] = await Promise.all([tools.jobs.steps(job.id), tools.tenants.installation(job.installationId)]);
  const manifest = appsFor(tools.apps).find(({ name }) => name === job.app) ?? null;
  const url = installation?.state === 'active' ? installation.url : null;
  return { job, steps, url, manifest, settings: installation?.settings ?? {} };
}

function logPanel(visit: Visit, job: Job, events: readonly JobEvent[]): Html {
  const last = events.at(-1)?.id ?? 0;
  const lines = events.filter(({ kind }) => kind === 'log');
  const live = isActive(job.state);
  const more =
    events.length === LOG_PAGE && html`<p class="pd-log-more"><a href="/pekerjaan/${job.id}?catatan=${last}">Lanjutan catatan</a></p>`;
  return html`<section class="pd-log" data-aliran="/api/v1/pekerjaan/${job.id}/aliran" data-terakhir="${last}" data-langsung="${live ? 'ya' : 'tidak'}" data-zona="${visit.zone}">
    <header><h2>Catatan</h2>${live && html`<span class="pd-live" data-sambungan>langsung</span>`}
      <button class="pd-log-button" type="button" data-ikuti aria-pressed="true" hidden>${icon('jeda', 'pd-icon-sm')}<span>Jeda gulir</span></button>
      <button class="pd-log-button" type="button" data-salin="#catatan" hidden>${icon('salin', 'pd-icon-sm')}<span>Salin</span></button></header>
    <div class="pd-log-lines" id="catatan" translate="no" tabindex="0" role="log" aria-label="Catatan pekerjaan" aria-live="off">${lines.map((line) => logLine(line, visit))}<p class="pd-log-empty"${lines.length > 0 && html` hidden`}>Belum ada catatan.</p></div>
    ${more}
  </section>`;
}

function logLine({ id, at, position, text }: JobEvent, { zone }: Visit): Html {
  return html`<div class="pd-log-line" data-id="${id}"><time>${clockTime(at, zone)}</time><span class="pd-log-step">${position === null ? '' : position + 1}</span><span>${text}</span></div>`;
}
