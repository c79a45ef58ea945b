import { archiveView } from '../../src/api/views.ts';
import type { Archive } from '../../src/domain/ports-records.ts';
import { parseKodeTenant } from '../../src/domain/wilayah.ts';
import { size } from '../../src/ui/present.ts';
import { requestUnarchive } from '../../src/workflows/commands/installations.ts';
import { paint } from '../terminal/screen.ts';
import { parseCount } from './choose.ts';
import { followJob } from './follow.ts';
import { commandName } from './output.ts';
import type { Session } from './session.ts';
import { table } from './table.ts';
import type { Subject, Verb } from './verb.ts';
import { titleOf, when } from './words.ts';

const listArchives: Verb = {
  name: 'daftar',
  aliases: ['list', 'ls'],
  summary: 'arsip aplikasi yang sudah dihapus, yang terbaru di atas',
  options: [
    ['--desa <kode>', 'hanya arsip desa ini'],
    ['--jumlah <n>', 'banyaknya baris (bawaan: 50)'],
  ],
  async run(session, input) {
    const { tools, output } = session;
    const desa = input.optional('desa');
    const rows = await tools.archives.list({
      limit: parseCount('jumlah', input.optional('jumlah'), 50, 200),
      ...(desa === null ? {} : { kode: parseKodeTenant(desa) }),
    });
    output.answer({ rows: rows.map(archiveView) }, () => (rows.length === 0 ? 'Tidak ada arsip.' : archiveTable(session, rows)));
    return 0;
  },
};

const restoreArchive: Verb = {
  name: 'pulihkan',
  aliases: ['restore'],
  summary: 'memasang lagi aplikasi yang dihapus, dengan data dari arsipnya',
  args: [['<id>', 'nomor arsip']],
  options: [['--ikuti', 'tunggu sampai selesai sambil menampilkan langkahnya']],
  async run(session, input) {
    const { tools, actor, output } = session;
    const { jobId } = await requestUnarchive(tools, actor, { archiveId: input.value('id') });
    if (input.flag('ikuti')) return followJob(session, jobId);
    output.answer({ jobId }, () => `Arsip akan dipulihkan: pekerjaan ${jobId}.\nIkuti: ${commandName()} pekerjaan ikuti ${jobId}`);
    return 0;
  },
};

export const ARCHIVES: Subject = {
  name: 'arsip',
  aliases: ['archive', 'archives'],
  summary: 'arsip aplikasi yang sudah dihapus',
  verbs: [listArchives, restoreArchive],
};

function archiveTable({ tools, config, output }: Session, rows: readonly Archive[]): string {
  const columns = [
    ...[{ title: 'Arsip' }, { title: 'Desa' }, { title: 'Aplikasi', flexible: true as const }, { title: 'Rilis', spare: true as const }],
    ...[{ title: 'Besar', align: 'right' as const, spare: true as const }, { title: 'Dibuat', flexible: true as const }, { title: 'Utuh' }],
  ];
  const cells = rows.map(({ id, kode, app, tag, bytes, createdAt, verifiedAt }) => [
    ...[id, kode, titleOf(tools.apps, app), tag, size(bytes), when(createdAt, config)],
    verifiedAt === null ? paint('red', 'belum') : paint('green', 'ya'),
  ]);
  return table(columns, cells, output.width);
}
