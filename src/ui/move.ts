import { Secret } from '../domain/secret.ts';
import type { SharedKind, SharedSource, SharedState, SplitReport } from '../domain/shared.ts';
import {
  addSource,
  listSharedDesa,
  listSources,
  previewMove,
  refreshSource,
  removeSource,
  requestMove,
} from '../workflows/commands/move.ts';
import { listApps } from './catalogue.ts';
import { type Html, html } from './html.ts';
import { orShowAgain, redirect, toJob } from './notices.ts';
import { badge, buttonForm, crumb, csrfField, option, pageHead, when } from './parts.ts';
import { count, type Look } from './present.ts';
import type { Answer, Visit } from './visit.ts';

const LOOKS: Readonly<Record<SharedState, Look>> = {
  asked: { word: 'menunggu', tone: 'jalan', icon: 'jam' },
  copying: { word: 'sedang disalin', tone: 'jalan', icon: 'jam' },
  ready: { word: 'siap', tone: 'baik', icon: 'centang' },
  failed: { word: 'gagal', tone: 'buruk', icon: 'awas' },
};
const KINDS: Readonly<Record<SharedKind, string>> = {
  identity: 'identitas desa',
  owned: 'milik desa',
  through: 'mengikuti tabel lain',
  common: 'sama untuk semua desa',
  left: 'ditinggal',
};
const TITLE = 'Pindah dari database gabungan OpenSID';

/** Sources that were named, and a form for another one. */
export async function showMoves(visit: Visit): Promise<Answer> {
  const sources = await listSources(visit.tools, visit.actor);
  const isBusy = sources.some(({ state }) => state === 'asked' || state === 'copying');
  const body = html`${pageHead({ crumbs: [crumb('/desa', 'Data Desa'), crumb('/desa/tambah', 'Tambah desa')], title: TITLE, lead: 'Satu database OpenSID yang dipakai banyak desa disalin lebih dahulu, lalu tiap desa dipasang dengan datanya sendiri. Database asalnya hanya dibaca.' })}
    <div class="pd-stack">${sources.map((source) => sourceCard(visit, source))}${sourceForm(visit)}</div>`;
  return { kind: 'page', title: TITLE, section: 'desa', body, ...(isBusy ? { refreshSeconds: 5 } : {}) };
}

function sourceCard(visit: Visit, { name, place, state, finding, copiedAt }: SharedSource): Html {
  const base = `/pindahan/${name}`;
  return html`<section class="card pd-card"><h2 class="pd-card-title">${name} ${badge(LOOKS[state])}</h2>
    <p class="pd-muted">${place}${copiedAt !== null && html` · disalin ${when(copiedAt, visit)}`}</p>
    ${finding !== null && html`<p>${finding}</p>`}
    <div class="pd-row">${state === 'ready' && html`<a class="btn btn-primary" href="${base}">Pilih desa</a>`}
      ${buttonForm(visit, { action: `${base}/salin`, label: 'Salin lagi', icon: 'ulang', style: '' })}
      ${buttonForm(visit, { action: `${base}/hapus`, label: 'Lupakan', icon: 'hapus', style: 'btn-danger-soft', confirm: `Hapus salinan dan alamat "${name}"? Database asalnya dan desa yang sudah pindah tidak disentuh.` })}</div></section>`;
}

