import { isActive, type Job } from '../domain/job.ts';
import { titlesOf } from './catalogue.ts';
import { type Html, html } from './html.ts';
import { pathWith } from './input.ts';
import { badge, crumb, emptyState, pageHead } from './parts.ts';
import { count, lookOfJob, VERBS } from './present.ts';
import type { Answer, Visit } from './visit.ts';

const MOST = 5_000;

/** Where the progress of jobs is seen that were asked for together: ids sort by time, so the first and the last name them. */
export function batchAddress(jobIds: readonly string[]): string {
  const sorted = jobIds.toSorted();
  return pathWith('/pekerjaan/bersama', { dari: sorted[0], sampai: sorted.at(-1) });
}

/** Overall progress of what one person asked for at once. */
export async function showBatch(visit: Visit): Promise<Answer> {
  const { tools, actor, query } = visit;
  const [from, to] = [query.text('dari'), query.text('sampai')];
  // An id is smaller than itself with anything behind it.
  const { rows } = await tools.jobs.list({ within: actor.wilayah, after: `${to}~`, limit: MOST });
  const jobs = rows.filter(({ id, requestedBy }) => id >= from && requestedBy === actor.username);
  const body = await progressOf(visit, jobs, pathWith('/pekerjaan/bersama', { dari: from, sampai: to }));
  if (visit.wantsFragment) return { kind: 'fragment', body };
  return {
    kind: 'page',
    title: 'Kemajuan bersama',
    section: 'pekerjaan',
    body: html`${pageHead({ crumbs: [crumb('/pekerjaan', 'Pekerjaan')], title: 'Kemajuan bersama', lead: 'Halaman ini boleh ditutup; pekerjaan berjalan terus.' })}${body}`,
    refreshSeconds: 5,
  };
}

async function progressOf({ tools }: Visit, jobs: readonly Job[], self: string): Promise<Html> {
  if (jobs.length === 0)
    return emptyState('pekerjaan', 'Tidak ada pekerjaan', html`<p>Pekerjaan ini tidak ada, atau diminta orang lain.</p>`);
  const active = jobs.filter(({ state }) => isActive(state));
  const done = jobs.filter(({ state }) => state === 'succeeded').length;
  const failed = jobs.filter(({ state }) => state === 'undone' || state === 'stuck');
  const percent = Math.floor(((jobs.length - active.length) / jobs.length) * 100);
  const shown = [...failed, ...active].slice(0, 100);
  const names = new Map((await tools.tenants.findAll(shown.map(({ kode }) => kode))).map(({ kode, nama }) => [kode, nama]));
  const titles = titlesOf(tools.apps);
  return html`<div id="bersama"${active.length > 0 && html` hx-get="${self}" hx-trigger="every 3s" hx-swap="outerHTML"`}>
    <section class="card pd-card pd-section pd-${failed.length > 0 ? 'awas' : 'jalan'}">
      <p class="pd-big" role="status">${count(jobs.length - active.length)} dari ${count(jobs.length)} selesai</p>
      <progress class="pd-progress" max="100" value="${percent}" aria-label="Kemajuan bersama">${percent}%</progress>
      <p>${count(done)} berhasil · ${count(failed.length)} gagal · ${count(active.length)} berjalan atau menunggu giliran</p>
    </section>
    ${shown.length > 0 && html`<div class="card pd-table-card"><table class="pd-table"><thead><tr><th scope="col">Pekerjaan</th><th scope="col">Keadaan</th></tr></thead><tbody>${shown.map((job) => html`<tr><th scope="row"><a href="/pekerjaan/${job.id}">${VERBS[job.workflow]} ${titles.get(job.app) ?? job.app} · ${names.get(job.kode) ?? job.kode}</a></th><td data-label="Keadaan">${badge(lookOfJob(job))}${job.cause !== null && html`<p class="pd-cell-cause">${job.cause.message}</p>`}</td></tr>`)}</tbody></table></div>`}
  </div>`;
}
