import { Invalid } from '../../src/domain/errors.ts';
import { EVERIES, type Every, patternOf, rhythmWords, WEEKDAYS } from '../../src/domain/rhythm.ts';
import { isTask, type Schedule, TASK_NAMES, TASKS } from '../../src/domain/schedule.ts';
import { runTask, saveSchedule } from '../../src/workflows/commands/rollouts.ts';
import type { Input } from './input.ts';
import { commandName } from './output.ts';
import type { Session } from './session.ts';
import { table } from './table.ts';
import type { Subject, Verb } from './verb.ts';
import { when } from './words.ts';

const TASK: readonly [string, string] = ['<tugas>', TASK_NAMES.join(', ')];
const WORDS: Readonly<Record<Every, string>> = { day: 'hari', week: 'minggu', month: 'bulan' };

const list: Verb = {
  name: 'daftar',
  aliases: ['list', 'ls'],
  summary: 'yang berjalan sendiri, kapan berikutnya, dan hasil yang terakhir',
  async run({ tools, config, output }) {
    const [schedules, runs] = await Promise.all([tools.schedules.list(), tools.schedules.runs(100)]);
    const nextOf = ({ enabled, pattern }: Schedule): Date | null => (enabled ? tools.calendar.next(pattern, tools.clock.now()) : null);
    const rows = schedules.map((one) => ({
      ...one,
      label: TASKS[one.task].label,
      next: nextOf(one),
      last: runs.find(({ task }) => task === one.task) ?? null,
    }));
    output.answer({ rows }, () => {
      const columns = [
        ...[{ title: 'Tugas' }, { title: 'Kapan', flexible: true as const }],
        ...[
          { title: 'Berikutnya', flexible: true as const },
          { title: 'Terakhir', flexible: true as const },
        ],
      ];
      const cells = rows.map(({ task, pattern, window, next, last }) => [
        ...[task, `${rhythmWords(pattern)}${window === null ? '' : `, desa dimulai ${window}`}`],
        ...[next === null ? 'tidak aktif' : when(next, config), last === null ? '–' : (last.note ?? 'menunggu')],
      ]);
      return table(columns, cells, output.width);
    });
    return 0;
  },
};

const set: Verb = {
  name: 'atur',
  aliases: ['set'],
  summary: 'mengubah kapan suatu tugas berjalan; yang tidak disebut tetap',
  args: [TASK],
  options: [
    ['--setiap <hari|minggu|bulan>', 'seberapa sering, bersama --pukul'],
    ['--hari <nama>', `untuk minggu: ${WEEKDAYS.join(', ')} (bawaan: Minggu)`],
    ['--tanggal <n>', 'untuk bulan: 1 sampai 28 (bawaan: 1)'],
    ['--pukul <jj:mm>', 'menurut zona kabupaten (bawaan: 02:00)'],
    ['--pola <cron>', 'sebagai ganti --setiap: menit, jam, tanggal, bulan, hari'],
    ['--jam <22:00-05:00>', 'desa hanya dimulai pada jam ini; "selalu" untuk kapan saja'],
    ['--mati', 'tidak lagi berjalan sendiri'],
    ['--hidup', 'berjalan sendiri lagi'],
  ],
  examples: ['jadwal atur perbarui-semua --setiap bulan --tanggal 5 --pukul 03:15', 'jadwal atur uji-cadangan --mati'],
  async run({ tools, actor, config, output }, input) {
    const task = input.value('tugas');
    const known = (await tools.schedules.list()).find((one) => one.task === task);
    const hours = input.optional('jam');
    const saved = await saveSchedule(tools, actor, {
      task,
      pattern: wantedPattern(input) ?? known?.pattern ?? '',
      enabled: input.flag('hidup') || (!input.flag('mati') && (known?.enabled ?? true)),
      ...(hours === null ? {} : { window: hours === 'selalu' ? null : hours }),
    });
    const next = saved.enabled ? tools.calendar.next(saved.pattern, tools.clock.now()) : null;
    output.answer(
      { ...saved, next },
      () => `${saved.task}: ${rhythmWords(saved.pattern)}. ${next === null ? 'Tidak aktif.' : `Berikutnya ${when(next, config)}.`}`,
    );
    return 0;
  },
};

/** null: as it is. @throws Invalid */
function wantedPattern(input: Input): string | null {
  const every = input.optional('setiap');
  if (every === null) return input.optional('pola');
  const found = EVERIES.find((one) => WORDS[one] === every);
  const weekday = WEEKDAYS.findIndex((name) => name.toLowerCase() === (input.optional('hari') ?? 'Minggu').toLowerCase());
  const [, hour = '', minute = ''] = /^(\d{1,2})[:.](\d{2})$/.exec(input.optional('pukul') ?? '02:00') ?? [];
  if (found === undefined || weekday < 0 || hour === '') {
    throw new Invalid('jadwal-salah', 'Tulis --setiap hari, minggu atau bulan, dan --pukul seperti 02:00.', { field: 'setiap' });
  }
  return patternOf({ every: found, weekday, day: Number(input.optional('tanggal') ?? '1'), hour: Number(hour), minute: Number(minute) });
}

const run: Verb = {
  name: 'jalankan',
  aliases: ['run'],
  summary: 'menjalankan suatu tugas satu kali, sekarang',
  args: [TASK],
  async run({ tools, actor, output }: Session, input) {
    const task = input.value('tugas');
    await runTask(tools, actor, task);
    const label = isTask(task) ? TASKS[task].label : task;
    output.answer({ ok: true }, () => `${label}: diminta. Hasilnya: ${commandName()} jadwal daftar`);
    return 0;
  },
};

export const SCHEDULES: Subject = {
  name: 'jadwal',
  aliases: ['schedule', 'schedules'],
  summary: 'yang berjalan sendiri: kapan, dan hasilnya',
  verbs: [list, set, run],
};
