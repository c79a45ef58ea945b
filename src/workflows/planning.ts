import { type DesaAddresses, planAddress, planRoutes } from '../domain/address.ts';
import { channelFor, newestFirst, ofChannel, type Release, splitTag, versionOfTag } from '../domain/app.ts';
import { Invalid, NotFound } from '../domain/errors.ts';
import type { Job } from '../domain/job.ts';
import { type Names, type Plan, type PlannedRelease, type PlannedTenant, planNames } from '../domain/plan.ts';
import type { Claim, ClaimKind, TenantRow } from '../domain/ports-records.ts';
import type { CatalogueEntry } from '../domain/ports-world.ts';
import { configured, type Settings, settleSettings } from '../domain/setting.ts';
import type { SharedOrigin } from '../domain/shared.ts';
import { entryFor, requireNeeds } from './planning-needs.ts';
import { readableBy, requireReadable } from './planning-reads.ts';
import { checkOwnVersion, refreshSource } from './releases.ts';
import type { StepTools } from './step.ts';

/** Everything `install` will use: the newest release (or the asked one), names, address, settings. */
export async function planInstall(job: Job, tools: StepTools): Promise<Plan> {
  const tenant = await tenantOf(job, tools);
  const offered = tools.apps.entry(job.app);
  await requireReadable(offered.manifest, tools);
  const borrowed = await requireNeeds(offered.manifest, tenant, tools);
  const settings = await currentSettings(job, offered, tools);
  const wanted = { tag: job.input.tag, channel: channelFor(offered.manifest, settings) };
  const release = await resolveRelease(offered, wanted, tools, job.input.tag === null ? 'recent' : 'newest');
  const entry = await entryFor(offered, release, tools);
  tools.tell(`Rilis ${release.tag} (${release.commit.slice(0, 8)}) untuk ${tenant.nama}`);
  const names = planNames(tools.facts, tenant, configured(entry.manifest, settings));
  const { shared } = job.input;
  if (shared !== undefined) {
    const origin = { kind: 'shared' as const, ...(await sharedOrigin(shared, tools)) };
    return assemble(job, tenant, entry, release, tools, { settings, names, origin, ...borrowed });
  }
  return assemble(job, tenant, entry, release, tools, {
    settings,
    names: await namesWithPool(names, job, entry, release, tools),
    origin: { kind: 'template' },
    ...borrowed,
  });
}

/** The copy as it is now: one that is made anew meanwhile is another one. */
async function sharedOrigin({ source: id, configId }: NonNullable<Job['input']['shared']>, tools: StepTools): Promise<SharedOrigin> {
  const source = (await tools.sharedSources.list()).find((one) => one.id === id);
  if (source?.copiedAt == null || source.state !== 'ready') {
    throw new NotFound('sumber-tidak-ada', 'Salinan basis data gabungan asal desa ini tidak ada lagi.', {
      advice: 'Salin lagi, lalu pindahkan desa ini.',
    });
  }
  const { name, schema, copiedAt } = source;
  return { source: name, schema, configId, label: `pisah ${id} ${copiedAt.getTime()} ${configId}` };
}

/** With a schema that holds the template already, where there is one. Should this plan be lost, the pool drops it. */
async function namesWithPool(names: Names, job: Job, entry: CatalogueEntry, release: Release, tools: StepTools): Promise<Names> {
  if (names.schema === null || entry.manifest.commands.seed === null) return names;
  const { template } = plannedRelease(entry, release);
  const schema = await tools.pool.take({ app: job.app, template }, job.installationId);
  return schema === null ? names : { ...names, schema };
}

/** `remove` acts on what was claimed for the installation, whatever the settings would name it today. */
export async function planRemove(job: Job, tools: StepTools): Promise<Plan> {
  const tenant = await tenantOf(job, tools);
  const entry = tools.apps.entry(job.app);
  const installation = await tools.tenants.installation(job.installationId);
  if (installation === null) throw new NotFound('pemasangan-tidak-ada', 'Pemasangan ini tidak ada.');
  const tag = installation.tag ?? 'tidak-diketahui';
  const known = await tools.releases.find(job.app, tag);
  const release = known ?? { app: job.app, tag, version: installation.version ?? versionOfTag(tag), commit: '' };
  const claims = await tools.claims.of(job.installationId);
  const plan = await assemble(job, tenant, entry, release, tools, {
    settings: installation.settings,
    names: namesFromClaims(claims, planNames(tools.facts, tenant, entry.manifest)),
    origin: { kind: 'template' },
  });
  return installation.state === 'suspended' ? { ...plan, suspended: true } : plan;
}

/** Brings a removed installation back: the archived release, settings and data under the names of today. */
export async function planUnarchive(job: Job, tools: StepTools): Promise<Plan> {
  const archive = job.input.archiveId === null ? null : await tools.archives.find(job.input.archiveId);
  if (archive === null) throw new NotFound('arsip-tidak-ada', 'Arsip ini tidak ada.');
  if (archive.verifiedAt === null) throw new Invalid('arsip-belum-terbukti', 'Arsip ini belum terbukti utuh.');
  const tenant = await tenantOf(job, tools);
  const offered = tools.apps.entry(job.app);
  await requireReadable(offered.manifest, tools);
  const borrowed = await requireNeeds(offered.manifest, tenant, tools);
  const release = await resolveRelease(offered, { tag: archive.tag }, tools);
  const entry = await entryFor(offered, release, tools);
  const settings = await currentSettings(job, entry, tools);
  return assemble(job, tenant, entry, release, tools, {
    settings,
    names: planNames(tools.facts, tenant, configured(entry.manifest, settings)),
    origin: { kind: 'archive', id: archive.id },
    ...borrowed,
  });
}

