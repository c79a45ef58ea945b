import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Invalid, NotFound } from '../domain/errors.ts';
import type { RuntimeManifest } from '../domain/manifest.ts';
import type { AppCatalogue, CatalogueEntry } from '../domain/ports-world.ts';
import { readCombined } from './catalogue-combined.ts';
import { layersOf } from './catalogue-layers.ts';
import { chooseRuntime } from './catalogue-php.ts';
import { render } from './catalogue-render.ts';
import { manifestFaults, runtimeFaults } from './catalogue-rules.ts';
import { AppSchema, RuntimeSchema, toManifest } from './catalogue-schema.ts';
import { loadShared, type SharedSettings, sharesFaults } from './catalogue-shared.ts';
import { readShared } from './catalogue-split.ts';
import { readSummary } from './catalogue-summary.ts';
import { digestOf, listFiles } from './catalogue-tree.ts';
import { type Fault, readYaml } from './catalogue-yaml.ts';

export interface CatalogueOptions {
  /** Absolute; holds `apps/`, `runtimes/`, `layers/` and `settings/`. */
  readonly templatesFolder: string;
  /** Addresses of source repositories by which the operator replaces those of the manifests. */
  readonly repos: ReadonlyMap<string, string>;
}

/**
 * Reads every app and runtime once. One with faults does not hinder the others: it is listed, and asking for it
 * throws all that is wrong with it.
 */
export function createCatalogue({ templatesFolder, repos }: CatalogueOptions): AppCatalogue {
  const runtimes = new Map(foldersIn(join(templatesFolder, 'runtimes')).map((name) => [name, loadRuntime(templatesFolder, name)]));
  const shared = loadShared(join(templatesFolder, 'settings'));
  const apps = new Map(
    foldersIn(join(templatesFolder, 'apps')).map((name) => [name, loadApp(templatesFolder, name, runtimes, shared, repos)]),
  );

  const appOf = (name: string): LoadedApp => {
    const app = apps.get(name);
    if (app === undefined) throw new NotFound('aplikasi-tidak-ada', `Aplikasi "${name}" tidak dikenal.`);
    if (app instanceof Invalid) throw app;
    return app;
  };
  return {
    names: () => [...apps.keys()],
    entry(name, runtime) {
      const { entries } = appOf(name);
      const chosen = runtime === undefined ? entries[0] : entries.find((entry) => entry.runtime.name === runtime);
      if (chosen === undefined)
        throw new NotFound('sistem-dasar-tidak-ada', `Aplikasi "${name}" tidak dapat berjalan di ${runtime ?? '-'}.`);
      return chosen;
    },
    runtimeFor(name, requirement) {
      const { entries } = appOf(name);
      const runtimesOfApp = entries.map(({ runtime }) => runtime);
      return chooseRuntime(entries[0]?.manifest.title ?? name, runtimesOfApp, requirement);
    },
    render,
    fileTemplate(name, template) {
      const text = appOf(name).templates.get(template);
      if (text === undefined) throw new NotFound('templat-tidak-ada', `Aplikasi "${name}" tidak mempunyai berkas files/${template}.`);
      return text;
    },
  };
}

interface LoadedApp {
  /** One for each runtime it may run on, the best first. */
  readonly entries: readonly CatalogueEntry[];
  readonly templates: ReadonlyMap<string, string>;
}

interface LoadedRuntime {
  readonly runtime: RuntimeManifest;
  readonly folders: readonly string[];
  readonly digest: string;
}

function loadApp(
  templatesFolder: string,
  name: string,
  runtimes: ReadonlyMap<string, LoadedRuntime | Invalid>,
  shared: SharedSettings,
  repos: ReadonlyMap<string, string>,
): LoadedApp | Invalid {
  const folder = join(templatesFolder, 'apps', name);
  const text = readText(folder, 'app.yaml');
  if (text === null) return invalid(`apps/${name}`, [{ file: 'app.yaml', key: '', text: 'tidak ada' }]);
  const { value, faults } = readYaml('app.yaml', text, AppSchema);
  if (value === null) return invalid(`apps/${name}`, faults);

  const manifest = toManifest(value, shared.groups);
  const layers = layersOf(templatesFolder, value.layers ?? [], folder, 'app.yaml');
  const files = join(folder, 'files');
  const templates = new Map(listFiles(files).map((path) => [path, readFileSync(join(files, path), 'utf8')]));
  const { combined, faults: combinedFaults } = readCombined(readText(folder, 'gabungan.yaml'));
  const { summary, faults: summaryFaults } = readSummary(readText(folder, 'ringkasan.yaml'), combined);
  const { shared: splits, faults: splitFaults } = readShared(readText(folder, 'pisah.yaml'));
  const wanted = manifest.runtimes ?? [manifest.runtime];
  const bases = wanted.map((wish) => runtimes.get(wish) ?? wish);
  const found = [
    ...combinedFaults,
    ...sharesFaults(value.shares ?? [], shared),
    ...summaryFaults,
    ...splitFaults,
    ...manifestFaults(name, manifest, templates, new Set(listFiles(join(folder, 'source')))),
    ...layers.faults,
    ...bases.flatMap((base): readonly Fault[] => {
      if (typeof base === 'string') return [{ file: 'app.yaml', key: 'runtime', text: `runtimes/${base} tidak ada` }];
      return base instanceof Invalid ? [{ file: 'app.yaml', key: 'runtime', text: `rusak. ${base.message}` }] : [];
    }),
  ];
  if (found.length > 0) return invalid(`apps/${name}`, found);
  const entries = bases.flatMap((base): readonly CatalogueEntry[] => {
    if (typeof base === 'string' || base instanceof Invalid) return [];
    return [
      {
        manifest: { ...manifest, runtime: base.runtime.name },
        runtime: base.runtime,
        digest: digestOf([text, base.digest], layers.folders),
        runtimeDigest: base.digest,
        runtimeFolders: base.folders,
        imageFolders: layers.folders,
        repo: repos.get(name) ?? manifest.source.repo,
        channels: new Map(
          Object.entries(manifest.source.channels ?? {}).map(([channel, { repo }]) => [channel, repos.get(`${name}-${channel}`) ?? repo]),
        ),
        combined,
        splits,
        summary,
      },
    ];
  });
  return { entries, templates };
}

function loadRuntime(templatesFolder: string, name: string): LoadedRuntime | Invalid {
  const folder = join(templatesFolder, 'runtimes', name);
  const text = readText(folder, 'runtime.yaml');
  if (text === null) return invalid(`runtimes/${name}`, [{ file: 'runtime.yaml', key: '', text: 'tidak ada' }]);
  const { value, faults } = readYaml('runtime.yaml', text, RuntimeSchema);
  if (value === null) return invalid(`runtimes/${name}`, faults);
  const layers = layersOf(templatesFolder, value.layers ?? [], folder, 'runtime.yaml');
  const found = [...runtimeFaults(name, value), ...layers.faults];
  if (found.length > 0) return invalid(`runtimes/${name}`, found);
  return { runtime: value, folders: layers.folders, digest: digestOf([text], layers.folders) };
}

function invalid(folder: string, faults: readonly Fault[]): Invalid {
  const lines = faults.map(({ file, key, text }) => `- ${folder}/${file}${key === '' ? '' : `, ${key}`}: ${text}`);
  return new Invalid('manifes-salah', `Templat ${folder} salah:\n${lines.join('\n')}`, { field: faults[0]?.key ?? '' });
}

function readText(folder: string, name: string): string | null {
  const file = join(folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

function foldersIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .toSorted();
}
