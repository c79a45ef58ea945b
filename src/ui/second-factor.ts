import type { SecondFactor } from '../domain/ports-people.ts';
import { Secret } from '../domain/secret.ts';
import {
  beginSecondFactor,
  confirmSecondFactor,
  type NewFactor,
  removeSecondFactor,
  renewRecoveryCodes,
  rolesWithSecondFactor,
} from '../workflows/commands/second-factor.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { orShowAgain, redirect } from './notices.ts';
import { crumb, csrfField, pageHead } from './parts.ts';
import { count } from './present.ts';
import { qrPicture } from './qr.ts';
import type { Answer, Page, Visit } from './visit.ts';

const TITLE = 'Verifikasi dua langkah';
const CRUMBS = [crumb('/akun', 'Akun saya')];
/** Fewer than this: time for new ones. */
const FEW_LEFT = 3;

export async function showSecondFactor(visit: Visit): Promise<Page> {
  const { tools, actor } = visit;
  const [factor, roles] = await Promise.all([tools.secondFactors.find(actor.id), rolesWithSecondFactor(tools)]);
  const isRequired = roles.includes(actor.role);
  const isActive = factor !== null && factor.confirmedAt !== null;
  const lead =
    isRequired && !isActive
      ? 'Peran Anda wajib memakainya. Siapkan sekarang, lalu semua halaman terbuka.'
      : 'Kata sandi, lalu kode dari telepon Anda.';
  const body = html`
    ${pageHead({ crumbs: CRUMBS, title: TITLE, lead })}
    ${isActive ? manage(visit, factor, isRequired) : factor === null ? introduce(visit) : goOn(visit)}`;
  return { kind: 'page', title: TITLE, section: 'akun', body };
}

export function beginFactor(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => {
      await visit.requirePassword(new Secret(visit.form.raw('password')));
      const made = await beginSecondFactor(visit.tools, visit.actor);
      const body = html`${pageHead({ crumbs: CRUMBS, title: TITLE, lead: 'Kunci ini hanya tampil sekali.' })}${setUp(visit, made)}`;
      return { kind: 'page', title: TITLE, section: 'akun', body };
    },
    () => showSecondFactor(visit),
  );
}

export function confirmFactor(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => recoveryPage(await confirmSecondFactor(visit.tools, visit.actor, visit.form.text('code')), 'Verifikasi dua langkah aktif.'),
    () => showSecondFactor(visit),
  );
}

export function renewRecovery(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () =>
      recoveryPage(await renewRecoveryCodes(visit.tools, visit.actor, visit.form.text('code')), 'Kode cadangan lama tidak berlaku lagi.'),
    () => showSecondFactor(visit),
  );
}

export function removeFactor(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => {
      await visit.requirePassword(new Secret(visit.form.raw('password')));
      await removeSecondFactor(visit.tools, visit.actor, visit.form.text('code'));
      return redirect('/akun', 'dua-langkah-mati');
    },
    () => showSecondFactor(visit),
  );
}

function introduce(visit: Visit): Html {
  return html`<section class="card pd-card pd-narrow"><h2 class="pd-card-title">${icon('kunci')}Yang Anda perlukan</h2>
    <ol class="pd-howto"><li>Telepon dengan aplikasi autentikator apa pun, misalnya Aegis, FreeOTP, atau Google Authenticator.</li><li>Dua menit: memotret satu gambar dan mengetik satu kode.</li><li>Tempat aman untuk sepuluh kode cadangan, bila telepon hilang.</li></ol>
    ${beginForm(visit, 'Mulai')}</section>`;
}

/** Who sits at an open browser is not always its owner: the key is shown for the password only. */
function beginForm(visit: Visit, label: string): Html {
  return html`<form method="post" action="/akun/dua-langkah">${csrfField(visit)}
    <div class="pd-field"><label class="form-label" for="sandi">Kata sandi Anda</label><input class="form-control" id="sandi" name="password" type="password" autocomplete="current-password" required></div>
    <div class="pd-row"><button class="btn btn-primary" type="submit">${icon('kanan')}${label}</button></div></form>`;
}

