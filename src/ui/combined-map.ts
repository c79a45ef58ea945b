import type { Overview, OverviewRegion } from '../domain/overview.ts';
import { type Shade, shadeAt, shadesOf } from '../domain/shades.ts';
import { totalOf } from '../domain/summary.ts';
import { type Html, html } from './html.ts';
import { count } from './present.ts';

/** A number that every desa has. */
interface Measure {
  /** As the address says it; '' the first. */
  readonly name: string;
  readonly title: string;
  of(region: OverviewRegion): number;
}

const PEOPLE: Measure = { name: '', title: 'Penduduk', of: ({ people }) => totalOf(people) };
const AID: Measure = { name: 'bantuan', title: 'Peserta bantuan', of: ({ participants }) => participants };

/**
 * All desa as tiles, by kecamatan: the darker, the more. Each tile tells its number when it is pointed at or reached by
 * the keyboard, and the same numbers stand in the tables and the CSV: nobody needs the colours.
 * @param chosen name of a number; one that is unknown is the first
 * @param pathFor address of this page with these fields
 */
export function combinedMap(
  { perDesa, kecamatan, counts, programs }: Overview,
  chosen: string,
  pathFor: (fields: { readonly ukuran?: string; readonly wilayah?: string }) => string,
): Html {
  const measures = [
    PEOPLE,
    ...counts.map(({ name, title }): Measure => ({ name, title, of: (region) => region.counts[name] ?? 0 })),
    ...(programs.length > 0 ? [AID] : []),
  ];
  const measure = measures.find(({ name }) => name === chosen) ?? PEOPLE;
  const shades = shadesOf(perDesa.filter(isCounted).map(measure.of));
  const groups = Map.groupBy(perDesa, ({ kode }) => kode.slice(0, kecamatan[0]?.kode.length ?? 0));
  return html`<section class="card pd-card" aria-labelledby="petak-desa">
    <header class="pd-fleet-head"><h2 class="pd-card-title" id="petak-desa">${measure.title} tiap desa</h2>${legend(shades)}</header>
    <nav class="pd-tabs" aria-label="Angka yang ditunjukkan">${measures.map(
      ({ name, title }) =>
        html`<a href="${pathFor({ ukuran: name })}#petak-desa"${name === measure.name && html` aria-current="true"`}>${title}</a>`,
    )}</nav>
    <div class="pd-map">${kecamatan.map(
      (region) =>
        html`<section class="pd-map-group"><h3><a href="${pathFor({ ukuran: measure.name, wilayah: region.kode })}">${region.nama}</a> <small>${count(measure.of(region))}</small></h3><div class="pd-map-tiles" data-petak>${(groups.get(region.kode) ?? []).map((desa) => tile(desa, measure, shades))}</div></section>`,
    )}</div></section>`;
}

type Desa = Overview['perDesa'][number];

function isCounted({ madeAt }: Desa): boolean {
  return madeAt !== null;
}

function tile(desa: Desa, measure: Measure, shades: readonly Shade[]): Html {
  const { kode, nama } = desa;
  if (!isCounted(desa)) return html`<a class="pd-t pd-t-empty" href="/desa/${kode}" aria-label="${nama}: belum dihitung"></a>`;
  const value = measure.of(desa);
  return html`<a class="pd-t pd-shade-${shadeAt(shades, value)}" href="/desa/${kode}" aria-label="${nama}: ${count(value)}"></a>`;
}

function legend(shades: readonly Shade[]): Html {
  return html`<ul class="pd-legend" aria-label="Keterangan warna">${shades.map(
    ({ from, to }, at) =>
      html`<li><span class="pd-t pd-shade-${at + 1}" aria-hidden="true"></span>${from === to ? count(from) : `${count(from)}–${count(to)}`}</li>`,
  )}</ul>`;
}
