import type { AppManifest, RuntimeManifest } from '../domain/manifest.ts';
import { DB_PASSWORD, READER_PASSWORD } from '../domain/plan.ts';
import { faultOf, secretNames } from '../domain/setting.ts';
import { knownPlaceholders, placeholderFaults } from './catalogue-render.ts';
import type { Fault } from './catalogue-yaml.ts';

/** Folders of the container that are Pendopo's own. */
const RESERVED = ['/run', '/tmp', '/proc', '/sys', '/dev', '/etc'];

/**
 * What a shape cannot say about an app: names that must agree, and placeholders that must have a value.
 * @param templates the files below `files/`
 */
export function manifestFaults(
  folder: string,
  manifest: AppManifest,
  templates: ReadonlyMap<string, string>,
  sourceFiles: ReadonlySet<string>,
): readonly Fault[] {
  const rules = [
    nameFaults(folder, manifest),
    sourceFaults(manifest, sourceFiles),
    volumeFaults(manifest),
    settingFaults(manifest),
    reachFaults(manifest),
    fileFaults(manifest, templates),
    commandFaults(manifest),
    probeFaults(manifest),
  ];
  return rules.flat().map(([key, text, file = 'app.yaml']) => ({ file, key, text }));
}

/** Key, text, and the file when it is not app.yaml. */
type Found = readonly [key: string, text: string, file?: string];

function nameFaults(folder: string, { name }: AppManifest): readonly Found[] {
  return name === folder ? [] : [['name', `harus sama dengan nama foldernya, "${folder}"`]];
}

function sourceFaults(manifest: AppManifest, sourceFiles: ReadonlySet<string>): readonly Found[] {
  const { repo, tags, version } = manifest.source;
  const bundled: readonly Found[] =
    repo === 'bundled:' && !sourceFiles.has('VERSION') ? [['source.repo', 'bundled: memerlukan berkas source/VERSION']] : [];
  return [
    ...bundled,
    ...patternFaults('source.tags', tags),
    ...channelFaults(manifest),
    ...(version === null ? [] : patternFaults('source.version.pattern', version.pattern)),
  ];
}

/** A channel is chosen by a setting that can have its name. */
function channelFaults({ source, settings }: AppManifest): readonly Found[] {
  return Object.entries(source.channels ?? {}).flatMap(([name, { setting }]): readonly Found[] =>
    settings.some((one) => one.name === setting && one.options.includes(name))
      ? []
      : [[`source.channels.${name}.setting`, `setelan "${setting}" tidak mempunyai pilihan "${name}"`]],
  );
}

function patternFaults(key: string, pattern: string): readonly Found[] {
  try {
    // With an empty alternative it matches anything, and the match tells how many groups there are.
    const groups = (new RegExp(`${pattern}|`).exec('')?.length ?? 1) - 1;
    return groups > 0 ? [] : [[key, 'harus mempunyai paling sedikit satu kelompok (…)']];
  } catch (error) {
    if (error instanceof SyntaxError) return [[key, `bukan ekspresi reguler yang sah: ${error.message}`]];
    throw error;
  }
}

function volumeFaults({ volumes }: AppManifest): readonly Found[] {
  const kept = volumes.flatMap(({ keep, cache }, index): readonly Found[] =>
    keep && cache ? [[`volumes.${index}.cache`, 'yang disimpan di cadangan tidak boleh dikosongkan']] : [],
  );
  const reserved = volumes.flatMap(({ path }, index): readonly Found[] => {
    const taken = RESERVED.find((folder) => path === folder || path.startsWith(`${folder}/`));
    return taken === undefined ? [] : [[`volumes.${index}.path`, `tidak boleh di ${taken}, milik Pendopo atau sistem`]];
  });
  return [
    ...repeated(
      'volumes',
      'name',
      volumes.map(({ name }) => name),
    ),
    ...repeated(
      'volumes',
      'path',
      volumes.map(({ path }) => path),
    ),
    ...kept,
    ...reserved,
  ];
}

function settingFaults({ settings, secrets }: AppManifest): readonly Found[] {
  const unfit = settings.flatMap((setting): readonly Found[] => {
    const key = `settings.${setting.name}`;
    const fault = faultOf(setting, setting.default);
    if (fault !== null) return [[`${key}.default`, fault]];
    if ((setting.kind === 'choice') !== setting.options.length > 0) return [[`${key}.options`, 'diisi hanya bila kind: choice']];
    return setting.kind === 'secret' && setting.default !== '' ? [[`${key}.default`, 'rahasia tidak mempunyai nilai bawaan']] : [];
  });
  const reserved = secrets.flatMap(({ name }, index): readonly Found[] =>
    name === DB_PASSWORD || name === READER_PASSWORD ? [[`secrets.${index}.name`, `${name} sudah dibuat Pendopo sendiri`]] : [],
  );
  return [
    ...repeated(
      'settings',
      'name',
      settings.map(({ name }) => name),
    ),
    ...repeated(
      'secrets',
      'name',
      secrets.map(({ name }) => name),
    ),
    ...unfit,
    ...reserved,
  ];
}

