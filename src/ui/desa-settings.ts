import { requireMay } from '../domain/access.ts';
import type { PendopoError } from '../domain/errors.ts';
import type { AppManifest, SettingManifest } from '../domain/manifest.ts';
import type { TenantRow } from '../domain/ports-records.ts';
import { isShared, type Settings } from '../domain/setting.ts';
import type { Installation } from '../domain/tenant.ts';
import { requestConfigure } from '../workflows/commands/settings.ts';
import { findDesa } from './desa-show.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { orShowAgain, redirect } from './notices.ts';
import { crumb, csrfField, emptyState, pageHead } from './parts.ts';
import { namaLengkap } from './present.ts';
import { sentSettings, settingFields } from './setting-fields.ts';
import type { Answer, Visit } from './visit.ts';

const SHARED = 'bersama:';
const GROUPS: Readonly<Record<string, string>> = { langganan: 'Langganan', surel: 'Surel' };

interface Configurable {
  readonly installation: Installation;
  readonly manifest: AppManifest;
}

/** Pengaturan of a desa: what its apps share, then what is each one's own. Changing it is one job an app. */
export async function showSettings(visit: Visit, refused: PendopoError | null = null): Promise<Answer> {
  const { desa, apps } = await find(visit);
  const fault = refused?.field == null ? null : { name: refused.field, text: refused.message };
  const body = html`
    ${pageHead({ crumbs: [crumb('/desa', 'Data Desa'), crumb(`/desa/${desa.kode}`, namaLengkap(desa))], title: 'Pengaturan', lead: 'Hanya aplikasi yang nilainya berubah yang diatur ulang. Bila aplikasi tidak sehat sesudahnya, pengaturan lama kembali sendiri.' })}
    ${
      apps.length === 0
        ? emptyState('setelan', 'Belum ada yang dapat diatur', html`<p>Pasang aplikasi lebih dahulu.</p>`)
        : html`<form method="post" action="/desa/${desa.kode}/pengaturan" class="pd-settings">${csrfField(visit)}
      ${[...sharedGroups(apps)].map(([group, settings]) => card(GROUPS[group] ?? group, 'Berlaku untuk semua aplikasi desa ini.', settingFields(settings, { values: { ...sharedValues(apps), ...typed(visit, settings, SHARED) }, prefix: SHARED, fault })))}
      ${apps.map(({ installation, manifest }) => {
        const settings = ownSettings(manifest);
        const prefix = prefixOf(manifest.name);
        const values = { ...installation.settings, ...typed(visit, settings, prefix) };
        // A name may be a field of several apps; only where it was typed it was refused.
        const own = settings.some(({ name }) => name === fault?.name && values[name] !== installation.settings[name]) ? fault : null;
        return card(manifest.title, null, settingFields(settings, { values, prefix, fault: own }));
      })}
      <div class="pd-order-bar"><a class="btn" href="/desa/${desa.kode}">Batal</a><button class="btn btn-primary" type="submit">${icon('centang')}Terapkan</button></div>
    </form>`
    }`;
  return { kind: 'page', title: `Pengaturan · ${namaLengkap(desa)}`, section: 'desa', body };
}

export async function applySettings(visit: Visit): Promise<Answer> {
  const { desa, apps } = await find(visit);
  return orShowAgain(
    async () => {
      const shared = sentSettings(visit.form, [...sharedGroups(apps).values()].flat(), SHARED);
      const own = Object.fromEntries(
        apps.map(({ manifest }) => [manifest.name, sentSettings(visit.form, ownSettings(manifest), prefixOf(manifest.name))]),
      );
      const { jobs } = await requestConfigure(visit.tools, visit.actor, { kode: desa.kode, shared, own });
      const [only, ...others] = jobs;
      if (only === undefined) return redirect(`/desa/${desa.kode}`, 'setelan-disimpan');
      return others.length === 0 ? redirect(`/pekerjaan/${only.jobId}`) : redirect(`/desa/${desa.kode}`, 'pengaturan-diminta', jobs.length);
    },
    (error) => showSettings(visit, error),
  );
}

async function find(visit: Visit): Promise<{ desa: TenantRow; apps: readonly Configurable[] }> {
  const desa = await findDesa(visit);
  requireMay(visit.actor, 'install', desa.kode);
  const there = desa.installations.filter(({ state }) => state === 'active' || state === 'suspended');
  return { desa, apps: there.map((installation) => ({ installation, manifest: visit.tools.apps.entry(installation.app).manifest })) };
}

/** Each shared group that an app of the desa knows, once. */
function sharedGroups(apps: readonly Configurable[]): ReadonlyMap<string, readonly SettingManifest[]> {
  const byName = new Map(apps.flatMap(({ manifest }) => manifest.settings.filter(isShared)).map((setting) => [setting.name, setting]));
  return Map.groupBy(byName.values(), ({ group }) => group);
}

/** Of the app that has a value; they are the same for all that do. */
function sharedValues(apps: readonly Configurable[]): Settings {
  const found = apps.flatMap(({ installation }) => Object.entries(installation.settings).filter(([, value]) => value !== ''));
  return Object.fromEntries(found);
}

function ownSettings({ settings }: AppManifest): readonly SettingManifest[] {
  return settings.filter((setting) => !isShared(setting));
}

function prefixOf(app: string): string {
  return `${app}:setelan:`;
}

/** What was typed stays when the page comes back; secrets are typed again. */
function typed({ form }: Visit, settings: readonly SettingManifest[], prefix: string): Settings {
  const plain = settings.filter(({ kind }) => kind !== 'secret');
  return sentSettings(form, plain, prefix);
}

function card(title: string, lead: string | null, fields: readonly Html[]): Html {
  return html`<section class="card pd-card pd-setting-card"><h2 class="pd-card-title">${title}</h2>${lead !== null && html`<p class="pd-muted">${lead}</p>`}<div class="pd-setting-grid">${fields}</div></section>`;
}
