import { OVERVIEW_HEAD, overviewRows, overviewView, regionCells } from '../../src/api/combined-views.ts';
import { csvOf } from '../../src/api/csv.ts';
import { totalOf } from '../../src/domain/summary.ts';
import { count } from '../../src/ui/present.ts';
import { readOverview } from '../../src/workflows/combined-overview.ts';
import { table } from './table.ts';
import type { Verb } from './verb.ts';
import { when } from './words.ts';

/** The figures of all desa together, without a look into the rows. */
export const SUMMARY: Verb = {
  name: 'ringkasan',
  aliases: ['summary'],
  summary: 'penduduk, keluarga, bantuan dan lainnya dari semua desa',
  args: [['[kode]', 'hanya kecamatan atau desa ini']],
  options: [
    ['--per-desa', 'satu baris per desa, bukan per kecamatan'],
    ['--csv', 'semua angka sebagai CSV'],
    ['--aplikasi <nama>', 'basis data gabungan aplikasi ini (bawaan: yang dipakai)'],
  ],
  async run({ tools, actor, output, config }, input) {
    const request = { app: input.optional('aplikasi') ?? undefined, wilayah: input.optional('kode') ?? undefined };
    const overview = await readOverview(tools, actor, request);
    const regions = input.flag('per-desa') ? overview.perDesa : overview.kecamatan;
    output.answer(overviewView(overview, tools.clock.now()), () => {
      if (input.flag('csv')) return csvOf(OVERVIEW_HEAD, overviewRows(overview)).trimEnd();
      const [head, cells] = regionCells(overview, regions);
      const columns = head.map((title, at) => (at < 2 ? { title, flexible: true as const } : { title, align: 'right' as const }));
      const lines = cells.map((row) => row.map((cell) => (typeof cell === 'number' ? count(cell) : String(cell ?? ''))));
      const fresh = `Dihitung ${when(overview.asOf, config)}; ${overview.desa.counted} dari ${overview.desa.all} desa.`;
      return `Penduduk: ${count(totalOf(overview.people))}\n${table(columns, lines, output.width)}\n${fresh}`;
    });
    return 0;
  },
};
