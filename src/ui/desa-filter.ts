import { DESA_STATES, stateOfDesa } from '../domain/fleet.ts';
import type { TenantFilter, TenantRow } from '../domain/ports-records.ts';
import { endingsOf, stageOf } from '../domain/subscription.ts';
import { parseKodeWilayah } from '../domain/wilayah.ts';
import { appsFor } from './catalogue.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { pathWith } from './input.ts';
import { option } from './parts.ts';
import { count } from './present.ts';
import type { Visit } from './visit.ts';

/** More desa than any kabupaten has. */
const ALL = 2_000;

const STATES: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'decide', label: 'Perlu tindakan' },
  { value: 'silent', label: 'Tidak menjawab' },
  { value: 'failed', label: 'Gagal, dikembalikan' },
  { value: 'working', label: 'Sedang dikerjakan' },
  { value: 'suspended', label: 'Ditangguhkan' },
  { value: 'active', label: 'Aktif' },
  { value: 'empty', label: 'Belum terpasang' },
];

/** What the list is narrowed to; '' is no narrowing. */
export interface Choice {
  readonly search: string;
  readonly kecamatan: string;
  readonly app: string;
  readonly version: string;
  readonly state: string;
  /** How a subscription stands: `ended` or `soon`. */
  readonly subscription: string;
}

const NAMES = {
  search: 'cari',
  kecamatan: 'kecamatan',
  app: 'aplikasi',
  version: 'versi',
  state: 'keadaan',
  subscription: 'langganan',
} as const satisfies Record<keyof Choice, string>;

/** @param fields by the names of `Choice` */
export function readChoice(fields: Readonly<Record<string, string | undefined>>): Choice {
  const { search = '', kecamatan = '', app = '', version = '', state = '', subscription = '' } = fields;
  return { search, kecamatan, app, version, state, subscription };
}

export function choiceOf({ query }: Visit): Choice {
  return readChoice(Object.fromEntries(Object.entries(NAMES).map(([field, name]) => [field, query.text(name)])));
}

/** The address of a list with this choice. */
export function addressOf(path: string, choice: Choice, more: Readonly<Record<string, string>> = {}): string {
  return pathWith(path, { ...Object.fromEntries(Object.entries(NAMES).map(([field, name]) => [name, readField(choice, field)])), ...more });
}

function readField(choice: Choice, field: string): string {
  return Object.entries(choice).find(([name]) => name === field)?.[1] ?? '';
}

export function isChosen(choice: Choice): boolean {
  return Object.values(choice).some((value) => value !== '');
}

/** A page of them by kode, and how many there are in all. Where the record can choose by itself, only that page is read. */
export async function pageOfDesa(
  visit: Visit,
  choice: Choice,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<{ readonly rows: readonly TenantRow[]; readonly total: number; readonly next: string | null }> {
  const { version, state, subscription } = choice;
  if (version === '' && state === '' && subscription === '') {
    const filter = filterOf(visit, choice);
    const [page, total] = await Promise.all([
      visit.tools.tenants.list({ ...filter, limit, ...(after !== '' && { after }) }),
      visit.tools.tenants.count(filter),
    ]);
    return { ...page, total };
  }
  const found = await chosenDesa(visit, choice);
  const rest = found.filter(({ kode }) => kode > after);
  const rows = rest.slice(0, limit);
  return { rows, total: found.length, next: rest.length > limit ? (rows.at(-1)?.kode ?? null) : null };
}

/** Every desa that the choice leaves, by kode. How a desa stands is known only with its newest job, so that is looked at here. */
export async function chosenDesa(visit: Visit, choice: Choice): Promise<readonly TenantRow[]> {
  const { rows } = await visit.tools.tenants.list({ ...filterOf(visit, choice), limit: ALL });
  const found = rows.filter((row) => (choice.version === '' || runsVersion(row, choice)) && hasSubscription(visit, row, choice));
  const wanted = DESA_STATES.find((state) => state === choice.state);
  if (wanted === undefined) return found;
  const [latest, silences] = await Promise.all([
    visit.tools.jobs.newestStates(visit.actor.wilayah),
    visit.tools.silences.list(visit.actor.wilayah),
  ]);
  const silent = new Set(silences.map(({ kode }) => kode));
  return found.filter(({ kode, installations }) => stateOfDesa(installations, latest.get(kode) ?? null, silent.has(kode)) === wanted);
}

function hasSubscription({ tools }: Visit, { installations }: TenantRow, { subscription }: Choice): boolean {
  if (subscription === '') return true;
  const today = tools.calendar.day(tools.clock.now());
  return endingsOf(installations, (app) => tools.apps.entry(app).manifest, today).some((ending) => stageOf(ending) === subscription);
}

function runsVersion({ installations }: TenantRow, { app, version }: Choice): boolean {
  return installations.some((one) => one.version === version && one.state === 'active' && (app === '' || one.app === app));
}

function filterOf({ actor }: Visit, { search, kecamatan, app }: Choice): Omit<TenantFilter, 'limit'> {
  return {
    within: actor.wilayah,
    ...(search !== '' && { search }),
    ...(kecamatan !== '' && { kodeKecamatan: parseKodeWilayah(kecamatan) }),
    ...(app !== '' && { app }),
  };
}

/** @param versions that somebody runs, newest first */
export function filterBar(
  visit: Visit,
  choice: Choice,
  kecamatan: readonly { kode: string; nama: string; desa: number }[],
  versions: readonly string[],
): Html {
  return html`<form class="pd-filter" role="search" method="get" action="/desa" hx-get="/desa" hx-target="#daftar-desa" hx-swap="outerHTML" hx-replace-url="true" hx-trigger="input delay:250ms, submit" hx-sync="this:replace" data-saring>
    <div class="pd-search">${icon('cari')}<label class="visually-hidden" for="cari">Cari nama, kode, atau domain</label>
      <input class="form-control" type="search" id="cari" name="${NAMES.search}" value="${choice.search}" placeholder="Cari nama, kode, atau domain" autocomplete="off" data-cari></div>
    ${select('kecamatan', NAMES.kecamatan, 'Kecamatan', [{ value: '', label: 'Semua kecamatan' }, ...kecamatan.map(({ kode, nama, desa }) => ({ value: kode, label: `${nama} (${count(desa)})` }))], choice.kecamatan)}
    ${select('saring-aplikasi', NAMES.app, 'Aplikasi', [{ value: '', label: 'Semua aplikasi' }, ...appsFor(visit.tools.apps, 'desa').map(({ name, title }) => ({ value: name, label: title }))], choice.app)}
    ${versions.length > 1 && select('versi', NAMES.version, 'Versi', [{ value: '', label: 'Semua versi' }, ...versions.map((value) => ({ value, label: value }))], choice.version)}
    ${select('keadaan', NAMES.state, 'Keadaan dan kesehatan', [{ value: '', label: 'Semua keadaan' }, ...STATES], choice.state)}
    ${select(
      'langganan',
      NAMES.subscription,
      'Langganan',
      [
        { value: '', label: 'Semua langganan' },
        { value: 'soon', label: 'Segera berakhir' },
        { value: 'ended', label: 'Sudah berakhir' },
      ],
      choice.subscription,
    )}
    <noscript><button class="btn" type="submit">Saring</button></noscript>
  </form>`;
}

function select(id: string, name: string, label: string, options: readonly { value: string; label: string }[], chosen: string): Html {
  return html`<label class="visually-hidden" for="${id}">${label}</label><select class="form-select" id="${id}" name="${name}">${options.map((one) => option(one.value, one.label, chosen))}</select>`;
}
