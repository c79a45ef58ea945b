import { requireMay } from '../domain/access.ts';
import { Invalid, PendopoError } from '../domain/errors.ts';
import { type ImportApps, type ImportOutcome, importDesa } from '../workflows/commands/import-desa.ts';
import { type CheckedRow, checkImport, type ImportRow, rowsOfTable, rowsOfWilayah } from '../workflows/import-check.ts';
import { batchAddress } from './batch.ts';
import { appsFor } from './catalogue.ts';
import { levelsAbove, settlePlace } from './desa-picker.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { orShowAgain } from './notices.ts';
import { badge, crumb, csrfField, option, pageHead } from './parts.ts';
import { count } from './present.ts';
import { sheetFile } from './sheet-file.ts';
import type { Answer, Visit } from './visit.ts';

const CRUMBS = [crumb('/desa', 'Data Desa')];
/** More than these good rows say nothing more; every bad one is shown. */
const SHOWN_GOOD = 200;

/** Impor desa: bring a file, or take all desa of a kecamatan or kabupaten. Nothing begins before the preview is confirmed. */
export async function showImport(visit: Visit): Promise<Answer> {
  requireMay(visit.actor, 'create-tenant', visit.actor.wilayah);
  const wilayah = visit.query.text('wilayah');
  if (wilayah !== '')
    return orShowAgain(
      async () => preview(visit, await rowsOfWilayah(visit.tools, wilayah)),
      () => ask(visit, ''),
    );
  return ask(visit, visit.query.text('kabupaten') || visit.query.text('provinsi'));
}

/** The file was sent: show what is in it. */
export async function checkFile(visit: Visit): Promise<Answer> {
  requireMay(visit.actor, 'create-tenant', visit.actor.wilayah);
  return orShowAgain(
    async () => {
      const file = visit.form.file('berkas');
      if (file === null || file.length === 0) throw new Invalid('berkas-mana', 'Pilih berkas CSV atau XLSX lebih dahulu.');
      return preview(visit, rowsOfTable(await visit.tools.sheets.read(file)));
    },
    () => ask(visit, ''),
  );
}

/** The preview was confirmed. */
export async function beginImport(visit: Visit): Promise<Answer> {
  const { tools, actor, form } = visit;
  const rows = rowsIn(form.raw('baris'));
  return orShowAgain(
    async () => {
      const outcomes = await importDesa(tools, actor, {
        rows,
        skipsBad: form.text('lewati') === 'ya',
        apps: appsOf(form.text('aplikasi')),
      });
      return results(outcomes);
    },
    () => preview(visit, rows),
  );
}

/** For who wants to begin with something: two rows with the right headings. */
export function sampleFile(visit: Visit): Promise<Answer> {
  return sheetFile(visit, 'contoh-impor-desa', [
    ['kode', 'domain'],
    ['52.01.14.2001', 'meninting.desa.id'],
    ['52.01.14.2002', '-'],
  ]);
}

