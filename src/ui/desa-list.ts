import { may } from '../domain/access.ts';
import { ACTIVE_STATES, isActive, type Job } from '../domain/job.ts';
import type { KecamatanRow, TenantFilter, TenantRow } from '../domain/ports-records.ts';
import type { InstallationState } from '../domain/tenant.ts';
import { parseKodeWilayah } from '../domain/wilayah.ts';
import { titlesOf } from './catalogue.ts';
import { firstStep } from './first-step.ts';
import { type Html, html, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import { pathWith } from './input.ts';
import { badge, emptyState, installationPill, option, pageHead, pager, siteLink, when } from './parts.ts';
import { count, lookOfJob, VERBS } from './present.ts';
import type { Answer, Visit } from './visit.ts';

const PAGE_SIZE = 25;

const STATES: readonly { readonly value: InstallationState; readonly label: string }[] = [
  { value: 'active', label: 'Aktif' },
  { value: 'installing', label: 'Sedang dipasang' },
  { value: 'suspended', label: 'Ditangguhkan' },
  { value: 'removing', label: 'Sedang dihapus' },
  { value: 'absent', label: 'Belum terpasang' },
];

interface Choice {
  readonly search: string;
  readonly kecamatan: string;
  readonly state: string;
  readonly after: string;
}

/** Data Desa: every desa the visitor may see, found by typing. */
export async function showDesaList(visit: Visit): Promise<Answer> {
  const { query } = visit;
  const choice = {
    search: query.text('cari'),
    kecamatan: query.text('kecamatan'),
    state: query.text('keadaan'),
    after: query.text('sesudah'),
  };
  if (visit.wantsFragment) return { kind: 'fragment', body: await desaTable(visit, choice, null) };

  const within = visit.actor.wilayah;
  const kecamatan = await visit.tools.tenants.kecamatan(within);
  const total = kecamatan.reduce((sum, { desa }) => sum + desa, 0);
  const [summary, table] = await Promise.all([summaryOf(visit, total), desaTable(visit, choice, total)]);
  const mayAdd = may(visit.actor, 'create-tenant', within);
  const body = html`
    ${pageHead({ title: 'Data Desa', lead: 'Semua desa yang dikelola di server ini.', actions: mayAdd && total > 0 && html`<a class="btn btn-primary" href="/desa/tambah">${icon('tambah')}Tambah desa</a>` })}
    ${total > 0 && html`${summary}${filterBar(choice, kecamatan)}`}
    ${table}`;
  return { kind: 'page', title: 'Data Desa', section: 'desa', body };
}

async function summaryOf({ tools, actor }: Visit, total: number): Promise<Html> {
  const within = actor.wilayah;
  const [active, jobs] = await Promise.all([tools.tenants.count({ within, state: 'active' }), tools.jobs.countByState(within)]);
  const working = ACTIVE_STATES.reduce((sum, state) => sum + jobs[state], 0);
  return html`<dl class="pd-stats">
    <div><dt>Desa</dt><dd>${count(total)}</dd></div>
    <div class="pd-baik"><dt>Aktif</dt><dd>${count(active)}</dd></div>
    <div class="pd-jalan"><dt>Pekerjaan berjalan</dt><dd><a href="/pekerjaan?keadaan=aktif">${count(working)}</a></dd></div>
    <div class="${jobs.stuck > 0 ? 'pd-buruk' : 'pd-netral'}"><dt>Perlu tindakan</dt><dd><a href="/pekerjaan?keadaan=perlu-tindakan">${count(jobs.stuck)}</a></dd></div>
  </dl>`;
}

function filterBar(choice: Choice, kecamatan: readonly KecamatanRow[]): Html {
  return html`<form class="pd-filter" role="search" method="get" action="/desa" hx-get="/desa" hx-target="#daftar-desa" hx-swap="outerHTML" hx-replace-url="true" hx-trigger="input delay:250ms, submit" hx-sync="this:replace" data-saring>
    <div class="pd-search">${icon('cari')}<label class="visually-hidden" for="cari">Cari nama atau kode desa</label>
      <input class="form-control" type="search" id="cari" name="cari" value="${choice.search}" placeholder="Cari nama atau kode desa" autocomplete="off" data-cari></div>
    <label class="visually-hidden" for="kecamatan">Kecamatan</label>
    <select class="form-select" id="kecamatan" name="kecamatan">${option('', 'Semua kecamatan', choice.kecamatan)}${kecamatan.map(({ kode, nama, desa }) => option(kode, `${nama} (${count(desa)})`, choice.kecamatan))}</select>
    <label class="visually-hidden" for="keadaan">Keadaan</label>
    <select class="form-select" id="keadaan" name="keadaan">${option('', 'Semua keadaan', choice.state)}${STATES.map(({ value, label }) => option(value, label, choice.state))}</select>
    <noscript><button class="btn" type="submit">Saring</button></noscript>
  </form>`;
}

async function desaTable(visit: Visit, choice: Choice, total: number | null): Promise<Html> {
  const { tools } = visit;
  const filter = filterOf(visit, choice);
  const { after: _, limit: __, ...counted } = filter;
  const [page, found] = await Promise.all([tools.tenants.list(filter), tools.tenants.count(counted)]);
  const jobs = await tools.jobs.latestOf(page.rows.map(({ kode }) => kode));
  const busy = [...jobs.values()].some(({ state }) => isActive(state));
  const titles = titlesOf(tools.apps);
  const self = pathWith('/desa', { cari: choice.search, kecamatan: choice.kecamatan, keadaan: choice.state, sesudah: choice.after });
  const poll = busy && html` hx-get="${self}" hx-trigger="every 5s" hx-swap="outerHTML"`;
  if (page.rows.length === 0) return html`<div id="daftar-desa">${total === 0 ? firstStep(visit) : nothingFound(choice)}</div>`;
  const next =
    page.next === null
      ? null
      : pathWith('/desa', { cari: choice.search, kecamatan: choice.kecamatan, keadaan: choice.state, sesudah: page.next });
  const first = choice.after === '' ? null : pathWith('/desa', { cari: choice.search, kecamatan: choice.kecamatan, keadaan: choice.state });
  return html`<div id="daftar-desa"${poll}>
    <p class="pd-found" role="status">${count(found)} desa${choice.search !== '' && html` cocok dengan “${choice.search}”`}</p>
    <div class="card pd-table-card"><table class="pd-table pd-table-desa">
      <thead><tr><th scope="col">Kode</th><th scope="col">Nama</th><th scope="col">Kecamatan</th><th scope="col">Aplikasi</th><th scope="col">Situs</th><th scope="col">Pekerjaan terakhir</th></tr></thead>
      <tbody>${page.rows.map((row) => desaRow(visit, row, jobs.get(row.kode) ?? null, titles))}</tbody>
    </table></div>
    ${pager({ next, first })}
  </div>`;
}

function desaRow(visit: Visit, row: TenantRow, job: Job | null, titles: ReadonlyMap<string, string>): Html {
  const present = row.installations.filter(({ state }) => state !== 'absent');
  const urls = present.flatMap(({ url }) => (url === null ? [] : [url]));
  return html`<tr>
    <td class="pd-kode pd-cell-kode" data-label="Kode">${row.kode}</td>
    <th scope="row" data-label="Nama"><a id="desa-${row.kode}" href="/desa/${row.kode}">${row.nama}</a></th>
    <td class="pd-cell-place" data-label="Kecamatan">${row.namaKecamatan}</td>
    <td class="pd-cell-apps" data-label="Aplikasi">${present.length === 0 ? html`<span class="pd-muted">Belum terpasang</span>` : html`<span class="pd-pills">${present.map((one) => installationPill(one, titles.get(one.app) ?? one.app))}</span>`}</td>
    <td data-label="Situs" class="pd-cell-site">${urls[0] === undefined ? html`<span class="pd-muted${row.domain === null && ' pd-none'}">${row.domain ?? '–'}</span>` : siteLink(urls[0])}</td>
    <td class="pd-cell-job" data-label="Pekerjaan terakhir">${job === null ? html`<span class="pd-muted">–</span>` : html`<a class="pd-job-link" href="/pekerjaan/${job.id}">${badge(lookOfJob(job))}<small>${VERBS[job.workflow]} · ${when(job.endedAt ?? job.createdAt, visit)}</small></a>`}</td>
  </tr>`;
}

function nothingFound(choice: Choice): Html {
  if (choice.search === '' && choice.kecamatan === '' && choice.state === '') return NOTHING;
  return emptyState(
    'cari',
    'Tidak ada desa yang cocok',
    html`<p>Ubah kata pencarian atau saringannya.</p>`,
    html`<p><a class="btn" href="/desa">Tampilkan semua desa</a></p>`,
  );
}

function filterOf({ actor }: Visit, choice: Choice): TenantFilter {
  const state = STATES.find(({ value }) => value === choice.state)?.value;
  return {
    within: actor.wilayah,
    limit: PAGE_SIZE,
    ...(choice.search !== '' && { search: choice.search }),
    ...(choice.after !== '' && { after: choice.after }),
    ...(choice.kecamatan !== '' && { kodeKecamatan: parseKodeWilayah(choice.kecamatan) }),
    ...(state !== undefined && { state }),
  };
}
