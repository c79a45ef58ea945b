import { Conflict, Invalid } from './errors.ts';
import type { AppManifest } from './manifest.ts';
import { type KodeTenant, type KodeWilayah, scopeOf } from './wilayah.ts';

/**
 * A desa as Pendopo hosts it, or a kecamatan or the kabupaten with apps of its own (OpenDK, OpenKab). Its key is its
 * kode wilayah, which also says its scope (`scopeOf`).
 */
export interface Tenant {
  readonly kode: KodeTenant;
  readonly nama: string;
  /** Of a kecamatan its own; null and empty for a kabupaten. */
  readonly kodeKecamatan: KodeWilayah | null;
  readonly namaKecamatan: string;
  readonly kodeKabupaten: KodeWilayah;
  readonly namaKabupaten: string;
  readonly kodeProvinsi: KodeWilayah;
  readonly namaProvinsi: string;
  /** Lower-case host name, or null while the desa has none. */
  readonly domain: string | null;
  readonly createdAt: Date;
}

/** One app at one tenant: whether it runs there and which release. */
export interface Installation {
  readonly id: string;
  readonly kode: KodeTenant;
  readonly app: string;
  readonly state: InstallationState;
  readonly tag: string | null;
  readonly version: string | null;
  readonly settings: Readonly<Record<string, string>>;
  /** The address people open, once it is open. */
  readonly url: string | null;
  readonly updatedAt: Date;
}

/** `absent`: nothing of it exists (not yet, undone, or removed). `suspended`: all of it is there, and nothing runs. */
export type InstallationState = 'absent' | 'installing' | 'active' | 'suspended' | 'removing';

/** Where a tenant's site is opened: of its apps that have an address, the one that stands above the others (`/` before `/pbb`). */
export function siteOf(installations: readonly Pick<Installation, 'state' | 'url'>[]): string | null {
  const urls = installations.flatMap(({ state, url }) => (state === 'absent' || url === null ? [] : [url]));
  return urls.toSorted((a, b) => a.length - b.length)[0] ?? null;
}

/** The installation, in a state in which what is asked for can be done. @throws Conflict that says what to do first */
export function requirePresent(
  title: string,
  installation: Installation | null | undefined,
  states: readonly InstallationState[],
): Installation {
  if (installation != null && states.includes(installation.state)) return installation;
  if (installation?.state === 'suspended') {
    throw new Conflict('sedang-ditangguhkan', `${title} di desa ini sedang ditangguhkan.`, {
      advice: 'Belum ada yang diubah. Tekan Aktifkan lebih dahulu.',
    });
  }
  if (installation?.state === 'active' && states.includes('suspended')) {
    throw new Conflict('sudah-aktif', `${title} di desa ini sudah aktif.`);
  }
  throw new Conflict('belum-terpasang', `${title} tidak terpasang di desa ini.`);
}

/** @throws Invalid when the app is meant for another kind of tenant */
export function requireScope({ title, scope }: Pick<AppManifest, 'title' | 'scope'>, kode: KodeTenant): void {
  const own = scopeOf(kode);
  if (own === scope) return;
  throw new Invalid('lingkup-salah', `${title} adalah aplikasi ${scope}, sedangkan ${kode} adalah ${own}.`, {
    field: 'app',
    advice: `Belum ada yang diubah. ${title} dipasang di ${scope}; di sini pilih aplikasi untuk ${own}.`,
  });
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * A desa's domain as typed → canonical lower case; `-` and empty mean "none yet" (null).
 * Refuses addresses, ports, paths, wildcards and single labels, since they end up in the front's configuration.
 * @throws Invalid
 */
export function parseDomain(text: string | null | undefined): string | null {
  const domain = (text ?? '').trim().toLowerCase().replace(/\.$/, '');
  if (domain === '' || domain === '-') return null;
  const labels = domain.split('.');
  const last = labels.at(-1) ?? '';
  if (domain.length <= 190 && labels.length >= 2 && labels.every((label) => LABEL.test(label)) && /^[a-z]/.test(last)) return domain;
  throw new Invalid(
    'domain-salah',
    `Domain "${text}" tidak sah. Tulis tanpa https:// dan tanpa garis miring, misalnya sukamaju.desa.id, atau "-" bila belum ada.`,
    {
      field: 'domain',
    },
  );
}
