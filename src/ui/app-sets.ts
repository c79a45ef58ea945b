import type { TenantRow } from '../domain/ports-records.ts';
import { type Offer, sampleMark, untestedMark } from './app-choice.ts';
import { type Html, html, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import { csrfField } from './parts.ts';
import type { Visit } from './visit.ts';

/** All apps of a desa at once: the real ones, or the samples, never mixed. */
export interface AppSet {
  /** What a form says for it, in the place of an app's name. */
  readonly value: 'semua' | 'semua-contoh';
  readonly sample: boolean;
  readonly offers: readonly Offer[];
}

/** The sets that are more than one app. */
export function appSets(offers: readonly Offer[]): readonly AppSet[] {
  const sets = [
    { value: 'semua', sample: false },
    { value: 'semua-contoh', sample: true },
  ] as const;
  return sets
    .map((set) => ({ ...set, offers: offers.filter(({ manifest }) => manifest.sample === set.sample) }))
    .filter((set) => set.offers.length > 1);
}

/** "OpenSID, PBB dan API", with their marks. */
export function setNames({ offers }: Pick<AppSet, 'offers'>): Html {
  const last = offers.length - 1;
  return html`${offers.map(({ manifest }, index) => html`${index === 0 ? '' : index === last ? ' dan ' : ', '}${manifest.title}${sampleMark(manifest)}${untestedMark(manifest)}`)}`;
}

/** The button for what is still missing; nothing where less than two apps are, or another app holds an address of them. */
export function installAllCard(visit: Visit, desa: TenantRow, offers: readonly Offer[]): readonly Html[] {
  const there = offers.filter(({ manifest }) => desa.installations.some(({ app, state }) => app === manifest.name && state !== 'absent'));
  return appSets(offers).map((set) => {
    const missing = set.offers.filter((offer) => !there.includes(offer));
    const taken = missing.some(({ manifest }) => there.some((other) => other.manifest.mount === manifest.mount));
    if (missing.length < 2 || taken) return NOTHING;
    return html`<section class="card pd-card pd-app-card pd-app-free"><form method="post" action="/desa/${desa.kode}/pasang-semua">${csrfField(visit)}<input type="hidden" name="aplikasi" value="${set.value}">
      <header><div><h3>Semua sekaligus</h3><p class="pd-muted">${setNames({ offers: missing })}; satu demi satu, menurut urutan yang diperlukan.</p></div><button class="btn btn-primary" type="submit">${icon('centang')}Pasang semua</button></header></form></section>`;
  });
}
