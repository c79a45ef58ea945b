import { may } from '../domain/access.ts';
import type { TenantRow } from '../domain/ports-records.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { csrfField } from './parts.ts';
import type { Visit } from './visit.ts';

/** Whom the desa wants to be told by e-mail before and after its updates, on its page. */
export async function contactCard(visit: Visit, { kode }: TenantRow): Promise<Html> {
  const [contacts, channels] = await Promise.all([visit.tools.notices.contacts([kode]), visit.tools.notices.channels()]);
  const email = visit.form.text('surel') || (contacts.get(kode) ?? '');
  const hasMail = channels.some(({ settings }) => settings.channel === 'email');
  return html`<section class="card pd-card"><h2 class="pd-card-title">${icon('info')}Kabar untuk desa</h2>
    <p class="pd-muted">Surel sebelum dan sesudah pembaruan aplikasi desa ini.${!hasMail && html` Terkirim setelah saluran surel diatur di <a href="/pemberitahuan">Pemberitahuan</a>.`}</p>
    ${
      may(visit.actor, 'create-tenant', kode)
        ? html`<form method="post" action="/desa/${kode}/kontak">${csrfField(visit)}<label class="form-label" for="surel-desa">Alamat surel</label>
      <div class="pd-row"><input class="form-control" id="surel-desa" name="surel" type="email" value="${email}" autocomplete="off" placeholder="Belum ada"><button class="btn btn-sm" type="submit">Simpan</button></div></form>`
        : html`<p>${email === '' ? 'Belum ada' : email}</p>`
    }</section>`;
}
