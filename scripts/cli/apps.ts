import { newestFirst } from '../../src/domain/app.ts';
import type { AppManifest } from '../../src/domain/manifest.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { type Listed, listApps } from '../../src/ui/catalogue.ts';
import { paint } from '../terminal/screen.ts';
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

export const APPS: Subject = {
  name: 'aplikasi',
  aliases: ['app', 'apps'],
  summary: 'aplikasi yang dapat dipasang',
  verbs: [listVerb],
};

/** As the API's list of apps has it. */
async function appView({ releases }: Toolbox, manifest: AppManifest): Promise<Record<string, unknown>> {
  const { name, title, description, scope, sample, untested = false, mount, settings } = manifest;
  const known = (await releases.list(name)).map(({ tag, version, commit }) => ({ tag, version, commit }));
  const order = newestFirst(
    manifest,
    known.map(({ tag }) => tag),
  );
  const sorted = order.flatMap((tag) => known.filter((release) => release.tag === tag));
  return { name, title, description, scope, sample, untested, mount, settings, releases: sorted };
}

function appsText(listed: readonly Listed[], width: number | null): string {
  return listed
    .map(({ name, entry, fault }) => {
      if (entry === null) return `${paint('bold', name)}\n${paint('red', `Manifesnya salah: ${fault.message}`)}`;
      const { title, description, mount, sample, untested = false, settings } = entry.manifest;
      const head = `${paint('bold', title)}${sample ? ' (contoh)' : ''}${untested ? ' (belum teruji dengan aplikasi yang sungguhan)' : ''}`;
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
