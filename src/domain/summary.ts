import type { CombinedManifest } from './combined.ts';
import type { KodeTenant, KodeWilayah } from './wilayah.ts';

/** Rows whose column has this value. */
interface Only {
  readonly column: string;
  readonly value: number;
}

/** `ringkasan.yaml` of an app: what is counted of every desa's slice. Data, like the rest of an app. */
export interface SummaryManifest {
  readonly people: {
    readonly table: string;
    /** 1 male, 2 female. */
    readonly sex: string;
    readonly born: string;
    readonly living: Only;
    /** Notes about people; the newest one should agree with `living`. */
    readonly log?: { readonly table: string; readonly person: string; readonly event: string; readonly gone: readonly number[] };
    /** Bands of age, in years, kept under the reserved number. */
    readonly bands: { readonly table: string; readonly from: string; readonly to: string; readonly only: Only };
    readonly groups: readonly Group[];
  };
  readonly counts: readonly Counted[];
  readonly programs?: { readonly table: string; readonly name: string; readonly participants: string; readonly program: string };
}

/** A column by which people are grouped, and the reference table that names its values. */
export interface Group {
  readonly name: string;
  readonly title: string;
  readonly column: string;
  readonly labels: string;
}

export interface Counted {
  readonly name: string;
  readonly title: string;
  readonly table: string;
  readonly only?: Only;
  /** Rows in which something is filled in here are gone for people. A release may lack the column. */
  readonly empty?: string;
  /** The column that names a person: counted only while that person lives. */
  readonly head?: string;
}

/** Tables of every desa whose rows a summary counts. */
export function countedTables({ people, counts, programs }: SummaryManifest): ReadonlySet<string> {
  const aid = programs === undefined ? [] : [programs.table, programs.participants];
  return new Set([people.table, ...(people.log === undefined ? [] : [people.log.table]), ...counts.map(({ table }) => table), ...aid]);
}

/** Male, female, not told. */
export type Sexes = readonly [male: number, female: number, untold: number];
/** Value of a column → how many people; the empty text: not filled in. */
export type Tally = Readonly<Record<string, Sexes>>;

/** What one desa's slice holds, in numbers. */
export interface SliceFigures {
  /** Age in full years → people. */
  readonly ages: Tally;
  /** Name of a group → its tally. One that the release lacks is missing. */
  readonly groups: Readonly<Record<string, Tally>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly programs: readonly { readonly name: string; readonly participants: number }[];
  /** Living people whose newest note says that they are gone. */
  readonly doubtful: number;
}

/** One person as the combined database tells it: sex, age, values of the groups in their order; null: not filled in. */
export type PersonRow = readonly (number | string | null)[];

export interface SliceSummary {
  readonly installationId: string;
  readonly kode: KodeTenant;
  readonly nama: string;
  readonly kodeKecamatan: KodeWilayah;
  readonly namaKecamatan: string;
  /** What had changed in the slice up to this moment is in it; null: not counted yet. */
  readonly madeAt: Date | null;
  readonly changedAt: Date | null;
  readonly figures: SliceFigures | null;
}

export interface Summaries {
  /**
   * Installations whose summary is to be made: rows changed since, or a new day has begun (people age). One that keeps
   * changing is left alone for a moment, but not for long.
   */
  due(now: Date, midnight: Date, limit: number): Promise<readonly string[]>;
  /** @param madeAt a moment before the slice was read */
  save(installationId: string, figures: SliceFigures, madeAt: Date): Promise<void>;
  /** Forgets those of desa that are no longer registered. */
  forgetGone(): Promise<void>;
  /** Every registered desa of an app, by kode. */
  list(filter: { readonly app: string; readonly within: KodeWilayah | null }): Promise<readonly SliceSummary[]>;
}

/** Names of the values of a group. */
export type Labels = ReadonlyMap<string, ReadonlyMap<string, string>>;

export interface AgeBand {
  readonly from: number;
  readonly to: number;
}

/** Reads of the combined database that hold no lock and never reach a desa's own schema. */
export interface CombinedReads {
  /** @param day `2026-11-24`, on which ages are told */
  figures(manifest: CombinedManifest, summary: SummaryManifest, configId: number, day: string): Promise<SliceFigures>;
  labels(manifest: CombinedManifest, summary: SummaryManifest): Promise<Labels>;
  bands(manifest: CombinedManifest, summary: SummaryManifest): Promise<readonly AgeBand[]>;
}

export const NOBODY: Sexes = [0, 0, 0];

