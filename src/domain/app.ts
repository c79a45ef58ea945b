import type { AppManifest } from './manifest.ts';

/** An immutable version of an app: what a tag of its source pointed at when we first saw it. */
export interface Release {
  readonly app: string;
  readonly tag: string;
  /** The tag without its channel and its leading "v". */
  readonly version: string;
  /** 40 hex digits. A tag that later points elsewhere is refused. */
  readonly commit: string;
}

/**
 * A tag of a channel bears the channel's name: `premium/v2410.0.0`. `channel` is '' for the app's usual source, `plain`
 * the tag as its makers call it.
 */
export function splitTag(tag: string): { readonly channel: string; readonly plain: string } {
  const [, channel = '', plain = tag] = /^([a-z0-9]+)\/(.+)$/.exec(tag) ?? [];
  return { channel, plain };
}

/** Which channel an installation with these settings takes its releases from; '' is the app's usual source. */
export function channelFor({ source }: Pick<AppManifest, 'source'>, settings: Readonly<Record<string, string>>): string {
  return Object.entries(source.channels ?? {}).find(([name, { setting }]) => settings[setting] === name)?.[0] ?? '';
}

/** Releases of one channel only. */
export function ofChannel(tags: readonly string[], channel: string): readonly string[] {
  return tags.filter((tag) => splitTag(tag).channel === channel);
}

/** The numbers that order a tag, or null when the tag is not a release of this app. */
function orderOfTag(manifest: AppManifest, tag: string): readonly number[] | null {
  const match = new RegExp(manifest.source.tags).exec(splitTag(tag).plain);
  if (match === null) return null;
  return match.slice(1).map((group) => Number(group ?? 0));
}

/** Newest first, of whichever channel. Tags that are no releases are left out. */
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
  return splitTag(tag).plain.replace(/^v/, '');
}
