/** What people may ask for about settings: of one app, or of all apps of a desa that share them. */
import { type Actor, requireMay } from '../../domain/access.ts';
import { changesOf } from '../../domain/changes.ts';
import { Conflict, Invalid, NotFound } from '../../domain/errors.ts';
import type { AppManifest } from '../../domain/manifest.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { TenantRow } from '../../domain/ports-records.ts';
import { Secret } from '../../domain/secret.ts';
import { isShared, type Settings, secretNames, settingRef, settleSettings, shownSettings } from '../../domain/setting.ts';
import type { Installation } from '../../domain/tenant.ts';
import { parseKodeTenant } from '../../domain/wilayah.ts';
import { recordJob } from './jobs.ts';
import { requireTenant } from './tenants.ts';

export interface ConfigureRequest {
  readonly kode: string;
  /** For every app of the desa that shares them. Only what changes; an empty text takes a value away. */
  readonly shared?: Settings;
  /** By app: what is that app's alone. */
  readonly own?: Readonly<Record<string, Settings>>;
}

/**
 * One job for each app at work that has something to change; the others are not touched, and a suspended one takes it up
 * when it is resumed. Everything that can be refused is refused
 * before the first job is written.
 */
export async function requestConfigure(
  tools: Toolbox,
  actor: Actor,
  { kode: text, shared = {}, own = {} }: ConfigureRequest,
): Promise<{ jobs: readonly { readonly app: string; readonly jobId: string }[] }> {
  const kode = parseKodeTenant(text);
  requireMay(actor, 'install', kode);
  const tenant = await requireTenant(tools, kode);
  const there = tenant.installations.filter(({ state }) => state === 'active' || state === 'suspended');
  requireAllKnown(tools, there, { kode: text, shared, own });
  const changes = [];
  for (const installation of there) {
    const { manifest } = tools.apps.entry(installation.app);
    const wanted = { ...only(shared, namesShared(manifest)), ...own[installation.app] };
    const changed = await changedOf(tools, manifest, installation, wanted);
    if (Object.keys(changed).length > 0) changes.push({ installation, manifest, changed });
  }
  if (changes.length === 0) throw new Conflict('setelan-sama', 'Tidak ada pengaturan yang berubah.');
  const jobs: { app: string; jobId: string }[] = [];
  for (const { installation, manifest, changed } of changes) {
    const kept = await keepSecrets(tools, manifest, installation.id, changed);
    if (installation.state === 'suspended') {
      // Nothing runs that would have to be told; Aktifkan brings it into use.
      await tools.tenants.saveInstallation(installation.id, { settings: settleSettings(manifest, kept, installation.settings) });
      await note(tools, actor, 'save-settings', installation, kept);
      continue;
    }
    const input = { tag: installation.tag, settings: kept, archiveId: null };
    const jobId = await recordWith(tools, manifest, kept, () => recordJob(tools, actor, 'configure', installation, input));
    await note(tools, actor, 'configure-settings', installation, kept);
    jobs.push({ app: installation.app, jobId });
  }
  return { jobs };
}

/** @throws Conflict for an app that is not there, Invalid for a name in the wrong place */
function requireAllKnown(tools: Toolbox, active: readonly Installation[], { shared = {}, own = {} }: ConfigureRequest): void {
  const known = new Set(active.flatMap(({ app }) => namesShared(tools.apps.entry(app).manifest)));
  const absent = Object.keys(own).find((app) => active.every((installation) => installation.app !== app));
  if (absent !== undefined || active.length === 0) {
    const title = absent === undefined ? 'Aplikasi' : tools.apps.entry(absent).manifest.title;
    throw new Conflict('belum-terpasang', `${title} tidak terpasang di desa ini.`);
  }
  const stray = Object.keys(shared).find((name) => !known.has(name));
  if (stray !== undefined) {
    throw new Invalid('setelan-tidak-dikenal', `"${stray}" bukan pengaturan bersama aplikasi desa ini.`, {
      field: stray,
      advice: 'Sebutkan aplikasinya untuk pengaturan yang hanya miliknya.',
    });
  }
  const common = Object.values(own).flatMap((settings) => Object.keys(settings).filter((name) => known.has(name)))[0];
  if (common !== undefined) {
    throw new Invalid('setelan-bersama', `"${common}" sama untuk semua aplikasi desa ini; ubah tanpa menyebut aplikasi.`, {
      field: common,
    });
  }
}