/** The key was shown and is not shown again; its codes still prove it. */
function goOn(visit: Visit): Html {
  return html`<div class="pd-columns-even"><section class="card pd-card"><h2 class="pd-card-title">Sudah ada di aplikasi autentikator?</h2>${confirmForm(visit)}</section>
    <section class="card pd-card"><h2 class="pd-card-title">Belum sempat memotret?</h2><p>Demi keamanan gambar dan kuncinya hanya tampil sekali. Mulailah lagi; kunci yang tadi tidak berlaku lagi.</p>${beginForm(visit, 'Mulai lagi')}</section></div>`;
}

function confirmForm(visit: Visit): Html {
  return html`<form method="post" action="/akun/dua-langkah/pastikan">${csrfField(visit)}
      <div class="pd-field"><label class="form-label" for="code">Kode enam angka</label><input class="form-control pd-code-input" id="code" name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="7" required></div>
      <div class="pd-row"><button class="btn btn-primary" type="submit">${icon('centang')}Pastikan</button></div></form>`;
}

function setUp(visit: Visit, { key, address }: NewFactor): Html {
  const spaced = key.expose().replaceAll(/(.{4})(?=.)/g, '$1 ');
  return html`<section class="card pd-card pd-narrow">
    <h2 class="pd-card-title">1. Potret dengan aplikasi autentikator</h2>
    ${qrPicture(address, 'Kode QR berisi kunci; kunci yang sama tertulis di bawahnya')}
    <p>Tidak dapat memotret? Ketik kunci ini: <code class="pd-key" id="kunci">${spaced}</code></p>
    <h2 class="pd-card-title">2. Ketik kode yang ditampilkannya</h2>
    ${confirmForm(visit)}</section>`;
}

function manage(visit: Visit, { recoveryLeft }: SecondFactor, isRequired: boolean): Html {
  const code = (id: string): Html =>
    html`<div class="pd-field"><label class="form-label" for="${id}">Kode dari aplikasi</label><input class="form-control pd-code-input" id="${id}" name="code" autocomplete="one-time-code" maxlength="24" required></div>`;
  return html`<div class="pd-columns-even">
    <form class="card pd-card" method="post" action="/akun/dua-langkah/kode-cadangan">${csrfField(visit)}<h2 class="pd-card-title">${icon('arsip')}Kode cadangan</h2>
      <p>Tersisa <b>${count(recoveryLeft)}</b> dari sepuluh. ${recoveryLeft < FEW_LEFT && 'Buatlah yang baru sebelum habis.'} Membuat yang baru membatalkan yang lama.</p>
      ${code('kode-cadangan')}<div><button class="btn" type="submit">Buat kode cadangan baru</button></div></form>
    ${
      isRequired
        ? html`<section class="card pd-card"><h2 class="pd-card-title">${icon('kunci')}Mematikan</h2><p>Peran Anda wajib memakai verifikasi dua langkah. Ganti telepon? Mintalah superadmin menyetel ulang, lalu siapkan lagi.</p></section>`
        : html`<form class="card pd-card" method="post" action="/akun/dua-langkah/matikan" data-konfirmasi="Matikan verifikasi dua langkah? Setelah itu kata sandi saja cukup untuk masuk.">${csrfField(visit)}<h2 class="pd-card-title">${icon('kunci')}Mematikan</h2>
      <div class="pd-field"><label class="form-label" for="sandi">Kata sandi</label><input class="form-control" id="sandi" name="password" type="password" autocomplete="current-password" required></div>
      ${code('kode-mati')}<div><button class="btn btn-danger" type="submit">Matikan</button></div></form>`
    }</div>`;
}

/** Shown at once and kept nowhere. */
function recoveryPage(codes: readonly Secret[], lead: string): Answer {
  const body = html`
    ${pageHead({ crumbs: CRUMBS, title: 'Kode cadangan', lead: `${lead} Simpan kode ini sekarang: setelah halaman ditutup, tidak dapat dilihat lagi.` })}
    <section class="pd-secret pd-narrow"><p>Masing-masing berlaku satu kali, bila telepon Anda tidak ada. Cetak, atau catat di tempat selain telepon itu.</p>
      <ol class="pd-recovery" id="kode-cadangan">${codes.map((code) => html`<li><code>${code.expose()}</code></li>`)}</ol>
      <div class="pd-row pd-no-print"><button class="btn" type="button" data-cetak hidden>${icon('unduh')}Cetak</button><a class="btn btn-primary" href="/akun">Sudah saya simpan</a></div></section>`;
  return { kind: 'page', title: 'Kode cadangan', section: 'akun', body };
}
