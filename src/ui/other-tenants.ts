import { may, requireMay } from '../domain/access.ts';
import type { TenantRow } from '../domain/ports-records.ts';
import { siteOf, type Tenant } from '../domain/tenant.ts';
import { type KodeWilayah, kabupatenOf, parseKodeTenant, scopeOf } from '../domain/wilayah.ts';
import { createTenant } from '../workflows/commands/tenants.ts';
import { titlesOf } from './catalogue.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import type { Section } from './navigation.ts';
import { orShowAgain, redirect } from './notices.ts';
import { crumb, csrfField, emptyState, installationPill, pageHead, siteLink } from './parts.ts';
import { namaLengkap, whereabouts } from './present.ts';
import type { Answer, Visit } from './visit.ts';

/** More kecamatan and kabupaten than one Pendopo has. */
const ALL = 500;
const TITLE = 'Kecamatan & kabupaten';

/** Tenants that are no desa, with what they run. Each is opened on the page that a desa has too. */
export async function showOtherTenants(visit: Visit): Promise<Answer> {
  const { tools, actor } = visit;
  const { rows } = await tools.tenants.list({ within: actor.wilayah, scopes: ['kabupaten', 'kecamatan'], limit: ALL });
  const mayAdd = may(actor, 'create-tenant', actor.wilayah);
  const titles = titlesOf(tools.apps);
  const body = html`
    ${pageHead({ title: TITLE, lead: 'Aplikasi yang dimiliki kecamatan (OpenDK) atau kabupaten (OpenKab), bukan satu desa.' })}
    ${rows.length === 0 ? emptyState('lokasi', 'Belum ada', html`<p>Desa tidak memerlukannya. Daftarkan kecamatan atau kabupaten hanya bila ia akan mempunyai aplikasi sendiri.</p>`) : html`<div class="card pd-table-card"><table class="pd-table"><thead><tr><th scope="col">Kode</th><th scope="col">Nama</th><th scope="col">Aplikasi</th><th scope="col">Situs</th></tr></thead><tbody>${rows.map((row) => tenantRow(row, titles))}</tbody></table></div>`}
    ${mayAdd && addForm(visit, await candidates(visit, rows))}`;
  return { kind: 'page', title: TITLE, section: 'kecamatan', body };
}

/** Registers one, and leads to its page. */
export async function addOtherTenant(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => {
      const kode = parseKodeTenant(visit.form.text('kode'));
      requireMay(visit.actor, 'create-tenant', kode);
      const known = await visit.tools.tenants.find(kode);
      const { kode: made } = known ?? (await createTenant(visit.tools, visit.actor, { kode, domain: visit.form.text('domain') }));
      return redirect(`/desa/${made}`);
    },
    () => showOtherTenants(visit),
  );
}

/** The list on which a tenant stands. */
export function listCrumb(tenant: Pick<Tenant, 'kode'>): ReturnType<typeof crumb> {
  return sectionOf(tenant) === 'desa' ? crumb('/desa', 'Data Desa') : crumb('/kecamatan', TITLE);
}

export function sectionOf({ kode }: Pick<Tenant, 'kode'>): Section {
  return scopeOf(kode) === 'desa' ? 'desa' : 'kecamatan';
}

function tenantRow(row: TenantRow, titles: ReadonlyMap<string, string>): Html {
  const there = row.installations.filter(({ state }) => state !== 'absent');
  const url = siteOf(there);
  return html`<tr><td class="pd-kode pd-cell-kode" data-label="Kode">${row.kode}</td>
    <th scope="row" data-label="Nama"><a href="/desa/${row.kode}">${namaLengkap(row)}</a><small>${whereabouts(row)}</small></th>
    <td class="pd-cell-apps" data-label="Aplikasi">${there.length === 0 ? html`<span class="pd-muted">Belum terpasang</span>` : html`<span class="pd-pills">${there.map((one) => installationPill(one, titles.get(one.app) ?? one.app))}</span>`}</td>
    <td data-label="Situs" class="pd-cell-site">${url === null ? html`<span class="pd-muted">${row.domain ?? '–'}</span>` : siteLink(url)}</td></tr>`;
}

interface Candidate {
  readonly kode: KodeWilayah;
  readonly nama: string;
}

/** The kecamatan and kabupaten of the desa that are here, less those that are tenants already. */
async function candidates({ tools, actor }: Visit, rows: readonly TenantRow[]): Promise<readonly Candidate[]> {
  const kecamatan = await tools.tenants.kecamatan(actor.wilayah);
  const kabupaten = [...new Set(kecamatan.map(({ kode }) => kabupatenOf(kode)))].filter((kode) => may(actor, 'create-tenant', kode));
  const named = await Promise.all(kabupaten.map((kode) => tools.wilayah.find(kode)));
  const all = [...named.flatMap((one) => one ?? []), ...kecamatan.map(({ kode, nama }) => ({ kode, nama: `Kecamatan ${nama}` }))];
  return all.filter(({ kode }) => rows.every((row) => row.kode !== kode));
}

function addForm(visit: Visit, offered: readonly Candidate[]): Html {
  return html`<section class="card pd-card"><h2 class="pd-card-title">${icon('tambah')}Daftarkan kecamatan atau kabupaten</h2>
    <form method="post" action="/kecamatan" class="pd-field-row">${csrfField(visit)}
      <div class="pd-field"><label class="form-label" for="kode">Kode</label><input class="form-control" id="kode" name="kode" list="kode-tersedia" required autocomplete="off" placeholder="52.01.14" value="${visit.form.text('kode')}"><datalist id="kode-tersedia">${offered.map(({ kode, nama }) => html`<option value="${kode}">${nama}</option>`)}</datalist></div>
      <div class="pd-field"><label class="form-label" for="domain">Domain</label><input class="form-control" id="domain" name="domain" autocomplete="off" placeholder="kosongkan bila belum ada" value="${visit.form.text('domain')}"></div>
      <button class="btn btn-primary" type="submit">${icon('centang')}Daftarkan</button>
    </form></section>`;
}