function addSexes(a: Sexes, b: Sexes): Sexes {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

export function totalOf([male, female, untold]: Sexes): number {
  return male + female + untold;
}

/** Everybody of a tally. */
export function everybody(tally: Tally): Sexes {
  let [male, female, untold] = NOBODY;
  for (const sexes of Object.values(tally)) {
    male += sexes[0];
    female += sexes[1];
    untold += sexes[2];
  }
  return [male, female, untold];
}

/** Counts people by age and by every group. */
export function tallyPeople(rows: readonly PersonRow[], groups: readonly string[]): Pick<SliceFigures, 'ages' | 'groups'> {
  const empty = () => new Map<string, [number, number, number]>();
  const ages = empty();
  const tallies = groups.map((name) => ({ name, counts: empty() }));
  for (const [sex, age, ...values] of rows) {
    const place = sex === 1 ? 0 : sex === 2 ? 1 : 2;
    // Nought is an age, but in a group OpenSID's word for "not filled in".
    note(ages, age ?? null, place);
    for (const [at, { counts }] of tallies.entries()) note(counts, values[at] || null, place);
  }
  return {
    ages: Object.fromEntries(ages),
    groups: Object.fromEntries(tallies.map(({ name, counts }) => [name, Object.fromEntries(counts)])),
  };
}

function note(counts: Map<string, [number, number, number]>, value: number | string | null, place: 0 | 1 | 2): void {
  const key = value === null ? '' : String(value);
  const known = counts.get(key);
  if (known === undefined) counts.set(key, [place === 0 ? 1 : 0, place === 1 ? 1 : 0, place === 2 ? 1 : 0]);
  else known[place] += 1;
}

/** The figures of several desa together. Programmes of the same name are one. */
export function addFigures(all: readonly SliceFigures[]): SliceFigures {
  const names = new Set(all.flatMap(({ groups }) => Object.keys(groups)));
  const programs = new Map<string, { name: string; participants: number }>();
  for (const { name, participants } of all.flatMap((one) => one.programs)) {
    const key = name.trim().toUpperCase();
    programs.set(key, { name: programs.get(key)?.name ?? name, participants: (programs.get(key)?.participants ?? 0) + participants });
  }
  return {
    ages: addTallies(all.map(({ ages }) => ages)),
    groups: Object.fromEntries([...names].map((name) => [name, addTallies(all.map(({ groups }) => groups[name] ?? {}))])),
    counts: addCounts(all),
    programs: [...programs.values()].toSorted((a, b) => b.participants - a.participants || a.name.localeCompare(b.name)),
    doubtful: all.reduce((sum, { doubtful }) => sum + doubtful, 0),
  };
}

/** What is counted of several desa, without all that is told of people: quick enough for every desa of a page. */
export function addHeads(
  all: readonly SliceFigures[],
): Pick<SliceFigures, 'counts'> & { readonly people: Sexes; readonly participants: number } {
  return {
    people: all.map(({ ages }) => everybody(ages)).reduce(addSexes, NOBODY),
    counts: addCounts(all),
    participants: all.flatMap(({ programs }) => programs).reduce((sum, one) => sum + one.participants, 0),
  };
}

function addCounts(all: readonly SliceFigures[]): SliceFigures['counts'] {
  const names = new Set(all.flatMap(({ counts }) => Object.keys(counts)));
  return Object.fromEntries([...names].map((name) => [name, all.reduce((sum, { counts }) => sum + (counts[name] ?? 0), 0)]));
}

/** Hundreds of desa have a hundred thousand numbers, so they are added in place. */
function addTallies(all: readonly Tally[]): Tally {
  const sum = new Map<string, [number, number, number]>();
  for (const tally of all) {
    for (const [key, [male, female, untold]] of Object.entries(tally)) {
      const known = sum.get(key);
      if (known === undefined) {
        sum.set(key, [male, female, untold]);
        continue;
      }
      known[0] += male;
      known[1] += female;
      known[2] += untold;
    }
  }
  return Object.fromEntries(sum);
}

/** People by bands of age; who fits none, or has no day of birth, is in no band. */
export function byBand(ages: Tally, bands: readonly AgeBand[]): readonly (AgeBand & { readonly people: Sexes })[] {
  const years = Object.entries(ages).flatMap(([age, people]) => (age === '' ? [] : [{ age: Number(age), people }]));
  return bands.map(({ from, to }) => ({
    from,
    to,
    people: years.filter(({ age }) => age >= from && age <= to).reduce((sum, { people }) => addSexes(sum, people), NOBODY),
  }));
}

/** Five years each, the last one open: the rungs of a pyramid. */
export const FIVE_YEARS: readonly AgeBand[] = Array.from({ length: 16 }, (_, at) => ({ from: at * 5, to: at === 15 ? 200 : at * 5 + 4 }));
