/**
 * What people may ask for: authorise → check → record → ring. The API, the UI and the command line all come through
 * the files of this folder, so they cannot differ. Everything that takes long happens later, in a worker.
 */
import { type Actor, requireMay } from '../../domain/access.ts';
import { Conflict, Invalid, NotFound } from '../../domain/errors.ts';
import type { JobInput } from '../../domain/job.ts';
import { checkNeeds } from '../../domain/needs.ts';
import { secretRef } from '../../domain/plan.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { TenantRow } from '../../domain/ports-records.ts';
import type { Secret } from '../../domain/secret.ts';
import { settleSettings } from '../../domain/setting.ts';
import { type Installation, requireScope } from '../../domain/tenant.ts';
import { parseKodeTenant, repeatsKode } from '../../domain/wilayah.ts';
import { requireWholeCombined } from '../whole-combined.ts';
import { recordJob } from './jobs.ts';
import { keepSecrets, recordWith, sharedOf } from './settings.ts';
import { requireTenant } from './tenants.ts';

export interface InstallRequest {
  readonly kode: string;
  readonly app: string;
  /** null or left out: the newest release. */
  readonly tag?: string | null;
  readonly settings?: Readonly<Record<string, string>>;
  /** One of many: waits behind what is asked for by hand. */
  readonly bulk?: boolean;
  /** The shared database that the desa moves out of. */
  readonly shared?: NonNullable<JobInput['shared']>;
  /** Apps whose installation was asked for just before: taken for there, and looked at again when this job's turn comes. */
  readonly expected?: readonly Installation[];
}

export async function requestInstall(tools: Toolbox, actor: Actor, input: InstallRequest): Promise<{ jobId: string }> {
  const kode = parseKodeTenant(input.kode);
  requireMay(actor, 'install', kode);
  const tenant = await requireTenant(tools, kode);
  const { manifest } = tools.apps.entry(input.app);
  requireScope(manifest, kode);
  // It shows the rows of every desa, so whoever installs it must be one who may open them.
  if (manifest.reads !== undefined) await requireWholeCombined(tools, actor, 'reveal-secret');
  // Before anything is written: a bad value leaves nothing behind.
  settleSettings(manifest, input.settings ?? {});
  const tag = input.tag?.trim() || null;
  requireFree(tools, tenant, input.app);
  checkNeeds(manifest, [...(input.expected ?? []), ...tenant.installations], titleOf(tools));
  const installation = await tools.tenants.ensureInstallation(kode, input.app, tools.ids.next());
  const wanted = { ...(await sharedOf(tools, tenant, manifest)), ...input.settings };
  const settings = settleSettings(manifest, await keepSecrets(tools, manifest, installation.id, wanted));
  const from = input.shared === undefined ? {} : { shared: input.shared };
  const jobId = await recordWith(tools, manifest, settings, () =>
    recordJob(tools, actor, 'install', installation, { tag, settings, archiveId: null, ...from }, input.bulk ?? false),
  );
  await tools.tenants.saveInstallation(installation.id, { settings });
  return { jobId };
}

/** `confirm` must repeat the desa's kode, in either form. The data is archived first. */
export async function requestRemove(
  tools: Toolbox,
  actor: Actor,
  input: { kode: string; app: string; confirm: string },
): Promise<{ jobId: string }> {
  const kode = parseKodeTenant(input.kode);
  requireMay(actor, 'remove', kode);
  if (!repeatsKode(input.confirm, kode)) {
    throw new Invalid('konfirmasi-salah', `Ketik kode desa ${kode} untuk membenarkan penghapusan.`, { field: 'confirm' });
  }
  const tenant = await requireTenant(tools, kode);
  const installation = tenant.installations.find(({ app }) => app === input.app);
  if (installation === undefined || installation.state === 'absent') {
    throw new Conflict('belum-terpasang', `${tools.apps.entry(input.app).manifest.title} tidak terpasang di desa ini.`);
  }
  requireUnneeded(tools, tenant, input.app);
  const jobId = await recordJob(tools, actor, 'remove', installation, { tag: null, settings: installation.settings, archiveId: null });
  return { jobId };
}

/** Brings a removed installation back from its archive. */
export async function requestUnarchive(tools: Toolbox, actor: Actor, input: { archiveId: string }): Promise<{ jobId: string }> {
  const archive = await tools.archives.find(input.archiveId);
  if (archive === null) throw new NotFound('arsip-tidak-ada', 'Arsip ini tidak ada.');
  requireMay(actor, 'install', archive.kode);
  const tenant = await requireTenant(tools, archive.kode);
  requireFree(tools, tenant, archive.app);
  const installation = await tools.tenants.ensureInstallation(archive.kode, archive.app, tools.ids.next());
  const input_: JobInput = { tag: archive.tag, settings: installation.settings, archiveId: archive.id };
  return { jobId: await recordJob(tools, actor, 'unarchive', installation, input_) };
}

/** The administrator's first password, once; null afterwards and while nothing is installed. */
export async function revealAdminPassword(
  tools: Toolbox,
  actor: Actor,
  installationId: string,
): Promise<{ username: string; password: Secret } | null> {
  const installation = await tools.tenants.installation(installationId);
  if (installation === null) throw new NotFound('pemasangan-tidak-ada', 'Pemasangan ini tidak ada.');
  requireMay(actor, 'reveal-secret', installation.kode);
  const shown = tools.apps.entry(installation.app).manifest.secrets.find(({ reveal }) => reveal);
  const ref = shown === undefined ? null : secretRef(installationId, shown.name);
  if (installation.state !== 'active' || ref === null || !(await tools.vault.exists(ref))) return null;
  const password = await tools.vault.reveal(ref);
  await tools.audit.note({
    actor: actor.username,
    action: 'reveal-secret',
    target: installationId,
    kode: installation.kode,
    detail: { app: installation.app, given: password === null ? 0 : 1 },
  });
  return password === null ? null : { username: 'admin', password };
}

/** An app goes only when none that needs it is there. @throws Conflict naming those */
function requireUnneeded(tools: Toolbox, tenant: TenantRow, app: string): void {
  const dependents = tenant.installations
    .filter(({ state }) => state !== 'absent')
    .map((installation) => tools.apps.entry(installation.app).manifest)
    .filter(({ needs = [] }) => needs.some((need) => need.app === app));
  if (dependents.length === 0) return;
  const names = dependents.map(({ title }) => title).join(' dan ');
  throw new Conflict('masih-diperlukan', `${titleOf(tools)(app)} masih diperlukan oleh ${names} di ${tenant.nama}.`, {
    advice: `Belum ada yang diubah. Hapus ${names} lebih dahulu.`,
  });
}

function titleOf(tools: Toolbox): (app: string) => string {
  return (app) => tools.apps.entry(app).manifest.title;
}

/** Neither this app nor another one at the same address may be there already. */
function requireFree(tools: Toolbox, tenant: TenantRow, app: string): void {
  const { manifest } = tools.apps.entry(app);
  for (const installation of tenant.installations) {
    if (installation.state === 'absent') continue;
    const other = tools.apps.entry(installation.app).manifest;
    if (installation.app === app)
      throw new Conflict('sudah-terpasang', `${manifest.title} sudah terpasang atau sedang dikerjakan di ${tenant.nama}.`);
    if (other.mount === manifest.mount)
      throw new Conflict('alamat-terpakai', `Alamat ${manifest.mount} di ${tenant.nama} sudah dipakai ${other.title}.`);
  }
}
