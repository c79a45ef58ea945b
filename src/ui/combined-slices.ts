import { may } from '../domain/access.ts';
import type { RegistrationState } from '../domain/combined.ts';
import type { RegistrationRow } from '../workflows/combined-overview.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { badge, csrfField, when } from './parts.ts';
import { count, type Look } from './present.ts';
import type { Visit } from './visit.ts';

export const SLICE_LOOKS: Readonly<Record<RegistrationState, Look>> = {
  none: { word: 'Tidak terdaftar', tone: 'netral', icon: 'silang' },
  registering: { word: 'Sedang didaftarkan', tone: 'jalan', icon: 'ulang' },
  registered: { word: 'Terbukti sama', tone: 'baik', icon: 'centang' },
  detached: { word: 'Dilepas selama perubahan', tone: 'awas', icon: 'jeda' },
  stale: { word: 'Sedang diperbaiki', tone: 'buruk', icon: 'awas' },
};

/** More desa than this, and those that are right are shown when somebody asks. */
const MOST_ROWS = 50;

/** Every desa's place there; what needs a look stands on top, and all of it is shown however much it is. */
export function slicesCard(visit: Visit, rows: readonly RegistrationRow[], pathFor: (fields: { readonly semua: string }) => string): Html {
  const right = rows.filter(({ state }) => state === 'registered');
  const toLookAt = rows.filter(({ state }) => state !== 'registered');
  const room = visit.query.text('semua') === 'ya' ? rows.length : Math.max(0, MOST_ROWS - toLookAt.length);
  const left = right.length - room;
  const table = html`<table class="pd-table">
    <thead><tr><th scope="col">Desa</th><th scope="col">Keadaan</th><th scope="col">Bukti terakhir</th><th scope="col"><span class="visually-hidden">Tindakan</span></th></tr></thead>
    <tbody>${[...toLookAt, ...right.slice(0, room)].map((row) => sliceRow(visit, row))}</tbody></table>`;
  return html`<section class="pd-group"><h2 class="pd-section-title">Keadaan setiap desa</h2>
    ${
      rows.some(({ kode }) => may(visit.actor, 'retry', kode))
        ? // One form for all: hundreds of them would be most of the page.
          html`<form class="card pd-table-card" method="post" action="/gabungan">${csrfField(visit)}${table}</form>`
        : html`<div class="card pd-table-card">${table}</div>`
    }
    ${left > 0 && html`<p><a href="${pathFor({ semua: 'ya' })}">${count(left)} desa lain terbukti sama: tampilkan semua</a></p>`}</section>`;
}

function sliceRow(visit: Visit, { kode, nama, app, configId, state, provenAt, finding, staleTables }: RegistrationRow): Html {
  const tables = staleTables.length > 0 && html`<small>Tabel: ${staleTables.join(', ')}</small>`;
  const button = (action: string, label: string, sign: 'centang' | 'ulang'): Html =>
    html`<button class="btn btn-sm" type="submit" formaction="/gabungan/${kode}/${app}/${action}">${icon(sign)}${label}</button>`;
  return html`<tr><th scope="row" data-label="Desa"><a href="/desa/${kode}">${nama}</a><small class="pd-kode">${kode} · nomor ${configId}</small></th>
    <td data-label="Keadaan">${badge(SLICE_LOOKS[state])}${finding !== null && html`<small>${finding}</small>`}${tables}</td>
    <td data-label="Bukti terakhir">${provenAt === null ? html`<span class="pd-muted">menunggu</span>` : when(provenAt, visit)}</td>
    <td class="pd-cell-action">${may(visit.actor, 'retry', kode) && html`<div class="pd-row">${button('periksa', 'Periksa', 'centang')}${button('perbaiki', 'Perbaiki', 'ulang')}</div>`}</td></tr>`;
}
