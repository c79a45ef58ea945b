import { type Release, splitTag } from '../domain/app.ts';
import { Broken } from '../domain/errors.ts';
import type { AppManifest } from '../domain/manifest.ts';
import { checkNeeds } from '../domain/needs.ts';
import { type Plan, planNames } from '../domain/plan.ts';
import type { TenantRow } from '../domain/ports-records.ts';
import type { CatalogueEntry } from '../domain/ports-world.ts';
import { refreshSource } from './releases.ts';
import type { StepTools } from './step.ts';

/** Before anything starts: the apps it needs are there in a version that fits, and what it will use of them. */
export async function requireNeeds(manifest: AppManifest, tenant: TenantRow, tools: StepTools): Promise<Pick<Plan, 'borrowed'>> {
  checkNeeds(manifest, tenant.installations, (app) => tools.apps.entry(app).manifest.title);
  return borrowedBy(manifest, tenant, tools);
}

/** What an installation uses of another one, by the names that one really holds. */
export async function borrowedBy(manifest: AppManifest, tenant: TenantRow, tools: StepTools): Promise<Pick<Plan, 'borrowed'>> {
  const { borrow } = manifest;
  const lender = borrow === undefined ? undefined : tenant.installations.find(({ app }) => app === borrow.app);
  if (lender === undefined) return {};
  const claims = await tools.claims.of(lender.id);
  const planned = planNames(tools.facts, tenant, tools.apps.entry(lender.app).manifest);
  const schema = claims.find(({ kind }) => kind === 'schema')?.name ?? planned.schema ?? '';
  const folder = claims.find(({ kind }) => kind === 'folder')?.name ?? planned.folder;
  return { borrowed: { installationId: lender.id, schema, folder } };
}

/** The app on the runtime that the release itself asks for. @throws Broken when there is none with its PHP */
export async function entryFor(entry: CatalogueEntry, release: Release, tools: StepTools): Promise<CatalogueEntry> {
  const { name, source } = entry.manifest;
  if (source.php === undefined || release.commit === '') return entry;
  const requirement = requirementIn(await codeOf(entry, release, source.php, tools));
  return tools.apps.entry(name, tools.apps.runtimeFor(name, requirement));
}

async function codeOf(entry: CatalogueEntry, { commit, tag }: Release, file: string, tools: StepTools): Promise<string> {
  const { manifest } = entry;
  try {
    return await tools.sources.readFile(manifest.name, commit, file, tools.signal);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    // A release known from before, on a server that has not fetched it yet.
    await refreshSource(tools, entry, splitTag(tag).channel, tools.signal);
    return tools.sources.readFile(manifest.name, commit, file, tools.signal);
  }
}

/** `require.php` of a composer.json. @throws Broken */
function requirementIn(text: string): string | null {
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch (error) {
    throw new Broken('php-tidak-terbaca', 'composer.json rilis ini bukan JSON yang sah.', { cause: error });
  }
  const required = partOf(whole, 'require');
  const php = partOf(required, 'php');
  return typeof php === 'string' ? php : null;
}

function partOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? new Map<string, unknown>(Object.entries(value)).get(key) : undefined;
}
