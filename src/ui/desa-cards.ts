import { may } from '../domain/access.ts';
import type { DesaAddresses } from '../domain/address.ts';
import type { Backup } from '../domain/backup.ts';
import type { CertificateChoice } from '../domain/certificate-order.ts';
import { isActive, type Job } from '../domain/job.ts';
import type { AuditEntry } from '../domain/ports-people.ts';
import type { Archive, TenantRow } from '../domain/ports-records.ts';
import type { Installation } from '../domain/tenant.ts';
import { digitsOf, scopeOf } from '../domain/wilayah.ts';
import type { RegistrationRow } from '../workflows/combined-overview.ts';
import { advancedFold, type Offer, sampleMark, settingsFold, untestedMark } from './app-choice.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { badge, csrfField, siteLink, when } from './parts.ts';
import { count, INSTALLATION_LOOKS, lookOfJob, moment, monogram, size, VERBS } from './present.ts';
import type { Visit } from './visit.ts';

/** A desa with what its page tells about it; jobs newest first. */
export interface Dossier {
  readonly desa: TenantRow;
  readonly jobs: readonly Job[];
  readonly archives: readonly Archive[];
  readonly backups: readonly Backup[];
  readonly addresses: DesaAddresses;
  readonly certificates: CertificateChoice;
  readonly offers: readonly Offer[];
  /** Installations that stay on their release. */
  readonly pinned: ReadonlySet<string>;
  /** Job → the version it led to. */
  readonly versions: ReadonlyMap<string, string>;
  readonly slices: readonly RegistrationRow[];
  /** Of this desa, newest first; empty for who may not read it. */
  readonly audit: readonly AuditEntry[];
}

/** People of SiapPakai look for it: why it is missing is said where it would stand. */
const SUPPORT = html`<details class="pd-fold"><summary>${icon('info')}Masuk untuk membantu desa?${icon('bawah', 'pd-icon-sm')}</summary><p class="pd-fold-body pd-muted">Tautan masuk tanpa kata sandi tidak disediakan: siapa pun yang memegangnya dapat membaca data semua penduduk, dan aplikasi desa tidak mencatat siapa yang memakainya. Mintalah perangkat desa membuatkan akun untuk Anda di dalam aplikasinya, lalu menonaktifkannya sesudah selesai.</p></details>`;

/** Looks again by itself, but never reloads the page: a password that is shown only once may stand on it. */
export function workingBox(visit: Visit, { desa, offers, jobs }: Dossier): Html {
  // In the order in which their turn comes.
  const working = jobs.filter(({ state }) => isActive(state)).toReversed();
  if (working.length === 0)
    return html`<a class="pd-working" href="/desa/${desa.kode}">${icon('centang')}<span><b>Pekerjaan sudah selesai.</b></span><span class="pd-working-go">Muat ulang halaman${icon('ulang', 'pd-icon-sm')}</span></a>`;
  const lines = working.map(
    (job) =>
      html`<a class="pd-working" href="/pekerjaan/${job.id}">${badge(lookOfJob(job))}<span><b>${VERBS[job.workflow]} ${titleOf(offers, job.app)}</b> · diminta ${when(job.createdAt, visit)}</span><span class="pd-working-go">Lihat kemajuan${icon('kanan', 'pd-icon-sm')}</span></a>`,
  );
  return html`<div hx-get="/desa/${desa.kode}" hx-trigger="every 4s" hx-swap="outerHTML">${lines}</div>`;
}

export function installedCard(visit: Visit, { desa, jobs, offers }: Dossier, buttons: Html, installation: Installation): Html {
  const { actor } = visit;
  const { app, state } = installation;
  const offer = offers.find(({ manifest }) => manifest.name === app) ?? null;
  const job = jobs.find(({ installationId }) => installationId === installation.id) ?? null;
  const title = titleOf(offers, app);
  const active = state === 'active';
  const mayReveal = active && may(actor, 'reveal-secret', desa.kode) && hasPassword(offer);
  const base = `/desa/${desa.kode}/${app}`;
  return html`<section class="card pd-card pd-app-card" aria-labelledby="judul-${app}">
    <header><span class="pd-app-icon" aria-hidden="true">${monogram(title)}</span><div><h2 id="judul-${app}">${title}${marksOf(offer)}</h2><p class="pd-muted">${installation.version === null ? 'Versi belum ada' : `Versi ${installation.version}`}</p></div>${badge(INSTALLATION_LOOKS[state])}</header>
    <div class="pd-app-foot"><dl class="pd-facts">
      <div><dt>Alamat</dt><dd>${active && installation.url !== null ? siteLink(installation.url) : html`<span class="pd-muted">Belum dibuka</span>`}</dd></div>
      <div><dt>Diperbarui</dt><dd>${when(installation.updatedAt, visit)}</dd></div>
      ${active && html`<div class="pd-fact-wide" hx-get="${base}/kesehatan" hx-trigger="load" hx-swap="innerHTML"><dt>Kesehatan</dt><dd><span class="pd-muted">memeriksa…</span></dd></div>`}
    </dl>
    <div class="pd-row">
      ${!(job !== null && isActive(job.state)) && buttons}
      ${mayReveal && html`<form method="post" action="${base}/sandi" hx-post="${base}/sandi" hx-target="#sandi-${app}">${csrfField(visit)}<button class="btn" type="submit">${icon('kunci')}Kata sandi admin</button></form>`}
      ${job !== null && job.state !== 'succeeded' && html`<a class="btn" href="/pekerjaan/${job.id}">${icon('pekerjaan')}Lihat pekerjaan</a>`}
      ${may(actor, 'remove', desa.kode) && !(job !== null && isActive(job.state)) && html`<a class="btn btn-danger-soft" href="${base}/hapus">${icon('hapus')}Hapus…</a>`}
    </div></div>
    <div class="pd-reveal" id="sandi-${app}"></div>
    ${mayReveal && SUPPORT}
    ${offer !== null && !active && may(actor, 'install', desa.kode) && settingsFold(visit, { action: `${base}/setelan`, title: 'Setelan', hint: 'Berlaku mulai pekerjaan berikutnya pada aplikasi ini.' }, offer.manifest, installation.settings)}
  </section>`;
}

