import { Invalid } from '../../src/domain/errors.ts';
import { estimateEnd, type Member } from '../../src/domain/rollout.ts';
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
import { parseCount } from './choose.ts';
import { commandName } from './output.ts';
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
  ],
  examples: ['pembaruan mulai opensid --percobaan 52.01.14.2001'],
  async run({ tools, actor, output }, input) {
    const canaries = (input.optional('percobaan') ?? '').split(',').filter((kode) => kode !== '');
    const { rolloutId } = await startRollout(tools, actor, {
      ...{ app: input.value('aplikasi'), tag: input.optional('versi'), canaries, within: input.optional('wilayah') },
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
  async run({ tools, config, output }) {
    const rows = await tools.rollouts.list({ limit: 30 });
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
  async run({ tools, config, output }, input) {
    const rollout = await tools.rollouts.find(input.value('nomor'));
    if (rollout === null) throw new Invalid('pembaruan-tidak-ada', 'Pembaruan serentak ini tidak ada.');
    const members = await tools.rollouts.members(rollout.id);
    const end = estimateEnd(rollout, members, tools.clock.now());
    output.answer({ ...rollout, members, estimatedEnd: end }, () => {
      const facts: [string, string][] = [
        ['Isi', `${WORK_WORDS[rollout.work]} ${titleOf(tools.apps, rollout.app)} ${rollout.tag ?? ''}`],
        ['Keadaan', `${ROLLOUT_WORDS[rollout.state]}${rollout.reason === null ? '' : `: ${rollout.reason}`}`],
        ['Perkiraan selesai', when(end, config)],
        ['Situs terkunci', lockedText(members)],
      ];
      const waves = Map.groupBy(members, ({ wave }) => wave);
      const cells = [...waves].map(([wave, of]) => [String(wave + 1), String(of.length), countsText(of)]);
      return [
        pairs(facts),
        table([{ title: 'Gelombang' }, { title: 'Desa' }, { title: 'Keadaan', flexible: true }], cells, output.width),
      ].join('\n\n');
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
    move('hentikan', 'halt', 'tidak memulai desa berikutnya', haltRollout),
    move('lanjutkan', 'resume', 'meneruskan yang dihentikan', resumeRollout),
    move('akhiri', 'end', 'mengakhiri yang dihentikan; sisanya dibiarkan', endRollout),
    move('coba-lagi', 'retry', 'mengulang desa yang gagal', (tools, actor, id) => retryMembers(tools, actor, id, null)),
    move('mundurkan', 'return', 'memundurkan versi semua desa yang sudah diperbarui', (tools, actor, id) =>
      returnRollout(tools, actor, id, null),
    ),
  ],
};
