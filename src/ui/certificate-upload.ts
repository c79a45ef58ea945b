import type { PendopoError } from '../domain/errors.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { csrfField } from './parts.ts';
import type { Visit } from './visit.ts';

/** For one domain or a wildcard: pasted as PEM. */
export function uploadForm(visit: Visit, error: PendopoError | null): Html {
  return html`<section class="card pd-card"><h2 class="pd-card-title">${icon('unggah')}Unggah sertifikat</h2>
    <form method="post" action="/sertifikat">${csrfField(visit)}
      ${pasteField('chain', 'Sertifikat dan rantainya (PEM)', visit.form.raw('chain'), 'Isi berkas fullchain.pem, mulai dari -----BEGIN CERTIFICATE-----.', error)}
      ${pasteField('key', 'Kunci privat (PEM)', '', 'Isi berkas privkey.pem, tanpa sandi. Disimpan terenkripsi dan tidak pernah ditampilkan lagi.', error)}
      <div class="pd-row"><button class="btn btn-primary" type="submit">${icon('centang')}Periksa dan simpan</button></div>
    </form></section>`;
}

function pasteField(name: string, label: string, value: string, hint: string, error: PendopoError | null): Html {
  const wrong = error?.field === name;
  return html`<div class="pd-field"><label class="form-label" for="sertifikat-${name}">${label}</label>
    <textarea class="form-control pd-kode" id="sertifikat-${name}" name="${name}" rows="7" autocomplete="off" spellcheck="false" required${wrong && html` aria-invalid="true" aria-describedby="galat-${name}"`}>${value}</textarea>
    <p class="pd-hint">${hint}</p>${wrong && html`<p class="pd-field-error" id="galat-${name}">${icon('awas', 'pd-icon-sm')}${error.message}</p>`}</div>`;
}
