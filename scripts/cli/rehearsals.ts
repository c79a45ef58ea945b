import { duration, MEMBER_WORDS, ROLLOUT_WORDS } from '../../src/ui/present.ts';
import { startRehearsal } from '../../src/workflows/commands/rehearsals.ts';
import { type RehearsalResult, resultOf, seeRehearsal, suggestCanaries } from '../../src/workflows/rehearsals.ts';
import { parseCount } from './choose.ts';
import { commandName } from './output.ts';
import { admit, causesText, HOURS } from './rollout-words.ts';
import { pairs, table } from './table.ts';
import type { Subject, Verb } from './verb.ts';
import { titleOf, when } from './words.ts';

const start: Verb = {
  name: 'mulai',
  aliases: ['start'],
  summary: 'mencoba pembaruan pada cadangan, di tempat terpisah; desa tidak tersentuh',
  args: [['<aplikasi>', 'nama aplikasi']],
  options: [
    ['--versi <tag>', 'rilis yang dicoba (bawaan: yang terbaru)'],
    ['--desa <kode,...>', 'hanya desa ini, dipisahkan koma'],
    ['--percobaan', 'hanya desa percobaan yang disarankan'],
    ['--wilayah <kode>', 'hanya desa di wilayah ini, misalnya satu kecamatan'],
    ['--serentak <n>', 'banyaknya desa sekaligus (bawaan: 4)'],
    HOURS,
  ],
  examples: ['gladi mulai opensid --percobaan', 'gladi mulai opensid --wilayah 52.01.14 --jam 22:00-05:00'],
  async run({ tools, actor, output }, input) {
    const app = input.value('aplikasi');
    const named = (input.optional('desa') ?? '').split(',').filter((kode) => kode !== '');
    const only = input.flag('percobaan') ? [...named, ...(await suggestCanaries(tools, app))] : named;
    const { rolloutId } = await startRehearsal(tools, actor, {
      ...{ app, tag: input.optional('versi'), only, within: input.optional('wilayah'), window: input.optional('jam') },
      concurrency: parseCount('serentak', input.optional('serentak'), 4, 32),
    });
    output.answer({ rolloutId }, () => `Gladi ${rolloutId} dimulai.\nLihat: ${commandName()} gladi lihat ${rolloutId}`);
    return 0;
  },
};

const list: Verb = {
  name: 'daftar',
  aliases: ['list', 'ls'],
  summary: 'gladi bersih, yang terbaru di atas',
  async run({ tools, actor, config, output }) {
    const rows = await tools.rollouts.list({ work: 'rehearse', within: actor.wilayah, limit: 30 });
    output.answer({ rows }, () => {
      if (rows.length === 0) return `Belum ada. Mulai: ${commandName()} gladi mulai <aplikasi>`;
      const columns = [
        { title: 'Nomor' },
        { title: 'Rilis', flexible: true as const },
        { title: 'Keadaan' },
        { title: 'Mulai', flexible: true as const },
      ];
      const cells = rows.map(({ id, app, tag, state, createdAt }) => [
        ...[id, `${titleOf(tools.apps, app)} ${tag ?? ''}`, ROLLOUT_WORDS[state], when(createdAt, config)],
      ]);
      return table(columns, cells, output.width);
    });
    return 0;
  },
};

const show: Verb = {
  name: 'lihat',
  aliases: ['show'],
  summary: 'hasil satu gladi: setiap desa, sebab gagalnya, dan perkiraan lamanya pembaruan',
  args: [['<nomor>', 'nomor gladi']],
  async run({ tools, actor, output }, input) {
    const view = await seeRehearsal(tools, actor, input.value('nomor'));
    const result = await resultOf(tools, view);
    output.answer({ ...view.rollout, ...result }, () => {
      const { app, tag, state, reason } = view.rollout;
      const facts: [string, string][] = [
        ['Rilis', `${titleOf(tools.apps, app)} ${tag ?? ''}`],
        ['Keadaan', `${ROLLOUT_WORDS[state]}${reason === null ? '' : `: ${reason}`}`],
        ['Perkiraan pembaruan', result.estimatedMinutes === null ? '–' : `${Math.max(1, Math.round(result.estimatedMinutes))} menit`],
      ];
      return [pairs(facts), membersText(result, output.width), causesText(result.causes)].filter((text) => text !== '').join('\n\n');
    });
    return result.causes.length > 0 ? 1 : 0;
  },
};

function membersText({ members }: RehearsalResult, width: number | null): string {
  const cells = members.map(({ kode, state, seconds, forgiven, jobId }) => [
    ...[kode, `${state === 'done' ? 'Lulus' : MEMBER_WORDS[state]}${forgiven ? ', diikutkan' : ''}`],
    ...[seconds === null ? '–' : duration(seconds * 1_000), jobId],
  ]);
  return table(
    [{ title: 'Desa' }, { title: 'Hasil', flexible: true }, { title: 'Lama' }, { title: 'Pekerjaan', spare: true }],
    cells,
    width,
  );
}

export const REHEARSALS: Subject = {
  name: 'gladi',
  aliases: ['rehearsal', 'rehearsals'],
  summary: 'gladi bersih pembaruan dengan cadangan',
  verbs: [start, list, show, admit],
};
