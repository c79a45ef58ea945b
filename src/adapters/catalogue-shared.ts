import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SettingManifest } from '../domain/manifest.ts';
import { SharedSchema, toSettings } from './catalogue-schema.ts';
import { type Fault, readYaml } from './catalogue-yaml.ts';

/** Settings that several apps of a desa share, each group in a file of `templates/settings/`. */
export interface SharedSettings {
  readonly groups: ReadonlyMap<string, readonly SettingManifest[]>;
  /** What is wrong with them; every app that shares a faulty group is faulty. */
  readonly faults: ReadonlyMap<string, readonly Fault[]>;
}

export function loadShared(folder: string): SharedSettings {
  const groups = new Map<string, readonly SettingManifest[]>();
  const faults = new Map<string, readonly Fault[]>();
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return { groups, faults };
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
    const group = file.slice(0, -'.yaml'.length);
    const read = readYaml(`../../settings/${file}`, readFileSync(join(folder, file), 'utf8'), SharedSchema);
    if (read.value === null) faults.set(group, read.faults);
    groups.set(group, toSettings(group, read.value?.settings ?? []));
  }
  return { groups, faults };
}

export function sharesFaults(shares: readonly string[], { groups, faults }: SharedSettings): readonly Fault[] {
  return shares.flatMap((group, index): readonly Fault[] =>
    groups.has(group)
      ? (faults.get(group) ?? [])
      : [{ file: 'app.yaml', key: `shares.${index}`, text: `settings/${group}.yaml tidak ada` }],
  );
}
