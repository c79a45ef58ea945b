import type { Toolbox } from '../domain/ports.ts';
import { chooseCombinedApp } from '../workflows/combined-overview.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { csrfField, option } from './parts.ts';
import type { Visit } from './visit.ts';

/** Taking the combined database along, whole or a table of it. */
export async function downloadCard(visit: Visit, app: string): Promise<Html | false> {
  const tables = await tablesOf(visit.tools, app);
  if (tables.length === 0) return false;
  const chosen = visit.form.text('isi');
  return html`<section class="card pd-card" aria-labelledby="unduhan"><h2 class="pd-card-title" id="unduhan">Unduh isi database</h2>
    <p class="pd-muted">Data pribadi warga semua desa. Setiap unduhan dicatat atas nama Anda; tautannya berlaku 15 menit dan hanya untuk Anda.</p>
    <form class="pd-row" method="post" action="/gabungan/unduh">${csrfField(visit)}<input type="hidden" name="aplikasi" value="${app}">
      <div class="pd-field"><label class="form-label" for="isi-unduhan">Isi</label><select class="form-select" id="isi-unduhan" name="isi">${option('sql', 'Semua tabel (SQL)', chosen)}<optgroup label="Satu tabel sebagai CSV">${tables.map((name) => option(`csv:${name}`, name, chosen))}</optgroup><optgroup label="Satu tabel sebagai SQL">${tables.map((name) => option(`sql:${name}`, name, chosen))}</optgroup></select></div>
      <button class="btn" type="submit">${icon('unduh')}Unduh</button></form></section>`;
}

async function tablesOf(tools: Toolbox, app: string): Promise<readonly string[]> {
  return tools.combinedExport.tables((await chooseCombinedApp(tools, app)).combined);
}
