import type { Action } from '../domain/access.ts';
import type { IconName } from './icons.ts';

interface Entry {
  readonly section: string;
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
  /** Who may not do this does not see the entry; the page itself refuses as well. */
  readonly needs?: Action;
  /** Also in the bar at the thumb on a phone; at most four. */
  readonly quick?: true;
}

interface Group {
  readonly label: string;
  readonly entries: readonly Entry[];
}

/** A new page adds one line here and its address in pages.ts. */
const NAVIGATION = [
  {
    label: 'Ringkasan',
    entries: [{ section: 'dasbor', href: '/', label: 'Dasbor', icon: 'dasbor', quick: true }],
  },
  {
    label: 'Desa',
    entries: [
      { section: 'desa', href: '/desa', label: 'Data Desa', icon: 'desa', quick: true },
      { section: 'kecamatan', href: '/kecamatan', label: 'Kecamatan & kabupaten', icon: 'lokasi' },
      { section: 'pekerjaan', href: '/pekerjaan', label: 'Pekerjaan', icon: 'pekerjaan', quick: true },
      { section: 'gabungan', href: '/gabungan', label: 'Database Gabungan', icon: 'basisdata' },
    ],
  },
  {
    label: 'Perawatan',
    entries: [
      { section: 'pembaruan', href: '/pembaruan', label: 'Pembaruan', icon: 'ulang', quick: true },
      { section: 'gladi', href: '/gladi', label: 'Gladi bersih', icon: 'gladi' },
      { section: 'rilis', href: '/rilis', label: 'Rilis', icon: 'rilis' },
      { section: 'cadangan', href: '/cadangan', label: 'Cadangan', icon: 'cadangan' },
      { section: 'jadwal', href: '/jadwal', label: 'Jadwal', icon: 'kalender' },
      { section: 'arsip', href: '/arsip', label: 'Arsip', icon: 'arsip' },
    ],
  },
  {
    label: 'Katalog',
    entries: [{ section: 'aplikasi', href: '/aplikasi', label: 'Aplikasi', icon: 'aplikasi' }],
  },
  {
    label: 'Pengelolaan',
    entries: [
      { section: 'sertifikat', href: '/sertifikat', label: 'Sertifikat', icon: 'kunci', needs: 'create-tenant' },
      { section: 'anggaran', href: '/anggaran', label: 'Anggaran', icon: 'uang' },
      { section: 'pengguna', href: '/pengguna', label: 'Pengguna & peran', icon: 'pengguna', needs: 'manage-users' },
      { section: 'pengaturan', href: '/pengaturan', label: 'Pengaturan', icon: 'setelan', needs: 'manage-users' },
      { section: 'jejak', href: '/jejak', label: 'Jejak audit', icon: 'jejak', needs: 'manage-users' },
    ],
  },
] as const satisfies readonly Group[];

/** Where in the menu a page stands; `akun` is nowhere in it. */
export type Section = (typeof NAVIGATION)[number]['entries'][number]['section'] | 'akun';

/** The menu. */
export const GROUPS: readonly Group[] = NAVIGATION;