function fileFaults(manifest: AppManifest, templates: ReadonlyMap<string, string>): readonly Found[] {
  const known = knownPlaceholders(manifest);
  const each = manifest.files.flatMap(({ template, volume }, index): readonly Found[] => {
    const text = templates.get(template);
    return [
      ...(text === undefined ? [[`files.${index}.template`, `berkas files/${template} tidak ada`] as const] : []),
      ...(manifest.volumes.some(({ name }) => name === volume)
        ? []
        : [[`files.${index}.volume`, `volume "${volume}" tidak dinyatakan`] as const]),
      ...placeholderFaults(text ?? '', known, template).map((fault): Found => ['', fault, `files/${template}`]),
    ];
  });
  return [
    ...repeated(
      'files',
      'to',
      manifest.files.map(({ volume, to }) => `${volume}/${to}`),
    ),
    ...each,
  ];
}

function commandFaults(manifest: AppManifest): readonly Found[] {
  const known = knownPlaceholders(manifest);
  return Object.entries(manifest.commands).flatMap(([name, command]) => {
    const input: Readonly<Record<string, string>> = command?.input ?? {};
    return Object.entries(input).flatMap(([key, text]) =>
      placeholderFaults(text, known).map((fault): Found => [`commands.${name}.input.${key}`, fault]),
    );
  });
}

function probeFaults(manifest: AppManifest): readonly Found[] {
  // A page that shows a secret would not be a page to look for.
  const secrets = new Set(secretNames(manifest).map((name) => `setting.${name}`));
  const known = new Set([...knownPlaceholders(manifest)].filter((name) => !name.startsWith('secret.') && !secrets.has(name)));
  const live: readonly Found[] = manifest.probes.some(({ kind }) => kind === 'live')
    ? []
    : [['probes', 'paling sedikit satu harus kind: live']];
  return [
    ...live,
    ...manifest.probes.flatMap(({ contains, lacks }, index) => [
      ...contains.flatMap((text, at) => placeholderFaults(text, known).map((fault): Found => [`probes.${index}.contains.${at}`, fault])),
      ...lacks.flatMap((text, at): readonly Found[] =>
        text.includes('{{') ? [[`probes.${index}.lacks.${at}`, 'tidak mengenal penanda']] : [],
      ),
    ]),
  ];
}

/** Longer ones would not fit the name of a read account. */
const READER_LENGTH = 20;

/** What it may reach, and what may reach it. */
function reachFaults({ name, scope, mount, reads, front }: AppManifest): readonly Found[] {
  const paths = [...(front?.deny ?? []), ...(front?.readOnly ?? [])];
  const outside = paths.filter((path) => mount !== '/' && path !== mount && !path.startsWith(`${mount}/`));
  return [
    ...outside.map((path): Found => ['front', `${path} tidak berada di bawah ${mount}`]),
    // The combined database holds the residents of every desa.
    ...(reads !== undefined && scope !== 'kabupaten' ? [['reads', 'hanya untuk aplikasi dengan scope: kabupaten'] as const] : []),
    ...(reads !== undefined && name.length > READER_LENGTH
      ? [['name', `paling panjang ${READER_LENGTH} huruf bila ada reads`] as const]
      : []),
  ];
}

function repeated(list: string, key: string, values: readonly string[]): readonly Found[] {
  return values.flatMap((value, index): readonly Found[] =>
    values.indexOf(value) === index ? [] : [[`${list}.${index}.${key}`, `"${value}" sudah dipakai di atas`]],
  );
}

export function runtimeFaults(folder: string, runtime: RuntimeManifest): readonly Fault[] {
  const faults: Fault[] = [];
  if (runtime.name !== folder) faults.push({ file: 'runtime.yaml', key: 'name', text: `harus sama dengan nama foldernya, "${folder}"` });
  if (!runtime.serve[0]?.startsWith('/')) faults.push({ file: 'runtime.yaml', key: 'serve.0', text: 'harus alamat mutlak sebuah program' });
  return faults;
}
