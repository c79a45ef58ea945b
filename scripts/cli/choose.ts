import { Conflict, Invalid, NotFound } from '../../src/domain/errors.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import type { TenantRow } from '../../src/domain/ports-records.ts';
import type { Installation } from '../../src/domain/tenant.ts';
import { type KodeWilayah, parseKodeTenant, parseKodeWilayah, type Wilayah } from '../../src/domain/wilayah.ts';

/** @throws Invalid, NotFound */
export async function findTenant({ tenants }: Toolbox, kode: string): Promise<TenantRow> {
  const tenant = await tenants.find(parseKodeTenant(kode));
  if (tenant !== null) return tenant;
  throw new NotFound('desa-tidak-ada', `Desa ${kode} belum terdaftar.`, { advice: 'Tambahkan dahulu: pendopo desa tambah <kode>.' });
}

/**
 * The installation that is meant: the named app's, or the only one there is.
 * @param isEnough which ones come into question; usually those that are there
 * @throws Conflict, NotFound, Invalid
 */
export function chooseInstallation(
  { apps }: Toolbox,
  tenant: TenantRow,
  app: string | null,
  isEnough = ({ state }: Installation): boolean => state !== 'absent',
): Installation {
  const present = tenant.installations.filter(isEnough);
  if (app !== null) {
    const { title } = apps.entry(app).manifest;
    const named = present.find((installation) => installation.app === app);
    if (named !== undefined) return named;
    throw new Conflict('belum-terpasang', `${title} tidak terpasang di ${tenant.nama}.`);
  }
  const [only, ...others] = present;
  if (only === undefined) throw new Conflict('belum-terpasang', `Belum ada aplikasi yang terpasang di ${tenant.nama}.`);
  if (others.length === 0) return only;
  throw new Invalid('aplikasi-mana', `Ada beberapa aplikasi di ${tenant.nama}: ${present.map((one) => one.app).join(', ')}.`, {
    field: 'app',
    advice: 'Sebutkan yang mana: --aplikasi <nama>.',
  });
}

/** @throws Invalid for a text that is no `nama=nilai`, and for a name that comes twice */
export function parseSettings(texts: readonly string[]): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const text of texts) {
    const [, name = '', value = ''] = /^([^=\s]+)=(.*)$/s.exec(text) ?? [];
    if (name === '') throw new Invalid('setelan-salah', `Setelan "${text}" tidak dimengerti. Tulis nama=nilai.`, { field: 'settings' });
    if (name in settings) throw new Invalid('setelan-ganda', `Setelan "${name}" disebut dua kali.`, { field: name });
    settings[name] = value;
  }
  return settings;
}

/** A region that exists. @throws Invalid, NotFound */
export async function findWilayah({ wilayah }: Toolbox, text: string): Promise<Wilayah> {
  const found = await wilayah.find(kodeOf(text));
  if (found !== null) return found;
  throw new NotFound('wilayah-tidak-ada', `Wilayah ${text} tidak ada dalam daftar wilayah Indonesia.`);
}

/** Any level, a desa also without dots. @throws Invalid */
function kodeOf(text: string): KodeWilayah {
  return /^\d{10}$/.test(text.trim()) ? parseKodeTenant(text) : parseKodeWilayah(text);
}

/** One of the words, by what it means. @param unsaid words that are understood but not offered @throws Invalid naming all others */
export function chooseWord<T>(
  option: string,
  text: string,
  words: Readonly<Record<string, T>>,
  unsaid: Readonly<Record<string, T>> = {},
): T {
  const found = Object.entries({ ...unsaid, ...words }).find(([word]) => word === text.toLowerCase());
  if (found !== undefined) return found[1];
  throw new Invalid('pilihan-salah', `--${option} "${text}" tidak dikenal. Pilihan: ${Object.keys(words).join(', ')}.`, { field: option });
}

/** @throws Invalid */
export function parseCount(option: string, text: string | null, fallback: number, most: number): number {
  if (text === null) return fallback;
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= most) return value;
  throw new Invalid('pilihan-salah', `--${option} harus bilangan 1–${most}, bukan "${text}".`, { field: option });
}
