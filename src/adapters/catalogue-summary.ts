import Type from 'typebox';
import type { CombinedManifest } from '../domain/combined.ts';
import type { SummaryManifest } from '../domain/summary.ts';
import { type Fault, readYaml } from './catalogue-yaml.ts';

const FILE = 'ringkasan.yaml';
const closed = { additionalProperties: false };
const Name = Type.String({ pattern: '^[A-Za-z0-9_]{1,50}$' });
const Key = Type.String({ pattern: '^[a-z][a-z0-9-]{0,30}$' });
const Title = Type.String({ minLength: 1, maxLength: 60 });
const Only = Type.Object({ column: Name, value: Type.Integer() }, closed);

const SummarySchema = Type.Object(
  {
    people: Type.Object(
      {
        table: Name,
        sex: Name,
        born: Name,
        living: Only,
        log: Type.Optional(
          Type.Object({ table: Name, person: Name, event: Name, gone: Type.Array(Type.Integer(), { minItems: 1 }) }, closed),
        ),
        bands: Type.Object({ table: Name, from: Name, to: Name, only: Only }, closed),
        groups: Type.Array(Type.Object({ name: Key, title: Title, column: Name, labels: Name }, closed)),
      },
      closed,
    ),
    counts: Type.Array(
      Type.Object(
        { name: Key, title: Title, table: Name, only: Type.Optional(Only), empty: Type.Optional(Name), head: Type.Optional(Name) },
        closed,
      ),
    ),
    programs: Type.Optional(Type.Object({ table: Name, name: Name, participants: Name, program: Name }, closed)),
  },
  closed,
);

/** Reads an app's `ringkasan.yaml`. Every table of it must be one that its `gabungan.yaml` copies. */
export function readSummary(
  text: string | null,
  combined: CombinedManifest | null,
): { readonly summary: SummaryManifest | null; readonly faults: readonly Fault[] } {
  if (text === null) return { summary: null, faults: [] };
  const { value, faults } = readYaml(FILE, text, SummarySchema);
  if (value === null) return { summary: null, faults };
  const known = new Set([...(combined?.tables ?? []), ...(combined?.references ?? [])]);
  const { people, counts, programs } = value;
  const used: readonly (readonly [key: string, table: string])[] = [
    ['people.table', people.table],
    ['people.bands.table', people.bands.table],
    ...(people.log === undefined ? [] : [['people.log.table', people.log.table] as const]),
    ...people.groups.map(({ labels }, at) => [`people.groups.${at}.labels`, labels] as const),
    ...counts.map(({ table }, at) => [`counts.${at}.table`, table] as const),
    ...(programs === undefined
      ? []
      : ([
          ['programs.table', programs.table],
          ['programs.participants', programs.participants],
        ] as const)),
  ];
  const strange = used.filter(([, table]) => !known.has(table));
  return {
    summary: value,
    faults: strange.map(([key, table]) => ({ file: FILE, key, text: `tabel "${table}" tidak ada di gabungan.yaml` })),
  };
}
