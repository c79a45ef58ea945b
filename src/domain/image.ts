/** The image of a release on the engine. Its name says app, tag, commit and everything else that went into it. */
export interface ReleaseImage {
  readonly name: string;
  readonly app: string;
  readonly tag: string;
  /** With the layers it shares with others of the same runtime. */
  readonly bytes: number;
  readonly builtAt: Date;
  /** The Pendopo that built it; others on the same engine may use it. */
  readonly builtBy: string;
}

/** So many releases of an app stay ready, whoever runs them. */
const KEPT_RELEASES = 3;

export interface ImagesInUse {
  readonly instance: string;
  /** Tags of each app, newest first. */
  readonly order: ReadonlyMap<string, readonly string[]>;
  /** `<app> <tag>` that an installation runs, or would be rolled back to. */
  readonly releases: ReadonlySet<string>;
  /** Images that containers or jobs at work name. */
  readonly names: ReadonlySet<string>;
}

export function releaseKey(app: string, tag: string): string {
  return `${app} ${tag}`;
}

/**
 * Those that may go: built by this Pendopo, of a release that is neither among the newest three nor run nor needed for a
 * rollback, or an older build of a release that stays. What another Pendopo built is its own to prune.
 */
export function imagesToPrune(images: readonly ReleaseImage[], inUse: ImagesInUse): readonly ReleaseImage[] {
  const kept = new Set<string>(inUse.names);
  for (const [app, own] of Map.groupBy(images, (image) => image.app)) {
    const built = new Set(own.map(({ tag }) => tag));
    const newest = [...new Set(inUse.order.get(app) ?? [])].filter((tag) => built.has(tag)).slice(0, KEPT_RELEASES);
    const stays = (tag: string): boolean => newest.includes(tag) || inUse.releases.has(releaseKey(app, tag));
    for (const [tag, builds] of Map.groupBy(own, (image) => image.tag)) {
      const latest = [...builds].sort((a, b) => b.builtAt.getTime() - a.builtAt.getTime())[0];
      if (latest !== undefined && stays(tag)) kept.add(latest.name);
    }
  }
  return images.filter(({ name, builtBy }) => builtBy === inUse.instance && !kept.has(name));
}
