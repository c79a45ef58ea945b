import { backupView } from '../../src/api/backups.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { REASONS, size } from '../../src/ui/present.ts';
import { requestDrill } from '../../src/workflows/commands/change.ts';
import { parseCount } from './choose.ts';
import { followJob } from './follow.ts';
import { commandName } from './output.ts';
import { table } from './table.ts';
import type { Subject, Verb } from './verb.ts';
import { titleOf, when } from './words.ts';

const listBackups: Verb = {
  name: 'daftar',
  aliases: ['list', 'ls'],
  summary: 'cadangan yang terbukti, yang terbaru di atas',
  options: [
    ['--desa <kode>', 'hanya cadangan desa ini'],
    ['--jumlah <n>', 'banyaknya baris (bawaan: 50)'],
  ],
  async run({ tools, config, output }, input) {
    const desa = input.optional('desa');
    const rows = await tools.backups.list({
      limit: parseCount('jumlah', input.optional('jumlah'), 50, 200),
      ...(desa === null ? {} : { kode: parseKodeDesa(desa) }),
    });
    output.answer({ rows: rows.map(backupView) }, () => {
      if (rows.length === 0) return 'Belum ada cadangan.';
      const columns = [
        ...[
          { title: 'Cadangan' },
          { title: 'Desa' },
          { title: 'Aplikasi', flexible: true as const },
          { title: 'Rilis', spare: true as const },
        ],
        ...[
          { title: 'Sebab', flexible: true as const },
          { title: 'Besar', align: 'right' as const, spare: true as const },
        ],
        ...[
          { title: 'Dibuat', flexible: true as const },
          { title: 'Diuji lagi', flexible: true as const },
        ],
      ];
      const cells = rows.map(({ id, kode, app, tag, reason, bytes, createdAt, provenAt }) => [
        ...[id, kode, titleOf(tools.apps, app), tag, REASONS[reason], size(bytes), when(createdAt, config), when(provenAt, config)],
      ]);
      return table(columns, cells, output.width);
    });
    return 0;
  },
};

const drill: Verb = {
  name: 'uji',
  aliases: ['drill'],
  summary: 'memulihkan cadangan ke tempat percobaan dan membandingkannya',
  args: [['<id>', 'nomor cadangan']],
  options: [['--ikuti', 'tunggu sampai selesai sambil menampilkan langkahnya']],
  async run(session, input) {
    const { jobId } = await requestDrill(session.tools, session.actor, { backupId: input.value('id') });
    if (input.flag('ikuti')) return followJob(session, jobId);
    session.output.answer({ jobId }, () => `Cadangan akan diuji: pekerjaan ${jobId}.\nIkuti: ${commandName()} pekerjaan ikuti ${jobId}`);
    return 0;
  },
};

export const BACKUPS: Subject = {
  name: 'cadangan',
  aliases: ['backup', 'backups'],
  summary: 'cadangan desa yang terpasang',
  verbs: [listBackups, drill],
};
