import { Invalid } from './errors.ts';
import type { AppManifest, SettingManifest } from './manifest.ts';

/** Groups that mean one app only; a value of any other is the same for all apps of a desa that know it. */
const OWN_GROUPS: readonly string[] = ['aplikasi', 'wadah'];

export function isShared({ group }: SettingManifest): boolean {
  return !OWN_GROUPS.includes(group);
}

export type Settings = Readonly<Record<string, string>>;

const LONGEST_TEXT = 200;
/** What the vault's column holds, with room for its seal. */
const LONGEST_SECRET = 3_000;
const DAY_OF_THE_CENTURY = /^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
/** One address as people write it; whether it exists only a mail can tell. */
const EMAIL = /^[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}$/;

/**
 * The settings an installation runs with: what was asked for, over what it has, over the manifest's defaults. What it has
 * and a newer manifest no longer offers is left out.
 * @throws Invalid naming the field, for a name or value the manifest does not offer
 */
export function settleSettings(manifest: Pick<AppManifest, 'title' | 'settings'>, wanted: Settings, has: Settings = {}): Settings {
  const unknown = Object.keys(wanted).find((name) => manifest.settings.every((setting) => setting.name !== name));
  if (unknown !== undefined) {
    throw new Invalid('setelan-tidak-dikenal', `${manifest.title} tidak mempunyai setelan "${unknown}".`, { field: unknown });
  }
  const settled = Object.fromEntries(
    manifest.settings.map((setting) => {
      const { name } = setting;
      const asked = wanted[name]?.trim();
      const fault = asked === undefined ? null : faultOf(setting, asked);
      if (fault !== null) throw new Invalid('setelan-salah', `${setting.label}: ${fault}`, { field: name });
      const held = has[name];
      return [name, asked ?? (held !== undefined && faultOf(setting, held) === null ? held : setting.default)];
    }),
  );
  requireNeeded(manifest, wanted, settled);
  return settled;
}

/** What is missing is told to who changes something about it, and to nobody else. */
function requireNeeded({ settings }: Pick<AppManifest, 'settings'>, wanted: Settings, settled: Settings): void {
  for (const { name, label, needed } of settings) {
    if (needed === undefined || settled[name] !== '') continue;
    const conditions = Object.entries(needed);
    const isTouched = [name, ...conditions.map(([other]) => other)].some((one) => wanted[one] !== undefined);
    if (!isTouched || !conditions.every(([other, value]) => settled[other] === value)) continue;
    const why = conditions.map(([other, value]) => `${settings.find((one) => one.name === other)?.label ?? other} ${value}`).join(' dan ');
    throw new Invalid('setelan-perlu', `${label}: wajib diisi untuk ${why}.`, { field: name });
  }
}

/** What is wrong with a value, for people; null when nothing is. */
export function faultOf(setting: SettingManifest, value: string): string | null {
  const longest = setting.kind === 'secret' ? LONGEST_SECRET : LONGEST_TEXT;
  if (value.length > longest) return `paling panjang ${longest} karakter.`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for; in a file of settings a line break begins another setting
  if (/[\u0000-\u001f\u007f]/.test(value)) return 'tidak boleh memuat ganti baris atau karakter kendali.';
  if (value === '' && setting.kind !== 'choice') return setting.default === '' ? null : 'wajib diisi.';
  return kindFault(setting, value);
}

function kindFault({ kind, options, min, max }: SettingManifest, value: string): string | null {
  switch (kind) {
    case 'choice':
      return options.includes(value) ? null : `"${value}" bukan pilihan. Pilihan: ${options.join(', ')}.`;
    case 'number':
      return numberFault(value, min ?? 0, max ?? Number.MAX_SAFE_INTEGER);
    case 'date':
      return isDate(value) ? null : `"${value}" bukan tanggal. Tulis tahun-bulan-hari, misalnya 2027-12-31.`;
    case 'email':
      return EMAIL.test(value) ? null : `"${value}" bukan alamat surel, misalnya desa@contoh.desa.id.`;
    case 'text':
    case 'secret':
      return null;
    default:
      return kind satisfies never;
  }
}

function numberFault(value: string, min: number, max: number): string | null {
  const number = /^\d{1,9}(\.\d{1,2})?$/.test(value) ? Number(value) : Number.NaN;
  const whole = Number.isInteger(min) ? Number.isInteger(number) : true;
  return whole && number >= min && number <= max ? null : `"${value}" harus bilangan${whole ? '' : ' bulat'} dari ${min} sampai ${max}.`;
}

/** A day of this century that exists. */
function isDate(value: string): boolean {
  if (!DAY_OF_THE_CENTURY.test(value)) return false;
  return new Date(`${value}T00:00:00Z`).toISOString().startsWith(value);
}

export function secretNames({ settings }: Pick<AppManifest, 'settings'>): readonly string[] {
  return settings.filter(({ kind }) => kind === 'secret').map(({ name }) => name);
}

/** How the vault knows a secret that a person gave for a setting. Every value has a ref of its own. @param value its id */
export function settingRef(installationId: string, name: string, value: string): string {
  return `installation/${installationId}/setelan/${name}/${value}`;
}

/** As people, logs and the audit trail may see them: of a secret only whether there is one. */
export function shownSettings(settings: Settings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, /^installation\/[^/]+\/setelan\//.test(value) ? HIDDEN_VALUE : value]),
  );
}

/** Stands for a secret that is set. */
const HIDDEN_VALUE = '[rahasia]';

/** The settings of which one value is another than before. */
export function changedNames(before: Settings, after: Settings): readonly string[] {
  return Object.keys(after).filter((name) => after[name] !== before[name]);
}

/** What every app has, whatever its manifest says: its container's limits and its way out. */
export function containerSettings({ limits, egress }: Pick<AppManifest, 'limits' | 'egress'>): readonly SettingManifest[] {
  const usual = (value: number): string => `Kosong: ${value}, menurut aplikasinya.`;
  const shape = { options: [], default: '', group: 'wadah' } as const;
  return [
    { ...shape, name: 'batas-memori', label: 'Batas memori (MB)', kind: 'number', min: 32, max: 65_536, hint: usual(limits.memoryMb) },
    { ...shape, name: 'batas-cpu', label: 'Batas CPU (inti)', kind: 'number', min: 0.05, max: 64, hint: usual(limits.cpus) },
    { ...shape, name: 'batas-proses', label: 'Batas proses', kind: 'number', min: 8, max: 4_096, hint: usual(limits.pids) },
    {
      ...{ ...shape, name: 'jaringan', label: 'Jaringan keluar', kind: 'choice', options: ['tertutup', 'internet'] },
      default: egress === 'internet' ? 'internet' : 'tertutup',
      hint: 'Surel dan layanan OpenDesa memerlukan internet. Desa lain tetap tidak terjangkau.',
    },
  ];
}

/** The app as these settings make it run. */
export function configured<App extends AppManifest>(manifest: App, settings: Settings): App {
  const { limits, egress } = manifest;
  const numberOf = (name: string, usual: number): number => Number(settings[name] || usual);
  return {
    ...manifest,
    limits: {
      ...limits,
      memoryMb: numberOf('batas-memori', limits.memoryMb),
      cpus: numberOf('batas-cpu', limits.cpus),
      pids: numberOf('batas-proses', limits.pids),
    },
    egress: settings.jaringan === undefined ? egress : settings.jaringan === 'internet' ? 'internet' : 'none',
  };
}
