import Type, { type Static } from 'typebox';
import type { Overview, OverviewBand, OverviewRegion } from '../domain/overview.ts';
import { type Sexes, totalOf } from '../domain/summary.ts';
import type { RegistrationRow } from '../workflows/combined-overview.ts';
import type { Cell } from './csv.ts';
import { Moment } from './views.ts';

const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const People = { laki: Type.Integer(), perempuan: Type.Integer(), lain: Type.Integer(), jumlah: Type.Integer() };
const peopleOf = (people: Sexes) => ({ laki: people[0], perempuan: people[1], lain: people[2], jumlah: totalOf(people) });

const Band = Type.Object({ dari: Type.Integer(), sampai: Type.Integer(), ...People });
const bandOf = ({ from, to, people }: OverviewBand): Static<typeof Band> => ({ dari: from, sampai: to, ...peopleOf(people) });

/** How old the answer is: the oldest counting in it, and desa whose rows have changed since. */
const Freshness = Type.Object({
  dibuat: orNull(Moment),
  umurDetik: orNull(Type.Integer({ description: 'Age of the oldest counting in this answer.' })),
  desa: Type.Integer(),
  terhitung: Type.Integer(),
  berubahSejakItu: Type.Integer({ description: 'Desa that are being counted anew.' }),
});

export const OverviewView = Type.Object({
  aplikasi: Type.String(),
  kesegaran: Freshness,
  penduduk: Type.Object({
    ...People,
    perluDiperiksa: Type.Integer({ description: 'Counted as living, but the newest note says otherwise.' }),
  }),
  piramida: Type.Array(Band),
  rentangUmur: Type.Array(Band),
  tanpaTanggalLahir: Type.Integer(),
  kelompok: Type.Array(
    Type.Object({
      nama: Type.String(),
      judul: Type.String(),
      baris: Type.Array(Type.Object({ nilai: Type.String(), nama: Type.String(), ...People })),
    }),
  ),
  hitungan: Type.Array(Type.Object({ nama: Type.String(), judul: Type.String(), jumlah: Type.Integer() })),
  bantuan: Type.Array(Type.Object({ nama: Type.String(), peserta: Type.Integer() })),
});

export function overviewView(overview: Overview, now: Date): Static<typeof OverviewView> {
  return {
    aplikasi: overview.app,
    kesegaran: freshnessOf(overview, now),
    penduduk: { ...peopleOf(overview.people), perluDiperiksa: overview.doubtful },
    piramida: overview.pyramid.map(bandOf),
    rentangUmur: overview.bands.map(bandOf),
    tanpaTanggalLahir: totalOf(overview.noBirthday),
    kelompok: overview.groups.map(({ name, title, rows }) => ({
      ...{ nama: name, judul: title },
      baris: rows.map(({ value, label, people }) => ({ nilai: value, nama: label, ...peopleOf(people) })),
    })),
    hitungan: overview.counts.map(({ name, title, number }) => ({ nama: name, judul: title, jumlah: number })),
    bantuan: overview.programs.map(({ name, participants }) => ({ nama: name, peserta: participants })),
  };
}

/** The same as rows of a table. */
export const OVERVIEW_HEAD = ['kelompok', 'nilai', 'nama', 'laki', 'perempuan', 'lain', 'jumlah'] as const;
export function overviewRows(overview: Overview): readonly (readonly Cell[])[] {
  const cells = (people: Sexes): readonly Cell[] => [...people, totalOf(people)];
  return [
    ['penduduk', '', 'Penduduk', ...cells(overview.people)],
    ...overview.pyramid.map(({ from, to, people }) => ['piramida', String(from), from === 75 ? '75+' : `${from}–${to}`, ...cells(people)]),
    ...overview.bands.map(({ from, to, people }) => ['rentang-umur', String(from), `${from}–${to}`, ...cells(people)]),
    ...overview.groups.flatMap(({ name, rows }) => rows.map(({ value, label, people }) => [name, value, label, ...cells(people)])),
    ...overview.counts.map(({ name, title, number }) => ['hitungan', name, title, null, null, null, number]),
    ...overview.programs.map(({ name, participants }) => ['bantuan', '', name, null, null, null, participants]),
  ];
}

const RegionRow = Type.Object({
  kode: Type.String(),
  nama: Type.String(),
  desa: Type.Integer(),
  ...People,
  hitungan: Type.Record(Type.String(), Type.Integer()),
  pesertaBantuan: Type.Integer(),
});
export const RegionsView = Type.Object({ aplikasi: Type.String(), kesegaran: Freshness, rows: Type.Array(RegionRow) });

export function regionsView(overview: Overview, rows: readonly OverviewRegion[], now: Date): Static<typeof RegionsView> {
  return {
    ...{ aplikasi: overview.app, kesegaran: freshnessOf(overview, now) },
    rows: rows.map(({ kode, nama, desa, people, counts, participants }) => ({
      ...{ kode, nama, desa, ...peopleOf(people), hitungan: { ...counts }, pesertaBantuan: participants },
    })),
  };
}

export function regionCells(
  overview: Overview,
  rows: readonly OverviewRegion[],
): readonly [readonly string[], readonly (readonly Cell[])[]] {
  const names = overview.counts.map(({ name }) => name);
  return [
    ['kode', 'nama', 'desa', 'laki', 'perempuan', 'lain', 'jumlah', ...names, 'peserta-bantuan'],
    rows.map(({ kode, nama, desa, people, counts, participants }) => [
      ...[kode, nama, desa, ...people, totalOf(people)],
      ...names.map((name) => counts[name] ?? null),
      participants,
    ]),
  ];
}

export const RegistrationView = Type.Object({
  kode: Type.String(),
  nama: Type.String(),
  app: Type.String(),
  configId: Type.Integer(),
  state: Type.Enum(['none', 'registering', 'registered', 'detached', 'stale']),
  provenAt: orNull(Moment),
  ageOfProofSeconds: orNull(Type.Integer()),
  finding: orNull(Type.String()),
  staleTables: Type.Array(Type.String()),
  changedAt: orNull(Moment),
  summarisedAt: orNull(Moment),
});

export function registrationView(row: RegistrationRow, now: Date): Static<typeof RegistrationView> {
  const { kode, nama, app, configId, state, provenAt, finding, staleTables, changedAt, summarisedAt } = row;
  return {
    ...{ kode, nama, app, configId, state, finding, staleTables: [...staleTables] },
    provenAt: provenAt?.toISOString() ?? null,
    ageOfProofSeconds: provenAt === null ? null : secondsBetween(provenAt, now),
    changedAt: changedAt?.toISOString() ?? null,
    summarisedAt: summarisedAt?.toISOString() ?? null,
  };
}

function freshnessOf({ asOf, desa }: Overview, now: Date): Static<typeof Freshness> {
  return {
    dibuat: asOf?.toISOString() ?? null,
    umurDetik: asOf === null ? null : secondsBetween(asOf, now),
    ...{ desa: desa.all, terhitung: desa.counted, berubahSejakItu: desa.changed },
  };
}

function secondsBetween(earlier: Date, later: Date): number {
  return Math.max(0, Math.round((later.getTime() - earlier.getTime()) / 1000));
}