async function ask(visit: Visit, chosen: string): Promise<Extract<Answer, { kind: 'page' }>> {
  const place = await settlePlace(visit.tools, visit.actor.wilayah, levelsAbove(chosen));
  const { provinsi, kabupaten, kecamatan } = place.options;
  const body = html`
    ${pageHead({ crumbs: CRUMBS, title: 'Impor desa', lead: 'Setiap baris diperiksa lebih dahulu. Tidak ada yang dimulai sebelum Anda menyetujuinya.' })}
    <div class="pd-columns-even">
      <form class="card pd-card" method="post" action="/desa/impor/periksa" enctype="multipart/form-data">${csrfField(visit)}
        <h2 class="pd-card-title">${icon('unggah')}Dari berkas</h2>
        <p>CSV atau XLSX dengan kolom <b>kode</b> dan, bila ada, <b>domain</b>.</p>
        <div><label class="form-label" for="berkas">Berkas</label><input class="form-control" type="file" id="berkas" name="berkas" accept=".csv,.xlsx,text/csv" required></div>
        <div class="pd-row"><button class="btn btn-primary" type="submit">Periksa berkas</button><a href="/desa/impor/contoh">Contoh CSV</a><a href="/desa/impor/contoh?jenis=xlsx">Contoh XLSX</a></div>
      </form>
      <form class="card pd-card" method="get" action="/desa/impor">
        <h2 class="pd-card-title">${icon('lokasi')}Dari daftar wilayah</h2>
        <p>Semua desa di satu kabupaten atau satu kecamatan.</p>
        <div><label class="form-label" for="provinsi">Provinsi</label><select class="form-select" id="provinsi" name="provinsi" data-kirim>${option('', 'Pilih provinsi', place.provinsi)}${provinsi.map(({ kode, nama }) => option(kode, nama, place.provinsi))}</select></div>
        ${kabupaten.length > 0 && html`<div><label class="form-label" for="kabupaten">Kabupaten/Kota</label><select class="form-select" id="kabupaten" name="kabupaten" data-kirim>${option('', 'Pilih kabupaten', place.kabupaten)}${kabupaten.map(({ kode, nama }) => option(kode, nama, place.kabupaten))}</select></div>`}
        ${kecamatan.length > 0 && html`<div><label class="form-label" for="wilayah">Wilayah</label><select class="form-select" id="wilayah" name="wilayah">${option(place.kabupaten, 'Seluruh kabupaten', '')}${kecamatan.map(({ kode, nama }) => option(kode, `Kecamatan ${nama}`, ''))}</select></div>`}
        <div class="pd-row"><button class="btn${kecamatan.length > 0 && ' btn-primary'}" type="submit">${kecamatan.length > 0 ? 'Periksa desanya' : 'Tampilkan'}</button></div>
      </form>
    </div>`;
  return { kind: 'page', title: 'Impor desa', section: 'desa', body };
}

async function preview(visit: Visit, rows: readonly ImportRow[]): Promise<Extract<Answer, { kind: 'page' }>> {
  const checked = await checkImport(visit.tools, visit.actor, rows);
  const bad = checked.filter(({ problems }) => problems.length > 0);
  const good = checked.filter(({ problems }) => problems.length === 0);
  const body = html`
    ${pageHead({ crumbs: [...CRUMBS, crumb('/desa/impor', 'Impor desa')], title: 'Periksa dahulu', lead: 'Belum ada yang dimulai.' })}
    <dl class="pd-stats pd-stats-3"><div class="pd-baik"><dt>Siap</dt><dd>${count(good.length)}</dd></div><div class="${bad.length > 0 ? 'pd-buruk' : 'pd-netral'}"><dt>Bermasalah</dt><dd>${count(bad.length)}</dd></div><div><dt>Sudah terdaftar</dt><dd>${count(good.filter(({ isKnown }) => isKnown).length)}</dd></div></dl>
    ${bad.length > 0 && problemTable(bad)}
    ${good.length > 0 && confirmForm(visit, rows, good, bad.length)}
    ${good.length > 0 && goodTable(good)}`;
  return { kind: 'page', title: 'Impor desa', section: 'desa', body };
}

function problemTable(bad: readonly CheckedRow[]): Html {
  return html`<section class="pd-group pd-section"><h2 class="pd-section-title">Yang bermasalah</h2><div class="card pd-table-card"><table class="pd-table">
    <thead><tr><th scope="col">Baris</th><th scope="col">Isi</th><th scope="col">Kolom</th><th scope="col">Yang salah</th><th scope="col">Yang perlu dilakukan</th></tr></thead>
    <tbody>${bad.flatMap(({ line, kode, domain, problems }) => problems.map(({ field, what, todo }) => html`<tr><th scope="row" data-label="Baris">${line}</th><td data-label="Isi" class="pd-kode">${field === 'kode' ? kode || '(kosong)' : domain}</td><td data-label="Kolom">${field}</td><td data-label="Yang salah">${what}</td><td data-label="Lakukan">${todo}</td></tr>`))}</tbody></table></div></section>`;
}

