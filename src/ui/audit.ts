import { requireMay } from '../domain/access.ts';
import type { AuditEntry, AuditFilter } from '../domain/ports-people.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { pathWith } from './input.ts';
import { emptyState, pageHead, pager, when } from './parts.ts';
import { moment } from './present.ts';
import { sheetFile } from './sheet-file.ts';
import type { Answer, Visit } from './visit.ts';

const PAGE_SIZE = 50;
const MOST_EXPORTED = 20_000;
const DAY_MS = 86_400_000;

/** What the record calls an action → what people call it. One that is missing is shown as it is. */
const ACTIONS: Readonly<Record<string, string>> = {
  'sign-in': 'Masuk',
  'sign-in-refused': 'Gagal masuk',
  'change-password': 'Mengganti kata sandi',
  'create-user': 'Membuat pengguna',
  'change-user': 'Mengubah pengguna',
  'reset-password': 'Mengatur ulang kata sandi',
  'end-sessions': 'Mengakhiri sesi',
  'create-tenant': 'Mendaftarkan desa',
  'import-desa': 'Mengimpor desa',
  'export-desa': 'Mengunduh data desa',
  'link-combined': 'Membuat tautan unduhan database gabungan',
  'download-combined': 'Mengunduh database gabungan',
  'export-audit': 'Mengunduh jejak audit',
  'download-log': 'Mengunduh catatan pekerjaan',
  'reveal-admin-password': 'Melihat kata sandi admin',
  install: 'Meminta pasang',
  remove: 'Meminta hapus',
  update: 'Meminta perbarui',
  rollback: 'Meminta mundur versi',
  backup: 'Meminta cadangan',
  restore: 'Meminta pulihkan',
  retry: 'Mencoba lagi',
  cancel: 'Membatalkan',
};

/** Jejak audit: who did what, when, to what, and from what to what. Only those who manage people see it. */
export async function showAudit(visit: Visit): Promise<Answer> {
  const { tools, query } = visit;
  requireMay(visit.actor, 'manage-users', null);
  const filter = filterOf(visit);
  const { rows, next } = await tools.audit.list({ ...filter, limit: PAGE_SIZE });
  const self = (more: Readonly<Record<string, string>>): string =>
    pathWith('/jejak', { cari: query.text('cari'), tindakan: query.text('tindakan'), hari: query.text('hari'), ...more });
  const body = html`
    ${pageHead({ title: 'Jejak audit', lead: 'Setiap perubahan dan unduhan: siapa, kapan, apa, dari apa menjadi apa.', actions: html`<a class="btn" href="${self({}).replace('/jejak', '/jejak/ekspor')}">${icon('unduh')}CSV</a>` })}
    <form class="pd-filter" role="search" method="get" action="/jejak">
      <div class="pd-search">${icon('cari')}<label class="visually-hidden" for="cari">Cari pengguna, sasaran, atau isi</label><input class="form-control" type="search" id="cari" name="cari" value="${query.text('cari')}" placeholder="Cari pengguna, sasaran, atau isi" data-cari></div>
      <label class="visually-hidden" for="tindakan">Tindakan</label><select class="form-select" id="tindakan" name="tindakan"><option value="">Semua tindakan</option>${(await tools.audit.actions()).map((one) => html`<option value="${one}"${one === query.text('tindakan') && html` selected`}>${wordOf(one)}</option>`)}</select>
      <label class="visually-hidden" for="hari">Kurun waktu</label><select class="form-select" id="hari" name="hari">${SPANS.map(({ value, label }) => html`<option value="${value}"${value === query.text('hari') && html` selected`}>${label}</option>`)}</select>
      <button class="btn" type="submit">Saring</button>
    </form>
    ${rows.length === 0 ? emptyState('jejak', 'Tidak ada catatan yang cocok', html`<p>Ubah saringannya.</p>`) : table(visit, rows)}
    ${pager({ next: next === null ? null : self({ sesudah: next }), first: query.text('sesudah') === '' ? null : self({}) })}`;
  return { kind: 'page', title: 'Jejak audit', section: 'jejak', body };
}

export async function exportAudit(visit: Visit): Promise<Answer> {
  const { tools, actor, now, zone } = visit;
  requireMay(actor, 'manage-users', null);
  const { rows } = await tools.audit.list({ ...filterOf(visit), limit: MOST_EXPORTED });
  await tools.audit.note({ actor: actor.username, action: 'export-audit', target: 'audit', detail: { rows: rows.length } });
  return sheetFile(visit, `jejak-audit-${now.toISOString().slice(0, 10)}`, [
    ['Waktu', 'Waktu (UTC)', 'Pengguna', 'Tindakan', 'Sasaran', 'Rincian'],
    ...rows.map(({ at, actor: who, action, target, detail }) => [
      moment(at, zone),
      at.toISOString(),
      who,
      wordOf(action),
      target,
      JSON.stringify(detail),
    ]),
  ]);
}

const SPANS = [
  { value: '', label: 'Kapan saja' },
  { value: '1', label: '24 jam terakhir' },
  { value: '7', label: '7 hari terakhir' },
  { value: '30', label: '30 hari terakhir' },
] as const;

function filterOf({ query, now }: Visit): Omit<AuditFilter, 'limit'> {
  const days = Number(SPANS.find(({ value }) => value === query.text('hari'))?.value ?? '');
  const after = query.text('sesudah');
  return {
    ...(query.text('cari') !== '' && { search: query.text('cari') }),
    ...(query.text('tindakan') !== '' && { action: query.text('tindakan') }),
    ...(days > 0 && { since: new Date(now.getTime() - days * DAY_MS) }),
    ...(/^\d{1,15}$/.test(after) && { after }),
  };
}

function table(visit: Visit, rows: readonly AuditEntry[]): Html {
  return html`<div class="card pd-table-card"><table class="pd-table">
    <thead><tr><th scope="col">Waktu</th><th scope="col">Pengguna</th><th scope="col">Tindakan</th><th scope="col">Sasaran</th><th scope="col">Rincian</th></tr></thead>
    <tbody>${rows.map(({ at, actor, action, target, detail }) => html`<tr><td data-label="Waktu">${when(at, visit)}<small>${moment(at, visit.zone)}</small></td><th scope="row" data-label="Pengguna">${actor}</th><td data-label="Tindakan">${wordOf(action)}</td><td data-label="Sasaran"><code>${target}</code></td><td data-label="Rincian">${detailOf(detail)}</td></tr>`)}</tbody></table></div>`;
}

/** `x-before` and `x-after` belong together. */
function detailOf(detail: AuditEntry['detail']): Html {
  const facts = Object.entries(detail).flatMap(([name, value]) => {
    if (name.endsWith('-before')) return [];
    const plain = name.replace(/-after$/, '');
    const before = detail[`${plain}-before`];
    return [
      html`<div><dt>${plain}</dt><dd>${name !== plain && html`<s>${String(before ?? '–')}</s> → `}${String(value ?? '–')}</dd></div>`,
    ];
  });
  return facts.length === 0 ? html`<span class="pd-muted">–</span>` : html`<dl class="pd-detail">${facts}</dl>`;
}

export function wordOf(action: string): string {
  return ACTIONS[action] ?? action;
}