/** Settings an installation will run with from its next job on: for one that is about to be tried again. */
export async function saveSettings(tools: Toolbox, actor: Actor, installationId: string, settings: Settings): Promise<void> {
  const installation = await tools.tenants.installation(installationId);
  if (installation === null) throw new NotFound('pemasangan-tidak-ada', 'Pemasangan ini tidak ada.');
  requireMay(actor, 'install', installation.kode);
  const { manifest } = tools.apps.entry(installation.app);
  settleSettings(manifest, settings, installation.settings);
  const kept = await keepSecrets(tools, manifest, installationId, settings);
  await tools.tenants.saveInstallation(installationId, { settings: settleSettings(manifest, kept, installation.settings) });
  await note(tools, actor, 'save-settings', installation, kept);
}

/**
 * Puts what is secret among wanted settings into the vault, each under a ref of its own, and gives the settings with those
 * refs. Undoing goes back to the old ref, which is left alone.
 */
export async function keepSecrets(
  tools: Pick<Toolbox, 'vault' | 'ids'>,
  manifest: AppManifest,
  installationId: string,
  wanted: Settings,
): Promise<Settings> {
  const kept: Record<string, string> = { ...wanted };
  for (const name of secretNames(manifest)) {
    const value = wanted[name]?.trim() ?? '';
    if (value === '') continue;
    const ref = settingRef(installationId, name, tools.ids.next());
    await tools.vault.put(ref, new Secret(value));
    kept[name] = ref;
  }
  return kept;
}

/** Writes the job down, or leaves no secret behind that nobody will use. */
export async function recordWith(
  tools: Pick<Toolbox, 'vault'>,
  manifest: AppManifest,
  kept: Settings,
  record: () => Promise<string>,
): Promise<string> {
  try {
    return await record();
  } catch (error) {
    for (const name of secretNames(manifest)) if (kept[name]) await tools.vault.remove(kept[name]);
    throw error;
  }
}

/** What the other apps of the desa share with this one, secrets as they are: a new app need not be told again. */
export async function sharedOf(tools: Pick<Toolbox, 'apps' | 'vault'>, tenant: TenantRow, manifest: AppManifest): Promise<Settings> {
  const names = namesShared(manifest);
  const found: Record<string, string> = {};
  for (const { app, state, settings } of tenant.installations) {
    if (state !== 'active') continue;
    const theirs = tools.apps.entry(app).manifest;
    for (const [name, value] of Object.entries(
      only(
        settings,
        names.filter((name) => namesShared(theirs).includes(name)),
      ),
    )) {
      if (value !== '') found[name] = await plain(tools, theirs, name, value);
    }
  }
  return found;
}

/** @throws Invalid for a bad value; gives what differs from what the installation has */
async function changedOf(tools: Toolbox, manifest: AppManifest, { settings: has }: Installation, wanted: Settings): Promise<Settings> {
  const settled = settleSettings(manifest, wanted, has);
  const changed: Record<string, string> = {};
  for (const name of Object.keys(wanted)) {
    const value = settled[name] ?? '';
    const held = has[name] ?? settleSettings(manifest, {})[name] ?? '';
    if ((await plain(tools, manifest, name, held)) !== value) changed[name] = value;
  }
  return changed;
}

async function plain(tools: Pick<Toolbox, 'vault'>, manifest: AppManifest, name: string, value: string): Promise<string> {
  return secretNames(manifest).includes(name) && value !== '' ? (await tools.vault.read(value)).expose() : value;
}

function namesShared({ settings }: AppManifest): readonly string[] {
  return settings.filter(isShared).map(({ name }) => name);
}

function only(settings: Settings, names: readonly string[]): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => names.includes(name)));
}

function note(tools: Toolbox, actor: Actor, action: string, { id, kode, app, settings: before }: Installation, settings: Settings) {
  const detail = { app, installation: id, ...changesOf(shownSettings(before), shownSettings(settings)) };
  return tools.audit.note({ actor: actor.username, action, target: kode, detail });
}
