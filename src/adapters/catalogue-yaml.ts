import type { Static, TObject } from 'typebox';
import Value from 'typebox/value';
import { parseDocument } from 'yaml';

/** Something wrong in a file of the catalogue, in Indonesian. */
export interface Fault {
  /** `app.yaml`, `files/database.php`. */
  readonly file: string;
  /** `limits.cpus`; empty for the file as a whole. */
  readonly key: string;
  readonly text: string;
}

/** Reads YAML text of a given shape; lists everything that is wrong with it. */
export function readYaml<Schema extends TObject>(
  file: string,
  text: string,
  schema: Schema,
): { value: Static<Schema> | null; faults: readonly Fault[] } {
  const document = parseDocument(text, { uniqueKeys: true });
  if (document.errors.length > 0) {
    const faults = document.errors.map(({ message, linePos }) => ({
      file,
      key: '',
      text: `bukan YAML yang sah (baris ${linePos?.[0].line ?? '?'}): ${message.split('\n')[0]}`,
    }));
    return { value: null, faults };
  }
  const value = withoutNulls(document.toJS({ maxAliasCount: 50 }));
  if (Value.Check(schema, value)) return { value, faults: [] };
  return { value: null, faults: faultsOf(file, schema, value) };
}

/** `database: null` and no `database` mean the same. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, part]) => part !== null && part !== undefined);
  return Object.fromEntries(kept.map(([key, part]) => [key, withoutNulls(part)]));
}

/** Key by key, because the validator stops after a handful of errors. */
function faultsOf(file: string, schema: TObject, value: unknown): readonly Fault[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [{ file, key: '', text: 'harus berisi kunci: nilai' }];
  const parts: Readonly<Record<string, unknown>> = { ...value };
  const missing = schema.required.filter((key) => !(key in parts)).map((key) => ({ file, key, text: 'wajib diisi' }));
  const found = Object.entries(parts).flatMap(([key, part]): readonly Fault[] => {
    const expected = schema.properties[key];
    if (expected === undefined) return [{ file, key, text: 'tidak dikenal' }];
    return Value.Errors(expected, part).flatMap((error) => describe(error).map(([below, text]) => ({ file, key: key + below, text })));
  });
  return [...missing, ...found];
}

type ValidationError = ReturnType<typeof Value.Errors>[number];

/** Where, and what, for people. */
function describe(error: ValidationError): readonly (readonly [string, string])[] {
  const where = error.instancePath.replaceAll('/', '.');
  switch (error.keyword) {
    case 'required':
      return error.params.requiredProperties.map((key) => [`${where}.${key}`, 'wajib diisi']);
    case 'additionalProperties':
      return error.params.additionalProperties.map((key) => [`${where}.${key}`, 'tidak dikenal']);
    case 'boolean':
      // Repeats what additionalProperties says.
      return [];
    case 'enum':
      return [[where, `harus salah satu dari: ${error.params.allowedValues.join(', ')}`]];
    case 'type':
      return [[where, `harus ${KINDS[String(error.params.type)] ?? String(error.params.type)}`]];
    case 'pattern':
      return [[where, `tidak sesuai pola ${String(error.params.pattern)}`]];
    case 'minimum':
    case 'maximum':
      return [[where, `harus ${error.params.comparison} ${error.params.limit}`]];
    case 'minItems':
    case 'minLength':
      return [[where, 'tidak boleh kosong']];
    case 'maxLength':
      return [[where, `paling panjang ${error.params.limit} karakter`]];
    default:
      return [[where, `tidak sah (${error.keyword})`]];
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'teks (beri tanda kutip bila angka)',
  integer: 'bilangan bulat',
  number: 'bilangan',
  boolean: 'true atau false',
  array: 'daftar',
  object: 'kunci: nilai',
};
