import type { AppManifest } from './manifest.ts';

/** An immutable version of an app: what a tag of its source pointed at when we first saw it. */
export interface Release {
  readonly app: string;
  readonly tag: string;
  /** The tag without its leading "v". */
  readonly version: string;
  /** 40 hex digits. A tag that later points elsewhere is refused. */
  readonly commit: string;
}

/** The numbers that order a tag, or null when the tag is not a release of this app. */
function orderOfTag(manifest: AppManifest, tag: string): readonly number[] | null {
  const match = new RegExp(manifest.source.tags).exec(tag);
  if (match === null) return null;
  return match.slice(1).map((group) => Number(group ?? 0));
}

/** Newest first. Tags that are no releases are left out. */
export function newestFirst(manifest: AppManifest, tags: readonly string[]): readonly string[] {
  return tags
    .flatMap((tag) => {
      const order = orderOfTag(manifest, tag);
      return order === null ? [] : [{ tag, order }];
    })
    .sort((a, b) => compareOrder(b.order, a.order))
    .map(({ tag }) => tag);
}

function compareOrder(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function versionOfTag(tag: string): string {
  return tag.replace(/^v/, '');
}
