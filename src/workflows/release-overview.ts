import { newestFirst, versionOfTag } from '../domain/app.ts';
import type { ReleaseImage } from '../domain/image.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { RunningInstallation } from '../domain/ports-records.ts';
import type { KodeWilayah } from '../domain/wilayah.ts';

/** One release of an app as people judge it. */
export interface ReleaseOverview {
  readonly tag: string;
  readonly version: string;
  /** null: seen at the source, but never used here. */
  readonly commit: string | null;
  /** What its makers wrote; null while its code has not been fetched. */
  readonly note: string | null;
  /** Why nobody may go to it; null: anybody may. */
  readonly barred: string | null;
  readonly desa: readonly RunningInstallation[];
  /** Newest build first. */
  readonly images: readonly ReleaseImage[];
}

/** What all apps share: who runs what, and what is built. Docker takes its time to tell, so it is asked once. */
export interface Deployed {
  readonly running: readonly RunningInstallation[];
  readonly images: readonly ReleaseImage[];
}

/** `within` limits the desa. */
export async function lookAtDeployed(tools: Toolbox, within: KodeWilayah | null): Promise<Deployed> {
  const [running, images] = await Promise.all([tools.tenants.running(within), tools.containers.images()]);
  return { running, images };
}

/** Releases of an app, newest first: those at the source, on record, or still running somewhere. */
export async function overviewOf(tools: Toolbox, app: string, { running, images }: Deployed): Promise<readonly ReleaseOverview[]> {
  const { manifest } = tools.apps.entry(app);
  const [known, tags, notes, barred] = await Promise.all([
    tools.releases.list(app),
    tools.sources.tags(app),
    tools.sources.notes(app),
    tools.rollouts.barred(app),
  ]);
  const here = running.filter((one) => one.app === app);
  const every = new Set([...known, ...here].map(({ tag }) => tag).concat(tags));
  return newestFirst(manifest, [...every]).map((tag) => ({
    tag,
    version: versionOfTag(tag),
    commit: known.find((release) => release.tag === tag)?.commit ?? null,
    note: notes.get(tag) ?? null,
    barred: barred.get(tag) ?? null,
    desa: here.filter((one) => one.tag === tag),
    images: images.filter((image) => image.app === app && image.tag === tag).sort((a, b) => b.builtAt.getTime() - a.builtAt.getTime()),
  }));
}
