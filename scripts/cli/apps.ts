import { newestFirst, type Release, versionOfTag } from '../../src/domain/app.ts';
import type { AppManifest } from '../../src/domain/manifest.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { type Listed, listApps } from '../../src/ui/catalogue.ts';
import { paint } from '../terminal/screen.ts';
import { commandName } from './output.ts';
import { pairs, table } from './table.ts';
import type { Subject, Verb } from './verb.ts';

const listVerb: Verb = {
  name: 'daftar',
  aliases: ['list', 'ls'],
  summary: 'aplikasi yang dapat dipasang, dengan setelannya',
  async run({ tools, output }) {
    const listed = listApps(tools.apps);
    const rows = await Promise.all(listed.flatMap(({ entry }) => (entry === null ? [] : [appView(tools, entry.manifest)])));
    const faults = listed.flatMap(({ name, fault }) => (fault === null ? [] : [{ name, detail: fault.message }]));
    output.answer({ rows, faults }, () => appsText(listed, output.width));
    return 0;
  },
};

const releasesVerb: Verb = {
  name: 'daftar',
  aliases: ['list', 'ls'],
  summary: 'rilis suatu aplikasi yang ada di server ini, yang terbaru di atas',
  args: [['<aplikasi>', 'nama aplikasi, misalnya opensid']],
  options: [['--segarkan', 'tanyakan dahulu ke sumber kodenya']],
  examples: ['rilis daftar opensid --segarkan'],
  async run({ tools, output }, input) {
    const { manifest, repo } = tools.apps.entry(input.value('aplikasi'));
    if (input.flag('segarkan')) {
      const signal = new AbortController().signal;
      await tools.locks.withLock(`source ${manifest.name}`, signal, () => tools.sources.refresh(manifest.name, repo, signal));
    }
    const rows = await releasesOf(tools, manifest);
    output.answer({ rows }, () => releasesText(rows, manifest, output.width));
    return 0;
  },
};

export const APPS: Subject = {
  name: 'aplikasi',
  aliases: ['app', 'apps'],
  summary: 'aplikasi yang dapat dipasang',
  verbs: [listVerb],
};

export const RELEASES: Subject = {
  name: 'rilis',
  aliases: ['release', 'releases'],
  summary: 'rilis tiap aplikasi',
  verbs: [releasesVerb],
};

/** As the API's list of apps has it. */
async function appView({ releases }: Toolbox, manifest: AppManifest): Promise<Record<string, unknown>> {
  const { name, title, description, scope, sample, mount, settings } = manifest;
  const known = (await releases.list(name)).map(({ tag, version, commit }) => ({ tag, version, commit }));
  const order = newestFirst(
    manifest,
    known.map(({ tag }) => tag),
  );
  const sorted = order.flatMap((tag) => known.filter((release) => release.tag === tag));
  return { name, title, description, scope, sample, mount, settings, releases: sorted };
}

function appsText(listed: readonly Listed[], width: number | null): string {
  return listed
    .map(({ name, entry, fault }) => {
      if (entry === null) return `${paint('bold', name)}\n${paint('red', `Manifesnya salah: ${fault.message}`)}`;
      const { title, description, mount, sample, settings } = entry.manifest;
      const head = `${paint('bold', title)}${sample ? ' (contoh)' : ''}`;
      const facts = pairs([
        ['Nama', name],
        ['Alamat', mount],
      ]);
      const columns = [{ title: 'Setelan' }, { title: 'Arti', flexible: true as const }, { title: 'Pilihan', flexible: true as const }];
      const rows = settings.map((setting) => [`${setting.name}=${setting.default}`, setting.label, setting.options.join(', ')]);
      return [head, description, facts, ...(rows.length === 0 ? [] : [table(columns, rows, width)])].join('\n');
    })
    .join('\n\n');
}

interface ReleaseRow extends Omit<Release, 'commit'> {
  /** null: seen in the source, but not used here yet. */
  readonly commit: string | null;
}

/** Those on record and those in the local copy of the source. */
async function releasesOf({ releases, sources }: Toolbox, manifest: AppManifest): Promise<readonly ReleaseRow[]> {
  const known = new Map((await releases.list(manifest.name)).map((release) => [release.tag, release]));
  const tags = new Set([...known.keys(), ...(await sources.tags(manifest.name))]);
  return newestFirst(manifest, [...tags]).map((tag) => ({
    app: manifest.name,
    tag,
    version: versionOfTag(tag),
    commit: known.get(tag)?.commit ?? null,
  }));
}

function releasesText(rows: readonly ReleaseRow[], { name, title }: AppManifest, width: number | null): string {
  if (rows.length === 0)
    return `Belum ada rilis ${title} di server ini. Tanyakan ke sumbernya: ${commandName()} rilis daftar ${name} --segarkan`;
  const cells = rows.map(({ tag, commit }) => [
    tag,
    commit?.slice(0, 10) ?? '–',
    commit === null ? 'belum pernah dipakai' : 'pernah dipakai',
  ]);
  return table([{ title: 'Rilis' }, { title: 'Commit' }, { title: 'Di server ini' }], cells, width);
}
