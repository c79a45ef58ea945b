import type { Member } from '../../src/domain/rollout.ts';
import { parseKodeTenant } from '../../src/domain/wilayah.ts';
import { MEMBER_WORDS, ROLLOUT_WORDS, WORK_WORDS } from '../../src/ui/present.ts';
import {
  endRollout,
  haltRollout,
  resumeRollout,
  retryMembers,
  returnRollout,
  skipMember,
  startRollout,
} from '../../src/workflows/commands/rollouts.ts';
import { causesOf, expectedEnd, seeRollout } from '../../src/workflows/rollout-view.ts';
import { parseCount } from './choose.ts';
import { commandName } from './output.ts';
import { admit, causesText, HOURS } from './rollout-words.ts';
import type { Session } from './session.ts';
import { pairs, table } from './table.ts';
import type { Subject, Verb } from './verb.ts';
import { titleOf, when } from './words.ts';

const start: Verb = {
  name: 'mulai',
  aliases: ['start'],
  summary: 'memperbarui semua desa, gelombang demi gelombang',
  args: [['<aplikasi>', 'nama aplikasi']],
  options: [
    ['--versi <tag>', 'rilis yang dituju (bawaan: yang terbaru)'],
    ['--percobaan <kode,...>', 'desa yang lebih dahulu, dipisahkan koma'],
    ['--wilayah <kode>', 'hanya desa di wilayah ini'],
    ['--serentak <n>', 'banyaknya desa sekaligus (bawaan: 4)'],
    ['--per-kecamatan', 'setelah desa percobaan, satu kecamatan satu gelombang'],
    HOURS,
  ],
  examples: ['pembaruan mulai opensid --percobaan 52.01.14.2001'],
  async run({ tools, actor, output }, input) {
    const canaries = (input.optional('percobaan') ?? '').split(',').filter((kode) => kode !== '');
    const { rolloutId } = await startRollout(tools, actor, {
      ...{ app: input.value('aplikasi'), tag: input.optional('versi'), canaries, within: input.optional('wilayah') },
      ...{ window: input.optional('jam'), byKecamatan: input.flag('per-kecamatan') },
      concurrency: parseCount('serentak', input.optional('serentak'), 4, 32),
    });
    output.answer({ rolloutId }, () => `Pembaruan ${rolloutId} dimulai.\nLihat: ${commandName()} pembaruan lihat ${rolloutId}`);
    return 0;
  },
};

const list: Verb = {
  name: 'daftar',
  aliases: ['list', 'ls'],
  summary: 'pembaruan serentak dan putaran malam, yang terbaru di atas',
  async run({ tools, actor, config, output }) {
    const rows = await tools.rollouts.list({ within: actor.wilayah, limit: 30 });
    output.answer({ rows }, () => {
      const columns = [
        { title: 'Nomor' },
        { title: 'Isi', flexible: true as const },
        { title: 'Keadaan' },
        { title: 'Mulai', flexible: true as const },
      ];
      const cells = rows.map(({ id, work, app, tag, state, createdAt }) => [
        ...[id, `${WORK_WORDS[work]} ${titleOf(tools.apps, app)} ${tag ?? ''}`, ROLLOUT_WORDS[state], when(createdAt, config)],
      ]);
      return rows.length === 0 ? 'Belum ada.' : table(columns, cells, output.width);
    });
    return 0;
  },
};

const show: Verb = {
  name: 'lihat',
  aliases: ['show'],
  summary: 'kemajuan satu pembaruan serentak',
  args: [['<nomor>', 'nomor pembaruan']],
  async run({ tools, actor, config, output }, input) {
    const view = await seeRollout(tools, actor, input.value('nomor'));
    const { rollout, members } = view;
    const [end, causes] = [await expectedEnd(tools, view), await causesOf(tools, members)];
    output.answer({ ...rollout, members, causes, estimatedEnd: end }, () => {
      const facts: [string, string][] = [
        ['Isi', `${WORK_WORDS[rollout.work]} ${titleOf(tools.apps, rollout.app)} ${rollout.tag ?? ''}`],
        ['Keadaan', `${ROLLOUT_WORDS[rollout.state]}${rollout.reason === null ? '' : `: ${rollout.reason}`}`],
        ['Perkiraan selesai', when(end, config)],
        ['Situs terkunci', lockedText(members)],
        ...(rollout.window === null ? [] : [['Hanya pada jam', rollout.window] satisfies [string, string]]),
      ];
      const waves = Map.groupBy(members, ({ wave }) => wave);
      const cells = [...waves].map(([wave, of]) => [String(wave + 1), String(of.length), countsText(of)]);
      return [
        pairs(facts),
        table([{ title: 'Gelombang' }, { title: 'Desa' }, { title: 'Keadaan', flexible: true }], cells, output.width),
        causesText(causes),
      ]
        .filter((text) => text !== '')
        .join('\n\n');
    });
    return 0;
  },
};

