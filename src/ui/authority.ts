import { may } from '../domain/access.ts';
import { type Authority, LETS_ENCRYPT } from '../domain/authority.ts';
import type { PendopoError } from '../domain/errors.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { badge, buttonForm, csrfField } from './parts.ts';
import { moment } from './present.ts';
import type { Visit } from './visit.ts';

const LETS_ENCRYPT_TERMS = 'https://letsencrypt.org/repository/';

/** Who issues certificates by itself, and the form by which a superadmin says so. */
export function authorityCard(visit: Visit, authority: Authority | null, error: PendopoError | null): Html {
  const mayConfigure = may(visit.actor, 'configure', null);
  return html`<section class="card pd-card" aria-labelledby="judul-penerbit"><h2 class="pd-card-title" id="judul-penerbit">${icon('ulang')}Otomatis ${badge(authority === null ? { word: 'belum aktif', tone: 'netral', icon: 'jeda' } : { word: 'aktif', tone: 'baik', icon: 'centang' })}</h2>
    ${authority === null ? html`<p>Sertifikat setiap domain desa diminta dan diperpanjang dengan sendirinya, tanpa biaya. DNS-nya harus mengarah ke server ini, dan port 80 terbuka dari internet.</p>` : facts(visit, authority)}
    ${authority !== null && askForm(visit, error)}
    ${mayConfigure ? configureForm(visit, authority, error) : authority === null && html`<p class="pd-muted">Superadmin yang mengaktifkannya.</p>`}
  </section>`;
}

function facts(visit: Visit, { directory, email, terms, pausedUntil }: Authority): Html {
  const name = directory === LETS_ENCRYPT ? 'Let’s Encrypt' : new URL(directory).host;
  return html`<dl class="pd-list-facts">
      <div><dt>Penerbit</dt><dd>${name}</dd></div>
      <div><dt>Surel</dt><dd>${email}</dd></div>
      ${terms !== null && html`<div><dt>Ketentuan</dt><dd><a href="${terms}" target="_blank" rel="noopener noreferrer">Baca${icon('buka', 'pd-icon-sm')}</a></dd></div>`}
    </dl>
    ${pausedUntil !== null && pausedUntil > visit.now && html`<p class="pd-warn">${icon('jeda', 'pd-icon-sm')}<span>Penerbit tidak menjawab atau minta ditunggu. Dilanjutkan ${moment(pausedUntil, visit.zone)}.</span></p>`}`;
}

function askForm(visit: Visit, error: PendopoError | null): Html {
  return html`<form class="pd-field" method="post" action="/sertifikat/minta">${csrfField(visit)}
    <label class="form-label" for="minta-host">Minta untuk satu nama</label>
    <div class="pd-ask"><input class="form-control" id="minta-host" name="host" value="${visit.form.text('host')}" placeholder="sukamaju.desa.id" autocomplete="off" spellcheck="false" required${error?.field === 'host' && html` aria-invalid="true" aria-describedby="galat-host"`}><button class="btn" type="submit">Minta</button></div>
    <p class="pd-hint">Boleh sebelum domainnya dipakai desa, asal DNS-nya sudah mengarah ke sini.</p>${fieldError('host', error)}</form>`;
}

function configureForm(visit: Visit, authority: Authority | null, error: PendopoError | null): Html {
  const isWrong = error !== null && ['directory', 'email', 'roots', 'agreed'].includes(error.field ?? '');
  const typed = (name: string, saved: string): string => (isWrong ? visit.form.raw(name) : saved);
  const fields = html`<form method="post" action="/sertifikat/penerbit">${csrfField(visit)}
      <div class="pd-field"><label class="form-label" for="penerbit-email">Surel penanggung jawab</label><input class="form-control" id="penerbit-email" name="email" type="email" value="${typed('email', authority?.email ?? '')}" autocomplete="email" required>${fieldError('email', error)}</div>
      <details class="pd-field"${(isWrong || (authority !== null && authority.directory !== LETS_ENCRYPT)) && html` open`}><summary>Penerbit lain</summary>
        <label class="form-label" for="penerbit-directory">Alamat direktori ACME</label><input class="form-control" id="penerbit-directory" name="directory" value="${typed('directory', authority?.directory ?? '')}" placeholder="${LETS_ENCRYPT}" autocomplete="off" spellcheck="false"><p class="pd-hint">Kosong: Let’s Encrypt.</p>${fieldError('directory', error)}
        <label class="form-label" for="penerbit-roots">Sertifikat akar penerbit itu (PEM)</label><textarea class="form-control pd-kode" id="penerbit-roots" name="roots" rows="4" autocomplete="off" spellcheck="false">${typed('roots', authority?.roots ?? '')}</textarea><p class="pd-hint">Hanya untuk penerbit milik sendiri yang tidak dikenal peramban.</p>${fieldError('roots', error)}</details>
      <div class="pd-field"><label class="form-check"><input class="form-check-input" type="checkbox" name="agreed" value="ya" required> <span class="form-check-label">Saya menyetujui <a href="${authority?.terms ?? LETS_ENCRYPT_TERMS}" target="_blank" rel="noopener noreferrer">ketentuan penerbit</a></span></label>${fieldError('agreed', error)}</div>
      <div class="pd-row"><button class="btn btn-primary" type="submit">${icon('centang')}${authority === null ? 'Aktifkan' : 'Simpan'}</button></div>
    </form>`;
  if (authority === null) return fields;
  return html`<details class="pd-field"${isWrong && html` open`}><summary>Ubah atau hentikan</summary>${fields}
    ${buttonForm(visit, { action: '/sertifikat/penerbit/hentikan', label: 'Hentikan', icon: 'silang', style: 'btn-sm btn-danger-soft', confirm: 'Tidak meminta dan tidak memperpanjang sertifikat lagi? Yang ada tetap dipakai sampai berakhir.' })}</details>`;
}

function fieldError(name: string, error: PendopoError | null): Html | false {
  return error?.field === name && html`<p class="pd-field-error" id="galat-${name}">${icon('awas', 'pd-icon-sm')}${error.message}</p>`;
}
