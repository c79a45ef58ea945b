import { may } from '../domain/access.ts';
import type { DesaAddresses } from '../domain/address.ts';
import type { TenantRow } from '../domain/ports-records.ts';
import { titlesOf } from './catalogue.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import type { Visit } from './visit.ts';

/** Where the desa is reached, on its page. */
export function addressCard(visit: Visit, desa: TenantRow, { domain, port, www, own, old, security }: DesaAddresses): Html {
  const titles = titlesOf(visit.tools.apps);
  const facts: readonly (readonly [string, string])[] = [
    ['Domain', domain ?? 'Belum ada'],
    ...(port === null ? [] : [['Port sendiri', String(port)] as const]),
    ...(domain === null ? [] : [['www', www ? 'Mengarah ke domain' : 'Tidak dipakai'] as const]),
    ['HTTPS', security === 'any' ? 'Tidak diwajibkan' : security === 'https' ? 'Wajib' : 'Wajib, HSTS'],
    ...Object.entries(own).map(([app, host]) => [titles.get(app) ?? app, host] as const),
    ...(old.length === 0 ? [] : [['Alamat lama', old.join(', ')] as const]),
  ];
  return html`<section class="card pd-card"><h2 class="pd-card-title">${icon('buka')}Alamat</h2>
    <dl class="pd-list-facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    ${may(visit.actor, 'create-tenant', desa.kode) && html`<a class="btn btn-sm" href="/desa/${desa.kode}/domain">Ubah domain…</a>`}</section>`;
}
