/** The forms that start an update or a rehearsal of many desa. */
import type { KecamatanRow } from '../domain/ports-records.ts';
import { startRehearsal } from '../workflows/commands/rehearsals.ts';
import { startRollout } from '../workflows/commands/rollouts.ts';
import { suggestCanaries } from '../workflows/rehearsals.ts';
import { appsFor } from './catalogue.ts';
import { type Html, html } from './html.ts';
import type { Input } from './input.ts';
import { csrfField, option } from './parts.ts';
import type { Visit } from './visit.ts';

const CANARIES_ONLY = 'percobaan';

export async function updateForm(visit: Visit): Promise<Html> {
  const { form } = visit;
  const kecamatan = await visit.tools.tenants.kecamatan(visit.actor.wilayah);
  return html`<form class="card pd-card pd-start" method="post" action="/pembaruan">${csrfField(visit)}
    ${appField(visit, false)}
    ${canaryField(visit, await suggested(visit))}
    <button class="btn btn-primary" type="submit">Mulai pembaruan</button>
    <details class="pd-fold pd-start-more"><summary>Pilihan lain…</summary><div class="pd-fold-body">
      <div class="pd-field"><label class="form-label" for="wilayah">Desa</label><select class="form-select" id="wilayah" name="wilayah">${option('', 'Semua desa', form.text('wilayah'))}${kecamatanOptions(kecamatan, form.text('wilayah'))}</select></div>
      ${moreFields(visit)}
      <div class="pd-field"><input type="checkbox" id="urut" name="urut" value="kecamatan"${form.text('urut') === 'kecamatan' && html` checked`}> <label for="urut">Setelah desa percobaan, satu kecamatan satu gelombang</label></div>
    </div></details></form>`;
}

export async function rehearsalForm(visit: Visit): Promise<Html> {
  const { form } = visit;
  const kecamatan = await visit.tools.tenants.kecamatan(visit.actor.wilayah);
  const chosen = form.text('wilayah');
  return html`<form class="card pd-card pd-start" method="post" action="/gladi">${csrfField(visit)}
    ${appField(visit, true)}
    <div class="pd-field"><label class="form-label" for="wilayah">Desa</label><select class="form-select" id="wilayah" name="wilayah">${option('', 'Semua desa', chosen)}${option(CANARIES_ONLY, 'Desa percobaan saja', chosen)}${kecamatanOptions(kecamatan, chosen)}</select></div>
    <button class="btn btn-primary" type="submit">Mulai gladi</button>
    <details class="pd-fold pd-start-more"><summary>Pilihan lain…</summary><div class="pd-fold-body">${canaryField(visit, await suggested(visit))}${moreFields(visit)}</div></details></form>`;
}

function appField({ tools, form }: Visit, withDatabase: boolean): Html {
  const apps = appsFor(tools.apps).filter(({ database }) => database !== null || !withDatabase);
  return html`<div class="pd-field"><label class="form-label" for="aplikasi">Aplikasi</label><select class="form-select" id="aplikasi" name="aplikasi">${apps.map(({ name, title }) => option(name, title, form.text('aplikasi')))}</select></div>`;
}

function canaryField({ form }: Visit, suggestion: readonly string[]): Html {
  return html`<div class="pd-field"><label class="form-label" for="percobaan">Desa percobaan (kode, dipisahkan koma)</label><input class="form-control" id="percobaan" name="percobaan" autocomplete="off" value="${form.text('percobaan') || suggestion.join(', ')}"></div>`;
}

function moreFields({ form }: Visit): Html {
  return html`<div class="pd-field"><label class="form-label" for="versi">Rilis (kosong: yang terbaru)</label><input class="form-control" id="versi" name="versi" autocomplete="off" spellcheck="false" value="${form.text('versi')}"></div>
    <div class="pd-field"><label class="form-label" for="jam">Hanya pada jam (kosong: kapan saja)</label><input class="form-control" id="jam" name="jam" autocomplete="off" placeholder="22:00-05:00" value="${form.text('jam')}"></div>
    <div class="pd-field"><label class="form-label" for="serentak">Banyaknya desa sekaligus</label><input class="form-control" id="serentak" name="serentak" type="number" min="1" max="32" value="${form.text('serentak') || '4'}"></div>`;
}

function kecamatanOptions(kecamatan: readonly KecamatanRow[], chosen: string): readonly Html[] {
  return kecamatan.map(({ kode, nama }) => option(kode, `Kecamatan ${nama}`, chosen));
}

/** For the app that the form shows first. */
async function suggested({ tools, form, actor }: Visit): Promise<readonly string[]> {
  const app = form.text('aplikasi') || appsFor(tools.apps)[0]?.name;
  return app === undefined
    ? []
    : (await suggestCanaries(tools, app)).filter((kode) => actor.wilayah === null || kode.startsWith(actor.wilayah));
}

function codes(form: Input): readonly string[] {
  return form
    .text('percobaan')
    .split(/[\s,]+/)
    .filter((kode) => kode !== '');
}

function wishes(form: Input) {
  const concurrency = Math.min(32, Math.max(1, Math.trunc(Number(form.text('serentak') || '4')) || 4));
  return { app: form.text('aplikasi'), tag: form.text('versi'), window: form.text('jam'), concurrency };
}

export function askUpdate({ tools, actor, form }: Visit): Promise<{ readonly rolloutId: string }> {
  const within = form.text('wilayah') || null;
  return startRollout(tools, actor, { ...wishes(form), canaries: codes(form), within, byKecamatan: form.text('urut') === 'kecamatan' });
}

export function askRehearsal({ tools, actor, form }: Visit): Promise<{ readonly rolloutId: string }> {
  const where = form.text('wilayah');
  const only = where === CANARIES_ONLY ? codes(form) : [];
  return startRehearsal(tools, actor, { ...wishes(form), only, within: where === CANARIES_ONLY || where === '' ? null : where });
}
