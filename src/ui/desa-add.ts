import { may, requireMay } from '../domain/access.ts';
import { PendopoError } from '../domain/errors.ts';
import { parseKodeWilayah } from '../domain/wilayah.ts';
import { requestInstallMany } from '../workflows/commands/install-many.ts';
import { requestInstall } from '../workflows/commands/installations.ts';
import { createTenant } from '../workflows/commands/tenants.ts';
import { advancedFold, type Offer, offerOf, sampleMark, untestedMark } from './app-choice.ts';
import { appSets, setNames } from './app-sets.ts';
import { appsFor } from './catalogue.ts';
import { checklist, levelsAbove, type Place, placeForm, searchResults, settlePlace, tickables } from './desa-picker.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import type { Input } from './input.ts';
import { redirect } from './notices.ts';
import { crumb, csrfField, emptyState, pageHead } from './parts.ts';
import type { Answer, Notice, Visit } from './visit.ts';

const REMEMBERED = 'pendopo_wilayah';
const ONE_YEAR = 31_536_000;

/** What stands in the form: empty at first, as typed when it comes back with errors. */
interface Typed {
  readonly ticked: readonly string[];
  readonly domains: Readonly<Record<string, string>>;
  readonly errors: ReadonlyMap<string, string>;
  readonly app: string;
  readonly fields: Input | null;
}

/** Tambah desa: choose the kecamatan, tick its desa, press Pasang. */
export async function showDesaAdd(visit: Visit): Promise<Answer> {
  requireMay(visit.actor, 'create-tenant', visit.actor.wilayah);
  const { query } = visit;
  const place = await settlePlace(visit.tools, visit.actor.wilayah, wantedPlace(query, remembered(visit)));
  remember(visit, place);
  const steps = await stepsOf(visit, place, { ticked: query.all('pilih'), domains: {}, errors: new Map(), app: '', fields: null });
  if (visit.wantsFragment) return { kind: 'fragment', body: steps };
  return pageOf(visit, steps, query.text('q'));
}

/** The answers of the search box alone. */
export async function searchDesa(visit: Visit): Promise<Answer> {
  requireMay(visit.actor, 'create-tenant', visit.actor.wilayah);
  return { kind: 'fragment', body: await searchResults(visit, visit.query.text('q')) };
}

/** Creates every ticked desa and, unless only saving was asked for, requests its installation. */
export async function addDesa(visit: Visit): Promise<Answer> {
  const { form } = visit;
  const ticked = form.all('desa');
  const domains = form.startingWith('domain:');
  const app = form.text('aplikasi');
  const place = await settlePlace(visit.tools, visit.actor.wilayah, levelsAbove(form.text('kecamatan')));
  const again = async (errors: ReadonlyMap<string, string>, notice: Notice): Promise<Answer> => {
    const steps = await stepsOf(visit, place, { ticked, domains, errors, app, fields: form });
    return { ...(await pageOf(visit, steps, '')), status: 422, notice };
  };
  if (ticked.length === 0) return again(new Map(), { tone: 'buruk', text: 'Belum ada desa yang dicentang. Centang sedikitnya satu desa.' });

  const { errors, jobs } = await addEach(visit, ticked, domains, app);
  if (errors.size > 0) {
    const done = ticked.length - errors.size;
    const text = `${done > 0 ? `${done} desa berhasil, ` : ''}${errors.size} desa belum. Perbaiki yang ditandai di bawah, lalu tekan sekali lagi.`;
    return again(errors, { tone: 'buruk', text });
  }
  if (jobs.length === 1) return redirect(`/pekerjaan/${jobs[0]}`);
  if (ticked.length === 1 && jobs.length > 1) return redirect(`/desa/${ticked[0]}`, 'pemasangan-semua', jobs.length);
  if (jobs.length > 1) return redirect('/pekerjaan?keadaan=aktif', 'pemasangan-diminta', ticked.length);
  return redirect(ticked.length === 1 ? `/desa/${ticked[0]}` : `/desa?kecamatan=${place.kecamatan}`, 'desa-disimpan', ticked.length);
}