function countsText(members: readonly Member[]): string {
  return [...Map.groupBy(members, ({ state }) => state)]
    .map(([state, of]) => `${of.length} ${MEMBER_WORDS[state].toLowerCase()}`)
    .join(', ');
}

function lockedText(members: readonly Member[]): string {
  const times = members.flatMap(({ lockedMs }) => (lockedMs === null ? [] : [lockedMs])).sort((a, b) => a - b);
  const at = (share: number): string =>
    `${((times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0) / 1000).toFixed(1)} detik`;
  return times.length === 0 ? '–' : `biasanya ${at(0.5)}, paling lama (95 %) ${at(0.95)}`;
}

type Move = (tools: Session['tools'], actor: Session['actor'], id: string) => Promise<unknown>;
const move = (name: string, alias: string, summary: string, act: Move): Verb => ({
  name,
  aliases: [alias],
  summary,
  args: [['<nomor>', 'nomor pembaruan']],
  async run({ tools, actor, output }, input) {
    await act(tools, actor, input.value('nomor'));
    output.answer({ ok: true }, () => `Selesai: ${name}.`);
    return 0;
  },
});

const again: Verb = {
  name: 'coba-lagi',
  aliases: ['retry'],
  summary: 'mengulang desa yang gagal',
  args: [['<nomor>', 'nomor pembaruan']],
  options: [['--penyebab <sidik>', 'hanya yang gagal karena ini']],
  async run({ tools, actor, output }, input) {
    const { retried } = await retryMembers(tools, actor, input.value('nomor'), input.optional('penyebab'));
    output.answer({ retried }, () => `${retried} desa diulang.`);
    return 0;
  },
};

const back: Verb = {
  name: 'mundurkan',
  aliases: ['return'],
  summary: 'memundurkan versi semua desa yang sudah diperbarui, atau satu gelombang',
  args: [['<nomor>', 'nomor pembaruan']],
  options: [['--gelombang <n>', 'hanya gelombang ini']],
  async run({ tools, actor, output }, input) {
    const wave = input.optional('gelombang') === null ? null : parseCount('gelombang', input.optional('gelombang'), 1, 1_000) - 1;
    const { rolloutId } = await returnRollout(tools, actor, input.value('nomor'), wave);
    output.answer({ rolloutId }, () => `Pemunduran ${rolloutId} dimulai.\nLihat: ${commandName()} pembaruan lihat ${rolloutId}`);
    return 0;
  },
};

const skip: Verb = {
  name: 'lewati',
  aliases: ['skip'],
  summary: 'melewati satu desa',
  args: [
    ['<nomor>', 'nomor pembaruan'],
    ['<kode>', 'kode desa'],
  ],
  async run({ tools, actor, output }, input) {
    await skipMember(tools, actor, input.value('nomor'), parseKodeTenant(input.value('kode')));
    output.answer({ ok: true }, () => 'Desa ini dilewati.');
    return 0;
  },
};

export const ROLLOUTS: Subject = {
  name: 'pembaruan',
  aliases: ['rollout', 'rollouts'],
  summary: 'pembaruan serentak semua desa',
  verbs: [
    start,
    list,
    show,
    skip,
    admit,
    move('hentikan', 'halt', 'tidak memulai desa berikutnya', haltRollout),
    move('lanjutkan', 'resume', 'meneruskan yang dihentikan', resumeRollout),
    move('akhiri', 'end', 'mengakhiri yang dihentikan; sisanya dibiarkan', endRollout),
    again,
    back,
  ],
};
