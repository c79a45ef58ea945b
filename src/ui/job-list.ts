import type { Job, JobState } from '../domain/job.ts';
import type { KodeTenant } from '../domain/wilayah.ts';
import { retryByCause } from '../workflows/commands/jobs.ts';
import { overviewQueue, overviewWaitingDesa } from '../workflows/queue-overview.ts';
import { titlesOf } from './catalogue.ts';
import { type Html, html } from './html.ts';
import { filterOf, type JobChoice, jobFilterBar, jobsAddress, readJobChoice, regionOf, TABS, tabOf } from './job-filter.ts';
import { causeList, jobTable } from './job-table.ts';
import { liveNote, REFRESH_SECONDS } from './live.ts';
import { orShowAgain, redirect } from './notices.ts';
import { emptyState, pageHead, pager } from './parts.ts';
import { CANCELLED, count, namaLengkap } from './present.ts';
import type { Answer, Visit } from './visit.ts';
import { waitingDesaCard } from './waits.ts';

const PAGE_SIZE = 30;
const LIST = 'daftar-pekerjaan';

/** Pekerjaan: what runs, what waits and why, what failed and why. */
export async function showJobList(visit: Visit): Promise<Answer> {
  const choice = readJobChoice(visit);
  const list = await jobList(visit, choice);
  if (visit.wantsFragment) return { kind: 'fragment', body: list };
  const kecamatan = await visit.tools.tenants.kecamatan(visit.actor.wilayah);
  const body = html`${pageHead({ title: 'Pekerjaan', lead: 'Setiap pemasangan, penghapusan, dan pemulihan tercatat langkah demi langkah.', actions: liveNote(LIST) })}
    ${jobFilterBar(visit, choice, kecamatan)}${list}`;
  return { kind: 'page', title: 'Pekerjaan', section: 'pekerjaan', body, refreshSeconds: REFRESH_SECONDS };
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

async function jobList(visit: Visit, choice: JobChoice): Promise<Html> {
  const { tools, actor } = visit;
  const within = regionOf(actor, choice);
  const tab = tabOf(choice);
  const showsWaiting = (tab?.value === 'aktif' || tab?.of === 'aktif') && choice.desa === '';
  const [counts, failures, page, waits, later] = await Promise.all([
    tools.jobs.countByState(within),
    tools.jobs.failuresByCause(within),
    tools.jobs.list({ ...filterOf(visit, choice), limit: PAGE_SIZE }),
    overviewQueue(tools),
    showsWaiting ? overviewWaitingDesa(tools, within) : [],
  ]);
  const causes = failures.filter(({ fingerprint }) => !fingerprint.startsWith(`${CANCELLED}:`));
  const names = await namesOf(visit, page.rows);
  // Counts know regions, but no apps and no times: better none than wrong ones.
  const isCounted = choice.aplikasi === '' && choice.hari === '' && choice.desa === '';
  const showCauses =
    causes.length > 0 && choice.desa === '' && tab?.value !== 'berhasil' && tab?.value !== 'aktif' && tab?.of === undefined;
  return html`<div id="${LIST}" hx-get="${jobsAddress(choice, { sesudah: choice.sesudah })}" hx-trigger="pendopo:berubah" hx-swap="outerHTML">
    ${tabs(choice, isCounted ? counts : null)}
    ${waitingDesaCard(later, titlesOf(tools.apps))}
    ${showCauses && causeList(visit, causes, choice)}
    ${choice.desa !== '' && html`<p class="pd-row"><span class="pd-muted">Hanya pekerjaan <a href="/desa/${choice.desa}">desa ${choice.desa}</a>.</span><a href="${jobsAddress(choice, { desa: '' })}">Tampilkan semua</a></p>`}
    ${choice.sebab !== '' && html`<p class="pd-row"><span class="pd-muted">Hanya pekerjaan dengan sebab yang dipilih.</span><a href="${jobsAddress(choice, { sebab: '' })}">Tampilkan semua</a></p>`}
    ${page.rows.length === 0 ? emptyState('pekerjaan', 'Tidak ada pekerjaan', html`<p>${isCounted ? tab?.empty : 'Tidak ada yang cocok dengan saringannya.'}</p>`) : jobTable(visit, page.rows, names, waits)}
    ${pager({ next: page.next === null ? null : jobsAddress(choice, { sesudah: page.next }), first: choice.sesudah === '' ? null : jobsAddress(choice) })}
  </div>`;
}

/** By state; what is active falls into what runs and what waits. */
function tabs(choice: JobChoice, counts: Readonly<Record<JobState, number>> | null): Html {
  const chosen = tabOf(choice);
  const main = chosen?.of ?? chosen?.value;
  const link = ({ value, label, states }: (typeof TABS)[number], isCurrent: boolean): Html => {
    const n = counts === null ? null : states.reduce((sum, state) => sum + counts[state], 0);
    return html`<a id="tab-${value}" href="${jobsAddress(choice, { keadaan: value, sebab: '' })}"${isCurrent && html` aria-current="page"`}>${label}${n !== null && html`<span class="pd-count${value === 'perlu-tindakan' && n > 0 && ' pd-buruk'}">${count(n)}</span>`}</a>`;
  };
  const parts = TABS.filter(({ of }) => of !== undefined && of === main);
  return html`<nav class="pd-tabs" aria-label="Keadaan pekerjaan">${TABS.filter(({ of }) => of === undefined).map((tab) => link(tab, tab.value === main))}</nav>
    ${parts.length > 0 && html`<nav class="pd-subtabs" aria-label="Bagian dari ${chosen?.of ?? chosen?.label}">${parts.map((tab) => link(tab, tab.value === chosen?.value))}</nav>`}`;
}

/** Jobs know only the kode of their desa. */
async function namesOf({ tools }: Visit, jobs: readonly Job[]): Promise<ReadonlyMap<KodeTenant, string>> {
  const desa = await tools.tenants.findAll([...new Set(jobs.map(({ kode }) => kode))]);
  return new Map(desa.map((one) => [one.kode, namaLengkap(one)]));
}
