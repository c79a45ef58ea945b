import { may } from '../domain/access.ts';
import type { Overview } from '../domain/overview.ts';
import { type Sexes, totalOf } from '../domain/summary.ts';
import { listRegistrations, readOverview } from '../workflows/combined-overview.ts';
import { requestProof, requestRepair } from '../workflows/commands/combined.ts';
import { bandName, barTable, pyramid } from './combined-charts.ts';
import { downloadCard } from './combined-download-card.ts';
import { combinedMap } from './combined-map.ts';
import { readersCard } from './combined-reader-card.ts';
import { slicesCard } from './combined-slices.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { pathWith } from './input.ts';
import { orShowAgain, redirect } from './notices.ts';
import { emptyState, option, pageHead, when } from './parts.ts';
import { count } from './present.ts';
import type { Answer, Visit } from './visit.ts';

/** Database Gabungan: what all desa hold together, and whether every desa's slice is right. */
export async function showCombined(visit: Visit): Promise<Answer> {
  const { tools, actor, query } = visit;
  const wilayah = query.text('wilayah') || undefined;
  const app = query.text('aplikasi') || undefined;
  const pathFor = (fields: Readonly<Record<string, string>>): string =>
    pathWith('/gabungan', { aplikasi: app, wilayah, ukuran: query.text('ukuran'), ...fields });
  const [overview, rows, regions] = await Promise.all([
    readOverview(tools, actor, { app, wilayah }),
    listRegistrations(tools, actor, { app, wilayah }),
    tools.tenants.kecamatan(actor.wilayah),
  ]);
  const csv = pathWith('/api/v1/gabungan/ringkasan', { format: 'csv', wilayah: wilayah ?? null, aplikasi: overview.app });
  const body = html`
    ${pageHead({
      title: 'Database Gabungan',
      lead: freshness(visit, overview),
      actions: html`<a class="btn" href="${csv}" download>${icon('unduh')}Ringkasan CSV</a>`,
    })}
    ${
      regions.length > 1 &&
      html`<form class="pd-filter" method="get" action="/gabungan">${app !== undefined && html`<input type="hidden" name="aplikasi" value="${app}">`}<label class="visually-hidden" for="wilayah">Kecamatan</label><select class="form-select" id="wilayah" name="wilayah">${option('', 'Semua kecamatan', wilayah ?? '')}${regions.map(({ kode, nama }) => option(kode, nama, wilayah ?? ''))}</select><button class="btn" type="submit">Tampilkan</button></form>`
    }
    ${
      rows.length === 0
        ? emptyState('basisdata', 'Belum ada desa di sini', html`<p>Desa terdaftar sendiri begitu aplikasinya dipasang.</p>`)
        : html`<div class="pd-stack">${figures(overview)}${overview.perDesa.length > 1 && combinedMap(overview, query.text('ukuran'), pathFor)}
      <div class="pd-charts">${pyramidCard(overview)}${kecamatanCard(overview, wilayah === undefined)}${overview.groups.map(
        ({ title, rows: list }) =>
          html`<section class="card pd-card"><h2 class="pd-card-title">${title}</h2>${barTable(
            title,
            list.map(({ label, people }) => ({ label, people })),
          )}</section>`,
      )}${programCard(overview)}</div>
      ${slicesCard(visit, rows, pathFor)}${may(actor, 'download', null) && (await downloadCard(visit, overview.app))}${may(actor, 'reveal-secret', null) && (await readersCard(visit))}</div>`
    }`;
  return { kind: 'page', title: 'Database Gabungan', section: 'gabungan', body };
}

function freshness(visit: Visit, { desa, asOf }: Overview): Html {
  if (asOf === null) return html`Angka dihitung segera setelah desa pertama terdaftar.`;
  const waiting = desa.changed > 0 && html` ${count(desa.changed)} desa berubah sejak itu dan segera dihitung lagi.`;
  return html`${count(desa.counted)} dari ${count(desa.all)} desa terhitung; yang terlama ${when(asOf, visit)}.${waiting}`;
}

function figures({ people, counts, programs, doubtful }: Overview): Html {
  const participants = programs.reduce((sum, one) => sum + one.participants, 0);
  const list: readonly (readonly [string, number, string])[] = [
    ['Penduduk', totalOf(people), `${count(people[0])} laki-laki, ${count(people[1])} perempuan`],
    ...counts.map(({ title, number }) => [title, number, ''] as const),
    ...(programs.length > 0 ? [['Peserta bantuan', participants, `${count(programs.length)} program`] as const] : []),
  ];
  return html`<dl class="pd-figures">${list.map(([label, number, more]) => html`<div class="card pd-card"><dt>${label}</dt><dd>${count(number)}${more !== '' && html`<small>${more}</small>`}</dd></div>`)}</dl>
    ${doubtful > 0 && html`<p class="pd-muted">${count(doubtful)} penduduk terhitung hidup, tetapi catatan terakhirnya mati, pindah atau hilang: periksa di desanya.</p>`}`;
}

function pyramidCard({ pyramid: bands, noBirthday }: Overview): Html {
  return html`<section class="card pd-card"><h2 class="pd-card-title">Piramida penduduk</h2><p class="pd-legend"><span class="pd-men"></span>Laki-laki <span class="pd-women"></span>Perempuan</p>
    ${pyramid(bands)}<details><summary>Angkanya</summary>${barTable(
      'Umur',
      bands.map(({ from, people }) => ({ label: bandName(from), people })),
    )}</details>
    ${totalOf(noBirthday) > 0 && html`<p class="pd-muted">${count(totalOf(noBirthday))} penduduk tanpa tanggal lahir tidak ada di gambar.</p>`}</section>`;
}

function kecamatanCard({ kecamatan, perDesa }: Overview, isAll: boolean): Html {
  const bars: readonly { readonly kode: string; readonly nama: string; readonly people: Sexes }[] = isAll ? kecamatan : perDesa;
  const title = isAll ? 'Penduduk per kecamatan' : 'Penduduk per desa';
  return html`<section class="card pd-card"><h2 class="pd-card-title">${title}</h2>${barTable(
    isAll ? 'Kecamatan' : 'Desa',
    bars.map(({ kode, nama, people }) => ({
      label: html`<a href="${isAll ? pathWith('/gabungan', { wilayah: kode }) : `/desa/${kode}`}">${nama}</a>`,
      people,
    })),
  )}</section>`;
}

const MOST_PROGRAMS = 20;

function programCard({ programs }: Overview): Html | false {
  if (programs.length === 0) return false;
  return html`<section class="card pd-card"><h2 class="pd-card-title">Program bantuan</h2><ul class="pd-mini-list">${programs.slice(0, MOST_PROGRAMS).map(({ name, participants }) => html`<li><span>${name}</span><small>${count(participants)} peserta</small></li>`)}</ul></section>`;
}

const asking =
  (request: typeof requestProof, message: 'periksa-diminta' | 'perbaikan-diminta') =>
  (visit: Visit): Promise<Answer> =>
    orShowAgain(
      async () => {
        await request(visit.tools, visit.actor, { kode: visit.params.text('kode'), app: visit.params.text('aplikasi') });
        return redirect('/gabungan', message);
      },
      () => showCombined(visit),
    );

export const proveSlice = asking(requestProof, 'periksa-diminta');
export const repairSlice = asking(requestRepair, 'perbaikan-diminta');
