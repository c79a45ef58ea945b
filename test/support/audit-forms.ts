import { type ApiWorld, DESA, PASSWORD } from './api-world.ts';
import {
  atRest,
  CERTIFICATE,
  EMPTY,
  FREE,
  OTHER_SESSION,
  suspended,
  withAuthority,
  withCertificate,
  withChannel,
  withDone,
  withFactor,
  withFiles,
  withOffsite,
  withSession,
} from './audit-scenes.ts';

/** One form of the pages, sent so that it does what it is for, and the line that must come of it. */
export interface FormCase {
  /** As the routes name it. */
  readonly form: string;
  /** The address with values in it; left out: the form's own. */
  readonly at?: string;
  readonly fields?: Readonly<Record<string, string | readonly string[]>>;
  /** What must be there first; gives fields that only then are known. */
  readonly prepare?: (world: ApiWorld) => Promise<Readonly<Record<string, string>> | undefined> | Promise<void> | void;
  readonly action: string;
  /** The desa it is about; left out: DESA. null: about none. */
  readonly kode?: string | null;
  /** Facts that are told with before and after. */
  readonly changes?: readonly string[];
}

const desaForm = (path: string, action: string, more: Partial<FormCase> = {}): FormCase => ({
  ...{ form: `/desa/:kode/:aplikasi/${path}`, at: `/desa/${DESA}/contoh/${path}`, prepare: atRest, action },
  ...more,
});
/** About no desa, or about many. */
const ofAll = (form: string, action: string, more: Partial<FormCase> = {}): FormCase => ({ form, action, kode: null, ...more });
const rolloutForm = (path: string, id: string, action: string, more: Partial<FormCase> = {}): FormCase =>
  ofAll(`/pembaruan/:id/${path}`, action, { at: `/pembaruan/${id}/${path}`, ...more });
const personForm = (path: string, action: string, more: Partial<FormCase> = {}): FormCase =>
  ofAll(`/pengguna/:id${path}`, action, { at: `/pengguna/UPEMBACA${path.replace(':sesi', OTHER_SESSION)}`, ...more });

const DESA_FORMS: readonly FormCase[] = [
  { form: '/desa/tambah', fields: { desa: FREE, kecamatan: '52.01.14', aksi: 'simpan' }, action: 'create-tenant', kode: FREE },
  { form: '/kecamatan', fields: { kode: '52.01.14' }, action: 'create-tenant', kode: '52.01.14' },
  ofAll('/desa/impor', 'import-desa', { fields: { baris: JSON.stringify([[1, FREE, '-']]) } }),
  ofAll('/desa/massal', 'bulk-backup', { fields: { tindakan: 'backup', aplikasi: 'contoh', daftar: DESA }, prepare: atRest }),
  {
    ...{ form: '/desa/:kode/pengaturan', at: `/desa/${DESA}/pengaturan`, fields: { 'contoh:setelan:gangguan': 'lambat' }, prepare: atRest },
    ...{ action: 'configure-settings', changes: ['gangguan'] },
  },
  {
    ...{ form: '/desa/:kode/domain', at: `/desa/${DESA}/domain`, fields: { domain: 'baru.desa.id', security: 'any' }, prepare: atRest },
    ...{ action: 'change-addresses', changes: ['domain'] },
  },
  {
    ...{ form: '/desa/:kode/kontak', at: `/desa/${DESA}/kontak`, fields: { surel: 'desa@kab.go.id' } },
    ...{ action: 'set-contact', changes: ['email'] },
  },
  {
    ...{ form: '/desa/:kode/sertifikat', at: `/desa/${DESA}/sertifikat`, fields: { cara: 'upload' } },
    ...{ action: 'choose-certificates', changes: ['choice'] },
  },
  {
    form: '/desa/:kode/pasang-semua',
    at: `/desa/${EMPTY}/pasang-semua`,
    fields: { aplikasi: 'semua-contoh' },
    action: 'install',
    kode: EMPTY,
  },
  { form: '/desa/:kode/tangguhkan', at: `/desa/${DESA}/tangguhkan`, prepare: atRest, action: 'suspend' },
  { form: '/desa/:kode/aktifkan', at: `/desa/${DESA}/aktifkan`, prepare: suspended, action: 'resume' },
  desaForm('pasang', 'install', { at: `/desa/${EMPTY}/contoh/pasang`, kode: EMPTY }),
  desaForm('setelan', 'save-settings', { fields: { 'contoh:setelan:gangguan': 'lambat' }, changes: ['gangguan'] }),
  desaForm('sandi', 'reveal-secret'),
  desaForm('hapus', 'remove', { fields: { konfirmasi: DESA } }),
  ...[desaForm('perbarui', 'update'), desaForm('cadangkan', 'backup'), desaForm('mundur', 'rollback')],
  ...[desaForm('tangguhkan', 'suspend'), desaForm('aktifkan', 'resume', { prepare: suspended })],
  desaForm('kunci-versi', 'pin', { fields: { kunci: 'ya' } }),
];

