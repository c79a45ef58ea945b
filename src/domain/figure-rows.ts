import type { FigureRow } from './combined.ts';
import { everybody, type Labels, type Sexes, type SliceFigures, type SummaryManifest, totalOf } from './summary.ts';

/** The figures of one desa as rows. */
export function figureRows(
  { ages, groups, counts, programs }: SliceFigures,
  summary: SummaryManifest,
  labels: Labels,
): readonly FigureRow[] {
  const people = (group: string, value: string, name: string, sexes: Sexes): FigureRow => ({
    ...{ group, value, name, male: sexes[0], female: sexes[1], untold: sexes[2], total: totalOf(sexes) },
  });
  const number = (group: string, value: string, name: string, total: number): FigureRow => ({
    ...{ group, value, name, male: null, female: null, untold: null, total },
  });
  return [
    people('penduduk', '', 'Penduduk', everybody(ages)),
    ...Object.entries(ages).map(([age, sexes]) => people('umur', age, age === '' ? 'tanpa tanggal lahir' : `${age} tahun`, sexes)),
    ...Object.entries(groups).flatMap(([group, tally]) =>
      Object.entries(tally).map(([value, sexes]) => people(group, value, labels.get(group)?.get(value) ?? '', sexes)),
    ),
    ...summary.counts.map(({ name, title }) => number('hitungan', name, title, counts[name] ?? 0)),
    ...programs.map(({ name, participants }) => number('bantuan', '', name, participants)),
  ];
}