function sourceForm(visit: Visit): Html {
  const { tools, form } = visit;
  const apps = listApps(tools.apps).flatMap(({ entry }) => (entry === null || entry.splits === null ? [] : [entry.manifest]));
  const field = (name: string, label: string, hint: Html | string, type = 'text'): Html =>
    html`<div class="pd-field"><label class="form-label" for="${name}">${label}</label><input class="form-control" type="${type}" id="${name}" name="${name}" autocomplete="off" spellcheck="false" value="${type === 'text' && form.text(name)}"><p class="pd-hint">${hint}</p></div>`;
  return html`<section class="card pd-card"><h2 class="pd-card-title">Sumber baru</h2>
    <form method="post" action="/pindahan">${csrfField(visit)}
      ${field('nama', 'Nama', 'Huruf kecil, misalnya kabupaten.')}
      <div class="pd-field"><label class="form-label" for="aplikasi">Aplikasi</label><select class="form-select" id="aplikasi" name="aplikasi">${apps.map(({ name, title }) => option(name, title, form.text('aplikasi')))}</select></div>
      ${field('alamat', 'Alamat server', html`<code>mysql://akun:sandi@server:3306/basis-data</code>. Akunnya cukup boleh membaca. Diberikan sekali dan disimpan di brankas.`, 'password')}
      ${field('berkas', 'Atau berkas salinan', html`Nama berkas <code>.sql</code> atau <code>.sql.gz</code> di <code>${tools.files.path('pindahan')}</code>.`)}
      <button class="btn btn-primary" type="submit">Salin</button></form></section>`;
}

/** Desa of one source. */
export async function showSharedDesa(visit: Visit): Promise<Answer> {
  const source = visit.params.text('sumber');
  const desa = await listSharedDesa(visit.tools, visit.actor, source);
  const row = ({ kode, nama }: (typeof desa)[number]): Html =>
    html`<tr><td>${/^\d{10}$/.test(kode) ? html`<a href="/pindahan/${source}/${kode}">${nama}</a>` : nama}</td><td class="pd-kode">${kode}</td></tr>`;
  const body = html`${pageHead({ crumbs: [crumb('/pindahan', TITLE)], title: source, lead: `${count(desa.length)} desa di salinan ini.` })}
    <section class="card pd-card"><div class="table-responsive"><table class="table"><thead><tr><th>Desa</th><th>Kode</th></tr></thead><tbody>${desa.map(row)}</tbody></table></div></section>`;
  return { kind: 'page', title: source, section: 'desa', body };
}

/** What would be moved, and the button. */
export async function showMove(visit: Visit): Promise<Answer> {
  const [source, kode] = [visit.params.text('sumber'), visit.params.text('kode')];
  const report = await previewMove(visit.tools, visit.actor, { source, kode });
  const body = html`${pageHead({ crumbs: [crumb('/pindahan', TITLE), crumb(`/pindahan/${source}`, source)], title: report.desa.nama, lead: 'Laporan ini tidak mengubah apa pun.' })}
    <div class="pd-stack">${verdict(visit, source, kode, report)}${tableCard(report)}</div>`;
  return { kind: 'page', title: report.desa.nama, section: 'desa', body };
}

function verdict(visit: Visit, source: string, kode: string, { tables, obstacles, files }: SplitReport): Html {
  const rows = tables.reduce((sum, one) => sum + one.rows, 0);
  const orphans = tables.reduce((sum, one) => sum + one.orphans, 0);
  const agree =
    orphans > 0 &&
    html`<label class="form-check"><input class="form-check-input" type="checkbox" name="yatim" value="ya" required> <span class="form-check-label">${count(orphans)} baris menunjuk ke data desa lain. Baris itu tidak ikut, atau rujukannya dikosongkan; di database asal tetap ada.</span></label>`;
  return html`<section class="card pd-card"><h2 class="pd-card-title">${count(rows)} baris akan dipindahkan</h2>
    <p>${files === null ? html`Berkas desa belum ada di <code>pindahan/${source}/${kode}</code>: gambar dan dokumen unggahan tidak ikut.` : `${count(files)} berkas desa ikut dipindahkan.`}</p>
    ${obstacles.map((text) => html`<p class="pd-buruk">${text}</p>`)}
    ${obstacles.length === 0 && html`<form method="post" action="/pindahan/${source}/${kode}" data-konfirmasi="Pasang desa ini dengan datanya? Pastikan situs lamanya sudah ditutup, sebab isian sesudah salinan tidak ikut.">${csrfField(visit)}${agree}<button class="btn btn-primary" type="submit">Pindahkan desa ini</button></form>`}</section>`;
}

function tableCard({ tables }: SplitReport): Html {
  const shown = tables.filter(({ rows, all, kind }) => rows > 0 || (kind === 'left' && all > 0));
  const row = (one: (typeof tables)[number]): Html =>
    html`<tr><td><code>${one.table}</code></td><td>${KINDS[one.kind]}</td>${[one.rows, one.ofNobody, one.orphans, one.all].map((n) => html`<td class="text-end">${count(n)}</td>`)}</tr>`;
  return html`<section class="card pd-card"><h2 class="pd-card-title">Tabel demi tabel</h2><div class="table-responsive"><table class="table"><thead><tr><th>Tabel</th><th>Cara</th><th class="text-end">Baris</th><th class="text-end">Milik bersama</th><th class="text-end">Yatim</th><th class="text-end">Di sumber</th></tr></thead><tbody>${shown.map(row)}</tbody></table></div></section>`;
}

export function addMoveSource(visit: Visit): Promise<Answer> {
  const { tools, actor, form } = visit;
  const [url, file] = [form.raw('alamat'), form.text('berkas')];
  return orShowAgain(
    async () => {
      const place = { url: url === '' ? undefined : new Secret(url.trim()), file: file === '' ? undefined : file };
      await addSource(tools, actor, { name: form.text('nama'), app: form.text('aplikasi'), ...place });
      return redirect('/pindahan');
    },
    () => showMoves(visit),
  );
}

const onSource =
  (act: typeof refreshSource) =>
  (visit: Visit): Promise<Answer> =>
    orShowAgain(
      async () => {
        await act(visit.tools, visit.actor, visit.params.text('sumber'));
        return redirect('/pindahan');
      },
      () => showMoves(visit),
    );
export const copyMoveSource = onSource(refreshSource);
export const dropMoveSource = onSource(removeSource);

export function moveDesa(visit: Visit): Promise<Answer> {
  const { tools, actor, form, params } = visit;
  const request = { source: params.text('sumber'), kode: params.text('kode'), leaveOrphans: form.text('yatim') === 'ya' };
  return orShowAgain(
    () => toJob(requestMove(tools, actor, request)),
    () => showMove(visit),
  );
}
