import { wilayahView } from '../../src/api/views.ts';
import { Invalid } from '../../src/domain/errors.ts';
import type { TingkatWilayah, Wilayah } from '../../src/domain/wilayah.ts';
import { count } from '../../src/ui/present.ts';
import { chooseWord, findWilayah, parseCount } from './choose.ts';
import { table } from './table.ts';
import type { Subject, Verb } from './verb.ts';

const LEVELS: Readonly<Record<TingkatWilayah, TingkatWilayah>> = {
  desa: 'desa',
  kecamatan: 'kecamatan',
  kabupaten: 'kabupaten',
  provinsi: 'provinsi',
};

const searchWilayah: Verb = {
  name: 'cari',
  aliases: ['search'],
  summary: 'mencari kode wilayah menurut awal nama atau kodenya',
  args: [['<nama>', 'awal nama (di dalam suatu wilayah: bagian nama), atau awal kode']],
  options: [
    ['--tingkat <tingkat>', 'desa, kecamatan, kabupaten atau provinsi (bawaan: desa)'],
    ['--dalam <kode>', 'hanya di dalam wilayah ini'],
    ['--jumlah <n>', 'banyaknya baris (bawaan: 20)'],
  ],
  examples: ['wilayah cari lombok --tingkat kabupaten', 'wilayah cari suka --dalam 52.01'],
  async run({ tools, output }, input) {
    const text = input.value('nama').trim();
    if (text.length < 2) throw new Invalid('pencarian-pendek', 'Ketik paling sedikit dua huruf.', { field: 'nama' });
    const level = chooseWord('tingkat', input.optional('tingkat') ?? 'desa', LEVELS);
    const region = input.optional('dalam');
    const within = region === null ? null : (await findWilayah(tools, region)).kode;
    const rows = await tools.wilayah.search(text, level, within, parseCount('jumlah', input.optional('jumlah'), 20, 200));
    output.answer({ rows: rows.map(wilayahView) }, () => wilayahTable(rows, output.width));
    return 0;
  },
};

const listWilayah: Verb = {
  name: 'isi',
  aliases: ['children'],
  summary: 'wilayah-wilayah di dalam suatu wilayah; tanpa kode: semua provinsi',
  args: [['[kode]', 'kode provinsi, kabupaten atau kecamatan']],
  examples: ['wilayah isi 52.01', 'wilayah isi 52.01.14'],
  async run({ tools, output }, input) {
    const kode = input.optional('kode');
    const rows = await tools.wilayah.children(kode === null ? null : (await findWilayah(tools, kode)).kode);
    output.answer({ rows: rows.map(wilayahView) }, () => wilayahTable(rows, output.width));
    return 0;
  },
};

export const WILAYAH: Subject = {
  name: 'wilayah',
  aliases: [],
  summary: 'kode wilayah Indonesia',
  verbs: [searchWilayah, listWilayah],
};

function wilayahTable(rows: readonly Wilayah[], width: number | null): string {
  if (rows.length === 0) return 'Tidak ada wilayah yang cocok.';
  const columns = [{ title: 'Kode' }, { title: 'Nama', flexible: true as const }, { title: 'Tingkat' }];
  return `${table(
    columns,
    rows.map(({ kode, nama, tingkat }) => [kode, nama, tingkat]),
    width,
  )}\n\n${count(rows.length)} wilayah`;
}
