import { type Actor, may } from '../domain/access.ts';
import { Invalid, PendopoError } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { TenantRow } from '../domain/ports-records.ts';
import { parseDomain } from '../domain/tenant.ts';
import { type KodeDesa, parseKodeDesa, parseKodeWilayah } from '../domain/wilayah.ts';

const MOST_ROWS = 2_000;
const HEADINGS = { kode: ['kode', 'kodedesa', 'kodewilayah'], domain: ['domain', 'namadomain', 'domainopensid'] } as const;

/** What is wrong with a row, and what somebody can do about it. */
export interface Problem {
  readonly field: 'kode' | 'domain';
  readonly what: string;
  readonly todo: string;
}

/** One line of what was brought, looked at. */
export interface CheckedRow {
  /** As the spreadsheet counts: the headings are line 1. */
  readonly line: number;
  readonly kode: string;
  readonly domain: string;
  /** null: no desa has this kode. */
  readonly nama: string | null;
  readonly kecamatan: string | null;
  /** It is on record already; its domain stays as it is. */
  readonly isKnown: boolean;
  readonly problems: readonly Problem[];
}

export interface ImportRow {
  readonly line: number;
  readonly kode: string;
  readonly domain: string;
}

/** The rows below the headings. @throws Invalid without a column for the kode, or with too many rows */
export function rowsOfTable(table: readonly (readonly string[])[]): readonly ImportRow[] {
  const head = (table[0] ?? []).map((cell) => cell.toLowerCase().replaceAll(/[^a-z]/g, ''));
  const column = (field: keyof typeof HEADINGS): number => Math.max(...HEADINGS[field].map((name) => head.indexOf(name)));
  const [kode, domain] = [column('kode'), column('domain')];
  if (kode < 0)
    throw new Invalid('kolom-kode-tidak-ada', 'Baris pertama tidak punya kolom "kode".', {
      advice: 'Beri judul "kode" pada kolom kode desa dan, bila ada, "domain" pada kolom domain. Contoh berkas dapat diunduh di sini.',
    });
  const rows = table
    .map((row, index) => ({ line: index + 1, kode: row[kode] ?? '', domain: domain < 0 ? '' : (row[domain] ?? '') }))
    .slice(1)
    .filter((row) => row.kode !== '' || row.domain !== '');
  if (rows.length === 0) throw new Invalid('berkas-kosong', 'Tidak ada baris desa di bawah judul kolom.');
  if (rows.length > MOST_ROWS) throw new Invalid('baris-terlalu-banyak', `Paling banyak ${MOST_ROWS} baris sekali impor.`);
  return rows;
}

/** Every desa of a kecamatan or kabupaten, as if it stood in a file. @throws Invalid */
export async function rowsOfWilayah(tools: Toolbox, text: string): Promise<readonly ImportRow[]> {
  const kode = parseKodeWilayah(text);
  if (kode.length !== 5 && kode.length !== 8) throw new Invalid('wilayah-mana', 'Pilih satu kabupaten atau satu kecamatan.');
  const kecamatan = kode.length === 8 ? [kode] : (await tools.wilayah.children(kode)).map((one) => one.kode);
  const desa = (await Promise.all(kecamatan.map((one) => tools.wilayah.children(one)))).flat();
  if (desa.length === 0) throw new Invalid('wilayah-kosong', `Tidak ada desa di wilayah ${kode}.`);
  return desa.map((one, index) => ({ line: index + 1, kode: one.kode, domain: '' }));
}

/** Looks at every row before anything is begun. Asked again when it is: the world may have moved. */
export async function checkImport(tools: Toolbox, actor: Actor, rows: readonly ImportRow[]): Promise<readonly CheckedRow[]> {
  const known = (await tools.tenants.list({ within: actor.wilayah, limit: MOST_ROWS * 2 })).rows;
  const seen = { kode: new Map<string, number>(), domain: new Map<string, number>() };
  const places = { tenants: new Map(known.map((one) => [one.kode, one])), domains: domainsOf(known), seen };
  const names = await namesOf(tools, rows);
  return rows.map((row) => check(tools, actor, row, places, names));
}

