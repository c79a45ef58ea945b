import { createInterface } from 'node:readline';
import { reportView, sourceView } from '../../src/api/move.ts';
import { Invalid } from '../../src/domain/errors.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { SharedKind, SharedState } from '../../src/domain/shared.ts';
import { count } from '../../src/ui/present.ts';
import {
  addSource,
  listSharedDesa,
  listSources,
  previewMove,
  refreshSource,
  removeSource,
  requestMove,
} from '../../src/workflows/commands/move.ts';
import { followJob } from './follow.ts';
import { commandName } from './output.ts';
import { table } from './table.ts';
import type { Subject, Verb } from './verb.ts';
import { when } from './words.ts';

const SOURCE: readonly [string, string] = ['<sumber>', 'nama sumber'];
const KODE: readonly [string, string] = ['<kode>', 'kode desa'];
const STATES: Readonly<Record<SharedState, string>> = { asked: 'menunggu', copying: 'sedang disalin', ready: 'siap', failed: 'gagal' };
const KINDS: Readonly<Record<SharedKind, string>> = {
  identity: 'identitas',
  owned: 'milik desa',
  through: 'mengikuti tabel lain',
  common: 'sama untuk semua',
  left: 'ditinggal',
};

const list: Verb = {
  name: 'daftar',
  aliases: ['list', 'ls'],
  summary: 'sumber yang dikenal, atau desa di satu sumber',
  args: [['[sumber]', 'nama sumber']],
  async run({ tools, actor, output, config }, input) {
    const name = input.optional('sumber');
    if (name !== null) {
      const desa = await listSharedDesa(tools, actor, name);
      const cells = desa.map(({ kode, nama, configId }) => [kode, nama, String(configId)]);
      output.answer({ rows: desa }, () =>
        table([{ title: 'Desa' }, { title: 'Nama' }, { title: 'config_id', align: 'right' }], cells, output.width),
      );
      return 0;
    }
    const sources = await listSources(tools, actor);
    output.answer({ rows: sources.map(sourceView) }, () => {
      if (sources.length === 0) return 'Belum ada sumber.';
      const columns = [
        { title: 'Sumber' },
        { title: 'Asal' },
        { title: 'Keadaan' },
        { title: 'Disalin' },
        { title: 'Temuan', flexible: true as const },
      ];
      const cells = sources.map((one) => [one.name, one.place, STATES[one.state], when(one.copiedAt, config), one.finding ?? '']);
      return table(columns, cells, output.width);
    });
    return 0;
  },
};

const add: Verb = {
  name: 'tambah',
  aliases: ['add'],
  summary: 'menyebut sumber: berkas dump, atau alamat server di baris pertama masukan baku; sumber hanya dibaca',
  args: [SOURCE],
  options: [
    ['--berkas <nama>', 'berkas .sql atau .sql.gz di folder pindahan di bawah folder data'],
    ['--aplikasi <nama>', 'aplikasinya (bawaan: opensid)'],
  ],
  examples: ['pisah tambah kabupaten < alamat.txt', 'pisah tambah kabupaten --berkas gabungan.sql.gz'],
  async run({ tools, actor, output }, input) {
    const file = input.optional('berkas') ?? undefined;
    const url = file === undefined ? await urlFromInput() : undefined;
    await addSource(tools, actor, { name: input.value('sumber'), app: input.optional('aplikasi') ?? 'opensid', url, file });
    output.answer({ ok: true }, () => `Akan disalin. Lihat: ${commandName()} pisah daftar`);
    return 0;
  },
};

async function urlFromInput(): Promise<Secret> {
  for await (const line of createInterface({ input: process.stdin })) if (line.trim() !== '') return new Secret(line.trim());
  throw new Invalid('sumber-mana', 'Tulis alamatnya di baris pertama masukan baku: mysql://akun:sandi@server:port/basis-data.', {
    field: 'url',
  });
}

