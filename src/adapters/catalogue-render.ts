import { Invalid } from '../domain/errors.ts';
import type { AppManifest } from '../domain/manifest.ts';
import { Secret } from '../domain/secret.ts';

/** `{{name}}`, `{{name|php}}`, `{{name|json}}`, `{{name|dotenv}}`. Filters give the content of a quoted text, without the quotes. */
const PLACEHOLDER = /\{\{\s*([A-Za-z][A-Za-z0-9.-]*)\s*(?:\|\s*([a-z]+)\s*)?\}\}/g;

const FILTERS: Readonly<Record<string, (text: string) => string>> = {
  php: (text) => text.replace(/[\\']/g, '\\$&'),
  json: (text) => JSON.stringify(text).slice(1, -1),
  // Between double quotes in a .env file: `$` would name another variable there.
  dotenv: (text) => text.replace(/[\\"$]/g, '\\$&').replaceAll('\n', '\\n'),
};

/** Values that hold digits and dots only: harmless everywhere. */
const PLAIN = /^(database\.port|desa\.kode.*)$/;
/** Files in which an unescaped value would be code. */
const NEEDED_FILTER: Readonly<Record<string, string>> = { php: 'php', json: 'json', env: 'dotenv' };

/** In one go: what a value contains is never taken for a placeholder. @throws Invalid */
export function render(template: string, values: ReadonlyMap<string, string | Secret>): string {
  const fault = malformedIn(template);
  if (fault !== null) throw new Invalid('penanda-rusak', fault);
  return template.replace(PLACEHOLDER, (whole, name: string, filter: string | undefined) => {
    const value = values.get(name);
    if (value === undefined) throw new Invalid('penanda-tidak-dikenal', `Penanda ${whole} tidak dikenal di sini.`, { field: name });
    const text = value instanceof Secret ? value.expose() : value;
    return filter === undefined ? text : (FILTERS[filter]?.(text) ?? text);
  });
}

/** What is wrong with the placeholders of a text, given the names that will have a value. */
export function placeholderFaults(text: string, known: ReadonlySet<string>, fileName = ''): readonly string[] {
  const malformed = malformedIn(text);
  if (malformed !== null) return [malformed];
  const needed = NEEDED_FILTER[fileName.split('.').at(-1) ?? ''];
  return [...text.matchAll(PLACEHOLDER)].flatMap(([whole, name = '', filter]) => {
    if (!known.has(name)) return [`penanda ${whole} tidak dikenal`];
    const isBare = needed !== undefined && filter !== needed && !PLAIN.test(name);
    return isBare ? [`penanda ${whole} harus ditulis {{${name}|${needed}}} di berkas ini`] : [];
  });
}

function malformedIn(text: string): string | null {
  const rest = text.replace(PLACEHOLDER, (whole, _name: string, filter: string | undefined) =>
    filter === undefined || Object.hasOwn(FILTERS, filter) ? '' : whole,
  );
  const at = rest.indexOf('{{');
  return at < 0
    ? null
    : `penanda "${rest.slice(at, at + 40).split('\n')[0]}" rusak; yang sah: {{nama}}, {{nama|php}}, {{nama|json}}, {{nama|dotenv}}`;
}

const ALWAYS = [
  ...['kode', 'kode10', 'nama', 'kecamatan', 'kabupaten', 'provinsi', 'kodeKecamatan', 'kodeKabupaten', 'kodeProvinsi'].map(
    (n) => `desa.${n}`,
  ),
  'address.url',
  'address.host',
  'address.origin',
  'address.before',
  'release.tag',
  'release.version',
  'installation.id',
];
const SERVER = ['database.host', 'database.port'];
const WITH_DATABASE = [...SERVER, 'database.name', 'database.user', 'secret.db-password'];
const WITH_READER = [...SERVER, 'gabungan.name', 'gabungan.user', 'secret.reader-password'];

/** The names that have a value in an installation of this app. */
export function knownPlaceholders(manifest: AppManifest): ReadonlySet<string> {
  return new Set([
    ...ALWAYS,
    ...(manifest.database === null && manifest.borrow === undefined ? [] : WITH_DATABASE),
    ...(manifest.reads === undefined ? [] : WITH_READER),
    ...manifest.secrets.map(({ name }) => `secret.${name}`),
    ...manifest.settings.map(({ name }) => `setting.${name}`),
  ]);
}
