import { type Html, html, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import { csrfField } from './parts.ts';

export interface SignInForm {
  readonly csrf: string;
  readonly username: string;
  readonly error: string | null;
  /** Where to go afterwards: a path of ours. */
  readonly next: string;
}

export function signInPage(form: SignInForm): Html {
  return html`<form class="pd-door-card" method="post" action="/masuk" novalidate>
    ${csrfField(form)}<input type="hidden" name="lanjut" value="${form.next}">
    <h1>Masuk</h1>
    <p class="pd-muted">Gunakan akun yang diberikan admin kabupaten.</p>
    ${refusal(form.error)}
    <div class="pd-field"><label class="form-label" for="nama">Nama pengguna</label>
      <input class="form-control" id="nama" name="username" value="${form.username}" autocomplete="username" autocapitalize="none" spellcheck="false" required${form.username === '' && html` autofocus`}></div>
    <div class="pd-field"><label class="form-label" for="sandi">Kata sandi</label>
      <input class="form-control" id="sandi" name="password" type="password" autocomplete="current-password" required${form.username !== '' && html` autofocus`}></div>
    <button class="btn btn-primary pd-wide" type="submit">Masuk</button>
  </form>`;
}

/** The second step: the code of the authenticator app, or one of the recovery codes. */
export function codePage(form: Omit<SignInForm, 'username'>): Html {
  return html`<form class="pd-door-card" method="post" action="/masuk/kode" novalidate>
    ${csrfField(form)}<input type="hidden" name="lanjut" value="${form.next}">
    <h1>Kode verifikasi</h1>
    <p class="pd-muted">Buka aplikasi autentikator di telepon Anda, lalu ketik keenam angkanya. Telepon hilang? Ketik salah satu kode cadangan Anda.</p>
    ${refusal(form.error)}
    <div class="pd-field"><label class="form-label" for="kode">Kode</label>
      <input class="form-control pd-code-input" id="kode" name="code" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" maxlength="24" required autofocus></div>
    <button class="btn btn-primary pd-wide" type="submit">Masuk</button>
    <a class="btn btn-link pd-wide" href="/masuk">Kembali ke kata sandi</a>
  </form>`;
}

export interface PasswordForm {
  readonly csrf: string;
  readonly error: string | null;
  /** True when a first password has to be replaced before anything else. */
  readonly forced: boolean;
}

export function changePasswordPage(form: PasswordForm): Html {
  return html`<form class="pd-door-card" method="post" action="/ganti-sandi" novalidate>
    ${csrfField(form)}
    <h1>Ganti kata sandi</h1>
    <p class="pd-muted">${form.forced ? 'Kata sandi ini hanya untuk masuk pertama kali. Buatlah kata sandi Anda sendiri untuk melanjutkan.' : 'Setelah diganti, gunakan kata sandi baru saat masuk berikutnya.'}</p>
    ${refusal(form.error)}
    <div class="pd-field"><label class="form-label" for="lama">Kata sandi saat ini</label>
      <input class="form-control" id="lama" name="current" type="password" autocomplete="current-password" required autofocus></div>
    <div class="pd-field"><label class="form-label" for="baru">Kata sandi baru</label>
      <input class="form-control" id="baru" name="next" type="password" autocomplete="new-password" minlength="10" aria-describedby="syarat" required>
      <p class="pd-hint" id="syarat">Paling sedikit 10 karakter. Kalimat pendek yang mudah Anda ingat lebih kuat daripada satu kata rumit.</p></div>
    <div class="pd-field"><label class="form-label" for="ulang">Ulangi kata sandi baru</label>
      <input class="form-control" id="ulang" name="repeat" type="password" autocomplete="new-password" required></div>
    <button class="btn btn-primary pd-wide" type="submit">Simpan kata sandi</button>
    ${form.forced ? html`<button class="btn btn-link pd-wide" type="submit" formaction="/keluar" formnovalidate>Keluar</button>` : html`<a class="btn btn-link pd-wide" href="/">Batal</a>`}
  </form>`;
}

/** Only a path of ours: anything else would let a crafted link send people elsewhere after signing in. */
export function safeNext(path: string): string {
  return /^\/(?![/\\])[^\s\\]*$/.test(path) && !path.startsWith('/masuk') && !path.startsWith('/keluar') ? path : '/';
}

function refusal(error: string | null): Html {
  return error === null
    ? NOTHING
    : html`<p class="pd-notice pd-buruk" role="alert"><span class="pd-notice-icon">${icon('awas')}</span><span>${error}</span></p>`;
}
