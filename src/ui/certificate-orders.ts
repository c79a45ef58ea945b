import type { CertificateOrder } from '../domain/certificate-order.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { badge, buttonForm } from './parts.ts';
import { count, moment } from './present.ts';
import type { Visit } from './visit.ts';

const SHOWN = 30;

/** Names that wait for a certificate: why, until when, and a button for those who do not want to wait. */
export function waitingCard(visit: Visit, orders: readonly CertificateOrder[]): Html | false {
  if (orders.length === 0) return false;
  const failed = orders.filter(({ failure }) => failure !== null);
  const fresh = orders.filter(({ failure }) => failure === null);
  const shown = [...failed, ...fresh].slice(0, SHOWN);
  return html`<section class="card pd-card" aria-labelledby="judul-menunggu"><h2 class="pd-card-title" id="judul-menunggu">${icon('jam')}Menunggu sertifikat<span class="pd-count">${count(orders.length)}</span></h2>
    <ul class="pd-orders">${shown.map((order) => line(visit, order))}</ul>
    ${orders.length > SHOWN && html`<p class="pd-muted">dan ${count(orders.length - SHOWN)} nama lainnya.</p>`}</section>`;
}

function line(visit: Visit, { host, failure, nextAt, refused }: CertificateOrder): Html {
  if (failure === null) {
    return html`<li><div><b>${host}</b><p class="pd-muted">Sedang diminta dari penerbit; biasanya selesai dalam semenit.</p></div>${badge({ word: 'Sedang diminta', tone: 'jalan', icon: 'ulang' })}</li>`;
  }
  return html`<li><div><b>${host}</b>
      <p class="pd-buruk">${failure.message}</p>
      <p>${failure.advice}</p>
      <p class="pd-muted">${icon('jam', 'pd-icon-sm')} ${nextAt <= visit.now ? 'Segera dicoba lagi' : html`Dicoba lagi <time datetime="${nextAt.toISOString()}">${moment(nextAt, visit.zone)}</time>`}${refused.length > 0 && ` · ditolak ${count(refused.length)} kali`}</p>
      ${failure.detail !== null && html`<details><summary>Kata penerbit</summary><code>${failure.detail}</code></details>`}</div>
    ${buttonForm(visit, { action: '/sertifikat/minta', label: 'Minta sekarang', icon: 'ulang', style: 'btn-sm', fields: html`<input type="hidden" name="host" value="${host}">` })}</li>`;
}
