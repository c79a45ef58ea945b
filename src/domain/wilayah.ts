import { Invalid } from './errors.ts';

declare const kodeBrand: unique symbol;

/**
 * An official region code with dots, as Kemendagri writes it: provinsi `52`, kabupaten `52.01`,
 * kecamatan `52.01.14`, desa `52.01.14.2001` (13 characters, 10 digits).
 */
export type KodeWilayah = string & { readonly [kodeBrand]: 'wilayah' };
export type KodeDesa = KodeWilayah & { readonly [kodeBrand]: 'wilayah' | 'desa' };

export type TingkatWilayah = 'provinsi' | 'kabupaten' | 'kecamatan' | 'desa';

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

/** Accepts any level, with dots. @throws Invalid */
export function parseKodeWilayah(text: string): KodeWilayah {
  const trimmed = text.trim();
  if (isKode(trimmed)) return trimmed;
  throw new Invalid('kode-wilayah-salah', `Kode wilayah "${text}" tidak dikenal. Contoh: 52.01 atau 52.01.14.`, { field: 'kode' });
}

/** Accepts `52.01.14.2001` and `5201142001`. @throws Invalid */
export function parseKodeDesa(text: string): KodeDesa {
  const digits = text.trim();
  const dotted = /^\d{10}$/.test(digits) ? `${digits.slice(0, 2)}.${digits.slice(2, 4)}.${digits.slice(4, 6)}.${digits.slice(6)}` : digits;
  if (isKodeDesa(dotted)) return dotted;
  throw new Invalid(
    'kode-desa-salah',
    `Kode desa "${text}" tidak sah. Tulis 13 karakter seperti 52.01.14.2001 atau 10 angka seperti 5201142001.`,
    {
      field: 'kode',
    },
  );
}

/** `52.01.14.2001` → `5201142001`: the form used in names of schemas, users, folders and containers. */
export function digitsOf(kode: KodeWilayah): string {
  return kode.replaceAll('.', '');
}

/** Whether a person has typed this kode once more, with or without its dots. */
export function repeatsKode(text: string, kode: KodeWilayah): boolean {
  return text.replaceAll('.', '').trim() === digitsOf(kode);
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
