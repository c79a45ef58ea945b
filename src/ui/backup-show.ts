import { Readable } from 'node:stream';
import { may } from '../domain/access.ts';
import type { Backup } from '../domain/backup.ts';
import { NotFound } from '../domain/errors.ts';
import { linkBackup, openBackup } from '../workflows/commands/backup-link.ts';
import { requestDrill, requestRestore } from '../workflows/commands/change.ts';
import { previewRestore, type RestorePreview, type TableChange } from '../workflows/restore-preview.ts';
import { titlesOf } from './catalogue.ts';
import { type Html, html } from './html.ts';
import { orShowAgain, redirect, toJob } from './notices.ts';
import { buttonForm, crumb, pageHead, when } from './parts.ts';
import { count, REASONS, size } from './present.ts';
import type { Answer, Visit } from './visit.ts';

/** More would say no more. */
const SHOWN = 25;

/** One backup: what is in it, and what a restore of it would change. */
export async function showBackup(visit: Visit): Promise<Answer> {
  const { tools, actor } = visit;
  const backup = await findBackup(visit);
  const [preview, desa] = await Promise.all([previewRestore(tools, backup), tools.tenants.find(backup.kode)]);
  const name = `${titlesOf(tools.apps).get(backup.app) ?? backup.app} di ${desa?.nama ?? backup.kode}`;
  const { id, kode, tag, reason, createdAt, provenAt, bytes } = backup;
  const facts: readonly (readonly [string, Html | string])[] = [
    ['Dibuat', when(createdAt, visit)],
    ['Sebab', REASONS[reason]],
    ['Versi', preview.tagNow === null || preview.tagNow === tag ? tag : `${tag} (sekarang ${preview.tagNow})`],
    [
      'Isi',
      html`${preview.rowsInBackup === null ? 'Berkasnya tidak ada di server ini; diambil dari salinan luar saat dipulihkan' : `${count(preview.rowsInBackup)} baris`} · ${size(bytes)}`,
    ],
    ['Diuji lagi', provenAt === null ? 'belum, tetapi terbukti saat dibuat' : when(provenAt, visit)],
  ];
  const body = html`
    ${pageHead({ crumbs: [crumb('/cadangan', 'Cadangan')], title: `Cadangan ${name}`, lead: html`<span class="pd-kode">${kode}</span>` })}
    <div class="pd-stack"><section class="card pd-card"><dl class="pd-list-facts">${facts.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl></section>
    ${preview.tagNow !== null && changes(preview)}
    <div class="pd-row">
      ${
        preview.tagNow !== null &&
        may(actor, 'restore', kode) &&
        buttonForm(visit, {
          ...{ action: `/cadangan/${id}/pulihkan`, label: 'Pulihkan ke cadangan ini', icon: 'kembali' },
          confirm: `Pulihkan ${name} ke cadangan ini? Keadaan sekarang dicadangkan lebih dahulu.`,
        })
      }
      ${preview.tagNow !== null && may(actor, 'update', kode) && buttonForm(visit, { action: `/cadangan/${id}/uji`, label: 'Uji', icon: 'centang', style: '' })}
      ${may(actor, 'download', kode) && preview.rowsInBackup !== null && buttonForm(visit, { action: `/cadangan/${id}/unduh`, label: 'Unduh', icon: 'bawah', style: '', confirm: 'Cadangan berisi data pribadi warga. Unduhan ini dicatat atas nama Anda.' })}
    </div></div>`;
  return { kind: 'page', title: `Cadangan ${name}`, section: 'cadangan', body };
}

function changes({ changes: all, sameTables, rowsInBackup }: RestorePreview): Html | false {
  if (rowsInBackup === null) return false;
  return html`<section class="card pd-card"><h2 class="pd-card-title">Yang berubah bila dipulihkan</h2>
    ${
      all.length === 0
        ? html`<p>Banyaknya baris di semua ${count(sameTables)} tabel sama dengan sekarang. Isinya dapat berbeda.</p>`
        : html`<table class="pd-table"><thead><tr><th scope="col">Tabel</th><th scope="col">Sekarang</th><th scope="col">Di cadangan</th><th scope="col">Selisih</th></tr></thead>
      <tbody>${all.slice(0, SHOWN).map(changeRow)}</tbody></table>
      <p class="pd-muted">${all.length > SHOWN && `${count(all.length - SHOWN)} tabel lain juga berbeda. `}${count(sameTables)} tabel berisi baris sama banyak.</p>`
    }
    <p class="pd-hint">Keadaan sekarang dicadangkan dan dibuktikan lebih dahulu, jadi dapat dikembalikan.</p></section>`;
}

function changeRow({ table, now, inBackup, isKept }: TableChange): Html {
  const difference = (inBackup ?? 0) - (now ?? 0);
  const rows = (value: number | null): string => (value === null ? 'tidak ada' : count(value));
  return html`<tr><th scope="row" data-label="Tabel">${isKept ? html`<b>${table}</b>` : table}</th><td data-label="Sekarang">${rows(now)}</td><td data-label="Di cadangan">${rows(inBackup)}</td><td data-label="Selisih">${difference > 0 ? '+' : ''}${count(difference)}</td></tr>`;
}

/** @throws NotFound also for one the visitor may not know of */
async function findBackup({ tools, actor, params }: Visit): Promise<Backup> {
  const backup = await tools.backups.find(params.text('id'));
  if (backup === null || !may(actor, 'read', backup.kode)) throw new NotFound('cadangan-tidak-ada', 'Cadangan ini tidak ada.');
  return backup;
}

const asking =
  (request: typeof requestRestore) =>
  async (visit: Visit): Promise<Answer> => {
    const { id } = await findBackup(visit);
    return orShowAgain(
      () => toJob(request(visit.tools, visit.actor, { backupId: id })),
      () => showBackup(visit),
    );
  };

export const restoreBackup = asking(requestRestore);
export const drillBackup = asking(requestDrill);

/** Unduh: a link for this person alone, which the browser follows at once. */
export async function askDownload(visit: Visit): Promise<Answer> {
  const { id } = await findBackup(visit);
  return orShowAgain(
    async () => redirect(`/unduhan/${(await linkBackup(visit.tools, visit.actor, id)).id}`),
    () => showBackup(visit),
  );
}

export async function downloadBackup({ tools, actor, params }: Visit): Promise<Answer> {
  const { name, bytes, content } = await openBackup(tools, actor, params.text('id'));
  return { kind: 'file', name, bytes, type: 'application/x-tar', content: Readable.from(content) };
}
