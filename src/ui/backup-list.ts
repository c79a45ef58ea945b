import type { Backup } from '../domain/backup.ts';
import { parseKodeTenant } from '../domain/wilayah.ts';
import { titlesOf } from './catalogue.ts';
import { drillCard } from './drill-card.ts';
import { type Html, html } from './html.ts';
import { offsiteLine } from './offsite.ts';
import { emptyState, pageHead, when } from './parts.ts';
import { REASONS, size } from './present.ts';
import type { Answer, Visit } from './visit.ts';

const MOST = 200;

/** Cadangan: what every desa can go back to, and when that was last proven. */
export async function showBackups(visit: Visit): Promise<Answer> {
  const { tools, actor, query } = visit;
  const kode = query.text('desa') === '' ? null : parseKodeTenant(query.text('desa'));
  const backups = await tools.backups.list({ within: actor.wilayah, limit: MOST, ...(kode !== null && { kode }) });
  const found = await tools.tenants.findAll([...new Set(backups.map((one) => one.kode))]);
  const names = new Map(found.map((one) => [one.kode, one.nama]));
  const titles = titlesOf(tools.apps);
  const body = html`
    ${pageHead({ title: 'Cadangan', lead: 'Setiap cadangan sudah dibuktikan: dipulihkan ke tempat percobaan dan dibandingkan baris demi baris.' })}
    <div class="pd-stack">${actor.wilayah === null && (await offsiteLine(visit))}
    ${kode !== null && html`<p><a href="/cadangan">Tampilkan semua cadangan</a></p>`}
    ${await drillCard(visit, kode)}
    ${
      backups.length === 0
        ? emptyState('arsip', 'Belum ada cadangan', html`<p>Cadangan dibuat setiap malam, dan sebelum setiap pembaruan.</p>`)
        : html`<div class="card pd-table-card"><table class="pd-table">
      <thead><tr><th scope="col">Desa</th><th scope="col">Aplikasi</th><th scope="col">Sebab</th><th scope="col">Dibuat</th><th scope="col">Ukuran</th><th scope="col">Diuji lagi</th><th scope="col"><span class="visually-hidden">Tindakan</span></th></tr></thead>
      <tbody>${backups.map((one) => row(visit, one, names.get(one.kode) ?? one.kode, titles.get(one.app) ?? one.app))}</tbody></table></div>`
    }</div>`;
  return { kind: 'page', title: 'Cadangan', section: 'cadangan', body };
}

function row(visit: Visit, backup: Backup, nama: string, title: string): Html {
  const { id, kode, tag, reason, createdAt, provenAt, bytes } = backup;
  return html`<tr>
    <th scope="row" data-label="Desa"><a href="/desa/${kode}">${nama}</a><small class="pd-kode">${kode}</small></th>
    <td data-label="Aplikasi">${title}<small>${tag}</small></td>
    <td data-label="Sebab">${REASONS[reason]}</td>
    <td data-label="Dibuat">${when(createdAt, visit)}</td>
    <td data-label="Ukuran">${size(bytes)}</td>
    <td data-label="Diuji lagi">${provenAt === null ? html`<span class="pd-muted">belum</span>` : when(provenAt, visit)}</td>
    <td class="pd-cell-action"><a class="btn btn-sm" href="/cadangan/${id}">Lihat</a></td></tr>`;
}
