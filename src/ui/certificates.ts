import { requireMay } from '../domain/access.ts';
import { type Certificate, covers, expiryOf } from '../domain/certificate.ts';
import type { PendopoError } from '../domain/errors.ts';
import type { Route } from '../domain/ports-records.ts';
import { Secret } from '../domain/secret.ts';
import { removeCertificate, uploadCertificate } from '../workflows/commands/certificates.ts';
import { EXPIRY_LOOKS } from './certificate-looks.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { orShowAgain, redirect } from './notices.ts';
import { badge, buttonForm, csrfField, emptyState, pageHead } from './parts.ts';
import { count, moment } from './present.ts';
import type { Answer, Visit } from './visit.ts';

/** Sertifikat: with what sites are served by https, until when, and a form for another one. */
export async function showCertificates(visit: Visit, error: PendopoError | null = null): Promise<Answer> {
  const { tools, actor } = visit;
  requireMay(actor, 'create-tenant', actor.wilayah);
  const [certificates, routes] = await Promise.all([tools.certificates.list(), tools.routes.all()]);
  const body = html`
    ${pageHead({ title: 'Sertifikat', lead: 'Untuk membuka situs desa lewat HTTPS. Satu sertifikat wildcard dapat dipakai banyak desa.' })}
    <div class="pd-columns"><div class="pd-column">
      ${certificates.length === 0 && emptyState('kunci', 'Belum ada sertifikat', html`<p>Unggah yang pertama di samping ini. Tanpa sertifikat, situs desa dibuka lewat HTTP.</p>`)}
      ${certificates.map((one) => card(visit, one, routes))}
    </div><aside class="pd-column">${uploadForm(visit, error)}</aside></div>`;
  return { kind: 'page', title: 'Sertifikat', section: 'sertifikat', body };
}

function card(visit: Visit, certificate: Certificate, routes: readonly Route[]): Html {
  const { id, hosts, issuer, notAfter, source } = certificate;
  const { state, days } = expiryOf(certificate, visit.now);
  const served = new Set(routes.map(({ host }) => host).filter((host) => covers(certificate, host))).size;
  return html`<section class="card pd-card" aria-labelledby="sertifikat-${id}"><h2 class="pd-card-title" id="sertifikat-${id}">${icon('kunci')}${hosts[0]}${hosts.length > 1 && html`<span class="pd-count">+${count(hosts.length - 1)}</span>`}</h2>
    <dl class="pd-list-facts">
      <div><dt>Keadaan</dt><dd>${badge(EXPIRY_LOOKS[state])} ${state === 'over' ? `${count(-days)} hari lalu` : `${count(days)} hari lagi`}</dd></div>
      <div><dt>Berlaku sampai</dt><dd>${moment(notAfter, visit.zone)}</dd></div>
      <div><dt>Penerbit</dt><dd>${issuer}${source === 'acme' && html` <span class="pd-muted">(otomatis)</span>`}</dd></div>
      ${hosts.length > 1 && html`<div><dt>Domain</dt><dd>${hosts.join(', ')}</dd></div>`}
      <div><dt>Alamat yang cocok</dt><dd>${count(served)}</dd></div>
    </dl>
    ${state !== 'good' && html`<p class="pd-hint">Unggah penggantinya: yang berlaku paling lama dipakai dengan sendirinya.</p>`}
    ${buttonForm(visit, { action: `/sertifikat/${id}/hapus`, label: 'Hapus', icon: 'hapus', style: 'btn-danger-soft', confirm: `Hapus sertifikat ${hosts[0]} beserta kuncinya?` })}</section>`;
}

function uploadForm(visit: Visit, error: PendopoError | null): Html {
  return html`<section class="card pd-card"><h2 class="pd-card-title">${icon('kunci')}Unggah sertifikat</h2>
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

export function uploadOne(visit: Visit): Promise<Answer> {
  const { tools, actor, form } = visit;
  return orShowAgain(
    async () => {
      await uploadCertificate(tools, actor, { chain: form.raw('chain'), key: new Secret(form.raw('key')) });
      return redirect('/sertifikat', 'sertifikat-disimpan');
    },
    (error) => showCertificates(visit, error),
  );
}

export function removeOne(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => {
      await removeCertificate(visit.tools, visit.actor, visit.params.text('id'));
      return redirect('/sertifikat', 'sertifikat-dihapus');
    },
    (error) => showCertificates(visit, error),
  );
}
