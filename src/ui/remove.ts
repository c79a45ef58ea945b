import { requireMay } from '../domain/access.ts';
import { requestRemove } from '../workflows/commands/installations.ts';
import { titlesOf } from './catalogue.ts';
import { findInstallation } from './desa-show.ts';
import { html } from './html.ts';
import { icon } from './icons.ts';
import { orShowAgain, toJob } from './notices.ts';
import { crumb, csrfField, pageHead } from './parts.ts';
import { namaLengkap } from './present.ts';
import type { Answer, Visit } from './visit.ts';

/** Hapus: says what will happen and asks for the kode, so that it is never the wrong desa. */
export async function showRemove(visit: Visit, error: string | null = null): Promise<Answer> {
  const { desa, installation } = await findInstallation(visit);
  requireMay(visit.actor, 'remove', desa.kode);
  const title = titlesOf(visit.tools.apps).get(installation.app) ?? installation.app;
  const nama = namaLengkap(desa);
  const body = html`
    ${pageHead({ crumbs: [crumb('/desa', 'Data Desa'), crumb(`/desa/${desa.kode}`, nama)], title: `Hapus ${title}?`, lead: html`${nama} · <span class="pd-kode">${desa.kode}</span>` })}
    <div class="pd-narrow">
      <section class="card pd-card">
        <h2 class="pd-card-title">${icon('info')}Yang akan terjadi</h2>
        <ol class="pd-plain-steps">
          <li>Situs${installation.url !== null && html` <b>${installation.url}</b>`} menampilkan halaman pemeliharaan.</li>
          <li>Basis data dan berkasnya <b>diarsipkan</b>, lalu arsipnya diuji dengan memulihkannya ke tempat sementara.</li>
          <li>Baru setelah arsip terbukti baik, aplikasi, basis data, dan berkasnya dihapus dari desa ini.</li>
          <li>Arsip dapat dipulihkan kapan saja dari menu <b>Arsip</b>.</li>
        </ol>
        <p class="pd-muted">Bila pengarsipan gagal, tidak ada yang dihapus dan situs dibuka kembali.</p>
      </section>
      <form class="card pd-card pd-danger-zone" method="post" action="/desa/${desa.kode}/${installation.app}/hapus" data-ketik="${desa.kode}">
        ${csrfField(visit)}
        <div class="pd-field"><label class="form-label" for="konfirmasi">Ketik kode desa <b class="pd-kode">${desa.kode}</b> untuk melanjutkan</label>
          <input class="form-control" id="konfirmasi" name="konfirmasi" value="${visit.form.text('konfirmasi')}" autocomplete="off" inputmode="decimal" spellcheck="false" required${error !== null && html` aria-invalid="true" aria-describedby="galat-konfirmasi"`}>
          ${error !== null && html`<p class="pd-field-error" id="galat-konfirmasi">${icon('awas', 'pd-icon-sm')}${error}</p>`}</div>
        <div class="pd-row"><a class="btn" href="/desa/${desa.kode}">Jangan hapus</a><button class="btn btn-danger" type="submit">${icon('hapus')}Arsipkan lalu hapus</button></div>
      </form>
    </div>`;
  return { kind: 'page', title: `Hapus ${title} · ${nama}`, section: 'desa', body };
}

export async function removeApp(visit: Visit): Promise<Answer> {
  const { desa, installation } = await findInstallation(visit);
  return orShowAgain(
    () =>
      toJob(requestRemove(visit.tools, visit.actor, { kode: desa.kode, app: installation.app, confirm: visit.form.text('konfirmasi') })),
    (error) => showRemove(visit, error.field === null ? null : error.message),
  );
}
