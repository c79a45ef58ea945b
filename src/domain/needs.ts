import { Conflict } from './errors.ts';
import type { AppManifest, NeedManifest } from './manifest.ts';
import type { Installation } from './tenant.ts';

/** Whether a version lies within what a need allows, compared number by number, as far as the bound names numbers. */
export function fitsNeed(need: NeedManifest, version: string): boolean {
  return (need.from === undefined || compare(version, need.from) >= 0) && (need.to === undefined || compare(version, need.to) <= 0);
}

/** `2607.0.1` lies within `to: 2607`: patch releases count. */
function compare(version: string, bound: string): number {
  const own = version.split('.').map(Number);
  for (const [index, wanted] of bound.split('.').map(Number).entries()) {
    const difference = (own[index] ?? 0) - wanted;
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * Every need of an app that is not met by what its desa has. @param title of an app, for people
 * @throws Conflict naming the first one
 */
export function checkNeeds(manifest: AppManifest, installations: readonly Installation[], title: (app: string) => string): void {
  for (const need of manifest.needs ?? []) {
    const found = installations.find(({ app }) => app === need.app);
    if (found?.state === 'suspended') {
      throw new Conflict('sedang-ditangguhkan', `${manifest.title} memerlukan ${title(need.app)}, yang sedang ditangguhkan di desa ini.`, {
        advice: `Belum ada yang diubah. Aktifkan ${title(need.app)} lebih dahulu, lalu tekan Coba lagi.`,
      });
    }
    if (found?.state !== 'active') {
      throw new Conflict('perlu-aplikasi-lain', `${manifest.title} memerlukan ${title(need.app)}, yang belum terpasang di desa ini.`, {
        advice: `Belum ada yang diubah. Pasang ${title(need.app)} lebih dahulu, lalu tekan Coba lagi.`,
      });
    }
    // Asked for together and not yet resolved: its own job's plan knows the version, and ours looks again.
    if (found.version !== null) requireFit(manifest, need, found.version, title);
  }
}

/**
 * Whether the apps that need this one would still have a version that fits, were it to become this one.
 * @param neighbours the manifests of what else the desa has
 * @throws Conflict naming the first that would not
 */
export function checkDependents(manifest: AppManifest, version: string, neighbours: readonly AppManifest[]): void {
  for (const neighbour of neighbours) {
    const need = (neighbour.needs ?? []).find(({ app }) => app === manifest.name);
    if (need === undefined || fitsNeed(need, version)) continue;
    throw new Conflict(
      'versi-tidak-cocok',
      `${neighbour.title} di desa ini tidak dapat bekerja dengan ${manifest.title} versi ${version}.`,
      {
        advice: `Belum ada yang diubah. Perbarui ${neighbour.title} lebih dahulu, atau pilih rilis ${manifest.title} yang lain.`,
      },
    );
  }
}

/** @throws Conflict when the version does not fit */
function requireFit(manifest: AppManifest, need: NeedManifest, version: string, title: (app: string) => string): void {
  if (fitsNeed(need, version)) return;
  const range = [need.from === undefined ? '' : `paling rendah ${need.from}`, need.to === undefined ? '' : `paling tinggi ${need.to}`];
  throw new Conflict(
    'versi-tidak-cocok',
    `${manifest.title} memerlukan ${title(need.app)} versi ${range.filter((part) => part !== '').join(', ')}; yang terpasang ${version}.`,
    { advice: `Belum ada yang diubah. Perbarui ${title(need.app)} lebih dahulu, atau pilih rilis ${manifest.title} yang cocok.` },
  );
}

/** The apps in an order in which each comes after those it needs. Needs outside the list are not its matter. */
export function inOrderOfNeed(manifests: readonly AppManifest[]): readonly AppManifest[] {
  const ordered: AppManifest[] = [];
  const visit = (manifest: AppManifest, path: readonly string[]): void => {
    if (ordered.includes(manifest) || path.includes(manifest.name)) return;
    for (const { app } of manifest.needs ?? []) {
      const needed = manifests.find(({ name }) => name === app);
      if (needed !== undefined) visit(needed, [...path, manifest.name]);
    }
    ordered.push(manifest);
  };
  for (const manifest of manifests) visit(manifest, []);
  return ordered;
}
