import Type from 'typebox';
import type { SharedManifest } from '../domain/shared.ts';
import { type Fault, readYaml } from './catalogue-yaml.ts';

const FILE = 'pisah.yaml';
const closed = { additionalProperties: false };
const Name = Type.String({ pattern: '^[A-Za-z0-9_]{1,64}$' });

const SharedSchema = Type.Object(
  {
    identity: Name,
    owner: Name,
    kode: Name,
    nama: Name,
    key: Name,
    keyFile: Type.Object(
      { volume: Type.String({ pattern: '^[a-z0-9-]{1,40}$' }), path: Type.String({ pattern: '^[A-Za-z0-9_/-]{1,80}$' }) },
      closed,
    ),
    official: Type.Optional(Type.Record(Name, Type.String({ maxLength: 200 }))),
    through: Type.Optional(Type.Array(Type.Object({ table: Name, column: Name, of: Name }, closed))),
    left: Type.Optional(Type.Array(Name)),
  },
  closed,
);

/** Reads an app's `pisah.yaml`. An app without one has no shared mode to move out of. */
export function readShared(text: string | null): { readonly shared: SharedManifest | null; readonly faults: readonly Fault[] } {
  if (text === null) return { shared: null, faults: [] };
  const { value, faults } = readYaml(FILE, text, SharedSchema);
  return {
    shared: value === null ? null : { ...value, official: value.official ?? {}, through: value.through ?? [], left: value.left ?? [] },
    faults,
  };
}
