import type { Role } from '../domain/access.ts';
import type { BackupReason } from '../domain/backup.ts';
import type { Job, JobState, JobStep, StepState, WorkflowName } from '../domain/job.ts';
import type { MemberState, RolloutState, RolloutWork } from '../domain/rollout.ts';
import type { InstallationState, Tenant } from '../domain/tenant.ts';
import { type KodeWilayah, scopeOf, tingkatOf } from '../domain/wilayah.ts';
import type { IconName } from './icons.ts';

/** What a state looks like: its word for people, its colour and its icon. */
export interface Look {
  readonly word: string;
  readonly tone: 'netral' | 'jalan' | 'baik' | 'awas' | 'buruk';
  readonly icon: IconName;
}

const JOB_LOOKS: Readonly<Record<JobState, Look>> = {
  queued: { word: 'Menunggu giliran', tone: 'netral', icon: 'jam' },
  running: { word: 'Berjalan', tone: 'jalan', icon: 'ulang' },
  interrupted: { word: 'Terhenti sejenak', tone: 'awas', icon: 'jeda' },
  undoing: { word: 'Mengembalikan', tone: 'awas', icon: 'kembali' },
  succeeded: { word: 'Berhasil', tone: 'baik', icon: 'centang' },
  undone: { word: 'Gagal, dikembalikan', tone: 'buruk', icon: 'kembali' },
  stuck: { word: 'Perlu tindakan', tone: 'buruk', icon: 'awas' },
};

/** The code of a cause that is no failure: somebody stopped the job. */
export const CANCELLED = 'dibatalkan';

export function lookOfJob(job: Pick<Job, 'state' | 'cause'>): Look {
  if (job.state === 'undone' && job.cause?.code === CANCELLED) return { word: 'Dibatalkan', tone: 'netral', icon: 'silang' };
  return JOB_LOOKS[job.state];
}

export const STEP_LOOKS: Readonly<Record<StepState, Look>> = {
  pending: { word: 'Menunggu', tone: 'netral', icon: 'jam' },
  running: { word: 'Sedang dikerjakan', tone: 'jalan', icon: 'ulang' },
  done: { word: 'Selesai', tone: 'baik', icon: 'centang' },
  skipped: { word: 'Sudah terpenuhi', tone: 'baik', icon: 'lewati' },
  failed: { word: 'Gagal', tone: 'buruk', icon: 'silang' },
  undoing: { word: 'Sedang dikembalikan', tone: 'awas', icon: 'kembali' },
  undone: { word: 'Dikembalikan', tone: 'netral', icon: 'kembali' },
  kept: { word: 'Tidak perlu dikembalikan', tone: 'netral', icon: 'lewati' },
  'undo-failed': { word: 'Gagal dikembalikan', tone: 'buruk', icon: 'awas' },
};

/** The step that stopped a job keeps its mark after it was put back: people look for where it went wrong. */
export function lookOfStep({ name, state }: Pick<JobStep, 'name' | 'state'>, cause: Job['cause']): Look {
  const isPutBack = state === 'undone' || state === 'kept';
  if (isPutBack && name === cause?.step) return { word: 'Gagal di sini, lalu dikembalikan', tone: 'buruk', icon: 'silang' };
  return STEP_LOOKS[state];
}

export const INSTALLATION_LOOKS: Readonly<Record<InstallationState, Look>> = {
  absent: { word: 'Belum terpasang', tone: 'netral', icon: 'silang' },
  installing: { word: 'Sedang dipasang', tone: 'jalan', icon: 'ulang' },
  active: { word: 'Aktif', tone: 'baik', icon: 'centang' },
  suspended: { word: 'Ditangguhkan', tone: 'awas', icon: 'jeda' },
  removing: { word: 'Sedang dihapus', tone: 'awas', icon: 'hapus' },
};

export const VERBS: Readonly<Record<WorkflowName, string>> = {
  install: 'Pasang',
  remove: 'Hapus',
  unarchive: 'Pulihkan',
  update: 'Perbarui',
  rollback: 'Mundur versi',
  backup: 'Cadangkan',
  restore: 'Pulihkan cadangan',
  drill: 'Uji cadangan',
  rehearse: 'Gladi bersih',
  configure: 'Atur',
  'change-domain': 'Ubah domain',
  suspend: 'Tangguhkan',
  resume: 'Aktifkan',
};

export const ROLE_NAMES: Readonly<Record<Role, string>> = {
  superadmin: 'Superadmin',
  kabupaten: 'Admin kabupaten',
  operator: 'Operator',
  kecamatan: 'Kecamatan',
  pembaca: 'Hanya baca',
};

/** The tenth digit tells: 1 is a kelurahan, 2 and 3 are desa (3: desa adat). A kabupaten's name says itself that it is one. */
export function namaLengkap(desa: { readonly kode: KodeWilayah; readonly nama: string }): string {
  const tingkat = tingkatOf(desa.kode);
  if (tingkat !== 'desa') return tingkat === 'kecamatan' ? `Kecamatan ${desa.nama}` : desa.nama;
  return `${desa.kode.charAt(9) === '1' ? 'Kelurahan' : 'Desa'} ${desa.nama}`;
}

/** Where a tenant lies: "Kec. Batu Layar, Kabupaten Lombok Barat". */
export function whereabouts({ kode, namaKecamatan, namaKabupaten, namaProvinsi }: Tenant): string {
  const scope = scopeOf(kode);
  if (scope === 'desa') return `Kec. ${namaKecamatan}, ${namaKabupaten}`;
  return scope === 'kecamatan' ? namaKabupaten : namaProvinsi;
}

