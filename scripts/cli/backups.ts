import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { backupView, drillAgeView } from '../../src/api/backups.ts';
import type { Backup } from '../../src/domain/backup.ts';
import { NotFound } from '../../src/domain/errors.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { parseKodeTenant } from '../../src/domain/wilayah.ts';
import { REASONS, size } from '../../src/ui/present.ts';
import { linkBackup, openBackup } from '../../src/workflows/commands/backup-link.ts';
import { requestDrill } from '../../src/workflows/commands/change.ts';
import { overviewDrills } from '../../src/workflows/drills.ts';
import { previewRestore } from '../../src/workflows/restore-preview.ts';
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
      ...(desa === null ? {} : { kode: parseKodeTenant(desa) }),
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

const turns: Verb = {
  name: 'giliran',
  aliases: ['drills'],
  summary: 'kapan pemulihan setiap aplikasi terakhir terbukti, yang paling lama di atas',
  options: [['--jumlah <n>', 'banyaknya baris (bawaan: 50)']],
  async run({ tools, actor, config, output }, input) {
    const { oldest, proven, total } = await overviewDrills(tools, actor, null, parseCount('jumlah', input.optional('jumlah'), 50, 5_000));
    output.answer({ proven, total, rows: oldest.map(drillAgeView) }, () => {
      const cells = oldest.map(({ kode, app, provenAt }) => [kode, titleOf(tools.apps, app), when(provenAt, config)]);
      const columns = [
        { title: 'Desa' },
        { title: 'Aplikasi', flexible: true as const },
        { title: 'Terakhir terbukti', flexible: true as const },
      ];
      return `${proven} dari ${total} aplikasi pernah diuji lagi.\n${table(columns, cells, output.width)}`;
    });
    return 0;
  },
};

const preview: Verb = {
  name: 'pratinjau',
  aliases: ['preview'],
  summary: 'apa yang berubah bila cadangan dipulihkan',
  args: [['<id>', 'nomor cadangan']],
  async run({ tools, output }, input) {
    const { backup, changes, ...rest } = await previewRestore(tools, await findBackup(tools, input.value('id')));
    output.answer({ ...rest, changes, backup: backupView(backup) }, () => {
      const cells = changes.map((one) => [one.table, String(one.now ?? '–'), String(one.inBackup ?? '–')]);
      const columns = [
        { title: 'Tabel' },
        { title: 'Sekarang', align: 'right' as const },
        { title: 'Di cadangan', align: 'right' as const },
      ];
      const release = rest.tagNow === backup.tag ? backup.tag : `${rest.tagNow ?? 'tidak terpasang'} menjadi ${backup.tag}`;
      const text = changes.length === 0 ? 'Banyaknya baris sama di semua tabel.' : table(columns, cells, output.width);
      return `Versi: ${release}\n${text}\n${rest.sameTables} tabel berisi baris sama banyak.`;
    });
    return 0;
  },
};

const download: Verb = {
  name: 'unduh',
  aliases: ['download'],
  summary: 'menyimpan sebuah cadangan ke satu berkas tar; dicatat',
  args: [['<id>', 'nomor cadangan']],
  options: [['--ke <berkas>', 'berkas tujuan, belum ada (bawaan: di folder ini)']],
  async run({ tools, actor, output }, input) {
    const link = await linkBackup(tools, actor, input.value('id'));
    const { name, content, bytes } = await openBackup(tools, actor, link.id);
    const file = input.optional('ke') ?? name;
    // Residents' data: for whoever asked alone.
    await pipeline(content, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    output.answer({ file, bytes }, () => `${file} (${size(bytes)})`);
    return 0;
  },
};

async function findBackup({ backups }: Toolbox, id: string): Promise<Backup> {
  const backup = await backups.find(id);
  if (backup !== null) return backup;
  throw new NotFound('cadangan-tidak-ada', 'Cadangan ini tidak ada.');
}

export const BACKUPS: Subject = {
  name: 'cadangan',
  aliases: ['backup', 'backups'],
  summary: 'cadangan desa yang terpasang',
  verbs: [listBackups, preview, drill, turns, download],
};