const WORK_FORMS: readonly FormCase[] = [
  ofAll('/pekerjaan/coba-lagi-semua', 'retry-by-cause', { fields: { sebab: 's:x' } }),
  { form: '/pekerjaan/:id/coba-lagi', at: '/pekerjaan/GAGAL/coba-lagi', action: 'retry' },
  {
    ...{ form: '/pekerjaan/:id/setelan', at: '/pekerjaan/GAGAL/setelan', fields: { 'contoh:setelan:gangguan': 'lambat' } },
    ...{ action: 'save-settings', changes: ['gangguan'] },
  },
  { form: '/pekerjaan/:id/batalkan', at: '/pekerjaan/JALAN/batalkan', action: 'cancel' },
  ofAll('/rilis/:aplikasi/tahan', 'bar-release', { at: '/rilis/contoh/tahan', fields: { tag: 'v1.2.0', sebab: 'Merusak data.' } }),
  ofAll('/pembaruan', 'start-rollout', { fields: { aplikasi: 'contoh' }, prepare: atRest }),
  rolloutForm('hentikan', 'JALAN1', 'halt-rollout'),
  ...[rolloutForm('lanjutkan', 'HENTI1', 'resume-rollout'), rolloutForm('akhiri', 'HENTI1', 'end-rollout')],
  rolloutForm('coba-lagi', 'HENTI1', 'retry-members'),
  rolloutForm('mundurkan', 'HENTI1', 'return-rollout', { prepare: withDone }),
  rolloutForm('lewati', 'HENTI1', 'skip-member', { fields: { desa: DESA } }),
  rolloutForm('ikutkan', 'JALAN1', 'admit-member', { fields: { desa: DESA } }),
  ofAll('/gladi', 'start-rehearsal', { fields: { aplikasi: 'contoh', versi: 'v1.2.0' }, prepare: atRest }),
  { form: '/arsip/:id/pulihkan', at: '/arsip/ARSIP1/pulihkan', action: 'unarchive', kode: EMPTY },
  { form: '/cadangan/:id/pulihkan', at: '/cadangan/CADANG1/pulihkan', prepare: atRest, action: 'restore' },
  { form: '/cadangan/:id/uji', at: '/cadangan/CADANG1/uji', prepare: atRest, action: 'drill' },
  { form: '/cadangan/:id/unduh', at: '/cadangan/CADANG1/unduh', prepare: withFiles, action: 'link-backup' },
  ofAll('/jadwal/:tugas', 'save-schedule', {
    ...{ at: '/jadwal/cadangan-malam', fields: { pola: '0 2 * * *', aktif: 'ya' }, changes: ['pattern'] },
  }),
  ofAll('/jadwal/:tugas/jalankan', 'run-task', { at: '/jadwal/cadangan-malam/jalankan' }),
];