/** One desa's error keeps no other desa from being added. */
async function addEach(
  { tools, actor, form }: Visit,
  ticked: readonly string[],
  domains: Readonly<Record<string, string>>,
  app: string,
): Promise<{ errors: ReadonlyMap<string, string>; jobs: readonly string[] }> {
  const errors = new Map<string, string>();
  const jobs: string[] = [];
  const installs = form.text('aksi') !== 'simpan';
  for (const kode of ticked) {
    try {
      await createTenant(tools, actor, { kode, domain: domains[kode] ?? null });
      if (!installs) continue;
      const bulk = ticked.length > 1;
      if (app === 'semua' || app === 'semua-contoh') {
        jobs.push(
          ...(await requestInstallMany(tools, actor, { kode, sample: app === 'semua-contoh', bulk })).jobs.map(({ jobId }) => jobId),
        );
        continue;
      }
      jobs.push((await requestInstall(tools, actor, { kode, app, ...installWishes(form, app), bulk })).jobId);
    } catch (error) {
      if (!(error instanceof PendopoError)) throw error;
      errors.set(kode, error.advice === null ? error.message : `${error.message} ${error.advice}`);
    }
  }
  return { errors, jobs };
}

/** What the advanced fold of an app says; shared with the desa page. */
export function installWishes(form: Input, prefix: string): { tag: string | null; settings: Readonly<Record<string, string>> } {
  return { tag: form.text(`${prefix}:versi`) || null, settings: form.startingWith(`${prefix}:setelan:`) };
}

async function pageOf(visit: Visit, steps: Html, search: string): Promise<Extract<Answer, { kind: 'page' }>> {
  const body = html`
    ${pageHead({ crumbs: [crumb('/desa', 'Data Desa')], title: 'Tambah desa', lead: 'Cari desanya, atau pilih wilayahnya lalu centang satu atau beberapa desa sekaligus.' })}
    <form class="pd-finder" method="get" action="/desa/tambah" role="search">
      <div class="pd-search">${icon('cari')}<label class="visually-hidden" for="q">Cari desa menurut nama atau kode</label>
        <input class="form-control" type="search" id="q" name="q" value="${search}" placeholder="Cari nama atau kode desa" autocomplete="off" data-cari hx-get="/desa/tambah/cari" hx-trigger="input changed delay:250ms" hx-target="#hasil-cari" hx-sync="this:replace"></div>
      <div id="hasil-cari" aria-live="polite">${search !== '' && (await searchResults(visit, search))}</div>
    </form>
    ${steps}
    ${may(visit.actor, 'configure', null) && html`<p class="pd-muted">Desa itu sekarang memakai satu database OpenSID bersama desa lain? <a href="/pindahan">Pindah dari database gabungan OpenSID</a></p>`}`;
  return { kind: 'page', title: 'Tambah desa', section: 'desa', body };
}

async function stepsOf(visit: Visit, place: Place, typed: Typed): Promise<Html> {
  return html`<div id="langkah" class="pd-steps-form">
    <section class="card pd-step-card"><h2><span class="pd-step-no" aria-hidden="true">1</span>Wilayah</h2>${placeForm(place)}</section>
    ${place.kecamatan === '' ? html`<section class="card pd-step-card pd-later"><h2><span class="pd-step-no" aria-hidden="true">2</span>Desa</h2><p class="pd-muted">Daftar desa tampil setelah kecamatan dipilih.</p></section>` : await orderForm(visit, place, typed)}
  </div>`;
}

