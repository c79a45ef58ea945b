import { may } from '../domain/access.ts';
import { isActive, type Job } from '../domain/job.ts';
import type { TenantRow } from '../domain/ports-records.ts';
import { siteOf } from '../domain/tenant.ts';
import { titlesOf } from './catalogue.ts';
import { bulkBar } from './desa-bulk-bar.ts';
import { columnChoice, shownColumns } from './desa-columns.ts';
import { addressOf, type Choice, choiceOf, filterBar, isChosen, pageOfDesa } from './desa-filter.ts';
import { firstStep } from './first-step.ts';
import { type Html, html, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import { badge, csrfField, emptyState, installationPill, pageHead, pager, siteLink, when } from './parts.ts';
import { count, lookOfJob, VERBS } from './present.ts';
import type { Answer, Visit } from './visit.ts';

const PAGE_SIZE = 50;

/** Data Desa: every desa the visitor may see, found by typing, narrowed by what it runs and how it stands. */
export async function showDesaList(visit: Visit): Promise<Answer> {
  const choice = choiceOf(visit);
  if (visit.wantsFragment) return { kind: 'fragment', body: await desaTable(visit, choice) };
  const within = visit.actor.wilayah;
  const kecamatan = await visit.tools.tenants.kecamatan(within);
  const total = kecamatan.reduce((sum, { desa }) => sum + desa, 0);
  const body = html`
    ${pageHead({ title: 'Data Desa', lead: 'Semua desa yang dikelola di server ini.', actions: total > 0 && may(visit.actor, 'create-tenant', within) && addButtons() })}
    ${total === 0 ? firstStep(visit) : html`${filterBar(visit, choice, kecamatan, await versionsOf(visit))}${await desaTable(visit, choice)}`}`;
  return { kind: 'page', title: 'Data Desa', section: 'desa', body };
}

function addButtons(): Html {
  return html`<a class="btn" href="/desa/impor">${icon('unggah')}Impor</a><a class="btn btn-primary" href="/desa/tambah">${icon('tambah')}Tambah desa</a>`;
}

async function versionsOf({ tools, actor }: Visit): Promise<readonly string[]> {
  const versions = await tools.tenants.versions(actor.wilayah);
  return versions.toSorted((a, b) => b.localeCompare(a, 'id', { numeric: true }));
}

async function desaTable(visit: Visit, choice: Choice): Promise<Html> {
  const { tools, query } = visit;
  const after = query.text('sesudah');
  const { rows, total, next: last } = await pageOfDesa(visit, choice, { after, limit: PAGE_SIZE });
  if (rows.length === 0) return html`<div id="daftar-desa">${nothingFound(choice)}</div>`;
  const jobs = await tools.jobs.latestOf(rows.map(({ kode }) => kode));
  const busy = rows.some(({ kode }) => isActive(jobs.get(kode)?.state ?? 'succeeded'));
  const next = last === null ? null : addressOf('/desa', choice, { sesudah: last });
  const poll = busy && html` hx-get="${addressOf('/desa', choice, { sesudah: after })}" hx-trigger="every 5s" hx-swap="outerHTML"`;
  const columns = shownColumns(visit);
  const mayAct = may(visit.actor, 'update', visit.actor.wilayah);
  const table = html`<div class="card pd-table-card"><table class="pd-table pd-table-desa">
      <thead><tr>${mayAct && html`<th scope="col" class="pd-cell-tick"><span class="visually-hidden">Pilih</span></th>`}<th scope="col">Kode</th><th scope="col">Nama</th>${columns.map(({ label }) => html`<th scope="col">${label}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => desaRow({ visit, row, job: jobs.get(row.kode) ?? null, titles: titlesOf(tools.apps), columns, mayAct }))}</tbody>
    </table></div>`;
  return html`<div id="daftar-desa"${poll}>
    <div class="pd-found"><p role="status">${count(total)} desa${choice.search !== '' && html` cocok dengan “${choice.search}”`}</p>
      <div class="pd-row">${columnChoice(visit, addressOf('/desa', choice))}<a href="${addressOf('/desa/ekspor', choice)}">CSV</a><a href="${addressOf('/desa/ekspor', choice, { jenis: 'xlsx' })}">XLSX</a></div></div>
    ${mayAct ? html`<form method="post" action="/desa/massal/periksa" data-pilihan>${csrfField(visit)}${table}${bulkBar(visit, choice, total)}</form>` : table}
    ${pager({ next, first: after === '' ? null : addressOf('/desa', choice) })}
  </div>`;
}

interface RowParts {
  readonly visit: Visit;
  readonly row: TenantRow;
  readonly job: Job | null;
  readonly titles: ReadonlyMap<string, string>;
  readonly columns: ReturnType<typeof shownColumns>;
  readonly mayAct: boolean;
}

function desaRow({ visit, row, job, titles, columns, mayAct }: RowParts): Html {
  const cells: Readonly<Record<(typeof columns)[number]['name'], () => Html>> = {
    kecamatan: () => html`<td class="pd-cell-place" data-label="Kecamatan">${row.namaKecamatan}</td>`,
    aplikasi: () => appsCell(row, titles),
    situs: () => siteCell(row),
    pekerjaan: () => jobCell(visit, job),
  };
  return html`<tr>${mayAct && html`<td class="pd-cell-tick"><input class="form-check-input" type="checkbox" id="pilih-${row.kode}" name="desa" value="${row.kode}"><label class="visually-hidden" for="pilih-${row.kode}">Pilih ${row.nama}</label></td>`}
    <td class="pd-kode pd-cell-kode" data-label="Kode">${row.kode}</td>
    <th scope="row" data-label="Nama"><a id="desa-${row.kode}" href="/desa/${row.kode}">${row.nama}</a></th>
    ${columns.map(({ name }) => cells[name]())}</tr>`;
}

function appsCell({ installations }: TenantRow, titles: ReadonlyMap<string, string>): Html {
  const present = installations.filter(({ state }) => state !== 'absent');
  return html`<td class="pd-cell-apps" data-label="Aplikasi">${present.length === 0 ? html`<span class="pd-muted">Belum terpasang</span>` : html`<span class="pd-pills">${present.map((one) => installationPill(one, titles.get(one.app) ?? one.app))}</span>`}</td>`;
}

function siteCell({ installations, domain }: TenantRow): Html {
  const url = siteOf(installations);
  return html`<td data-label="Situs" class="pd-cell-site">${url === null ? html`<span class="pd-muted${domain === null && ' pd-none'}">${domain ?? '–'}</span>` : siteLink(url)}</td>`;
}

function jobCell(visit: Visit, job: Job | null): Html {
  return html`<td class="pd-cell-job" data-label="Pekerjaan terakhir">${job === null ? html`<span class="pd-muted">–</span>` : html`<a class="pd-job-link" href="/pekerjaan/${job.id}">${badge(lookOfJob(job))}<small>${VERBS[job.workflow]} · ${when(job.endedAt ?? job.createdAt, visit)}</small></a>`}</td>`;
}

function nothingFound(choice: Choice): Html {
  if (!isChosen(choice)) return NOTHING;
  return emptyState(
    'cari',
    'Tidak ada desa yang cocok',
    html`<p>Ubah kata pencarian atau saringannya.</p>`,
    html`<p><a class="btn" href="/desa">Tampilkan semua desa</a></p>`,
  );
}
