import { requireMay } from '../domain/access.ts';
import type { DesaAddresses } from '../domain/address.ts';
import type { PendopoError } from '../domain/errors.ts';
import type { RouteSecurity, TenantRow } from '../domain/ports-records.ts';
import { digitsOf } from '../domain/wilayah.ts';
import type { AddressWish } from '../workflows/addresses.ts';
import { requestAddresses } from '../workflows/commands/addresses.ts';
import { titlesOf } from './catalogue.ts';
import { findDesa } from './desa-show.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { orShowAgain, redirect } from './notices.ts';
import { crumb, csrfField, option, pageHead } from './parts.ts';
import { namaLengkap } from './present.ts';
import type { Answer, Visit } from './visit.ts';

const SECURITY: Readonly<Record<RouteSecurity, string>> = {
  any: 'HTTP dan HTTPS sama-sama dilayani',
  https: 'Wajib HTTPS: pengunjung HTTP dialihkan',
  hsts: 'Wajib HTTPS, dan diingat peramban setahun (HSTS)',
};

/** Ubah domain: says what will happen, then asks. */
export async function showAddresses(visit: Visit, error: PendopoError | null = null): Promise<Answer> {
  const desa = await findDesa(visit);
  requireMay(visit.actor, 'create-tenant', desa.kode);
  const now = await visit.tools.addresses.of(desa.kode);
  const nama = namaLengkap(desa);
  const body = html`
    ${pageHead({ crumbs: [crumb('/desa', 'Data Desa'), crumb(`/desa/${desa.kode}`, nama)], title: 'Ubah domain', lead: html`${nama} · <span class="pd-kode">${desa.kode}</span>` })}
    <div class="pd-narrow">
      <section class="card pd-card"><h2 class="pd-card-title">${icon('info')}Yang akan terjadi</h2>
        <ol class="pd-plain-steps">
          <li>Semua aplikasi desa ini disiapkan dan diperiksa di alamat baru; yang lama tetap melayani.</li>
          <li>Bila ada yang salah, semuanya kembali seperti sekarang.</li>
          <li>Setelah alamat baru terbuka, <b>alamat lama mengalihkan</b> ke sana, sehingga tautan lama tetap berlaku.</li>
        </ol>
        <p class="pd-muted">Arahkan lebih dahulu DNS domain baru ke server ini.</p></section>
      ${addressForm(visit, desa, now, error)}
    </div>`;
  return { kind: 'page', title: `Ubah domain · ${nama}`, section: 'desa', body };
}

function addressForm(visit: Visit, desa: TenantRow, now: DesaAddresses, error: PendopoError | null): Html {
  const { facts, apps } = visit.tools;
  const titles = titlesOf(apps);
  const there = desa.installations.filter(({ state }) => state === 'active');
  // Shown again after a refusal: as it was typed.
  const typed = (name: string, saved: string): string => (error === null ? saved : visit.form.text(name));
  const field = (name: string, label: string, saved: string, hint: string): Html =>
    textField({ name, label, value: typed(name, saved), hint, error });
  return html`<form class="card pd-card" method="post" action="/desa/${desa.kode}/domain">${csrfField(visit)}
    ${field('domain', 'Domain', now.domain ?? '', `Tanpa https://, misalnya sukamaju.desa.id. Kosong: desa dibuka di ${digitsOf(desa.kode)}.${facts.baseDomain}.`)}
    <div class="pd-field"><label class="form-check"><input class="form-check-input" type="checkbox" name="www" value="ya"${typed('www', now.www ? 'ya' : '') === 'ya' && html` checked`}> <span class="form-check-label">www di depan domain mengarah ke domain</span></label></div>
    ${field('port', 'Port sendiri', now.port === null ? '' : String(now.port), `Hanya untuk desa tanpa domain: dibuka di ${facts.publicHost}:<port>, misalnya 20001.`)}
    <div class="pd-field"><label class="form-label" for="alamat-security">HTTPS</label><select class="form-select" id="alamat-security" name="security">${Object.entries(SECURITY).map(([value, label]) => option(value, label, typed('security', now.security)))}</select>${fieldError('security', error)}</div>
    ${there.map(({ app }) => field(`milik:${app}`, `Domain sendiri untuk ${titles.get(app) ?? app}`, now.own[app] ?? '', 'Boleh kosong. Melayani aplikasi ini di samping alamat di atas.'))}
    <div class="pd-row"><a class="btn" href="/desa/${desa.kode}">Batal</a><button class="btn btn-primary" type="submit">${icon('centang')}Ubah</button></div>
  </form>`;
}

interface TextField {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly hint: string;
  readonly error: PendopoError | null;
}

function textField({ name, label, value, hint, error }: TextField): Html {
  return html`<div class="pd-field"><label class="form-label" for="alamat-${name}">${label}</label>
    <input class="form-control" id="alamat-${name}" name="${name}" value="${value}" autocomplete="off" spellcheck="false"${error?.field === name && html` aria-invalid="true" aria-describedby="galat-${name}"`}>
    <p class="pd-hint">${hint}</p>${fieldError(name, error)}</div>`;
}

function fieldError(name: string, error: PendopoError | null): Html | false {
  return error?.field === name && html`<p class="pd-field-error" id="galat-${name}">${icon('awas', 'pd-icon-sm')}${error.message}</p>`;
}

export async function changeAddresses(visit: Visit): Promise<Answer> {
  const { kode } = await findDesa(visit);
  return orShowAgain(
    async () => {
      const { jobId } = await requestAddresses(visit.tools, visit.actor, { ...wishOf(visit), kode });
      return jobId === null ? redirect(`/desa/${kode}`, 'setelan-disimpan') : redirect(`/pekerjaan/${jobId}`);
    },
    (error) => showAddresses(visit, error),
  );
}

function wishOf({ form }: Visit): AddressWish {
  const port = form.text('port');
  const security = form.text('security');
  return {
    domain: form.text('domain'),
    // What is no number is refused by its value.
    port: port === '' ? null : Number(port),
    www: form.text('www') === 'ya',
    own: form.startingWith('milik:'),
    ...(security === 'any' || security === 'https' || security === 'hsts' ? { security } : {}),
  };
}
