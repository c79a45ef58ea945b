import { may } from '../domain/access.ts';
import type { AppManifest } from '../domain/manifest.ts';
import { barRelease, setPin } from '../workflows/commands/rollouts.ts';
import { overviewOf, type ReleaseOverview } from '../workflows/release-overview.ts';
import { appsFor } from './catalogue.ts';
import { findInstallation, showDesa } from './desa-show.ts';
import { type Html, html } from './html.ts';
import { recentImages } from './image-look.ts';
import { orShowAgain, redirect } from './notices.ts';
import { badge, buttonForm, csrfField, emptyState, pageHead, when } from './parts.ts';
import { count, size } from './present.ts';
import type { Answer, Visit } from './visit.ts';

/** Older ones are in the API and on the command line. */
const SHOWN = 12;

/** Whether Docker has told what is built. */
type Look = Visit & { readonly knowsImages: boolean };

/** Rilis: what there is of each app, who runs it, what is built of it, and what nobody may go to. */
export async function showReleases(visit: Visit): Promise<Answer> {
  const { tools, actor } = visit;
  const [pinned, running, images] = await Promise.all([tools.rollouts.pinned(), tools.tenants.running(actor.wilayah), recentImages(tools)]);
  const deployed = { running, images: images ?? [] };
  const sections = await Promise.all(
    appsFor(tools.apps).map(async (manifest) =>
      appSection({ ...visit, knowsImages: images !== null }, manifest, await overviewOf(tools, manifest.name, deployed), pinned),
    ),
  );
  const body = html`
    ${pageHead({ title: 'Rilis', lead: 'Versi setiap aplikasi: desa yang memakainya, image yang sudah dibangun, dan yang ditahan.' })}
    <div class="pd-stack" id="daftar-rilis"${images === null && html` hx-get="/rilis" hx-trigger="load delay:3s" hx-select="#daftar-rilis" hx-swap="outerHTML"`}>${sections}</div>`;
  return { kind: 'page', title: 'Rilis', section: 'rilis', body };
}

function appSection(visit: Look, { name, title }: AppManifest, rows: readonly ReleaseOverview[], pinned: ReadonlySet<string>): Html {
  const newest = rows.find(({ barred }) => barred === null)?.tag;
  const held = rows.flatMap(({ desa }) => desa).filter(({ id }) => pinned.has(id));
  // One that somebody runs is never left out.
  const shown = rows.filter(({ desa, barred }, index) => index < SHOWN || desa.length > 0 || barred !== null);
  return html`<section class="pd-group" aria-labelledby="rilis-${name}"><h2 class="pd-section-title" id="rilis-${name}">${title}</h2>
    ${
      rows.length === 0
        ? emptyState(
            'aplikasi',
            'Belum ada rilis yang dikenal',
            html`<p>Daftar rilis diambil saat pemasangan pertama, lalu setiap hari.</p>`,
          )
        : html`<div class="card pd-table-card"><table class="pd-table">
      <thead><tr><th scope="col">Rilis</th><th scope="col">Desa</th><th scope="col">Image</th><th scope="col">Catatan</th><th scope="col"><span class="visually-hidden">Tindakan</span></th></tr></thead>
      <tbody>${shown.map((one) => row(visit, name, one, one.tag === newest))}</tbody></table></div>`
    }
    ${held.length > 0 && html`<p class="pd-muted">Dikunci pada versinya: ${held.map(({ kode, nama, tag }, index) => html`${index > 0 && ', '}<a href="/desa/${kode}">${nama}</a> (${tag})`)}</p>`}
  </section>`;
}

function row(visit: Look, app: string, release: ReleaseOverview, isNewest: boolean): Html {
  const { tag, commit, note, barred, desa, images } = release;
  return html`<tr>
    <th scope="row" data-label="Rilis">${tag}${isNewest && html` ${badge({ word: 'terbaru', tone: 'baik', icon: 'centang' })}`}${barred !== null && html` ${badge({ word: 'ditahan', tone: 'buruk', icon: 'awas' })}`}<small>${commit === null ? 'belum pernah dipakai di sini' : commit.slice(0, 10)}</small></th>
    <td data-label="Desa">${desa.length === 0 ? html`<span class="pd-muted">–</span>` : html`<details class="pd-fold"><summary>${count(desa.length)} desa</summary><div class="pd-fold-body">${desa.map(({ kode, nama }, index) => html`${index > 0 && ', '}<a href="/desa/${kode}">${nama}</a>`)}</div></details>`}</td>
    <td data-label="Image">${images.length === 0 ? html`<span class="pd-muted">${visit.knowsImages ? 'dibangun bila perlu' : 'sedang dibaca…'}</span>` : html`${size(images[0]?.bytes ?? 0)}<small>${images[0] !== undefined && when(images[0].builtAt, visit)}${images.length > 1 && ` · ${images.length} bangunan`}</small>`}</td>
    <td data-label="Catatan">${barred !== null && html`<p>Ditahan: ${barred}</p>`}${noteOf(note)}</td>
    <td class="pd-cell-action">${may(visit.actor, 'rollout', visit.actor.wilayah) && barForm(visit, app, tag, barred)}</td></tr>`;
}

function noteOf(note: string | null): Html {
  if (note === null || note === '') return html`<span class="pd-muted">–</span>`;
  const [first = '', ...rest] = note.split('\n');
  if (rest.length === 0) return html`${first}`;
  return html`<details class="pd-fold"><summary>${first}</summary><div class="pd-fold-body"><pre class="pd-note">${rest.join('\n').trim()}</pre></div></details>`;
}

function barForm(visit: Visit, app: string, tag: string, barred: string | null): Html {
  const action = `/rilis/${app}/tahan`;
  const fields = html`<input type="hidden" name="tag" value="${tag}">`;
  if (barred !== null) return buttonForm(visit, { action, label: 'Lepaskan', icon: 'lanjut', style: 'btn-sm', fields });
  const id = `sebab-${app}-${tag}`;
  return html`<details class="pd-fold"><summary>Tahan…</summary><form class="pd-fold-body" method="post" action="${action}">${csrfField(visit)}${fields}
    <div class="pd-field"><label class="form-label" for="${id}">Mengapa rilis ini tidak boleh dipakai?</label><input class="form-control" id="${id}" name="sebab" maxlength="500" required autocomplete="off"></div>
    <button class="btn btn-sm" type="submit">Tahan ${tag}</button></form></details>`;
}

/** Tahan with a reason, Lepaskan without one. */
export function changeBar(visit: Visit): Promise<Answer> {
  const { tools, actor, params, form } = visit;
  return orShowAgain(
    async () => {
      await barRelease(tools, actor, params.text('aplikasi'), form.text('tag'), form.text('sebab') || null);
      return redirect('/rilis');
    },
    () => showReleases(visit),
  );
}

/** Kunci versi at a desa, or letting go of it. */
export async function changePin(visit: Visit): Promise<Answer> {
  const { desa, installation } = await findInstallation(visit);
  return orShowAgain(
    async () => {
      await setPin(visit.tools, visit.actor, installation.id, visit.form.text('kunci') === 'ya');
      return redirect(`/desa/${desa.kode}`);
    },
    () => showDesa(visit),
  );
}
