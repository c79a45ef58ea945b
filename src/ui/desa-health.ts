import type { InstallationHealth } from '../workflows/installation-health.ts';
import { type Html, html } from './html.ts';
import { badge } from './parts.ts';
import { count, type Look, size } from './present.ts';

/** Whether it answers now, and how much of its memory it holds. */
export function healthFacts({ page, memory, blind }: InstallationHealth): Html {
  if (blind !== null) return html`<dt>Kesehatan</dt><dd><span class="pd-muted">Belum dapat diperiksa: ${blind}</span></dd>`;
  const look: Look =
    page === null || page.status >= 500
      ? { word: memory === null ? 'Tidak berjalan' : 'Tidak menjawab', tone: 'buruk', icon: 'awas' }
      : { word: 'Menjawab', tone: 'baik', icon: 'centang' };
  const took = page !== null && html` <small>HTTP ${page.status} dalam ${count(page.ms)} ms</small>`;
  const held = memory !== null && html`<small>Memori ${size(memory.used)} dari ${size(memory.limit)}</small>`;
  const advice =
    look.tone === 'buruk' &&
    html`<small>Docker menghidupkannya kembali sendiri. Bila tetap begini, tekan Tangguhkan lalu Aktifkan; data desa tidak tersentuh.</small>`;
  return html`<dt>Kesehatan</dt><dd>${badge(look)}${took} ${held}${advice}</dd>`;
}
