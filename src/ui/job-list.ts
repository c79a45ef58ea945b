import { may } from '../domain/access.ts';
import { ACTIVE_STATES, ALL_STATES, type Job, type JobState } from '../domain/job.ts';
import type { KodeTenant } from '../domain/wilayah.ts';
import { retryByCause } from '../workflows/commands/jobs.ts';
import { titlesOf } from './catalogue.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { pathWith } from './input.ts';
import { orShowAgain, redirect } from './notices.ts';
import { badge, buttonForm, emptyState, pageHead, pager, when } from './parts.ts';
import { CANCELLED, count, duration, lookOfJob, namaLengkap, VERBS } from './present.ts';
import type { Answer, Visit } from './visit.ts';

const PAGE_SIZE = 30;

const TABS: readonly { readonly value: string; readonly label: string; readonly states: readonly JobState[]; readonly empty: string }[] = [
  { value: 'aktif', label: 'Berjalan', states: ACTIVE_STATES, empty: 'Tidak ada pekerjaan yang sedang berjalan.' },
  { value: 'perlu-tindakan', label: 'Perlu tindakan', states: ['stuck'], empty: 'Tidak ada pekerjaan yang menunggu keputusan Anda.' },
  { value: 'dikembalikan', label: 'Gagal & dibatalkan', states: ['undone'], empty: 'Tidak ada pekerjaan yang gagal atau dibatalkan.' },
  { value: 'berhasil', label: 'Berhasil', states: ['succeeded'], empty: 'Belum ada pekerjaan yang berhasil.' },
  { value: '', label: 'Semua', states: ALL_STATES, empty: 'Pekerjaan muncul di sini begitu ada desa yang dipasang.' },
];

interface Choice {
  readonly tab: string;
  readonly cause: string;
  readonly after: string;
}

/** Pekerjaan: what runs, what waits for a person, what failed and why. */
export async function showJobList(visit: Visit): Promise<Answer> {
  const { query } = visit;
  const list = await jobList(visit, { tab: query.text('keadaan'), cause: query.text('sebab'), after: query.text('sesudah') });
  if (visit.wantsFragment) return { kind: 'fragment', body: list };
  const body = html`${pageHead({ title: 'Pekerjaan', lead: 'Setiap pemasangan, penghapusan, dan pemulihan tercatat langkah demi langkah.' })}${list}`;
  return { kind: 'page', title: 'Pekerjaan', section: 'pekerjaan', body };
}

/** Coba lagi semua: every failed job with the same cause. */
export async function retryAll(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => {
      const { retried } = await retryByCause(visit.tools, visit.actor, visit.form.text('sebab'));
      return redirect('/pekerjaan?keadaan=aktif', 'coba-lagi-semua', retried.length);
    },
    () => showJobList(visit),
  );
}

async function jobList(visit: Visit, choice: Choice): Promise<Html> {
  const { tools, actor } = visit;
  const within = actor.wilayah;
  const tab = TABS.find(({ value }) => value === choice.tab) ?? TABS[TABS.length - 1];
  const [counts, failures, page] = await Promise.all([
    tools.jobs.countByState(within),
    tools.jobs.failuresByCause(within),
    tools.jobs.list({
      within,
      limit: PAGE_SIZE,
      state: tab?.states ?? ALL_STATES,
      ...(choice.cause !== '' && { fingerprint: choice.cause }),
      ...(choice.after !== '' && { after: choice.after }),
    }),
  ]);
  const causes = failures.filter(({ fingerprint }) => !fingerprint.startsWith(`${CANCELLED}:`));
  const names = await namesOf(visit, page.rows);
  const total = (states: readonly JobState[]): number => states.reduce((sum, state) => sum + counts[state], 0);
  const address = (fields: { after?: string | null; cause?: string }): string =>
    pathWith('/pekerjaan', { keadaan: choice.tab, sebab: fields.cause ?? choice.cause, sesudah: fields.after ?? null });
  const poll = total(ACTIVE_STATES) > 0 && html` hx-get="${address({ after: choice.after })}" hx-trigger="every 4s" hx-swap="outerHTML"`;
  const showCauses = causes.length > 0 && choice.tab !== 'aktif' && choice.tab !== 'berhasil';
  return html`<div id="daftar-pekerjaan"${poll}>
    <nav class="pd-tabs" aria-label="Keadaan pekerjaan">${TABS.map(({ value, label, states }) => {
      const n = total(states);
      return html`<a id="tab-${value}" href="${pathWith('/pekerjaan', { keadaan: value })}"${value === tab?.value && html` aria-current="page"`}>${label}<span class="pd-count${value === 'perlu-tindakan' && n > 0 && ' pd-buruk'}">${count(n)}</span></a>`;
    })}</nav>
    ${showCauses && causeList(visit, causes, choice)}
    ${choice.cause !== '' && html`<p class="pd-row"><span class="pd-muted">Hanya pekerjaan dengan sebab yang dipilih.</span><a href="${address({ cause: '' })}">Tampilkan semua</a></p>`}
    ${page.rows.length === 0 ? emptyState('pekerjaan', 'Tidak ada pekerjaan', html`<p>${tab?.empty}</p>`) : jobTable(visit, page.rows, names)}
    ${pager({ next: page.next === null ? null : address({ after: page.next }), first: choice.after === '' ? null : address({}) })}
  </div>`;
}