function confirmForm(visit: Visit, rows: readonly ImportRow[], good: readonly CheckedRow[], bad: number): Html {
  const chosen = visit.form.text('aplikasi');
  return html`<form class="card pd-card pd-section" method="post" action="/desa/impor">${csrfField(visit)}
    <input type="hidden" name="baris" value="${JSON.stringify(rows.map(({ line, kode, domain }) => [line, kode, domain]))}">
    <div class="pd-field-row"><label class="form-label" for="aplikasi">Pasang aplikasi</label><select class="form-select" id="aplikasi" name="aplikasi">${option('', 'Jangan pasang dulu, hanya daftarkan', chosen)}${option('*', 'Semua aplikasi desa', chosen)}${appsFor(visit.tools.apps, 'desa').map(({ name, title }) => option(name, title, chosen))}</select></div>
    ${bad > 0 && html`<div class="pd-row"><input class="form-check-input" type="checkbox" id="lewati" name="lewati" value="ya"><label for="lewati">Lewati ${count(bad)} baris yang bermasalah</label></div>`}
    <div class="pd-row"><button class="btn btn-primary" type="submit">${icon('centang')}Impor ${count(good.length)} desa</button><a class="btn" href="/desa/impor">Batal</a></div>
  </form>`;
}

function goodTable(good: readonly CheckedRow[]): Html {
  return html`<section class="pd-group"><h2 class="pd-section-title">Yang siap</h2><div class="card pd-table-card"><table class="pd-table">
    <thead><tr><th scope="col">Baris</th><th scope="col">Kode</th><th scope="col">Nama</th><th scope="col">Kecamatan</th><th scope="col">Domain</th><th scope="col">Catatan</th></tr></thead>
    <tbody>${good.slice(0, SHOWN_GOOD).map(({ line, kode, nama, kecamatan, domain, isKnown }) => html`<tr><td data-label="Baris">${line}</td><td data-label="Kode" class="pd-kode">${kode}</td><th scope="row">${nama}</th><td data-label="Kecamatan">${kecamatan}</td><td data-label="Domain">${domain || '–'}</td><td data-label="Catatan">${isKnown ? 'Sudah terdaftar; domainnya tidak diubah' : 'Baru'}</td></tr>`)}</tbody></table></div>
    ${good.length > SHOWN_GOOD && html`<p class="pd-muted">Dan ${count(good.length - SHOWN_GOOD)} desa lagi.</p>`}</section>`;
}

function results(outcomes: readonly ImportOutcome[]): Answer {
  const failed = outcomes.filter(({ error }) => error !== null);
  const jobIds = outcomes.flatMap((one) => one.jobIds);
  if (failed.length === 0) return { kind: 'redirect', to: jobIds.length > 0 ? batchAddress(jobIds) : '/desa' };
  const body = html`
    ${pageHead({ crumbs: CRUMBS, title: 'Hasil impor', lead: `${count(outcomes.length - failed.length)} desa berhasil, ${count(failed.length)} belum.`, actions: jobIds.length > 0 && html`<a class="btn btn-primary" href="${batchAddress(jobIds)}">Lihat kemajuan</a>` })}
    <div class="card pd-table-card"><table class="pd-table"><thead><tr><th scope="col">Baris</th><th scope="col">Desa</th><th scope="col">Hasil</th></tr></thead>
    <tbody>${outcomes.map(({ row, error }) => html`<tr><td data-label="Baris">${row.line}</td><th scope="row"><a href="/desa/${row.kode}">${row.nama}</a></th><td data-label="Hasil">${error === null ? badge({ word: 'Diminta', tone: 'baik', icon: 'centang' }) : whyNot(error)}</td></tr>`)}</tbody></table></div>`;
  return { kind: 'page', title: 'Hasil impor', section: 'desa', body };
}

/** @throws what is no refusal */
export function whyNot(error: unknown): Html {
  if (!(error instanceof PendopoError)) throw error;
  return html`${badge({ word: 'Belum', tone: 'buruk', icon: 'awas' })} ${error.message} ${error.advice}`;
}

function appsOf(text: string): ImportApps {
  if (text === '') return { kind: 'none' };
  return text === '*' ? { kind: 'all' } : { kind: 'one', app: text };
}

/** What the preview carried along. @throws Invalid when somebody has changed it */
function rowsIn(text: string): readonly ImportRow[] {
  const rows: unknown = attemptJson(text);
  if (!Array.isArray(rows)) throw new Invalid('baris-hilang', 'Daftar desa tidak terbaca.', { advice: 'Ulangi dari Impor desa.' });
  return rows.flatMap((row: unknown) => {
    const [line, kode, domain]: readonly unknown[] = Array.isArray(row) ? row : [];
    return typeof line === 'number' && typeof kode === 'string' && typeof domain === 'string' ? [{ line, kode, domain }] : [];
  });
}

function attemptJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
