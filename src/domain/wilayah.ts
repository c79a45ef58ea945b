import { Invalid } from './errors.ts';

declare const wilayahBrand: unique symbol;
declare const tenantBrand: unique symbol;
declare const desaBrand: unique symbol;

/**
 * An official region code with dots, as Kemendagri writes it: provinsi `52`, kabupaten `52.01`,
 * kecamatan `52.01.14`, desa `52.01.14.2001` (13 characters, 10 digits).
 */
export type KodeWilayah = string & { readonly [wilayahBrand]: true };
/** The key of a tenant: the kode of a desa, a kecamatan or a kabupaten. Its length says which (`scopeOf`). */
export type KodeTenant = KodeWilayah & { readonly [tenantBrand]: true };
export type KodeDesa = KodeTenant & { readonly [desaBrand]: true };

export type TingkatWilayah = 'provinsi' | 'kabupaten' | 'kecamatan' | 'desa';

/** Whose an app is: what kind of region a tenant is. */
export type Scope = Exclude<TingkatWilayah, 'provinsi'>;
export const SCOPES = ['desa', 'kecamatan', 'kabupaten'] as const satisfies readonly Scope[];

/** One region. `induk` is the code of the region it lies in, null for a provinsi. */
export interface Wilayah {
  readonly kode: KodeWilayah;
  readonly tingkat: TingkatWilayah;
  readonly induk: KodeWilayah | null;
  readonly nama: string;
}

const PATTERN = /^\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?$/;
const LEVELS: readonly TingkatWilayah[] = ['provinsi', 'kabupaten', 'kecamatan', 'desa'];

function isKode(text: string): text is KodeWilayah {
  return PATTERN.test(text);
}

function isKodeDesa(text: string): text is KodeDesa {
  return text.length === 13 && PATTERN.test(text);
}

/** With its dots. */
export function isKodeTenant(text: string): text is KodeTenant {
  return text.length >= 5 && PATTERN.test(text);
}

/** Accepts any level, with dots, or as 10, 6 or 4 digits. @throws Invalid */
export function parseKodeWilayah(text: string): KodeWilayah {
  const dotted = withDots(text.trim());
  if (isKode(dotted)) return dotted;
  throw new Invalid('kode-wilayah-salah', `Kode wilayah "${text}" tidak dikenal. Contoh: 52.01 atau 52.01.14.`, { field: 'kode' });
}

/** Accepts `52.01.14.2001` and `5201142001`. @throws Invalid */
export function parseKodeDesa(text: string): KodeDesa {
  const dotted = withDots(text.trim());
  if (isKodeDesa(dotted)) return dotted;
  throw new Invalid(
    'kode-desa-salah',
    `Kode desa "${text}" tidak sah. Tulis 13 karakter seperti 52.01.14.2001 atau 10 angka seperti 5201142001.`,
    {
      field: 'kode',
    },
  );
}

/** Of a desa, a kecamatan or a kabupaten, with dots or as 10, 6 or 4 digits. @throws Invalid */
export function parseKodeTenant(text: string): KodeTenant {
  const dotted = withDots(text.trim());
  if (isKodeTenant(dotted)) return dotted;
  throw new Invalid(
    'kode-desa-salah',
    `Kode "${text}" tidak sah. Tulis 13 karakter seperti 52.01.14.2001 untuk desa (52.01.14 untuk kecamatan, 52.01 untuk kabupaten) atau angkanya saja, seperti 5201142001.`,
    { field: 'kode' },
  );
}

/** What kind of tenant this is. */
export function scopeOf(kode: KodeTenant): Scope {
  const tingkat = tingkatOf(kode);
  return tingkat === 'provinsi' ? 'kabupaten' : tingkat;
}

/** `5201142001` → `52.01.14.2001`; what is no such row of digits stays as it is. */
function withDots(text: string): string {
  if (!/^\d{4}(\d{2}(\d{4})?)?$/.test(text)) return text;
  return [text.slice(0, 2), text.slice(2, 4), text.slice(4, 6), text.slice(6)].filter((part) => part !== '').join('.');
}

/** `52.01.14.2001` → `5201142001`: the form used in names of schemas, users, folders and containers. */
export function digitsOf(kode: KodeWilayah): string {
  return kode.replaceAll('.', '');
}

/** Whether a person has typed this kode once more, with or without its dots. */
export function repeatsKode(text: string, kode: KodeWilayah): boolean {
  return text.replaceAll('.', '').trim() === digitsOf(kode);
}

/** Whether a region is another one or lies in it; null: everything is. */
export function isWithin(kode: string, wilayah: string | null): boolean {
  return wilayah === null || kode === wilayah || kode.startsWith(`${wilayah}.`);
}

export function tingkatOf(kode: KodeWilayah): TingkatWilayah {
  return LEVELS[kode.split('.').length - 1] ?? 'desa';
}

function part(kode: KodeWilayah, length: number): KodeWilayah {
  const text = kode.slice(0, length);
  if (isKode(text) && text.length === length) return text;
  throw new Invalid('kode-wilayah-salah', `Kode wilayah "${kode}" terlalu pendek.`, { field: 'kode' });
}

export function provinsiOf(kode: KodeWilayah): KodeWilayah {
  return part(kode, 2);
}
export function kabupatenOf(kode: KodeWilayah): KodeWilayah {
  return part(kode, 5);
}
export function kecamatanOf(kode: KodeWilayah): KodeWilayah {
  return part(kode, 8);
}

/** The region one lies in; null for a provinsi. */
export function indukOf(kode: KodeWilayah): KodeWilayah | null {
  const cut = kode.lastIndexOf('.');
  return cut < 0 ? null : part(kode, cut);
}
