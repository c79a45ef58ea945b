import { Invalid } from './errors.ts';
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

/**
 * The settings an installation runs with: what was asked for over the manifest's defaults.
 * @throws Invalid for a name or value the manifest does not offer
 */
export function settleSettings(manifest: AppManifest, wanted: Readonly<Record<string, string>>): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const setting of manifest.settings) {
    const value = wanted[setting.name] ?? setting.default;
    if (!setting.options.includes(value)) {
      throw new Invalid(
        'setelan-salah',
        `Nilai "${value}" untuk setelan "${setting.name}" tidak dikenal. Pilihan: ${setting.options.join(', ')}.`,
        {
          field: setting.name,
        },
      );
    }
    settings[setting.name] = value;
  }
  const unknown = Object.keys(wanted).find((name) => !(name in settings));
  if (unknown !== undefined) {
    throw new Invalid('setelan-tidak-dikenal', `${manifest.title} tidak mempunyai setelan "${unknown}".`, { field: unknown });
  }
  return settings;
}
