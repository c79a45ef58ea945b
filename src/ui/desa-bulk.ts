import { Invalid } from '../domain/errors.ts';
import type { TenantRow } from '../domain/ports-records.ts';
import { parseKodeTenant } from '../domain/wilayah.ts';
import { BULK_ACTIONS, type BulkAction, type BulkRow, foreseeBulk, requestBulk } from '../workflows/commands/bulk-change.ts';
import { batchAddress } from './batch.ts';
import { appsFor, titlesOf } from './catalogue.ts';
import { chosenDesa, readChoice } from './desa-filter.ts';
import { whyNot } from './desa-import.ts';
import { showDesaList } from './desa-list.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { orShowAgain } from './notices.ts';
import { badge, crumb, csrfField, pageHead } from './parts.ts';
import { count, VERBS } from './present.ts';
import type { Answer, Visit } from './visit.ts';

interface Wish {
  readonly action: BulkAction;
  readonly app: string;
  readonly desa: readonly TenantRow[];
}

/** What would happen, desa by desa; nothing has begun. */
export function previewBulk(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => {
      const wish = await wishOf(visit);
      return preview(visit, wish, await foreseeBulk(visit.tools, visit.actor, wish));
    },
    () => showDesaList(visit),
  );
}

export function beginBulk(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => {
      const wish = await wishOf(visit);
      const outcomes = await requestBulk(visit.tools, visit.actor, wish);
      const jobIds = outcomes.flatMap(({ jobId }) => jobId ?? []);
      if (jobIds.length === 0 && outcomes.length === 0) throw new Invalid('tidak-ada-yang-dapat', 'Tidak ada desa yang dapat dikerjakan.');
      if (jobIds.length === outcomes.length) return { kind: 'redirect', to: batchAddress(jobIds) };
      const rows = outcomes.map(
        ({ desa, error }) =>
          html`<tr><th scope="row"><a href="/desa/${desa.kode}">${desa.nama}</a></th><td data-label="Hasil">${error === null ? badge({ word: 'Diminta', tone: 'baik', icon: 'centang' }) : whyNot(error)}</td></tr>`,
      );
      const actions = jobIds.length > 0 && html`<a class="btn btn-primary" href="${batchAddress(jobIds)}">Lihat kemajuan</a>`;
      const body = html`${pageHead({ crumbs: [crumb('/desa', 'Data Desa')], title: 'Hasil per desa', lead: `${count(jobIds.length)} dari ${count(outcomes.length)} desa berhasil diminta.`, actions })}${table(rows, 'Hasil')}`;
      return { kind: 'page', title: 'Hasil per desa', section: 'desa', body };
    },
    () => showDesaList(visit),
  );
}

function preview(visit: Visit, { action, app }: Wish, rows: readonly BulkRow[]): Answer {
  const ready = rows.filter(({ obstacle }) => obstacle === null);
  const words = `${VERBS[action]} ${titlesOf(visit.tools.apps).get(app) ?? app}`;
  const body = html`
    ${pageHead({ crumbs: [crumb('/desa', 'Data Desa')], title: `${words}: ${count(ready.length)} desa`, lead: 'Belum ada yang dimulai. Satu pekerjaan untuk setiap desa; yang gagal tidak menghentikan yang lain.' })}
    ${
      ready.length > 0 &&
      html`<form class="pd-row pd-section" method="post" action="/desa/massal">${csrfField(visit)}<input type="hidden" name="tindakan" value="${action}"><input type="hidden" name="aplikasi" value="${app}"><input type="hidden" name="daftar" value="${ready.map(({ desa }) => desa.kode).join(',')}">
      <button class="btn btn-primary" type="submit">${icon('centang')}${VERBS[action]} ${count(ready.length)} desa</button><a class="btn" href="/desa">Batal</a></form>`
    }
    ${table(
      rows.map(
        ({ desa, obstacle }) =>
          html`<tr><th scope="row"><a href="/desa/${desa.kode}">${desa.nama}</a><small>${desa.namaKecamatan}</small></th><td data-label="Yang terjadi">${obstacle === null ? badge({ word: 'Akan dikerjakan', tone: 'baik', icon: 'centang' }) : html`${badge({ word: 'Dilewati', tone: 'netral', icon: 'lewati' })} ${obstacle}`}</td></tr>`,
      ),
      'Yang terjadi',
    )}`;
  return { kind: 'page', title: words, section: 'desa', body };
}

function table(rows: readonly Html[], heading: string): Html {
  return html`<div class="card pd-table-card"><table class="pd-table"><thead><tr><th scope="col">Desa</th><th scope="col">${heading}</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** @throws Invalid when nothing is ticked, or no such action or app */
async function wishOf(visit: Visit): Promise<Wish> {
  const { tools, form } = visit;
  const action = BULK_ACTIONS.find((one) => one === form.text('tindakan'));
  const app = appsFor(tools.apps, 'desa').find(({ name }) => name === form.text('aplikasi'))?.name;
  if (action === undefined || app === undefined) throw new Invalid('tindakan-mana', 'Pilih tindakan dan aplikasinya.');
  if (form.text('semua') === 'ya') return { action, app, desa: await chosenDesa(visit, readChoice(form.startingWith('s:'))) };
  const listed = form.text('daftar');
  const kodes = listed === '' ? form.all('desa') : listed.split(',');
  if (kodes.length === 0) throw new Invalid('desa-mana', 'Belum ada desa yang dicentang.');
  const { wilayah } = visit.actor;
  const desa = (await tools.tenants.findAll(kodes.map(parseKodeTenant))).filter(
    ({ kode }) => wilayah === null || kode.startsWith(`${wilayah}.`),
  );
  return { action, app, desa };
}
