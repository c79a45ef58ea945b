import { may } from '../domain/access.ts';
import type { Job } from '../domain/job.ts';
import type { Wait } from '../domain/waiting.ts';
import type { KodeTenant } from '../domain/wilayah.ts';
import { titlesOf } from './catalogue.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { type JobChoice, jobsAddress } from './job-filter.ts';
import { badge, buttonForm, when } from './parts.ts';
import { count, duration, lookOfJob, VERBS } from './present.ts';
import type { Visit } from './visit.ts';
import { waitOf } from './waits.ts';

interface Failure {
  readonly fingerprint: string;
  readonly message: string;
  readonly count: number;
}

/** What stopped jobs, each with its number and one button for all of them. */
export function causeList(visit: Visit, causes: readonly Failure[], choice: JobChoice): Html {
  const mayRetry = may(visit.actor, 'retry', null);
  return html`<section class="card pd-card pd-causes" aria-labelledby="sebab-judul"><h2 class="pd-card-title" id="sebab-judul">${icon('awas')}Sebab kegagalan</h2>
    <ul>${causes.map(
      ({ fingerprint, message, count: n }) => html`<li>
      <span class="pd-cause-count">${count(n)}<small>pekerjaan</small></span>
      <p>${message} <a href="${jobsAddress(choice, { sebab: fingerprint })}">Lihat</a></p>
      ${mayRetry && retryAllButton(visit, { fingerprint, count: n })}
    </li>`,
    )}</ul></section>`;
}

/** Coba lagi for everything that this cause has stopped. */
export function retryAllButton(visit: Visit, { fingerprint, count: n }: Pick<Failure, 'fingerprint' | 'count'>): Html {
  return buttonForm(visit, {
    ...{ action: '/pekerjaan/coba-lagi-semua', icon: 'ulang', style: 'btn', id: `ulang-${fingerprint}` },
    label: n > 1 ? `Coba lagi semua (${count(n)})` : 'Coba lagi',
    fields: html`<input type="hidden" name="sebab" value="${fingerprint}">`,
    ...(n > 1 && { confirm: `Ulangi ${count(n)} pekerjaan dengan sebab ini?` }),
  });
}

export function jobTable(
  visit: Visit,
  jobs: readonly Job[],
  names: ReadonlyMap<KodeTenant, string>,
  waits: ReadonlyMap<string, Wait>,
): Html {
  const titles = titlesOf(visit.tools.apps);
  return html`<div class="card pd-table-card"><table class="pd-table">
    <thead><tr><th scope="col">Pekerjaan</th><th scope="col">Desa</th><th scope="col">Keadaan</th><th scope="col">Diminta</th><th scope="col">Lama</th></tr></thead>
    <tbody>${jobs.map((job) => {
      const wait = waitOf(job, waits, titles, visit);
      return html`<tr>
      <th scope="row" data-label="Pekerjaan"><a id="pekerjaan-${job.id}" href="/pekerjaan/${job.id}">${VERBS[job.workflow]} ${titles.get(job.app) ?? job.app}</a></th>
      <td data-label="Desa">${names.get(job.kode) ?? job.kode}<small class="pd-kode">${job.kode}</small></td>
      <td data-label="Keadaan">${badge(lookOfJob(job))}${job.cause !== null && html`<small class="pd-cell-cause">${job.cause.message}</small>`}${wait !== null && html`<small class="pd-cell-wait">${wait}</small>`}</td>
      <td data-label="Diminta">${when(job.createdAt, visit)}<small>oleh ${job.requestedBy}</small></td>
      <td data-label="Lama">${tookOf(job, visit.now)}</td>
    </tr>`;
    })}</tbody></table></div>`;
}

function tookOf(job: Job, now: Date): Html {
  if (job.startedAt === null) return html`<span class="pd-muted">–</span>`;
  if (job.endedAt !== null) return html`${duration(job.endedAt.getTime() - job.startedAt.getTime())}`;
  return html`<span data-sejak="${job.startedAt.toISOString()}">${duration(now.getTime() - job.startedAt.getTime())}</span>`;
}
