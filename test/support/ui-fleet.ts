import { getDistricts, getProvinces, getRegencies, getVillages } from 'idn-area-data';
import type { Cause } from '../../src/domain/job.ts';
import type { AppManifest } from '../../src/domain/manifest.ts';
import { containerSettings } from '../../src/domain/setting.ts';
import { parseKodeDesa, parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { aManifest, aSetting } from './builders.ts';
import { tellJob } from './ui-jobs.ts';
import { type UiWorld, uiWorld } from './ui-world.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const REVEALED = [{ name: 'admin-password', kind: 'password', reveal: true }] as const;

const OPENSID = { limits: { memoryMb: 256, cpus: 1, pids: 96, startSeconds: 30 }, egress: 'none' } as const;
const SHARED_SETTINGS = [
  aSetting({ name: 'langganan', label: 'Langganan OpenDesa', options: ['umum', 'premium'], default: 'umum', group: 'langganan' }),
  ...(
    [
      ['token-premium', 'Token premium', 'secret', 'langganan'],
      ['akhir-premium', 'Langganan premium berakhir', 'date', 'langganan'],
      ['surel-server', 'Server surel (SMTP)', 'text', 'surel'],
      ['surel-sandi', 'Kata sandi surel', 'secret', 'surel'],
      ['surel-pengirim', 'Alamat pengirim', 'email', 'surel'],
    ] as const
  ).map(([name, label, kind, group]) =>
    aSetting({
      name,
      label,
      kind,
      group,
      options: [],
      default: '',
      hint: `Keterangan ${label}.`,
      ...(kind === 'date' && { warnDays: [30, 7] }),
    }),
  ),
];

export const MANIFESTS: readonly AppManifest[] = [
  aManifest({
    name: 'opensid',
    title: 'OpenSID',
    sample: false,
    description: 'Sistem informasi desa: situs, layanan surat, dan data kependudukan.',
    source: { repo: 'https://github.com/OpenSID/OpenSID.git', tags: '^v(\\d+)\\.(\\d+)\\.(\\d+)$', version: null },
    secrets: REVEALED,
    settings: [...SHARED_SETTINGS, ...containerSettings(OPENSID)],
    limits: OPENSID.limits,
  }),
  aManifest({
    name: 'pbb',
    title: 'PBB Desa',
    sample: false,
    mount: '/pbb',
    description: 'Pencatatan dan pembayaran Pajak Bumi dan Bangunan oleh perangkat desa.',
    source: { repo: 'https://github.com/OpenSID/pbb_desa.git', tags: '^v(\\d+)\\.(\\d+)\\.(\\d+)$', version: null },
    settings: SHARED_SETTINGS,
  }),
  aManifest({
    name: 'contoh-opensid',
    title: 'Contoh OpenSID',
    description: 'Situs desa mini untuk peragaan dan uji coba; bukan OpenSID, dan semua penduduknya rekaan.',
    secrets: REVEALED,
    settings: [
      aSetting({
        ...{ name: 'gangguan', label: 'Gangguan buatan (uji coba)', default: 'tidak-ada' },
        options: ['tidak-ada', 'lambat', 'tak-sehat', 'migrasi-gagal'],
      }),
    ],
  }),
];

const GIT_SILENT: Cause = {
  code: 'git-tidak-menjawab',
  step: 'fetch-release',
  message: 'Server git OpenSID tidak menjawab selama 10 menit.',
  advice: 'Semua sudah dikembalikan seperti semula; desa lain tidak tersentuh. Perbaiki penyebabnya, lalu tekan Coba lagi.',
};
const DISK_FULL: Cause = {
  code: 'disk-penuh',
  step: 'load-data',
  message: 'Ruang disk server habis saat mengisi basis data.',
  advice: 'Kosongkan ruang disk sedikitnya 2 GB. Semua sudah dikembalikan seperti semula. Sesudah itu tekan Coba lagi.',
};
const CANCELLED: Cause = {
  code: 'dibatalkan',
  step: 'dibatalkan',
  message: 'Pekerjaan dibatalkan oleh pengguna.',
  advice: 'Semua sudah dikembalikan seperti semula. Tekan Coba lagi untuk memulai dari awal.',
};
const FOLDER_BUSY: Cause = {
  code: 'folder-terkunci',
  step: 'remove-folders',
  message: 'Folder desa tidak dapat dihapus karena sedang dipakai proses lain.',
  advice: 'Data desa aman. Pekerjaan ini tidak dapat dikembalikan, hanya diteruskan: perbaiki penyebabnya, lalu tekan Coba lagi.',
};

/** 450 desa of Kabupaten Kebumen: most run OpenSID, some are at work, a few failed in every way there is. */
export async function createFleet(): Promise<UiWorld> {
  const areas = await Promise.all([getProvinces(), getRegencies(), getDistricts(), getVillages()]);
  const regions = areas.flat().map(({ code, name }) => [code, name] as const);
  const world = uiWorld({ regions, manifests: MANIFESTS });
  for (const tag of ['v2611.0.0', 'v2610.0.0', 'v2609.0.1', 'v2609.0.0']) addRelease(world, 'opensid', tag);
  for (const tag of ['v2611.0.0', 'v2608.0.0']) addRelease(world, 'pbb', tag);
  addRelease(world, 'contoh-opensid', 'v1.2.0');
  const names = new Map(regions);
  const villages = regions.filter(([kode]) => kode.length === 13 && kode.startsWith('33.05.')).slice(0, 450);
  for (const [index, [kode]] of villages.entries()) {
    addDesa(world, kode, names, index % 3 === 0);
    addHistory(world, kode, index);
  }
  return world;
}

function addRelease({ releases }: UiWorld, app: string, tag: string): void {
  releases.push({ app, tag, version: tag.slice(1), commit: '0'.repeat(40) });
}

/** Puts a desa there as `createTenant` would. */
export function addDesa({ memory }: UiWorld, text: string, names: ReadonlyMap<string, string>, hasDomain: boolean): void {
  const kode = parseKodeDesa(text);
  const nama = (part: string): string => names.get(part) ?? part;
  const domain = `${nama(kode)
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '')}.desa.id`;
  memory.tenants.set(kode, {
    kode,
    nama: nama(kode),
    kodeKecamatan: parseKodeWilayah(kode.slice(0, 8)),
    namaKecamatan: nama(kode.slice(0, 8)),
    kodeKabupaten: parseKodeWilayah(kode.slice(0, 5)),
    namaKabupaten: nama(kode.slice(0, 5)),
    kodeProvinsi: parseKodeWilayah(kode.slice(0, 2)),
    namaProvinsi: nama(kode.slice(0, 2)),
    domain: hasDomain ? domain : null,
    createdAt: new Date(memory.now.getTime() - 40 * DAY),
  });
}

function addHistory(world: UiWorld, kode: string, index: number): void {
  const before = (ms: number): Date => new Date(world.memory.now.getTime() - ms);
  const long = before(20 * DAY - index * HOUR);
  if (index === 3) tellJob(world, { kode, state: 'queued', at: before(20 * SECOND) });
  else if (index === 5) tellJob(world, { kode, state: 'interrupted', at: before(95 * SECOND) });
  else if (index === 8) tellJob(world, { kode, state: 'undoing', cause: DISK_FULL, at: before(40 * SECOND) });
  else if (index === 12) tellJob(world, { kode, state: 'undone', cause: DISK_FULL, at: before(5 * HOUR) });
  else if (index === 14) tellJob(world, { kode, state: 'undone', cause: CANCELLED, at: before(6 * HOUR) });
  else if (index % 61 === 10) tellJob(world, { kode, state: 'undone', cause: GIT_SILENT, at: before(3 * HOUR + index * SECOND) });
  else if (index % 29 !== 7) tellJob(world, { kode, state: 'succeeded', at: long });
  if (index === 16) tellJob(world, { kode, state: 'stuck', workflow: 'remove', cause: FOLDER_BUSY, at: before(2 * HOUR) });
  if (index === 18) tellJob(world, { kode, state: 'succeeded', workflow: 'remove', at: before(DAY) });
  if (index % 4 === 0 && index % 8 !== 0) tellJob(world, { kode, app: 'pbb', state: 'succeeded', at: new Date(long.getTime() + HOUR) });
}
