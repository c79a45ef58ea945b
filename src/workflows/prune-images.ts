import { newestFirst } from '../domain/app.ts';
import { imagesToPrune, type ReleaseImage, releaseKey } from '../domain/image.ts';
import { ACTIVE_STATES } from '../domain/job.ts';
import type { Toolbox } from '../domain/ports.ts';
import { findRollbackTarget } from './rollback-target.ts';

/**
 * Removes images of releases that nobody here needs any more. One that is needed after all is built again by the next
 * job that asks for it; that costs minutes, never data. @returns what was done, for people
 */
export async function pruneImages(tools: Toolbox, signal: AbortSignal): Promise<string> {
  const images = await tools.containers.images();
  const old = imagesToPrune(images, {
    instance: tools.facts.instance,
    order: orderOf(tools, images),
    releases: await neededReleases(tools),
    names: await namedByJobs(tools),
  });
  let [removed, bytes] = [0, 0];
  for (const image of old) {
    signal.throwIfAborted();
    if (!(await tools.containers.removeImage(image.name))) continue;
    tools.log.info({ image: image.name }, 'image of an old release removed');
    removed += 1;
    bytes += image.bytes;
  }
  return removed === 0 ? 'Tidak ada image lama.' : `${removed} image dihapus, paling banyak ${Math.round(bytes / 1e6)} MB.`;
}

/** An app that has left the catalogue has no order: only what is in use stays. */
function orderOf({ apps }: Toolbox, images: readonly ReleaseImage[]): ReadonlyMap<string, readonly string[]> {
  const known = new Set(apps.names());
  const groups = [...Map.groupBy(images, ({ app }) => app)].filter(([app]) => known.has(app));
  return new Map(
    groups.map(([app, own]) => [
      app,
      newestFirst(
        apps.entry(app).manifest,
        own.map(({ tag }) => tag),
      ),
    ]),
  );
}

/** What runs, and what each would be rolled back to. */
async function neededReleases(tools: Toolbox): Promise<ReadonlySet<string>> {
  const needed = new Set<string>();
  for (const { id, app, tag } of await tools.tenants.running(null)) {
    needed.add(releaseKey(app, tag));
    const target = await findRollbackTarget(tools, { id, tag });
    if (target !== null) needed.add(releaseKey(app, target.tag));
  }
  return needed;
}

/** Images that jobs under way have planned to use, or to go back to. */
async function namedByJobs({ jobs }: Toolbox): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  let after: string | undefined;
  do {
    const page = await jobs.list({ state: ACTIVE_STATES, limit: 200, ...(after === undefined ? {} : { after }) });
    for (const { id } of page.rows) {
      const plan = await jobs.plan(id);
      if (plan === null) continue;
      names.add(plan.release.image);
      if (plan.change !== undefined) names.add(plan.change.from.image);
    }
    after = page.next ?? undefined;
  } while (after !== undefined);
  return names;
}
