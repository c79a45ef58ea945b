import {
  type AgeBand,
  addFigures,
  addHeads,
  byBand,
  everybody,
  FIVE_YEARS,
  type Labels,
  NOBODY,
  type Sexes,
  type SliceFigures,
  type SliceSummary,
  type SummaryManifest,
} from './summary.ts';

export interface OverviewBand extends AgeBand {
  readonly people: Sexes;
}

/** One value of a group; `''`: not filled in. */
export interface OverviewRow {
  readonly value: string;
  readonly label: string;
  readonly people: Sexes;
}

export interface OverviewRegion {
  readonly kode: string;
  readonly nama: string;
  readonly desa: number;
  readonly people: Sexes;
  readonly counts: Readonly<Record<string, number>>;
  readonly participants: number;
}

/** What some or all desa hold together, ready to be shown. */
export interface Overview {
  readonly app: string;
  readonly title: string;
  /** How many desa are registered, how many of them are counted, and how many have changed since. */
  readonly desa: { readonly all: number; readonly counted: number; readonly changed: number };
  /** The oldest of the countings that are in it; null: none is. */
  readonly asOf: Date | null;
  readonly people: Sexes;
  /** People whose newest note says that they are gone although they are counted. */
  readonly doubtful: number;
  readonly pyramid: readonly OverviewBand[];
  /** As OpenSID's own pages have them. */
  readonly bands: readonly OverviewBand[];
  readonly noBirthday: Sexes;
  readonly groups: readonly { readonly name: string; readonly title: string; readonly rows: readonly OverviewRow[] }[];
  readonly counts: readonly { readonly name: string; readonly title: string; readonly number: number }[];
  readonly programs: SliceFigures['programs'];
  readonly kecamatan: readonly OverviewRegion[];
  readonly perDesa: readonly (OverviewRegion & { readonly kecamatan: string; readonly madeAt: Date | null })[];
}

/** Adds up what was counted of these slices. */
export function composeOverview(
  app: { readonly app: string; readonly title: string },
  manifest: SummaryManifest,
  slices: readonly SliceSummary[],
  names: { readonly labels: Labels; readonly bands: readonly AgeBand[] },
): Overview {
  const counted = slices.flatMap(({ figures }) => figures ?? []);
  const all = addFigures(counted);
  const times = slices.flatMap(({ figures, madeAt }) => (figures === null || madeAt === null ? [] : [madeAt.getTime()]));
  const byKecamatan = Map.groupBy(slices, ({ kodeKecamatan }) => kodeKecamatan);
  return {
    ...app,
    desa: { all: slices.length, counted: counted.length, changed: slices.filter(hasChanged).length },
    asOf: times.length === 0 ? null : new Date(Math.min(...times)),
    people: everybody(all.ages),
    doubtful: all.doubtful,
    pyramid: byBand(all.ages, FIVE_YEARS),
    bands: byBand(all.ages, names.bands),
    noBirthday: all.ages[''] ?? NOBODY,
    groups: manifest.people.groups.flatMap(({ name, title }) => {
      const tally = all.groups[name];
      return tally === undefined ? [] : [{ name, title, rows: rowsOf(tally, names.labels.get(name) ?? new Map()) }];
    }),
    counts: manifest.counts.flatMap(({ name, title }) => {
      const number = all.counts[name];
      return number === undefined ? [] : [{ name, title, number }];
    }),
    programs: all.programs,
    kecamatan: [...byKecamatan].map(([kode, list]) => regionOf(kode, list[0]?.namaKecamatan ?? kode, list)),
    perDesa: slices.map((one) => ({ ...regionOf(one.kode, one.nama, [one]), kecamatan: one.namaKecamatan, madeAt: one.madeAt })),
  };
}

/** In the order of the reference table, which is the order people know; "not filled in" last. */
function rowsOf(tally: Readonly<Record<string, Sexes>>, labels: ReadonlyMap<string, string>): readonly OverviewRow[] {
  const order = (value: string): number => (value === '' ? Number.POSITIVE_INFINITY : Number(value));
  return Object.entries(tally)
    .map(([value, people]) => ({ value, label: value === '' ? 'Belum mengisi' : (labels.get(value) ?? `Nomor ${value}`), people }))
    .toSorted((a, b) => order(a.value) - order(b.value));
}

function regionOf(kode: string, nama: string, slices: readonly SliceSummary[]): OverviewRegion {
  return { kode, nama, desa: slices.length, ...addHeads(slices.flatMap(({ figures }) => figures ?? [])) };
}

function hasChanged({ figures, madeAt, changedAt }: SliceSummary): boolean {
  return figures === null || madeAt === null || (changedAt !== null && changedAt > madeAt);
}
