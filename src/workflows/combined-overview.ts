import { type Actor, requireMay } from '../domain/access.ts';
import type { CombinedManifest, Registration } from '../domain/combined.ts';
import { NotFound } from '../domain/errors.ts';
import { composeOverview, type Overview } from '../domain/overview.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { SummaryManifest } from '../domain/summary.ts';
import { type KodeWilayah, parseKodeTenant, parseKodeWilayah } from '../domain/wilayah.ts';

export interface OverviewRequest {
  /** Left out: the first app that has a combined database with a desa in it, real ones before samples. */
  readonly app?: string | undefined;
  /** A kecamatan or desa; left out: all that the actor may see. */
  readonly wilayah?: string | undefined;
}

interface CombinedApp {
  readonly name: string;
  readonly title: string;
  readonly combined: CombinedManifest;
  readonly summary: SummaryManifest | null;
}

/** What the desa of a region hold together, from summaries: no table of the combined database is counted now. */
export async function readOverview(tools: Toolbox, actor: Actor, request: OverviewRequest): Promise<Overview> {
  const within = regionFor(actor, request.wilayah);
  const app = await chooseCombinedApp(tools, request.app);
  if (app.summary === null) throw new NotFound('ringkasan-tidak-ada', `Aplikasi "${app.name}" tidak mempunyai ringkasan.`);
  const [slices, labels, bands] = await Promise.all([
    tools.summaries.list({ app: app.name, within }),
    tools.combinedReads.labels(app.combined, app.summary),
    tools.combinedReads.bands(app.combined, app.summary),
  ]);
  return composeOverview({ app: app.name, title: app.title }, app.summary, slices, { labels, bands });
}

export interface RegistrationRow extends Registration {
  readonly nama: string;
  /** Tables that may differ. */
  readonly staleTables: readonly string[];
}

/** Every desa's place in the combined database, as far as the actor may see. */
export async function listRegistrations(tools: Toolbox, actor: Actor, request: OverviewRequest): Promise<readonly RegistrationRow[]> {
  const within = regionFor(actor, request.wilayah);
  const rows = (await tools.registrations.list({ within, app: request.app })).filter(({ state }) => state !== 'none');
  const names = new Map((await tools.tenants.findAll([...new Set(rows.map(({ kode }) => kode))])).map(({ kode, nama }) => [kode, nama]));
  const needing = new Set(await tools.registrations.needingRepair());
  return Promise.all(
    rows.map(async (row) => ({
      ...row,
      nama: names.get(row.kode) ?? row.kode,
      staleTables: needing.has(row.installationId) ? await tools.registrations.staleTables(row.installationId) : [],
    })),
  );
}

/** Apps whose desa have a place in a combined database: real ones first. */
function combinedApps({ apps }: Pick<Toolbox, 'apps'>): readonly CombinedApp[] {
  const found = apps.names().flatMap((name) => {
    const entry = entryOf(apps, name);
    return entry === null || entry.combined === null ? [] : [{ entry, combined: entry.combined }];
  });
  return found
    .toSorted((a, b) => Number(a.entry.manifest.sample) - Number(b.entry.manifest.sample))
    .map(({ entry: { manifest, summary }, combined }) => ({ name: manifest.name, title: manifest.title, combined, summary }));
}

/** @throws NotFound when no app has a combined database, or the named one has none */
export async function chooseCombinedApp(tools: Toolbox, wanted: string | undefined): Promise<CombinedApp> {
  const all = combinedApps(tools);
  const used = new Set((await tools.registrations.list()).filter(({ state }) => state !== 'none').map(({ app }) => app));
  const chosen = wanted === undefined ? (all.find(({ name }) => used.has(name)) ?? all[0]) : all.find(({ name }) => name === wanted);
  if (chosen !== undefined) return chosen;
  throw new NotFound('gabungan-tidak-ada', `Aplikasi "${wanted ?? '-'}" tidak mempunyai basis data gabungan.`);
}

function entryOf(apps: Toolbox['apps'], name: string): ReturnType<Toolbox['apps']['entry']> | null {
  try {
    return apps.entry(name);
  } catch {
    // One with faults is told on the page of apps.
    return null;
  }
}

/** @throws Forbidden outside the actor's region, Invalid for what is no kode */
function regionFor(actor: Actor, wilayah: string | undefined): KodeWilayah | null {
  requireMay(actor, 'read', null);
  if (wilayah === undefined || wilayah === '') return actor.wilayah;
  const kode = /^\d{10}$/.test(wilayah) ? parseKodeTenant(wilayah) : parseKodeWilayah(wilayah);
  requireMay(actor, 'read', kode);
  return kode;
}
