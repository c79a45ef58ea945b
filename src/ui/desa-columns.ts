import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { safeNext } from './sign-in.ts';
import type { Answer, Visit } from './visit.ts';

/** Columns that people may leave out; kode and name always stand. */
const COLUMNS = [
  { name: 'kecamatan', label: 'Kecamatan' },
  { name: 'aplikasi', label: 'Aplikasi' },
  { name: 'situs', label: 'Situs' },
  { name: 'pekerjaan', label: 'Pekerjaan terakhir' },
] as const;

const PREFERENCE = 'kolom-desa-tersembunyi';

export function shownColumns({ preferences }: Visit): readonly (typeof COLUMNS)[number][] {
  const hidden = (preferences[PREFERENCE] ?? '').split(',');
  return COLUMNS.filter(({ name }) => !hidden.includes(name));
}

/** @param back where to go afterwards */
export function columnChoice(visit: Visit, back: string): Html {
  const shown = shownColumns(visit);
  return html`<details class="pd-drop" data-menu><summary>${icon('tabel', 'pd-icon-sm')}Kolom</summary><form class="pd-drop-body" id="kolom" method="post" action="/desa/kolom"><input type="hidden" name="_csrf" value="${visit.csrf}"><input type="hidden" name="lanjut" value="${back}">
    ${COLUMNS.map((column) => html`<div class="pd-row"><input class="form-check-input" type="checkbox" id="kolom-${column.name}" name="kolom" value="${column.name}"${shown.includes(column) && html` checked`}><label for="kolom-${column.name}">${column.label}</label></div>`)}
    <button class="btn btn-sm" type="submit">Simpan</button></form></details>`;
}

export async function changeColumns({ tools, actor, form }: Visit): Promise<Answer> {
  const wanted = form.all('kolom');
  const hidden = COLUMNS.filter(({ name }) => !wanted.includes(name)).map(({ name }) => name);
  await tools.preferences.save(actor.id, PREFERENCE, hidden.join(','));
  return { kind: 'redirect', to: safeNext(form.text('lanjut')) };
}