export type Zone = 'Asia/Jakarta' | 'Asia/Makassar' | 'Asia/Jayapura';

interface ZoneFormats {
  readonly name: string;
  readonly day: Intl.DateTimeFormat;
  readonly minute: Intl.DateTimeFormat;
  readonly second: Intl.DateTimeFormat;
}

// Made once: making a format costs more than the rest of a row of a table.
const ZONES: Readonly<Record<Zone, ZoneFormats>> = {
  'Asia/Jakarta': formatsOf('Asia/Jakarta', 'WIB'),
  'Asia/Makassar': formatsOf('Asia/Makassar', 'WITA'),
  'Asia/Jayapura': formatsOf('Asia/Jayapura', 'WIT'),
};
const WHOLE = new Intl.NumberFormat('id-ID', { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat('id-ID', { maximumFractionDigits: 1 });
const ALWAYS_TENTHS = new Intl.NumberFormat('id-ID', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

function formatsOf(timeZone: Zone, name: string): ZoneFormats {
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => new Intl.DateTimeFormat('id-ID', { ...options, timeZone });
  return {
    name,
    day: format({ day: 'numeric', month: 'short', year: 'numeric' }),
    minute: format({ hour: '2-digit', minute: '2-digit' }),
    second: format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  };
}

/** `WITA` */
export function zoneName(zone: Zone): string {
  return ZONES[zone].name;
}

/** `24 Nov 2026 14.05 WIB` */
export function moment(date: Date, zone: Zone): string {
  const { name, day, minute } = ZONES[zone];
  return `${day.format(date)} ${minute.format(date)} ${name}`;
}

/** `14.05 WIB` for a time of today, else the whole moment. */
export function hour(date: Date, { now, zone }: { readonly now: Date; readonly zone: Zone }): string {
  const { name, day, minute } = ZONES[zone];
  return day.format(date) === day.format(now) ? `${minute.format(date)} ${name}` : moment(date, zone);
}

/** `14.05.09`, for lines of a log. */
export function clockTime(date: Date, zone: Zone): string {
  return ZONES[zone].second.format(date);
}

export const REASONS: Readonly<Record<BackupReason, string>> = {
  scheduled: 'terjadwal',
  'by-hand': 'diminta',
  'before-update': 'sebelum pembaruan',
  'before-rollback': 'sebelum mundur versi',
  'before-restore': 'sebelum pemulihan',
};
export const WORK_WORDS: Readonly<Record<RolloutWork, string>> = {
  update: 'Pembaruan',
  rollback: 'Mundur versi',
  backup: 'Pencadangan',
  drill: 'Uji cadangan',
  rehearse: 'Gladi bersih',
};
export const ROLLOUT_WORDS: Readonly<Record<RolloutState, string>> = { running: 'Berjalan', halted: 'Dihentikan', finished: 'Selesai' };
export const MEMBER_WORDS: Readonly<Record<MemberState, string>> = {
  waiting: 'Menunggu',
  running: 'Berjalan',
  done: 'Berhasil',
  failed: 'Gagal',
  skipped: 'Dilewati',
  paused: 'Ditahan',
  'kept-out': 'Ditahan oleh gladi',
};

/** How long ago, in the coarsest unit that still says something. */
export function ago(date: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - date.getTime()) / 1000));
  if (seconds < 45) return 'baru saja';
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} menit lalu`;
  if (seconds < 84_600) return `${Math.round(seconds / 3600)} jam lalu`;
  const days = Math.round(seconds / 86_400);
  if (days === 1) return 'kemarin';
  if (days < 45) return `${days} hari lalu`;
  return days < 540 ? `${Math.round(days / 30)} bulan lalu` : `${Math.round(days / 365)} tahun lalu`;
}

/** `0,8 detik`, `12 detik`, `1 menit 5 detik`, `2 jam 3 menit`. The browser's ticking clock words it the same. */
export function duration(milliseconds: number): string {
  const ms = Math.max(0, milliseconds);
  if (ms < 9950) return `${ALWAYS_TENTHS.format(Math.round(ms / 100) / 10)} detik`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} detik`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} menit ${seconds % 60} detik`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} jam ${Math.floor((seconds % 3600) / 60)} menit`;
  return `${Math.floor(seconds / 86_400)} hari ${Math.floor((seconds % 86_400) / 3600)} jam`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `12,4 MB` */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${(value < 100 && unit > 0 ? TENTHS : WHOLE).format(value)} ${UNITS[unit] ?? 'B'}`;
}

export function count(value: number): string {
  return WHOLE.format(value);
}

/** `Rp 1.000.000` */
export function rupiah(value: number): string {
  return `Rp\u00a0${WHOLE.format(value)}`;
}

/** Two letters that stand for an app: its capitals, or its beginning. */
export function monogram(title: string): string {
  const capitals = title.replaceAll(/[^A-Z]/g, '');
  return (capitals.length > 1 ? capitals : title).slice(0, 2).toUpperCase();
}

/** Only what a browser may safely follow; anything else is shown as text. */
export function safeUrl(url: string | null): string | null {
  return url !== null && /^https?:\/\/[^\s"'<>]+$/i.test(url) ? url : null;
}

/** A source address without the name and password it may carry. */
export function withoutCredentials(repo: string): string {
  return repo.replace(/^([a-z+]+:\/\/)[^/@]+@/i, '$1');
}
