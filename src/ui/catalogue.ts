import { PendopoError } from '../domain/errors.ts';
import type { AppManifest } from '../domain/manifest.ts';
import type { AppCatalogue, CatalogueEntry } from '../domain/ports-world.ts';
import type { Scope } from '../domain/wilayah.ts';

/** What the catalogue holds, real apps before samples. An app whose manifest is wrong is listed with the reason. */
export type Listed =
  | { readonly name: string; readonly entry: CatalogueEntry; readonly fault: null }
  | { readonly name: string; readonly entry: null; readonly fault: PendopoError };

export function listApps(apps: AppCatalogue): readonly Listed[] {
  return apps
    .names()
    .map((name) => read(apps, name))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
}

/** The apps that such a tenant can have. @param scope left out: the apps of all */
export function appsFor(apps: AppCatalogue, scope?: Scope): readonly AppManifest[] {
  return listApps(apps).flatMap(({ entry }) =>
    entry !== null && (scope ?? entry.manifest.scope) === entry.manifest.scope ? [entry.manifest] : [],
  );
}

export function titlesOf(apps: AppCatalogue): ReadonlyMap<string, string> {
  return new Map(listApps(apps).map(({ name, entry }) => [name, entry?.manifest.title ?? name]));
}

function read(apps: AppCatalogue, name: string): Listed {
  try {
    return { name, entry: apps.entry(name), fault: null };
  } catch (error) {
    if (error instanceof PendopoError) return { name, entry: null, fault: error };
    throw error;
  }
}

function rank({ name, entry }: Listed): number {
  if (name === 'opensid') return 0;
  return entry?.manifest.sample === true ? 2 : 1;
}