function causeList(visit: Visit, causes: readonly { fingerprint: string; message: string; count: number }[], choice: Choice): Html {
  const mayRetry = may(visit.actor, 'retry', null);
  return html`<section class="card pd-card pd-causes" aria-labelledby="sebab-judul"><h2 class="pd-card-title" id="sebab-judul">${icon('awas')}Sebab kegagalan</h2>
    <ul>${causes.map(
      ({ fingerprint, message, count: n }) => html`<li>
      <span class="pd-cause-count">${count(n)}<small>pekerjaan</small></span>
      <p>${message} <a href="${pathWith('/pekerjaan', { keadaan: choice.tab, sebab: fingerprint })}">Lihat</a></p>
      ${mayRetry && buttonForm(visit, { action: '/pekerjaan/coba-lagi-semua', label: n > 1 ? 'Coba lagi semua' : 'Coba lagi', icon: 'ulang', style: 'btn', id: `ulang-${fingerprint}`, fields: html`<input type="hidden" name="sebab" value="${fingerprint}">`, ...(n > 1 && { confirm: `Ulangi ${count(n)} pekerjaan dengan sebab ini?` }) })}
    </li>`,
    )}</ul></section>`;
}

function jobTable(visit: Visit, jobs: readonly Job[], names: ReadonlyMap<KodeTenant, string>): Html {
  const titles = titlesOf(visit.tools.apps);
  return html`<div class="card pd-table-card"><table class="pd-table">
    <thead><tr><th scope="col">Pekerjaan</th><th scope="col">Desa</th><th scope="col">Keadaan</th><th scope="col">Diminta</th><th scope="col">Lama</th></tr></thead>
    <tbody>${jobs.map(
      (job) => html`<tr>
      <th scope="row" data-label="Pekerjaan"><a id="pekerjaan-${job.id}" href="/pekerjaan/${job.id}">${VERBS[job.workflow]} ${titles.get(job.app) ?? job.app}</a></th>
      <td data-label="Desa">${names.get(job.kode) ?? job.kode}<small class="pd-kode">${job.kode}</small></td>
      <td data-label="Keadaan">${badge(lookOfJob(job))}${job.cause !== null && html`<small class="pd-cell-cause">${job.cause.message}</small>`}</td>
      <td data-label="Diminta">${when(job.createdAt, visit)}<small>oleh ${job.requestedBy}</small></td>
      <td data-label="Lama">${tookOf(job, visit.now)}</td>
    </tr>`,
    )}</tbody></table></div>`;
}

function tookOf(job: Job, now: Date): Html {
  if (job.startedAt === null) return html`<span class="pd-muted">–</span>`;
  if (job.endedAt !== null) return html`${duration(job.endedAt.getTime() - job.startedAt.getTime())}`;
  return html`<span data-sejak="${job.startedAt.toISOString()}">${duration(now.getTime() - job.startedAt.getTime())}</span>`;
}

/** Jobs know only the kode of their desa. */
async function namesOf({ tools }: Visit, jobs: readonly Job[]): Promise<ReadonlyMap<KodeTenant, string>> {
  const desa = await tools.tenants.findAll([...new Set(jobs.map(({ kode }) => kode))]);
  return new Map(desa.map((one) => [one.kode, namaLengkap(one)]));
}
