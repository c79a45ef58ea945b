import { BULK_ACTIONS } from '../workflows/commands/bulk-change.ts';
import { appsFor } from './catalogue.ts';
import type { Choice } from './desa-filter.ts';
import { type Html, html } from './html.ts';
import { option } from './parts.ts';
import { count, VERBS } from './present.ts';
import type { Visit } from './visit.ts';

/** Under the list: what to do with the ticked desa, or with all that the filters leave. */
export function bulkBar(visit: Visit, choice: Choice, found: number): Html {
  return html`<div class="pd-order-bar pd-bulk" data-massal><p class="pd-muted" data-jumlah aria-live="polite">Centang desa untuk bertindak sekaligus.</p>
    <div class="pd-row"><input class="form-check-input" type="checkbox" id="semua-cocok" name="semua" value="ya"><label for="semua-cocok">Semua ${count(found)} yang cocok</label></div>
    ${Object.entries(choice).map(([name, value]) => html`<input type="hidden" name="s:${name}" value="${value}">`)}
    <label class="visually-hidden" for="tindakan">Tindakan</label><select class="form-select" id="tindakan" name="tindakan">${BULK_ACTIONS.map((action) => option(action, VERBS[action], 'update'))}</select>
    <label class="visually-hidden" for="massal-aplikasi">Aplikasi</label><select class="form-select" id="massal-aplikasi" name="aplikasi">${appsFor(visit.tools.apps, 'desa').map(({ name, title }) => option(name, title, choice.app))}</select>
    <button class="btn btn-primary" type="submit">Periksa dahulu</button></div>`;
}
