import { may } from '../domain/access.ts';
import { NotFound } from '../domain/errors.ts';
import { fingerprintOf, isActive, type Job, mayRetry } from '../domain/job.ts';
import type { Wait } from '../domain/waiting.ts';
import { cancelJob, retryJob } from '../workflows/commands/jobs.ts';
import { saveSettings } from '../workflows/commands/settings.ts';
import { overviewQueue } from '../workflows/queue-overview.ts';
import { appsFor, titlesOf } from './catalogue.ts';
import { installWishes } from './desa-add.ts';
import { html } from './html.ts';
import { logFile, logPanel } from './job-log.ts';
import { jobProgress, type Told } from './job-progress.ts';
import { newJobCount } from './layout.ts';
import { orShowAgain, redirect } from './notices.ts';
import { crumb, pageHead, when } from './parts.ts';
import { namaLengkap, VERBS } from './present.ts';
import type { Answer, Visit } from './visit.ts';
import { waitOf } from './waits.ts';

const REFRESH_SECONDS = 5;

/** One job: how far it is, what it says, and what may be pressed. Complete without JavaScript, live with it. */
export async function showJob(visit: Visit): Promise<Answer> {
  const { tools } = visit;
  const told = await tell(visit);
  const { job } = told;
  const [desa, log] = await Promise.all([tools.tenants.find(job.kode), logPanel(visit, job)]);
  const title = titleOf(visit, job);
  const nama = desa === null ? job.kode : namaLengkap(desa);
  const body = html`
    ${pageHead({ crumbs: [crumb('/pekerjaan', 'Pekerjaan')], title, lead: html`<a href="/desa/${job.kode}">${nama}</a> · diminta ${when(job.createdAt, visit)} oleh ${job.requestedBy}` })}
    <div class="pd-columns pd-columns-job">
      <div class="pd-column">${jobProgress(visit, told)}</div>
      <div class="pd-column">${log}</div>
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
  const counts = await visit.tools.jobs.countOpen(visit.actor.wilayah);
  return { kind: 'fragment', body: html`${jobProgress(visit, told)}${newJobCount(counts)}` };
}

/** The log as a file; who took it along is on record. */
export async function downloadLog(visit: Visit): Promise<Answer> {
  const told = await tell(visit);
  const { id, kode } = told.job;
  await visit.tools.audit.note({ actor: visit.actor.username, action: 'download-log', target: id, detail: { desa: kode } });
  return logFile(visit, told, titleOf(visit, told.job));
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

/** What went wrong may lie in the settings: they are changed where the failure is read, and tried at once. */
export async function changeJobSettings(visit: Visit): Promise<Answer> {
  const { job } = await tell(visit);
  return orShowAgain(
    async () => {
      await saveSettings(visit.tools, visit.actor, job.installationId, installWishes(visit.form, job.app).settings);
      await retryJob(visit.tools, visit.actor, job.id);
      return redirect(`/pekerjaan/${job.id}`, 'coba-lagi');
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
async function tell(visit: Visit): Promise<Told> {
  const { tools, actor, params } = visit;
  const job = await tools.jobs.find(params.text('id'));
  if (job === null || !may(actor, 'read', job.kode)) throw new NotFound('pekerjaan-tidak-ada', 'Pekerjaan ini tidak ada.');
  const [steps, installation, waits, alike] = await Promise.all([
    tools.jobs.steps(job.id),
    tools.tenants.installation(job.installationId),
    isActive(job.state) ? overviewQueue(tools) : new Map<string, Wait>(),
    alikeOf(visit, job),
  ]);
  const manifest = appsFor(tools.apps).find(({ name }) => name === job.app) ?? null;
  const url = installation?.state === 'active' ? installation.url : null;
  const wait = waitOf(job, waits, titlesOf(tools.apps), visit);
  return { job, steps, url, manifest, settings: installation?.settings ?? {}, wait, alike };
}

/** How many failed jobs the same cause has stopped, this one among them. */
async function alikeOf({ tools, actor }: Visit, { state, cause }: Job): Promise<number> {
  if (!mayRetry(state) || cause === null || !may(actor, 'retry', null)) return 0;
  const failures = await tools.jobs.failuresByCause(actor.wilayah);
  return failures.find(({ fingerprint }) => fingerprint === fingerprintOf(cause))?.count ?? 0;
}

function titleOf({ tools }: Visit, { workflow, app }: Job): string {
  return `${VERBS[workflow]} ${titlesOf(tools.apps).get(app) ?? app}`;
}