/** Those of the installation, not of the request: somebody may have changed them before trying again. */
export async function currentSettings(job: Job, { manifest }: CatalogueEntry, tools: StepTools): Promise<Settings> {
  const installation = await tools.tenants.installation(job.installationId);
  return settleSettings(manifest, {}, installation?.settings ?? job.input.settings);
}

type Choices = Pick<Plan, 'settings' | 'names' | 'origin' | 'borrowed'>;

export async function assemble(
  job: Job,
  tenant: TenantRow,
  entry: CatalogueEntry,
  release: Release,
  tools: StepTools,
  choices: Choices,
): Promise<Plan> {
  const addresses = await tools.addresses.of(tenant.kode);
  return {
    workflow: job.workflow,
    installationId: job.installationId,
    tenant: plannedTenant(tenant),
    manifest: configured(entry.manifest, choices.settings),
    release: plannedRelease(entry, release),
    ...reachedAt(addresses, tenant, entry, tools),
    archiveId: tools.ids.next(),
    ...readableBy(entry.manifest, tools),
    ...choices,
  };
}

/** Address and routes of an app at a desa that has these addresses. */
export function reachedAt(
  addresses: DesaAddresses,
  { kode }: Pick<TenantRow, 'kode'>,
  { manifest }: Pick<CatalogueEntry, 'manifest'>,
  { facts }: Pick<StepTools, 'facts'>,
): Required<Pick<Plan, 'address' | 'routes'>> {
  return { address: planAddress(facts, kode, addresses, manifest), routes: planRoutes(facts, kode, addresses, manifest) };
}

function plannedTenant(tenant: TenantRow): PlannedTenant {
  const { kode, nama, kodeKecamatan, namaKecamatan, kodeKabupaten, namaKabupaten, kodeProvinsi, namaProvinsi } = tenant;
  return { kode, nama, kodeKecamatan, namaKecamatan, kodeKabupaten, namaKabupaten, kodeProvinsi, namaProvinsi };
}

/** Image and template change their names whenever anything changes that goes into them. */
export function plannedRelease(entry: CatalogueEntry, release: Release): PlannedRelease {
  const build = `${release.commit.slice(0, 10)}-${entry.digest.slice(0, 10)}`;
  const tag = release.tag.toLowerCase().replaceAll(/[^a-z0-9._-]/g, '-');
  return {
    ...release,
    runtimeImage: `pendopo/runtime-${entry.runtime.name}:${entry.runtimeDigest.slice(0, 12)}`,
    image: `pendopo/${release.app}:${tag}-${build}`,
    template: `${release.app}-${tag}-${build}`,
  };
}

export async function tenantOf(job: Job, tools: StepTools): Promise<TenantRow> {
  const tenant = await tools.tenants.find(job.kode);
  if (tenant === null) throw new NotFound('desa-tidak-ada', `Desa ${job.kode} belum terdaftar.`);
  return tenant;
}

/** A known release needs no look at its source; the newest one of a channel (`tag` null), or an unknown tag, does. */
export async function resolveRelease(
  entry: CatalogueEntry,
  { tag: wanted, channel = '' }: { readonly tag: string | null; readonly channel?: string },
  tools: StepTools,
  freshness: 'newest' | 'recent' = 'newest',
): Promise<Release> {
  const { manifest } = entry;
  const known = wanted === null ? null : await tools.releases.find(manifest.name, wanted);
  if (known !== null) return known;

  const from = wanted === null ? channel : splitTag(wanted).channel;
  await refreshSource(tools, entry, from, tools.signal, freshness);
  const barred = wanted === null ? await tools.rollouts.barred(manifest.name) : new Map<string, string>();
  const tags = newestFirst(
    manifest,
    ofChannel(await tools.sources.tags(manifest.name), from).filter((tag) => !barred.has(tag)),
  );
  const tag = wanted === null ? tags[0] : tags.find((candidate) => candidate === wanted);
  if (tag === undefined) {
    const newest = tags.slice(0, 5).join(', ');
    throw new NotFound(
      'rilis-tidak-ada',
      wanted === null ? `Sumber ${manifest.title} tidak mempunyai rilis.` : `Rilis "${wanted}" dari ${manifest.title} tidak ada.`,
      {
        advice: newest === '' ? 'Periksa alamat sumber kode.' : `Rilis terbaru: ${newest}.`,
      },
    );
  }
  const commit = await tools.sources.commitOf(manifest.name, tag);
  const release = { app: manifest.name, tag, version: versionOfTag(tag), commit };
  await checkOwnVersion(manifest, release, tools, tools.signal);
  await tools.releases.remember(release);
  return release;
}

/** What was claimed for the installation, whatever would be planned today. */
export function namesFromClaims(claims: readonly Claim[], planned: Names): Names {
  if (claims.length === 0) return planned;
  const claimed = (kind: ClaimKind): string | null => claims.find((claim) => claim.kind === kind)?.name ?? null;
  return {
    schema: claimed('schema'),
    databaseUser: claimed('database-user'),
    reader: claimed('read-account'),
    container: claimed('container') ?? planned.container,
    network: claimed('network'),
    folder: claimed('folder') ?? planned.folder,
    runFolder: claimed('run-folder') ?? planned.runFolder,
  };
}

/** The same for an installation that goes on: with a network only where it is meant to have one. */
export function runningNames(claims: readonly Claim[], planned: Names): Names {
  const names = namesFromClaims(claims, planned);
  return planned.network === null ? { ...names, network: null } : names;
}

/** The same with the network that it is meant to have from now on, claimed already or not. */
export function nextNames(claims: readonly Claim[], planned: Names): Names {
  const names = runningNames(claims, planned);
  return { ...names, network: names.network ?? planned.network };
}
