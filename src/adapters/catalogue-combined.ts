import Type from 'typebox';
import { type CombinedManifest, FIGURES_TABLE, FULL_GRANT, OFFICIAL_FACTS } from '../domain/combined.ts';
import { type Fault, readYaml } from './catalogue-yaml.ts';

const FILE = 'gabungan.yaml';
const closed = { additionalProperties: false };
const Name = Type.String({ pattern: '^[A-Za-z0-9_]{1,50}$' });
const Names = Type.Array(Name);
const Column = Type.String({ pattern: '^(\\*|[A-Za-z0-9_]{1,50})\\.[A-Za-z0-9_]{1,64}$' });

const OneColumn = Type.String({ pattern: '^[A-Za-z0-9_]{1,50}\\.[A-Za-z0-9_]{1,64}$' });
const Condition = Type.Object(
  {
    column: OneColumn,
    tells: Name,
    is: Type.Array(Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }), { minItems: 1 }),
    of: Type.Optional(Name),
    by: Type.Optional(Name),
  },
  closed,
);

const CombinedSchema = Type.Object(
  {
    schema: Type.String({ pattern: '^gabungan[a-z0-9_]{0,20}$' }),
    identity: Name,
    tables: Type.Array(Name, { minItems: 1 }),
    excluded: Type.Optional(Type.Array(Column)),
    harmless: Type.Optional(Type.Array(OneColumn)),
    ids: Type.Optional(Type.Array(Column)),
    idsWhere: Type.Optional(Type.Array(Condition)),
    shownWhere: Type.Optional(Type.Array(Condition)),
    official: Type.Optional(Type.Record(Name, Type.Enum([...OFFICIAL_FACTS]))),
    references: Type.Optional(Names),
    reserved: Type.Optional(Names),
    indexes: Type.Optional(Type.Record(Name, Type.Array(Type.Array(Name, { minItems: 1 })))),
    grants: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[a-z][a-z0-9-]{1,19}$' }),
        Type.Object({ title: Type.String({ minLength: 1, maxLength: 120 }), tables: Type.Array(Name, { minItems: 1 }) }, closed),
      ),
    ),
  },
  closed,
);

/** Reads an app's `gabungan.yaml`. An app without one has no place in a combined database. */
export function readCombined(text: string | null): { readonly combined: CombinedManifest | null; readonly faults: readonly Fault[] } {
  if (text === null) return { combined: null, faults: [] };
  const { value, faults } = readYaml(FILE, text, CombinedSchema);
  if (value === null) return { combined: null, faults };
  const combined: CombinedManifest = {
    ...value,
    excluded: value.excluded ?? [],
    harmless: value.harmless ?? [],
    ids: value.ids ?? [],
    idsWhere: value.idsWhere ?? [],
    shownWhere: value.shownWhere ?? [],
    official: value.official ?? {},
    references: value.references ?? [],
    reserved: value.reserved ?? [],
    indexes: value.indexes ?? {},
    grants: value.grants ?? {},
  };
  return { combined, faults: disagreements(combined) };
}

function disagreements({
  tables,
  identity,
  references,
  reserved,
  indexes,
  idsWhere,
  shownWhere,
  grants,
}: CombinedManifest): readonly Fault[] {
  const known = new Set(tables);
  const fault = (key: string, text: string): Fault => ({ file: FILE, key, text });
  const unknown = (key: string, table: string): readonly Fault[] =>
    known.has(table) ? [] : [fault(key, `tabel "${table}" tidak ada di tables`)];
  return [
    ...unknown('identity', identity),
    ...tables.flatMap((table, at) => (tables.indexOf(table) === at ? [] : [fault(`tables.${at}`, `"${table}" sudah disebut di atas`)])),
    ...references.flatMap((table, at) => (known.has(table) ? [fault(`references.${at}`, `"${table}" sudah ada di tables`)] : [])),
    ...reserved.flatMap((table, at) => unknown(`reserved.${at}`, table)),
    ...Object.entries({ idsWhere, shownWhere }).flatMap(([key, list]) =>
      list.flatMap(({ column, of, by }, at) => [
        ...unknown(`${key}.${at}.column`, column.split('.')[0] ?? ''),
        ...((of === undefined) === (by === undefined) ? [] : [fault(`${key}.${at}`, 'of dan by harus disebut bersama')]),
      ]),
    ),
    ...Object.entries(grants).flatMap(([name, { tables: seen }]) => [
      ...(name === FULL_GRANT ? [fault(`grants.${name}`, 'nama ini berarti semua tabel dan tidak boleh dipakai')] : []),
      ...seen.flatMap((table, at) =>
        known.has(table) || references.includes(table) || table === FIGURES_TABLE
          ? []
          : [fault(`grants.${name}.tables.${at}`, `tabel "${table}" tidak ada di tables atau references`)],
      ),
    ]),
    ...Object.keys(indexes).flatMap((table) => unknown(`indexes.${table}`, table)),
  ];
}
