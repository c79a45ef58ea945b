import { size } from '../../src/ui/present.ts';
import { pruneNow } from '../../src/workflows/commands/prune-images.ts';
import { barRelease, setPin } from '../../src/workflows/commands/rollouts.ts';
import { channelsInUse } from '../../src/workflows/compose-rollout.ts';
import { lookAtDeployed, overviewOf, type ReleaseOverview } from '../../src/workflows/release-overview.ts';
import { refreshSource } from '../../src/workflows/releases.ts';
import { chooseInstallation, findTenant } from './choose.ts';
import { commandName } from './output.ts';
import { table } from './table.ts';
import type { Subject, Verb } from './verb.ts';

const APP: readonly [string, string] = ['<aplikasi>', 'nama aplikasi, misalnya opensid'];

const list: Verb = {
  name: 'daftar',
  aliases: ['list', 'ls'],
  summary: 'rilis suatu aplikasi, yang terbaru di atas: desa pemakainya, image, yang ditahan',
  args: [APP],
  options: [['--segarkan', 'tanyakan dahulu ke sumber kodenya']],
  examples: ['rilis daftar opensid --segarkan'],
  async run({ tools, actor, output }, input) {
    const entry = tools.apps.entry(input.value('aplikasi'));
    const { manifest } = entry;
    if (input.flag('segarkan')) {
      for (const channel of ['', ...(await channelsInUse(tools, manifest.name))]) {
        await refreshSource(tools, entry, channel, new AbortController().signal);
      }
    }
    const rows = await overviewOf(tools, manifest.name, await lookAtDeployed(tools, actor.wilayah));
    output.answer({ rows }, () => {
      if (rows.length > 0) return releasesText(rows, output.width);
      return `Belum ada rilis ${manifest.title} di server ini. Tanyakan ke sumbernya: ${commandName()} rilis daftar ${manifest.name} --segarkan`;
    });
    return 0;
  },
};

function releasesText(rows: readonly ReleaseOverview[], width: number | null): string {
  const columns = [
    ...[{ title: 'Rilis' }, { title: 'Commit', spare: true as const }, { title: 'Desa', align: 'right' as const }],
    ...[
      { title: 'Image', align: 'right' as const },
      { title: 'Keterangan', flexible: true as const },
    ],
  ];
  const cells = rows.map(({ tag, commit, desa, images, barred, note }) => [
    ...[tag, commit?.slice(0, 10) ?? '–', String(desa.length), images[0] === undefined ? '–' : size(images[0].bytes)],
    barred === null ? (note?.split('\n', 1)[0] ?? '') : `ditahan: ${barred}`,
  ]);
  return table(columns, cells, width);
}

const bar: Verb = {
  name: 'tahan',
  aliases: ['bar'],
  summary: 'melarang suatu rilis dipakai',
  args: [APP, ['<tag>', 'rilisnya']],
  options: [['--sebab <kalimat>', 'mengapa; terbaca oleh yang mencoba memakainya']],
  examples: ['rilis tahan opensid v2410.0.0 --sebab "Laporan penduduk galat"'],
  async run({ tools, actor, output }, input) {
    const [app, tag] = [input.value('aplikasi'), input.value('tag')];
    await barRelease(tools, actor, app, tag, input.optional('sebab') ?? `Ditahan oleh ${actor.username}.`);
    output.answer({ ok: true }, () => `${tag} ditahan. Melepaskannya: ${commandName()} rilis lepas ${app} ${tag}`);
    return 0;
  },
};

const unbar: Verb = {
  name: 'lepas',
  aliases: ['unbar'],
  summary: 'membolehkan lagi rilis yang ditahan',
  args: [APP, ['<tag>', 'rilisnya']],
  async run({ tools, actor, output }, input) {
    await barRelease(tools, actor, input.value('aplikasi'), input.value('tag'), null);
    output.answer({ ok: true }, () => `${input.value('tag')} boleh dipakai lagi.`);
    return 0;
  },
};

const pinning = (name: string, alias: string, summary: string, pinned: boolean): Verb => ({
  name,
  aliases: [alias],
  summary,
  args: [['<kode>', 'kode desa']],
  options: [['--aplikasi <nama>', 'aplikasi yang mana, bila ada beberapa']],
  async run({ tools, actor, output }, input) {
    const tenant = await findTenant(tools, input.value('kode'));
    const { id, app, tag } = chooseInstallation(tools, tenant, input.optional('aplikasi'));
    await setPin(tools, actor, id, pinned);
    output.answer({ app, tag, pinned }, () => `${app} di ${tenant.nama} ${pinned ? `tetap ${tag}` : 'ikut pembaruan lagi'}.`);
    return 0;
  },
});

const prune: Verb = {
  name: 'rapikan',
  aliases: ['prune'],
  summary: 'menghapus image rilis lama yang tidak dipakai lagi',
  async run({ tools, actor, output }) {
    const done = await pruneNow(tools, actor, new AbortController().signal);
    output.answer({ done }, () => done);
    return 0;
  },
};

export const RELEASES: Subject = {
  name: 'rilis',
  aliases: ['release', 'releases'],
  summary: 'rilis tiap aplikasi',
  verbs: [
    ...[list, bar, unbar],
    pinning('kunci', 'pin', 'membiarkan suatu desa pada versinya', true),
    pinning('lepas-kunci', 'unpin', 'mengikutkan suatu desa lagi dalam pembaruan', false),
    prune,
  ],
};