function marksOf(offer: Offer | null): readonly (Html | false)[] {
  return offer === null ? [] : [sampleMark(offer.manifest), untestedMark(offer.manifest)];
}

function hasPassword(offer: Offer | null): boolean {
  return offer?.manifest.secrets.some(({ reveal }) => reveal) ?? false;
}

export function freeCard(visit: Visit, { desa, archives, offers }: Dossier, offer: Offer): Html {
  const { manifest } = offer;
  const neighbour =
    offers.find(({ manifest: other }) => other.mount === manifest.mount && isThere(desa, other.name))?.manifest.title ?? null;
  // What was chosen when it was here last, or when it was tried: a second try should not begin from nothing.
  const remembered = desa.installations.find(({ app }) => app === manifest.name)?.settings ?? {};
  const settings = { ...remembered, ...visit.form.startingWith(`${manifest.name}:setelan:`) };
  const hasArchive = archives.some(({ app }) => app === manifest.name);
  return html`<section class="card pd-card pd-app-card pd-app-free" aria-labelledby="judul-${manifest.name}">
    <form method="post" action="/desa/${desa.kode}/${manifest.name}/pasang">${csrfField(visit)}
      <header><span class="pd-app-icon" aria-hidden="true">${monogram(manifest.title)}</span><div><h3 id="judul-${manifest.name}">${manifest.title}${sampleMark(manifest)}${untestedMark(manifest)}</h3><p class="pd-muted">${manifest.description}</p></div>
        ${neighbour === null ? html`<button class="btn btn-primary" type="submit">${icon('centang')}Pasang<span class="visually-hidden"> ${manifest.title}</span></button>` : html`<span class="pd-muted">Alamat <code>${manifest.mount}</code> dipakai ${neighbour}</span>`}</header>
      ${hasArchive && html`<p class="pd-hint">Data lama aplikasi ini tersimpan di <a href="/arsip?desa=${desa.kode}">Arsip</a>. Pasang memulai dengan data kosong; gunakan Pulihkan untuk melanjutkan data lama.</p>`}
      ${neighbour === null && advancedFold(offer, { tag: visit.form.text(`${manifest.name}:versi`), settings }, `${manifest.name}:`)}
    </form>
  </section>`;
}

export function identity(visit: Visit, desa: TenantRow): Html {
  const facts: readonly (readonly [string, string | Html])[] = [
    [`Kode ${scopeOf(desa.kode)}`, html`<span class="pd-kode">${desa.kode}</span>`],
    ['Kode tanpa titik', html`<span class="pd-kode">${digitsOf(desa.kode)}</span>`],
    ...(desa.namaKecamatan === '' ? [] : [['Kecamatan', desa.namaKecamatan] as const]),
    ['Kabupaten', desa.namaKabupaten.replace(/^Kabupaten /, '')],
    ['Provinsi', desa.namaProvinsi],
    ['Ditambahkan', moment(desa.createdAt, visit.zone)],
  ];
  return html`<section class="card pd-card"><h2 class="pd-card-title">${icon('lokasi')}Identitas</h2><dl class="pd-list-facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`;
}

export function archiveCard(visit: Visit, { archives, offers }: Dossier): Html {
  if (archives.length === 0)
    return html`<section class="card pd-card"><h2 class="pd-card-title">${icon('arsip')}Arsip</h2><p class="pd-muted">Belum ada arsip. Arsip dibuat sebelum aplikasi dihapus.</p></section>`;
  return html`<section class="card pd-card"><h2 class="pd-card-title">${icon('arsip')}Arsip<span class="pd-count">${count(archives.length)}</span></h2>
    <ul class="pd-mini-list">${archives.map(({ app, tag, bytes, createdAt }) => html`<li><span><b>${titleOf(offers, app)}</b> ${tag}</span><small>${size(bytes)} · ${when(createdAt, visit)}</small></li>`)}</ul>
    <a class="btn btn-sm" href="/arsip?desa=${archives[0]?.kode}">Lihat di Arsip</a></section>`;
}

function titleOf(offers: readonly Offer[], app: string): string {
  return offers.find(({ manifest }) => manifest.name === app)?.manifest.title ?? app;
}

function isThere(desa: TenantRow, app: string): boolean {
  return desa.installations.some((one) => one.app === app && one.state !== 'absent');
}
