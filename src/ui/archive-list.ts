import { may } from '../domain/access.ts';
import { NotFound } from '../domain/errors.ts';
import type { Archive, TenantRow } from '../domain/ports-records.ts';
import { type KodeTenant, parseKodeTenant } from '../domain/wilayah.ts';
import { requestUnarchive } from '../workflows/commands/installations.ts';
import { titlesOf } from './catalogue.ts';
import { type Html, html } from './html.ts';
import { orShowAgain, toJob } from './notices.ts';
import { badge, buttonForm, emptyState, pageHead, when } from './parts.ts';
import { count, namaLengkap, size } from './present.ts';
import type { Answer, Visit } from './visit.ts';

const MOST = 200;

/** Arsip: what was removed and can come back. */
export async function showArchives(visit: Visit): Promise<Answer> {
  const { tools, actor, query } = visit;
  const kode = query.text('desa') === '' ? null : parseKodeTenant(query.text('desa'));
  const archives = await tools.archives.list({ within: actor.wilayah, limit: MOST, ...(kode !== null && { kode }) });
  const desa = await desaOf(visit, archives);
  const only =
    kode !== null &&
    html`<p class="pd-row"><span class="pd-muted">Hanya arsip ${namaOf(desa, kode)}.</span><a href="/arsip">Tampilkan semua arsip</a></p>`;
  const body = html`
    ${pageHead({ title: 'Arsip', lead: 'Data aplikasi yang sudah dihapus. Setiap arsip diuji sebelum apa pun dihapus, dan dapat dipulihkan.' })}
    ${only}
    ${archives.length === 0 ? emptyState('arsip', 'Belum ada arsip', html`<p>Saat aplikasi sebuah desa dihapus, datanya disimpan di sini lebih dulu.</p>`) : archiveTable(visit, archives, desa)}
    ${archives.length === MOST && html`<p class="pd-muted">Hanya ${count(MOST)} arsip terbaru yang ditampilkan.</p>`}`;
  return { kind: 'page', title: 'Arsip', section: 'arsip', body };
}

export async function restoreArchive(visit: Visit): Promise<Answer> {
  const archive = await visit.tools.archives.find(visit.params.text('id'));
  if (archive === null || !may(visit.actor, 'read', archive.kode)) throw new NotFound('arsip-tidak-ada', 'Arsip ini tidak ada.');
  return orShowAgain(
    () => toJob(requestUnarchive(visit.tools, visit.actor, { archiveId: archive.id })),
    () => showArchives(visit),
  );
}

function archiveTable(visit: Visit, archives: readonly Archive[], desa: ReadonlyMap<KodeTenant, TenantRow>): Html {
  const titles = titlesOf(visit.tools.apps);
  return html`<div class="card pd-table-card"><table class="pd-table">
    <thead><tr><th scope="col">Desa</th><th scope="col">Aplikasi</th><th scope="col">Dibuat</th><th scope="col">Ukuran</th><th scope="col">Uji pulih</th><th scope="col"><span class="visually-hidden">Tindakan</span></th></tr></thead>
    <tbody>${archives.map((archive) => {
      const nama = namaOf(desa, archive.kode);
      const title = titles.get(archive.app) ?? archive.app;
      return html`<tr>
        <th scope="row" data-label="Desa"><a href="/desa/${archive.kode}">${nama}</a><small class="pd-kode">${archive.kode}</small></th>
        <td data-label="Aplikasi">${title}<small>${archive.tag}</small></td>
        <td data-label="Dibuat">${when(archive.createdAt, visit)}</td>
        <td data-label="Ukuran">${size(archive.bytes)}</td>
        <td data-label="Uji pulih">${archive.verifiedAt === null ? badge({ word: 'Belum teruji', tone: 'awas', icon: 'awas' }) : badge({ word: 'Teruji', tone: 'baik', icon: 'centang' })}</td>
        <td class="pd-cell-action">${restoreButton(visit, archive, desa.get(archive.kode), nama, title)}</td>
      </tr>`;
    })}</tbody></table></div>`;
}

function restoreButton(visit: Visit, archive: Archive, desa: TenantRow | undefined, nama: string, title: string): Html | false {
  if (!may(visit.actor, 'install', archive.kode)) return false;
  const there = desa?.installations.some(({ app, state }) => app === archive.app && state !== 'absent') ?? false;
  if (there) return html`<span class="pd-muted">Sedang terpasang</span>`;
  return buttonForm(visit, {
    action: `/arsip/${archive.id}/pulihkan`,
    label: 'Pulihkan',
    icon: 'kembali',
    style: 'btn btn-sm',
    confirm: `Pulihkan ${title} untuk ${nama} dari arsip ini? Situsnya dibuka kembali dengan data saat diarsipkan.`,
  });
}

async function desaOf({ tools }: Visit, archives: readonly Archive[]): Promise<ReadonlyMap<KodeTenant, TenantRow>> {
  const found = await tools.tenants.findAll([...new Set(archives.map(({ kode }) => kode))]);
  return new Map(found.map((one) => [one.kode, one]));
}

function namaOf(desa: ReadonlyMap<KodeTenant, TenantRow>, kode: KodeTenant): string {
  const one = desa.get(kode);
  return one === undefined ? kode : namaLengkap(one);
}
