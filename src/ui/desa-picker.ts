import type { Toolbox } from '../domain/ports.ts';
import type { TenantRow } from '../domain/ports-records.ts';
import { type KodeDesa, type KodeWilayah, kabupatenOf, kecamatanOf, parseKodeDesa, tingkatOf, type Wilayah } from '../domain/wilayah.ts';
import { type Html, html, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import { option } from './parts.ts';
import { namaLengkap } from './present.ts';
import type { Visit } from './visit.ts';

/** The three levels above a desa: what is chosen, and what there is to choose from. */
export interface Place {
  readonly provinsi: string;
  readonly kabupaten: string;
  readonly kecamatan: string;
  readonly options: {
    readonly provinsi: readonly Wilayah[];
    readonly kabupaten: readonly Wilayah[];
    readonly kecamatan: readonly Wilayah[];
  };
}

/**
 * Settles what was chosen: a kabupaten of another provinsi falls away, a level with one option chooses itself,
 * and nothing outside the actor's own wilayah is offered.
 */
export async function settlePlace(tools: Toolbox, within: KodeWilayah | null, wanted: readonly string[]): Promise<Place> {
  const reachable = ({ kode }: Wilayah): boolean => within === null || isBelow(kode, within) || isBelow(within, kode);
  const level = async (induk: Wilayah | null | undefined): Promise<readonly Wilayah[]> =>
    induk === undefined ? [] : (await tools.wilayah.children(induk?.kode ?? null)).filter(reachable);
  const chosen = (options: readonly Wilayah[]): Wilayah | undefined =>
    options.find(({ kode }) => wanted.includes(kode)) ?? (options.length === 1 ? options[0] : undefined);

  const provinsi = await level(null);
  const theProvinsi = chosen(provinsi);
  const kabupaten = await level(theProvinsi);
  const theKabupaten = chosen(kabupaten);
  const kecamatan = await level(theKabupaten);
  const theKecamatan = chosen(kecamatan);
  return {
    provinsi: theProvinsi?.kode ?? '',
    kabupaten: theKabupaten?.kode ?? '',
    kecamatan: theKecamatan?.kode ?? '',
    options: { provinsi, kabupaten, kecamatan },
  };
}

/** `52.01.14` → 52, 52.01 and 52.01.14: what to ask `settlePlace` for. */
export function levelsAbove(kode: string): readonly string[] {
  return kode.split('.').map((_, index, parts) => parts.slice(0, index + 1).join('.'));
}

/** The selects. Without JavaScript the button loads the next level; with it every change does. */
export function placeForm(place: Place): Html {
  const { provinsi, kabupaten, kecamatan } = place.options;
  return html`<form class="pd-place" id="pemilih" method="get" action="/desa/tambah" hx-get="/desa/tambah" hx-target="#langkah" hx-swap="outerHTML" hx-trigger="change" hx-replace-url="true">
    ${placeSelect('provinsi', 'Provinsi', provinsi, place.provinsi)}
    ${placeSelect('kabupaten', 'Kabupaten/Kota', kabupaten, place.kabupaten)}
    ${placeSelect('kecamatan', 'Kecamatan', kecamatan, place.kecamatan)}
    <noscript><button class="btn" type="submit">Tampilkan</button></noscript>
  </form>`;
}

function placeSelect(name: string, label: string, options: readonly Wilayah[], chosen: string): Html {
  return html`<div class="pd-field"><label class="form-label" for="${name}">${label}</label>
    <select class="form-select" id="${name}" name="${name}"${options.length === 0 && html` disabled`}>
      ${chosen === '' && html`<option value="">${options.length === 0 ? '–' : `Pilih ${label.toLowerCase()}`}</option>`}
      ${options.map(({ kode, nama }) => option(kode, nama, chosen))}
    </select></div>`;
}

/** One line of the checklist: a desa of the kecamatan, what was typed for it, and what is wrong with that. */
export interface Tickable {
  readonly desa: Wilayah;
  readonly kode: KodeDesa;
  readonly existing: TenantRow | null;
  readonly ticked: boolean;
  readonly domain: string;
  readonly error: string | null;
}

export async function tickables(
  visit: Visit,
  kecamatan: KodeWilayah,
  typed: {
    readonly ticked: readonly string[];
    readonly domains: Readonly<Record<string, string>>;
    readonly errors: ReadonlyMap<string, string>;
  },
): Promise<readonly Tickable[]> {
  const within = visit.actor.wilayah;
  const [all, existing] = await Promise.all([
    visit.tools.wilayah.children(kecamatan),
    visit.tools.tenants.list({ kodeKecamatan: kecamatan, limit: 200 }),
  ]);
  const known = new Map(existing.rows.map((row) => [row.kode, row]));
  return all
    .filter(({ kode }) => within === null || isBelow(kode, within))
    .map((desa) => {
      const kode = parseKodeDesa(desa.kode);
      const row = known.get(kode) ?? null;
      return {
        desa,
        kode,
        existing: row,
        ticked: row === null && typed.ticked.includes(kode),
        domain: typed.domains[kode] ?? '',
        error: typed.errors.get(kode) ?? null,
      };
    });
}

export function checklist(lines: readonly Tickable[]): Html {
  const free = lines.filter(({ existing }) => existing === null).length;
  return html`<div class="pd-checklist" data-daftar-centang>
    <div class="pd-checklist-head">
      <p class="pd-muted">${free === 0 ? 'Semua desa kecamatan ini sudah ditambahkan.' : `${free} desa dapat ditambahkan. Domain boleh dikosongkan atau diisi “-” bila belum ada.`}</p>
      ${free > 1 && html`<button class="btn btn-sm" type="button" data-centang-semua hidden>Centang semua</button>`}
    </div>
    <ul>${lines.map(checkLine)}</ul>
  </div>`;
}

function checkLine({ desa, kode, existing, ticked, domain, error }: Tickable): Html {
  const nama = namaLengkap({ kode, nama: desa.nama });
  const trouble = error === null ? NOTHING : html`<p class="pd-field-error" id="galat-${kode}">${icon('awas', 'pd-icon-sm')}${error}</p>`;
  if (existing !== null) {
    return html`<li class="pd-check pd-check-there"><span class="pd-check-mark">${icon('centang', 'pd-icon-sm')}</span><span class="pd-check-name">${nama}<small>${kode}</small></span><a href="/desa/${kode}">Sudah ditambahkan</a>${trouble}</li>`;
  }
  const described = error !== null && html` aria-invalid="true" aria-describedby="galat-${kode}"`;
  return html`<li class="pd-check${error !== null && ' pd-check-wrong'}">
    <input class="form-check-input" type="checkbox" id="desa-${kode}" name="desa" value="${kode}"${ticked && html` checked`}>
    <label class="pd-check-name" for="desa-${kode}">${nama}<small>${kode}</small></label>
    <span class="pd-check-domain"><label class="visually-hidden" for="domain-${kode}">Domain ${nama}</label><input class="form-control" id="domain-${kode}" name="domain:${kode}" value="${domain}" placeholder="Domain, bila ada" autocapitalize="none" autocomplete="off" spellcheck="false" inputmode="url"${described}></span>
    ${trouble}
  </li>`;
}

/** Answers of the search box: each leads to its kecamatan with the desa ticked. */
export async function searchResults({ tools, actor }: Visit, text: string): Promise<Html> {
  if (text.length < 3) return text === '' ? NOTHING : html`<p class="pd-muted pd-hint">Ketik sedikitnya 3 huruf atau angka.</p>`;
  const found = await tools.wilayah.search(text, 'desa', actor.wilayah, 10);
  if (found.length === 0) return html`<p class="pd-muted pd-hint">Tidak ada desa dengan nama atau kode “${text}”.</p>`;
  const above = new Set(found.flatMap(({ kode }) => (tingkatOf(kode) === 'desa' ? [kecamatanOf(kode), kabupatenOf(kode)] : [])));
  const names = new Map(await Promise.all([...above].map(async (kode) => [kode, (await tools.wilayah.find(kode))?.nama ?? kode] as const)));
  return html`<ul class="pd-results">${found.map(
    ({ kode, nama }) =>
      html`<li><a href="/desa/tambah?kecamatan=${kecamatanOf(kode)}&amp;pilih=${kode}"><b>${nama}</b><span>${kode}</span><small>Kec. ${names.get(kecamatanOf(kode))}, ${names.get(kabupatenOf(kode))}</small></a></li>`,
  )}</ul>`;
}

function isBelow(kode: string, above: string): boolean {
  return kode === above || kode.startsWith(`${above}.`);
}