async function orderForm(visit: Visit, place: Place, typed: Typed): Promise<Html> {
  const lines = await tickables(visit, parseKodeWilayah(place.kecamatan), typed);
  const offers = await Promise.all(appsFor(visit.tools.apps, 'desa').map((manifest) => offerOf(visit.tools, manifest)));
  const known = [...offers.map(({ manifest }) => manifest.name), ...appSets(offers).map(({ value }) => value)];
  const chosen = known.find((value) => value === typed.app) ?? known[0];
  return html`<form method="post" action="/desa/tambah" class="pd-order" data-pesanan>
    ${csrfField(visit)}<input type="hidden" name="kecamatan" value="${place.kecamatan}">
    <section class="card pd-step-card"><h2><span class="pd-step-no" aria-hidden="true">2</span>Desa</h2>${checklist(lines)}</section>
    <section class="card pd-step-card"><h2><span class="pd-step-no" aria-hidden="true">3</span>Aplikasi</h2>
      ${chosen === undefined ? emptyState('aplikasi', 'Belum ada aplikasi', html`<p>Katalog aplikasi kosong, jadi desa hanya dapat disimpan.</p>`) : appChoice(offers, chosen, typed.fields)}
    </section>
    <div class="pd-order-bar"><p class="pd-muted" data-jumlah aria-live="polite"></p>
      <button class="btn" type="submit" name="aksi" value="simpan">Simpan saja</button>
      ${chosen !== undefined && html`<button class="btn btn-primary" type="submit" name="aksi" value="pasang">${icon('centang')}<span data-tombol-pasang>Pasang</span></button>`}
    </div>
  </form>`;
}

function appChoice(offers: readonly Offer[], chosen: string, fields: Input | null): Html {
  const sets = appSets(offers).map(
    (set) =>
      html`<div class="pd-app-option"><input class="form-check-input" type="radio" id="app-${set.value}" name="aplikasi" value="${set.value}"${set.value === chosen && html` checked`}><label for="app-${set.value}"><b>Semua aplikasi${set.sample && ' contoh'}</b><small>${setNames(set)}</small></label></div>`,
  );
  return html`<div class="pd-apps-choice">${sets}${offers.map(({ manifest, releases }) => {
    const settings = fields?.startingWith(`${manifest.name}:setelan:`) ?? {};
    const tag = fields?.text(`${manifest.name}:versi`) ?? '';
    return html`<div class="pd-app-option">
      <input class="form-check-input" type="radio" id="app-${manifest.name}" name="aplikasi" value="${manifest.name}"${manifest.name === chosen && html` checked`}>
      <label for="app-${manifest.name}"><b>${manifest.title}</b>${sampleMark(manifest)}${untestedMark(manifest)}<small>${manifest.description}</small></label>
      ${advancedFold({ manifest, releases }, { tag, settings }, `${manifest.name}:`)}
    </div>`;
  })}</div>`;
}

/** A link names only the kecamatan, the selects name all three; what was changed last must win over what lies below it. */
function wantedPlace(query: Input, otherwise: string): readonly string[] {
  const [provinsi, kabupaten, kecamatan] = ['provinsi', 'kabupaten', 'kecamatan'].map((level) => query.text(level));
  const above = levelsAbove(kecamatan || kabupaten || provinsi || otherwise);
  return [provinsi || above[0], kabupaten || above[1], kecamatan || above[2]].flatMap((kode) => kode ?? []);
}

function remember({ reply }: Visit, place: Place): void {
  const kode = place.kecamatan || place.kabupaten;
  if (kode !== '') reply.header('set-cookie', `${REMEMBERED}=${kode}; Path=/desa/tambah; Max-Age=${ONE_YEAR}; HttpOnly; SameSite=Lax`);
}

/** The last kecamatan or kabupaten; a cookie that holds anything else counts as none. */
function remembered({ request }: Visit): string {
  return new RegExp(`(?:^|;\\s*)${REMEMBERED}=(\\d{2}(?:\\.\\d{2}){0,2})(?:;|$)`).exec(request.headers.cookie ?? '')?.[1] ?? '';
}
