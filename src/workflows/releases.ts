import { newestFirst, ofChannel, type Release, versionOfTag } from '../domain/app.ts';
import { Broken, NotFound } from '../domain/errors.ts';
import type { AppManifest } from '../domain/manifest.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { CatalogueEntry } from '../domain/ports-world.ts';

/** How many of the newest tags are looked at; older ones are remembered when somebody asks for them. */
const LOOK_AT = 10;

/** Asks the source of an app's channel for its tags. @throws NotFound for a channel that the app has not */
export async function refreshSource(
  tools: Pick<Toolbox, 'locks' | 'sources'>,
  { manifest: { name, title }, repo, channels }: CatalogueEntry,
  channel: string,
  signal: AbortSignal,
  freshness: 'newest' | 'recent' = 'newest',
): Promise<void> {
  const address = channel === '' ? repo : channels.get(channel);
  if (address === undefined) throw new NotFound('saluran-tidak-ada', `${title} tidak mempunyai saluran "${channel}".`);
  await tools.locks.withLock(`source ${name}`, signal, () => tools.sources.refresh(name, address, signal, freshness, channel));
}

/** Fetches the tags of an app's channel and remembers its newest releases. @returns those that were not known */
export async function discoverReleases(tools: Toolbox, app: string, signal: AbortSignal, channel = ''): Promise<readonly Release[]> {
  const entry = tools.apps.entry(app);
  await refreshSource(tools, entry, channel, signal);
  const fresh: Release[] = [];
  for (const tag of newestFirst(entry.manifest, ofChannel(await tools.sources.tags(app), channel)).slice(0, LOOK_AT)) {
    if ((await tools.releases.find(app, tag)) !== null) continue;
    const release = { app, tag, version: versionOfTag(tag), commit: await tools.sources.commitOf(app, tag) };
    await tools.releases.remember(release);
    fresh.push(release);
  }
  return fresh;
}

/** The newest release of a channel on record that nobody has barred. @throws NotFound */
export async function findNewest(tools: Toolbox, app: string, channel = ''): Promise<Release> {
  const { manifest } = tools.apps.entry(app);
  const [known, barred] = await Promise.all([tools.releases.list(app), tools.rollouts.barred(app)]);
  const tags = newestFirst(
    manifest,
    ofChannel(
      known.map(({ tag }) => tag).filter((tag) => !barred.has(tag)),
      channel,
    ),
  );
  const newest = known.find(({ tag }) => tag === tags[0]);
  if (newest !== undefined) return newest;
  throw new NotFound('rilis-tidak-ada', `Belum ada rilis ${manifest.title} yang boleh dipakai.`, { advice: 'Tekan Periksa rilis.' });
}

/**
 * A tag whose code says another version is a mistake of its maker: nothing later could be proved by version.
 * @throws Broken
 */
export async function checkOwnVersion(
  { source }: AppManifest,
  { app, tag, commit }: Release,
  tools: Pick<Toolbox, 'sources'>,
  signal: AbortSignal,
): Promise<void> {
  if (source.version === null) return;
  const text = await tools.sources.readFile(app, commit, source.version.file, signal);
  const own = new RegExp(source.version.pattern).exec(text)?.[1];
  if (own === versionOfTag(tag)) return;
  throw new Broken('versi-tag-salah', `Tag ${tag} berisi kode yang menyebut dirinya versi ${own ?? 'tidak diketahui'}.`, {
    advice: 'Pakai rilis lain, atau hubungi pembuat aplikasi.',
  });
}
