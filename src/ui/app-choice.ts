import type { Release } from '../domain/app.ts';
import { newestFirst, splitTag } from '../domain/app.ts';
import type { AppManifest } from '../domain/manifest.ts';
import type { Toolbox } from '../domain/ports.ts';
import { type Html, html, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import { csrfField, option } from './parts.ts';
import { settingFields } from './setting-fields.ts';
import type { Visit } from './visit.ts';

/** An app with the releases we know of that nobody has barred, newest first. */
export interface Offer {
  readonly manifest: AppManifest;
  readonly releases: readonly Release[];
}

export async function offerOf({ releases, rollouts }: Toolbox, manifest: AppManifest): Promise<Offer> {
  const barred = await rollouts.barred(manifest.name);
  const known = (await releases.list(manifest.name)).filter(({ tag }) => !barred.has(tag));
  const byTag = new Map(known.map((release) => [release.tag, release]));
  const sorted = newestFirst(manifest, [...byTag.keys()]).flatMap((tag) => byTag.get(tag) ?? []);
  return { manifest, releases: sorted };
}

export function sampleMark(manifest: Pick<AppManifest, 'sample'>): Html {
  return manifest.sample ? html`<span class="pd-sample" title="Aplikasi peragaan untuk uji coba">contoh</span>` : NOTHING;
}

/** Nobody has run the real app with its manifest yet. */
export function untestedMark(manifest: Pick<AppManifest, 'untested'>): Html {
  return manifest.untested === true
    ? html`<span class="pd-sample" title="Manifes aplikasi ini belum pernah dijalankan dengan aplikasinya yang sungguhan">belum teruji</span>`
    : NOTHING;
}

/** Version and settings: rarely needed, so folded away unless something was chosen. `prefix` keeps fields of several apps apart. */
export function advancedFold(
  offer: Offer,
  chosen: { readonly tag: string; readonly settings: Readonly<Record<string, string>> },
  prefix: string,
): Html {
  const { manifest, releases } = offer;
  const newest = releases.find(({ tag }) => splitTag(tag).channel === '');
  const touched = chosen.tag !== '' || manifest.settings.some(({ name, default: usual }) => (chosen.settings[name] ?? usual) !== usual);
  return html`<details class="pd-fold"${touched && html` open`}>
    <summary>${icon('setelan')}Setelan lanjutan${icon('bawah', 'pd-icon-sm')}</summary>
    <div class="pd-fold-body">
      <div class="pd-field"><label class="form-label" for="${prefix}versi">Versi</label>
        <select class="form-select" id="${prefix}versi" name="${prefix}versi">${option('', newest === undefined ? 'Terbaru' : `Terbaru (sekarang ${newest.version})`, chosen.tag)}${releases.map(({ tag, version }) => option(tag, splitTag(tag).channel === '' ? version : `${version} (${splitTag(tag).channel})`, chosen.tag))}</select></div>
      ${ownFields(manifest, chosen.settings, prefix)}
    </div>
  </details>`;
}

/** Settings by themselves, for what is at a desa already or is about to be tried again. */
export function settingsFold(
  visit: Pick<Visit, 'csrf'>,
  fold: { readonly action: string; readonly title: string; readonly hint: string; readonly button?: string },
  manifest: AppManifest,
  settings: Readonly<Record<string, string>>,
): Html {
  return html`<details class="pd-fold"><summary>${icon('setelan')}${fold.title}${icon('bawah', 'pd-icon-sm')}</summary>
    <form class="pd-fold-body" method="post" action="${fold.action}">${csrfField(visit)}
      ${ownFields(manifest, settings, `${manifest.name}:`)}
      <p class="pd-hint">${fold.hint}</p>
      <button class="btn" type="submit">${fold.button ?? 'Simpan setelan'}</button>
    </form></details>`;
}

/** What is the app's alone; the rest is set for the desa as a whole, once it is there. */
function ownFields({ settings }: AppManifest, values: Readonly<Record<string, string>>, prefix: string): readonly Html[] {
  const own = settings.filter(({ group }) => group === 'aplikasi');
  return settingFields(own, { values, prefix: `${prefix}setelan:` });
}
