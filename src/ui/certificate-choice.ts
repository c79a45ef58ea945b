import { may } from '../domain/access.ts';
import type { DesaAddresses } from '../domain/address.ts';
import { CERTIFICATE_CHOICES, type CertificateChoice, isPublicName } from '../domain/certificate-order.ts';
import type { TenantRow } from '../domain/ports-records.ts';
import { CHOICE_WORDS } from './certificate-looks.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { csrfField, option } from './parts.ts';
import type { Visit } from './visit.ts';

/** On the page of a desa: where its certificates come from. Nothing for a desa without a name that could have one. */
export function choiceForm(visit: Visit, desa: TenantRow, { domain, own }: DesaAddresses, choice: CertificateChoice): Html | false {
  const isNamed = [domain, ...Object.values(own)].some((host) => host !== null && isPublicName(host));
  if (!isNamed || !may(visit.actor, 'create-tenant', desa.kode)) return false;
  return html`<form class="card pd-card" method="post" action="/desa/${desa.kode}/sertifikat">${csrfField(visit)}<h2 class="pd-card-title">${icon('kunci')}Sertifikat HTTPS</h2>
    <label class="visually-hidden" for="cara-sertifikat">Dari mana sertifikatnya</label>
    <select class="form-select" id="cara-sertifikat" name="cara">${CERTIFICATE_CHOICES.map((one) => option(one, CHOICE_WORDS[one], choice))}</select>
    <div class="pd-row"><button class="btn btn-sm" type="submit">Simpan</button><a href="/sertifikat?cari=${domain ?? ''}">Lihat sertifikatnya</a></div></form>`;
}