const simple = (name: string, alias: string, summary: string, act: typeof refreshSource, said: string): Verb => ({
  ...{ name, aliases: [alias], summary, args: [SOURCE] },
  async run({ tools, actor, output }, input) {
    await act(tools, actor, input.value('sumber'));
    output.answer({ ok: true }, () => said);
    return 0;
  },
});

const preview: Verb = {
  name: 'laporan',
  aliases: ['preview'],
  summary: 'apa yang akan dipindahkan, tabel demi tabel, tanpa memindahkan apa pun',
  args: [SOURCE, KODE],
  options: [['--kosong', 'juga tabel yang tidak berisi']],
  async run({ tools, actor, output }, input) {
    const report = await previewMove(tools, actor, { source: input.value('sumber'), kode: input.value('kode') });
    const view = reportView(report);
    output.answer(view, () => {
      const right = (title: string) => ({ title, align: 'right' as const });
      const columns = [
        { title: 'Tabel' },
        { title: 'Cara' },
        right('Baris'),
        right('Milik bersama'),
        right('Yatim'),
        right('Di sumber'),
        right('Nomor tertinggi'),
      ];
      const shown = view.tables.filter(({ rows, all, kind }) => input.flag('kosong') || rows > 0 || (kind === 'left' && all > 0));
      const cells = shown.map((one) => [
        ...[one.table, KINDS[one.kind], count(one.rows), count(one.ofNobody), count(one.orphans), count(one.all)],
        one.highestId === null ? '' : count(one.highestId),
      ]);
      const files =
        view.files === null ? 'Berkas desa belum ada: gambar dan dokumen unggahan tidak ikut.' : `Berkas desa: ${count(view.files)}.`;
      const orphans =
        view.orphans === 0 ? [] : [`${count(view.orphans)} baris menunjuk ke data desa lain: pindahkan dengan --tinggalkan-yatim.`];
      return [
        `${view.desa.nama} (config_id ${view.desa.configId}): ${count(view.rows)} baris dalam ${shown.length} tabel.`,
        ...[table(columns, cells, output.width), files, ...orphans],
        ...view.obstacles.map((text) => `Tidak dapat dipindahkan: ${text}`),
      ].join('\n');
    });
    return report.obstacles.length === 0 ? 0 : 1;
  },
};

const move: Verb = {
  name: 'pindahkan',
  aliases: ['move'],
  summary: 'memasang desa dengan datanya dari sumber, dibuktikan tabel demi tabel',
  args: [SOURCE, KODE],
  options: [
    ['--versi <tag>', 'rilis yang dipasang (bawaan: yang terbaru)'],
    ['--tinggalkan-yatim', 'baris yang menunjuk ke data desa lain tidak ikut; tetap ada di sumber'],
    ['--ikuti', 'tunggu sampai selesai sambil menampilkan langkahnya'],
  ],
  examples: ['pisah pindahkan kabupaten 52.01.14.2001 --ikuti'],
  async run(session, input) {
    const { tools, actor, output } = session;
    const { jobId } = await requestMove(tools, actor, {
      ...{ source: input.value('sumber'), kode: input.value('kode'), tag: input.optional('versi') },
      leaveOrphans: input.flag('tinggalkan-yatim'),
    });
    if (input.flag('ikuti')) return followJob(session, jobId);
    output.answer({ jobId }, () => `Desa akan dipindahkan: pekerjaan ${jobId}.\nIkuti: ${commandName()} pekerjaan ikuti ${jobId}`);
    return 0;
  },
};

export const MOVES: Subject = {
  name: 'pisah',
  aliases: ['split'],
  summary: 'memindahkan desa dari database gabungan OpenSID ke basis datanya sendiri',
  verbs: [
    ...[list, add],
    simple('salin', 'refresh', 'menyalin sumber lagi seperti keadaannya sekarang', refreshSource, 'Akan disalin lagi.'),
    ...[preview, move],
    simple('hapus', 'drop', 'melupakan salinan dan alamat sumber; sumber tidak disentuh', removeSource, 'Salinan dan alamatnya dihapus.'),
  ],
};