interface Places {
  readonly tenants: ReadonlyMap<string, TenantRow>;
  readonly domains: ReadonlyMap<string, TenantRow>;
  readonly seen: { readonly kode: Map<string, number>; readonly domain: Map<string, number> };
}

function check(tools: Toolbox, actor: Actor, row: ImportRow, places: Places, names: Names): CheckedRow {
  const problems: Problem[] = [];
  const kode = attempt(() => parseKodeDesa(row.kode), 'kode', problems);
  const domain = attempt(() => parseDomain(row.domain), 'domain', problems);
  const place = kode === null ? undefined : names.get(kode);
  if (kode !== null) problems.push(...kodeProblems(actor, row.line, kode, places, place !== undefined));
  if (domain !== null) problems.push(...domainProblems(tools, row.line, domain, places, kode));
  return {
    ...{ line: row.line, kode: kode ?? row.kode, domain: domain ?? row.domain, problems },
    ...{ nama: place?.nama ?? null, kecamatan: place?.kecamatan ?? null, isKnown: kode !== null && places.tenants.has(kode) },
  };
}

function kodeProblems(actor: Actor, line: number, kode: KodeDesa, { seen }: Places, exists: boolean): readonly Problem[] {
  const say = (what: string, todo: string): readonly Problem[] => [{ field: 'kode', what, todo }];
  const before = seen.kode.get(kode);
  if (before !== undefined) return say(`Sama dengan baris ${before}.`, 'Hapus salah satunya.');
  seen.kode.set(kode, line);
  if (!exists) return say('Tidak ada desa dengan kode ini dalam daftar wilayah Indonesia.', 'Periksa kodenya.');
  return may(actor, 'create-tenant', kode) ? [] : say('Desa ini di luar wilayah akun Anda.', 'Hapus barisnya.');
}

function domainProblems(
  tools: Toolbox,
  line: number,
  domain: string,
  { domains, seen }: Places,
  kode: KodeDesa | null,
): readonly Problem[] {
  const say = (what: string, todo: string): readonly Problem[] => [{ field: 'domain', what, todo }];
  const before = seen.domain.get(domain);
  if (before !== undefined) return say(`Domain sama dengan baris ${before}.`, 'Satu domain untuk satu desa.');
  seen.domain.set(domain, line);
  const owner = domains.get(domain);
  if (owner !== undefined && owner.kode !== kode) return say(`Dipakai ${owner.nama} (${owner.kode}).`, 'Pakai domain lain.');
  return domain.endsWith(`.${tools.facts.baseDomain}`) ? say('Domain ini diatur sendiri oleh Pendopo.', 'Kosongkan domainnya.') : [];
}

function attempt<T>(work: () => T, field: Problem['field'], problems: Problem[]): T | null {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PendopoError)) throw error;
    problems.push({ field, what: error.message, todo: error.advice ?? 'Perbaiki, lalu unggah lagi.' });
    return null;
  }
}

type Names = ReadonlyMap<string, { readonly nama: string; readonly kecamatan: string }>;

/** One question a kecamatan, not one a row. */
async function namesOf(tools: Toolbox, rows: readonly ImportRow[]): Promise<Names> {
  const kodes = rows.flatMap(({ kode }) => attempt(() => parseKodeDesa(kode), 'kode', []) ?? []);
  const names = new Map<KodeDesa | string, { nama: string; kecamatan: string }>();
  for (const text of new Set(kodes.map((kode) => kode.slice(0, 8)))) {
    const kode = parseKodeWilayah(text);
    const [kecamatan, desa] = await Promise.all([tools.wilayah.find(kode), tools.wilayah.children(kode)]);
    for (const one of desa) names.set(one.kode, { nama: one.nama, kecamatan: kecamatan?.nama ?? text });
  }
  return names;
}

function domainsOf(known: readonly TenantRow[]): ReadonlyMap<string, TenantRow> {
  return new Map(known.flatMap((one) => (one.domain === null ? [] : [[one.domain, one] as const])));
}
