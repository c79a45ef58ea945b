import { may } from '../domain/access.ts';
import type { EndingCertificate } from '../workflows/certificate-overview.ts';
import { lifeBar } from './certificate-looks.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { count } from './present.ts';
import type { Visit } from './visit.ts';

const SHOWN = 4;

/** On the dashboard: certificates in use that end soon or are over, and whether a person is needed. */
export function endingCard(visit: Visit, ending: readonly EndingCertificate[]): Html {
  const more =
    may(visit.actor, 'create-tenant', visit.actor.wilayah) &&
    html`<a class="pd-more" href="/sertifikat">Sertifikat${icon('kanan', 'pd-icon-sm')}</a>`;
  return html`<section class="card pd-card pd-board-full" aria-labelledby="judul-sertifikat-akhir"><h2 class="pd-card-title" id="judul-sertifikat-akhir">${icon('kunci')}Sertifikat yang segera berakhir</h2>
    ${ending.length === 0 && html`<p class="pd-muted">${icon('centang', 'pd-icon-sm')} Tidak ada.</p>`}
    ${ending.length > 0 && html`<ul class="pd-ending">${ending.slice(0, SHOWN).map((one) => line(visit, one))}</ul>`}
    ${ending.length > SHOWN && html`<p class="pd-muted">dan ${count(ending.length - SHOWN)} lainnya.</p>`}
    ${more}</section>`;
}

function line(visit: Visit, { host, more, certificate, order }: EndingCertificate): Html {
  const why =
    order?.failure?.message ??
    (certificate.source === 'upload' ? 'Unggahan: perlu diganti orang.' : 'Diperpanjang dengan sendirinya malam ini.');
  return html`<li><b>${host}</b>${more > 0 && html` <span class="pd-count">+${count(more)}</span>`}${lifeBar(visit, certificate)}<small>${why}</small></li>`;
}
