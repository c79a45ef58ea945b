import { requireMay } from '../domain/access.ts';
import type { AuditEntry, AuditFilter } from '../domain/ports-people.ts';
import { parseKodeTenant } from '../domain/wilayah.ts';
import { wordOfAction, wordOfFact } from './audit-words.ts';
import { deviceName } from './device.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { pathWith } from './input.ts';
import { emptyState, option, pageHead, pager, when } from './parts.ts';
import { moment } from './present.ts';
import { sheetFile } from './sheet-file.ts';
import type { Answer, Visit } from './visit.ts';

const PAGE_SIZE = 50;
/** What the list is narrowed by, as the address says it. */
const FIELDS = ['cari', 'tindakan', 'pengguna', 'desa', 'hari'] as const;
const MOST_EXPORTED = 20_000;
const DAY_MS = 86_400_000;

/** Jejak audit: who did what, when, to what, and from what to what. Only those who manage people see it. */
export async function showAudit(visit: Visit): Promise<Answer> {
  const { tools, query } = visit;
  requireMay(visit.actor, 'manage-users', null);
  const filter = filterOf(visit);
  const { rows, next } = await tools.audit.list({ ...filter, limit: PAGE_SIZE });
  const self = (more: Readonly<Record<string, string>>): string =>
    pathWith('/jejak', { ...Object.fromEntries(FIELDS.map((name) => [name, query.text(name)])), ...more });
  const [actions, users] = await Promise.all([tools.audit.actions(), tools.users.list()]);
  const isNarrowed = FIELDS.some((name) => query.text(name) !== '');
  const exported = (kind: string): string => self({ jenis: kind }).replace('/jejak', '/jejak/ekspor');
  const body = html`
    ${pageHead({ title: 'Jejak audit', lead: 'Setiap perubahan dan unduhan: siapa, kapan, apa, dari apa menjadi apa.', actions: html`<a class="btn" href="${exported('csv')}">${icon('unduh')}CSV</a><a class="btn" href="${exported('xlsx')}">${icon('unduh')}XLSX</a>` })}
    <form class="pd-filter" role="search" method="get" action="/jejak">
      <div class="pd-search">${icon('cari')}<label class="visually-hidden" for="cari">Cari pengguna, sasaran, atau isi</label><input class="form-control" type="search" id="cari" name="cari" value="${query.text('cari')}" placeholder="Cari pengguna, sasaran, atau isi" data-cari></div>
      <label class="visually-hidden" for="tindakan">Tindakan</label><select class="form-select" id="tindakan" name="tindakan"><option value="">Semua tindakan</option>${actions.map((one) => option(one, wordOfAction(one), query.text('tindakan')))}</select>
      <label class="visually-hidden" for="pengguna">Pengguna</label><select class="form-select" id="pengguna" name="pengguna"><option value="">Semua pengguna</option>${users.map(({ username }) => option(username, username, query.text('pengguna')))}</select>
      <label class="visually-hidden" for="desa">Kode desa</label><input class="form-control pd-short" id="desa" name="desa" value="${query.text('desa')}" placeholder="Kode desa" autocomplete="off">
      <label class="visually-hidden" for="hari">Kurun waktu</label><select class="form-select" id="hari" name="hari">${SPANS.map(({ value, label }) => option(value, label, query.text('hari')))}</select>
      <button class="btn" type="submit">Saring</button>
    </form>
    ${rows.length === 0 ? nothing(isNarrowed) : table(visit, rows, new Map(users.map(({ id, username }) => [`user/${id}`, username])))}
    ${pager({ next: next === null ? null : self({ sesudah: next }), first: query.text('sesudah') === '' ? null : self({}) })}`;
  return { kind: 'page', title: 'Jejak audit', section: 'jejak', body };
}

export async function exportAudit(visit: Visit): Promise<Answer> {
  const { tools, actor, now, zone } = visit;
  requireMay(actor, 'manage-users', null);
  const { rows } = await tools.audit.list({ ...filterOf(visit), limit: MOST_EXPORTED });
  await tools.audit.note({ actor: actor.username, action: 'export-audit', target: 'audit', detail: { rows: rows.length } });
  return sheetFile(visit, `jejak-audit-${now.toISOString().slice(0, 10)}`, [
    ['Waktu', 'Waktu (UTC)', 'Pengguna', 'Tindakan', 'Sasaran', 'Desa', 'Rincian'],
    ...rows.map(({ at, actor: who, action, target, kode, detail }) => [
      moment(at, zone),
      at.toISOString(),
      who,
      wordOfAction(action),
      target,
      kode ?? '',
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
    ...(query.text('pengguna') !== '' && { actor: query.text('pengguna') }),
    ...(query.text('desa') !== '' && { kode: parseKodeTenant(query.text('desa')) }),
    ...(days > 0 && { since: new Date(now.getTime() - days * DAY_MS) }),
    ...(/^\d{1,15}$/.test(after) && { after }),
  };
}

function nothing(isNarrowed: boolean): Html {
  return isNarrowed
    ? emptyState(
        'jejak',
        'Tidak ada catatan yang cocok',
        html`<p>Longgarkan saringannya, atau <a href="/jejak">lihat semua catatan</a>.</p>`,
      )
    : emptyState('jejak', 'Belum ada catatan', html`<p>Setiap orang yang masuk, mengubah, atau mengunduh sesuatu tercatat di sini.</p>`);
}

/** @param people what the record calls an account → its name */
function table(visit: Visit, rows: readonly AuditEntry[], people: ReadonlyMap<string, string>): Html {
  return html`<div class="card pd-table-card"><table class="pd-table">
    <thead><tr><th scope="col">Waktu</th><th scope="col">Pengguna</th><th scope="col">Tindakan</th><th scope="col">Sasaran</th><th scope="col">Rincian</th></tr></thead>
    <tbody>${rows.map(({ at, actor, action, target, kode, detail }) => html`<tr><td data-label="Waktu">${when(at, visit)}<small>${moment(at, visit.zone)}</small></td><th scope="row" data-label="Pengguna">${actor}</th><td data-label="Tindakan">${wordOfAction(action)}</td><td data-label="Sasaran">${targetOf(target, kode, people)}</td><td data-label="Rincian">${detailOf(detail)}</td></tr>`)}</tbody></table></div>`;
}

function targetOf(target: string, kode: AuditEntry['kode'], people: ReadonlyMap<string, string>): Html {
  const person = people.get(target);
  if (person !== undefined) return html`<a href="/pengguna/${target.slice('user/'.length)}">${person}</a>`;
  if (kode === null) return html`<code>${target}</code>`;
  return html`<a class="pd-kode" href="/desa/${kode}">${kode}</a>${target !== kode && html`<small>${target}</small>`}`;
}

/** `x-before` and `x-after` belong together. */
function detailOf(detail: AuditEntry['detail']): Html {
  const facts = Object.entries(detail).flatMap(([name, value]) => {
    if (name.endsWith('-before')) return [];
    const plain = name.replace(/-after$/, '');
    const before = detail[`${plain}-before`];
    const shown = name === 'device' ? deviceName(String(value)) : String(value ?? '–');
    return [html`<div><dt>${wordOfFact(plain)}</dt><dd>${name !== plain && html`<s>${String(before ?? '–')}</s> → `}${shown}</dd></div>`];
  });
  return facts.length === 0 ? html`<span class="pd-muted">–</span>` : html`<dl class="pd-detail">${facts}</dl>`;
}