const HOUSE_FORMS: readonly FormCase[] = [
  ofAll('/salinan-luar', 'configure-offsite', { fields: { tempat: '/mnt/baru' }, prepare: withOffsite, changes: ['place'] }),
  ofAll('/salinan-luar/hentikan', 'drop-offsite', { prepare: withOffsite, changes: ['place'] }),
  ofAll('/salinan-luar/jalankan', 'run-task', { fields: { tugas: 'salin-luar' }, prepare: withOffsite }),
  ofAll('/pemberitahuan/email', 'set-channel', {
    ...{
      fields: { server: 'smtp.kab.go.id:587', dari: 'c@kab.go.id', kepada: 'b@kab.go.id' },
      prepare: withChannel,
      changes: ['port', 'from'],
    },
  }),
  ofAll('/pemberitahuan/telegram', 'set-channel', { fields: { obrolan: '-200' }, prepare: withChannel, changes: ['chat'] }),
  ofAll('/pemberitahuan/webhook', 'set-channel', { fields: { alamat: 'https://baru.go.id/x' }, prepare: withChannel, changes: ['url'] }),
  ...['email', 'telegram', 'webhook'].flatMap((channel) => [
    ofAll(`/pemberitahuan/${channel}/coba`, 'try-channel', { prepare: withChannel }),
    ofAll(`/pemberitahuan/${channel}/matikan`, 'drop-channel', { prepare: withChannel, changes: ['channel'] }),
  ]),
  ofAll('/pindahan', 'add-shared-source', { fields: { nama: 'baru', aplikasi: 'contoh', alamat: 'mysql://a:b@c/d' } }),
  ofAll('/pindahan/:sumber/salin', 'refresh-shared-source', { at: '/pindahan/kabupaten/salin' }),
  ofAll('/pindahan/:sumber/hapus', 'remove-shared-source', { at: '/pindahan/kabupaten/hapus' }),
  {
    ...{ form: '/pindahan/:sumber/:kode', at: `/pindahan/kabupaten/${DESA}`, action: 'install' },
    prepare: ({ memory }) => {
      memory.jobs.clear();
      memory.installations.clear();
    },
  },
  ofAll('/gabungan/unduh', 'link-combined', { fields: { isi: 'sql' } }),
  ofAll('/gabungan/akun', 'create-reader', { fields: { nama: 'baru', keperluan: 'OpenKab', hak: 'penuh' } }),
  ofAll('/gabungan/akun/:nama/sandi', 'rotate-reader', { at: '/gabungan/akun/analis/sandi' }),
  ofAll('/gabungan/akun/:nama/cabut', 'revoke-reader', { at: '/gabungan/akun/analis/cabut' }),
  { form: '/gabungan/:kode/:aplikasi/periksa', at: `/gabungan/${DESA}/contoh/periksa`, action: 'prove-slice' },
  { form: '/gabungan/:kode/:aplikasi/perbaiki', at: `/gabungan/${DESA}/contoh/perbaiki`, action: 'repair-slice' },
  ofAll('/sertifikat', 'upload-certificate', { fields: { chain: CERTIFICATE.chain, key: CERTIFICATE.key } }),
  ofAll('/sertifikat/minta', 'request-certificate', { fields: { host: 'mekarsari.desa.id' }, prepare: withAuthority }),
  ofAll('/sertifikat/penerbit', 'configure-authority', {
    ...{ fields: { directory: 'https://baru.example/directory', email: 'baru@kab.go.id', agreed: 'ya' }, prepare: withAuthority },
    changes: ['directory', 'email'],
  }),
  ofAll('/sertifikat/penerbit/hentikan', 'drop-authority', { prepare: withAuthority, changes: ['directory'] }),
  ofAll('/sertifikat/:id/hapus', 'remove-certificate', { at: '/sertifikat/SERTI1/hapus', prepare: withCertificate }),
];

const PEOPLE_FORMS: readonly FormCase[] = [
  ofAll('/akun/keluar-semua', 'end-sessions'),
  ofAll('/akun/sesi/:sesi/akhiri', 'end-session', { at: `/akun/sesi/${OTHER_SESSION}/akhiri`, prepare: withSession('USUPERADMIN') }),
  ofAll('/akun/dua-langkah', 'begin-second-factor', { fields: { password: PASSWORD } }),
  ofAll('/akun/dua-langkah/pastikan', 'add-second-factor', { prepare: withFactor('USUPERADMIN', false) }),
  ofAll('/akun/dua-langkah/kode-cadangan', 'renew-recovery-codes', { prepare: withFactor('USUPERADMIN') }),
  ofAll('/akun/dua-langkah/matikan', 'remove-second-factor', { fields: { password: PASSWORD }, prepare: withFactor('USUPERADMIN') }),
  ofAll('/pengaturan/dua-langkah', 'change-policy', { fields: { peran: 'operator' }, changes: ['roles'] }),
  ofAll('/pengguna', 'create-user', { fields: { username: 'budi', nama: 'Budi', peran: 'operator' } }),
  personForm('', 'change-user', { fields: { nama: 'pembaca', peran: 'operator', wilayah: '52.01' }, changes: ['role'] }),
  ...[personForm('/sandi', 'reset-password'), personForm('/akhiri-sesi', 'end-sessions')],
  personForm('/sesi/:sesi/akhiri', 'end-session', { prepare: withSession('UPEMBACA') }),
  personForm('/dua-langkah/setel-ulang', 'reset-second-factor', { prepare: withFactor('UPEMBACA') }),
];

/** Every form of the pages. */
export const FORM_CASES: readonly FormCase[] = [...DESA_FORMS, ...WORK_FORMS, ...HOUSE_FORMS, ...PEOPLE_FORMS];
