import { channelFor, newestFirst, type Release, versionOfTag } from '../domain/app.ts';
import type { BackupReason } from '../domain/backup.ts';
import { Conflict, Invalid, NotFound } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import { checkDependents } from '../domain/needs.ts';
import { type Plan, type PlannedChange, planNames } from '../domain/plan.ts';
import type { CatalogueEntry } from '../domain/ports-world.ts';
import { configured } from '../domain/setting.ts';
import { type Installation, type InstallationState, requirePresent } from '../domain/tenant.ts';
import { assemble, currentSettings, namesFromClaims, plannedRelease, resolveRelease, runningNames, tenantOf } from './planning.ts';
import { borrowedBy, entryFor } from './planning-needs.ts';
import { requireRollbackTarget } from './rollback-target.ts';
import type { StepTools } from './step.ts';

/** To the newest release, or the asked one; only forwards. */
export async function planUpdate(job: Job, tools: StepTools): Promise<Plan> {
  const { entry, installation, release, from } = await updateTarget(job, tools);
  tools.tell(`Dari ${from.tag} ke ${release.tag} (${release.commit.slice(0, 8)})`);
  return change(job, entry, installation, release, { from, reason: 'before-update', restores: null }, tools);
}

/** Where an update goes. @throws Invalid, Conflict, NotFound when it may not, or need not */
export async function updateTarget(job: Job, tools: StepTools) {
  const { entry, installation, from } = await present(job, tools);
  const release = await resolveRelease(entry, { tag: job.input.tag, channel: channelFor(entry.manifest, installation.settings) }, tools);
  const barred = (await tools.rollouts.barred(job.app)).get(release.tag);
  if (barred !== undefined) throw new Invalid('rilis-ditahan', `Rilis ${release.tag} ditahan: ${barred}`, { field: 'tag' });
  const tags = newestFirst(entry.manifest, [release.tag, from.tag]);
  if (release.tag !== from.tag && tags[0] === from.tag) {
    throw new Invalid('versi-mundur', `${release.tag} lebih lama daripada ${from.tag} yang terpasang.`, {
      field: 'tag',
      advice: 'Pakai Mundur versi untuk kembali ke keadaan sebelum pembaruan terakhir.',
    });
  }
  if (plannedRelease(entry, release).image === from.image) {
    throw new Conflict('sudah-terbaru', `${entry.manifest.title} di desa ini sudah versi ${from.version}.`);
  }
  await requireTogether(job, entry, release, tools);
  return { entry, installation, release, from };
}

/** To the state of the backup that was asked for. */
export function planRestore(job: Job, tools: StepTools): Promise<Plan> {
  return planReturn(job, job.input.backupId ?? null, 'before-restore', tools);
}

/** To the state before the last update, whatever the backup of it is. */
export async function planRollback(job: Job, tools: StepTools): Promise<Plan> {
  const { installation } = await present(job, tools);
  const target = await requireRollbackTarget(tools, installation);
  return planReturn(job, target.id, 'before-rollback', tools);
}

export async function planBackup(job: Job, tools: StepTools): Promise<Plan> {
  const { entry, installation, from, running } = await present(job, tools, AT_REST_TOO);
  return change(job, entry, installation, running, { from, reason: job.input.reason ?? 'by-hand', restores: null }, tools);
}

export async function planDrill(job: Job, tools: StepTools): Promise<Plan> {
  const { entry, installation, from, running } = await present(job, tools, AT_REST_TOO);
  const backup = await requireBackup(job, job.input.backupId ?? null, tools);
  tools.tell(`Menguji cadangan ${backup.id} dari ${backup.createdAt.toISOString()}`);
  return change(job, entry, installation, running, { from, reason: 'by-hand', restores: backup.id }, tools);
}

async function planReturn(job: Job, backupId: string | null, reason: BackupReason, tools: StepTools): Promise<Plan> {
  const { entry, installation, from } = await present(job, tools);
  const backup = await requireBackup(job, backupId, tools);
  const release = await resolveRelease(entry, { tag: backup.tag }, tools);
  await requireTogether(job, entry, release, tools);
  tools.tell(`Ke ${backup.tag} dengan data ${backup.createdAt.toISOString()}`);
  return change(job, entry, installation, release, { from, reason, restores: backup.id }, tools);
}

/** What only reads its data may be done to one that is suspended as well. */
const AT_REST_TOO: readonly InstallationState[] = ['active', 'suspended'];

/** The apps of the desa fit each other with this release as well. @throws Conflict before anything is touched */
async function requireTogether(job: Job, { manifest }: CatalogueEntry, release: Release, tools: StepTools): Promise<void> {
  const there = (await tenantOf(job, tools)).installations.filter(({ state }) => state === 'active' || state === 'suspended');
  const manifestOf = (app: string) => tools.apps.entry(app).manifest;
  checkDependents(
    manifest,
    release.version,
    there.filter(({ app }) => app !== manifest.name).map(({ app }) => manifestOf(app)),
  );
}

export interface Present {
  readonly entry: CatalogueEntry;
  readonly installation: Installation;
  readonly running: Release;
  readonly from: PlannedChange['from'];
}

/** What is installed now. The image is the one that really runs, which may be older than what we would build today. */
export async function present(job: Job, tools: StepTools, states: readonly InstallationState[] = ['active']): Promise<Present> {
  const entry = tools.apps.entry(job.app);
  const installation = requirePresent(entry.manifest.title, await tools.tenants.installation(job.installationId), states);
  const { tag } = installation;
  if (tag === null) throw new Conflict('belum-terpasang', `${entry.manifest.title} tidak terpasang di desa ini.`);
  const known = await tools.releases.find(job.app, tag);
  const running = known ?? { app: job.app, tag, version: installation.version ?? versionOfTag(tag), commit: '' };
  const names = namesFromClaims(await tools.claims.of(job.installationId), planNames(tools.facts, { kode: job.kode }, entry.manifest));
  const container = await tools.containers.find(names.container);
  const { version, commit } = running;
  return { entry, installation, running, from: { tag, version, commit, image: container?.image ?? plannedRelease(entry, running).image } };
}

async function requireBackup(job: Job, id: string | null, tools: StepTools) {
  const backup = id === null ? null : await tools.backups.find(id);
  if (backup === null || backup.installationId !== job.installationId) {
    throw new NotFound('cadangan-tidak-ada', 'Cadangan ini tidak ada untuk pemasangan ini.', { advice: 'Pilih cadangan lain.' });
  }
  return backup;
}

/** The plan of a job that changes an installation which is there. */
export async function change(
  job: Job,
  offered: CatalogueEntry,
  installation: Installation,
  release: Release,
  wanted: { from: PlannedChange['from']; reason: BackupReason; restores: string | null },
  tools: StepTools,
): Promise<Plan> {
  const tenant = await tenantOf(job, tools);
  const entry = await entryFor(offered, release, tools);
  const claims = await tools.claims.of(installation.id);
  const settings = await currentSettings(job, entry, tools);
  const plan = await assemble(job, tenant, entry, release, tools, {
    settings,
    names: runningNames(claims, planNames(tools.facts, tenant, configured(entry.manifest, settings))),
    origin: { kind: 'template' },
    ...(await borrowedBy(entry.manifest, tenant, tools)),
  });
  const { from, reason, restores } = wanted;
  return { ...plan, change: { id: tools.ids.next(), from, backup: { id: tools.ids.next(), reason }, restores } };
}
