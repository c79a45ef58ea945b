import { may } from '../domain/access.ts';
import type { RegistrationRow } from '../workflows/combined-overview.ts';
import { SLICE_LOOKS } from './combined-slices.ts';
import type { Dossier } from './desa-cards.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { badge, buttonForm, when } from './parts.ts';
import type { Visit } from './visit.ts';

/** Whether the desa's rows in the combined database are right, and since when that is proven. */
export function combinedStateCard(visit: Visit, { slices, offers }: Dossier): Html {
  const title = (app: string): string => offers.find(({ manifest }) => manifest.name === app)?.manifest.title ?? app;
  return html`<section class="card pd-card"><h2 class="pd-card-title">${icon('basisdata')}Database gabungan</h2>
    ${slices.length === 0 && html`<p class="pd-muted">Desa ini belum terdaftar di sana.</p>`}
    ${slices.map((slice) => sliceOf(visit, slice, title(slice.app)))}
    <a class="pd-more" href="/gabungan">Semua desa${icon('kanan', 'pd-icon-sm')}</a></section>`;
}

function sliceOf(visit: Visit, { kode, app, state, provenAt, finding, staleTables, configId }: RegistrationRow, title: string): Html {
  const base = `/gabungan/${kode}/${app}`;
  return html`<div class="pd-slice"><p>${badge(SLICE_LOOKS[state])} <b>${title}</b></p>
    <p class="pd-muted">${provenAt === null ? 'Belum dibuktikan.' : html`Terbukti sama ${when(provenAt, visit)}.`} Nomor desa ${configId}.</p>
    ${finding !== null && html`<p class="pd-warn">${finding}</p>`}${staleTables.length > 0 && html`<p class="pd-muted">Tabel: ${staleTables.join(', ')}</p>`}
    ${may(visit.actor, 'retry', kode) && html`<div class="pd-row">${buttonForm(visit, { action: `${base}/periksa`, label: 'Periksa', icon: 'centang', style: 'btn-sm' })}${state !== 'registered' && buttonForm(visit, { action: `${base}/perbaiki`, label: 'Perbaiki', icon: 'ulang', style: 'btn-sm' })}</div>`}</div>`;
}
