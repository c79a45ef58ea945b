import { endOwnSession, endOwnSessions, showAccount } from './account.ts';
import { changeAddresses, showAddresses } from './addresses.ts';
import { showApps } from './apps.ts';
import { restoreArchive, showArchives } from './archive-list.ts';
import { exportAudit, showAudit } from './audit.ts';
import { showBackups } from './backup-list.ts';
import { askDownload, downloadBackup, drillBackup, restoreBackup, showBackup } from './backup-show.ts';
import { showBatch } from './batch.ts';
import { showBudget } from './budget.ts';
import { askOne, changeAuthority, chooseOne, removeOne, stopAuthority, uploadOne } from './certificate-forms.ts';
import { showCertificates } from './certificates.ts';
import { proveSlice, repairSlice, showCombined } from './combined.ts';
import { askCombined } from './combined-download.ts';
import { addReader, changeReaderPassword, removeReader } from './combined-readers.ts';
import { showDashboard, showDashboardState } from './dashboard.ts';
import { addDesa, searchDesa, showDesaAdd } from './desa-add.ts';
import { beginBulk, previewBulk } from './desa-bulk.ts';
import { backUpApp, installAll, resumeApp, resumeDesa, rollBackApp, suspendApp, suspendDesa, updateApp } from './desa-change.ts';
import { changeColumns } from './desa-columns.ts';
import { exportDesa } from './desa-export.ts';
import { beginImport, checkFile, sampleFile, showImport } from './desa-import.ts';
import { showDesaList } from './desa-list.ts';
import { applySettings, showSettings } from './desa-settings.ts';
import { changeContact, changeSettings, installApp, revealPassword, showDesa, showHealth } from './desa-show.ts';
import { retryAll, showJobList } from './job-list.ts';
import { cancel, changeJobSettings, downloadLog, retry, showJob, showJobProgress } from './job-show.ts';
import { addMoveSource, copyMoveSource, dropMoveSource, moveDesa, showMove, showMoves, showSharedDesa } from './move.ts';
import { NOTICE_FORMS, showNotices } from './notice-channels.ts';
import { changeOffsite, runOffsite, showOffsite, stopOffsite } from './offsite.ts';
import { addOtherTenant, showOtherTenants } from './other-tenants.ts';
import { beginRehearsal, showRehearsal, showRehearsals } from './rehearsals.ts';
import { changeBar, changePin, showReleases } from './releases.ts';
import { removeApp, showRemove } from './remove.ts';
import { admitOne, beginRollout, endOne, haltOne, resumeOne, retryOne, returnOne, showRollout, showRollouts, skipOne } from './rollouts.ts';
import { changeSchedule, runNow, showSchedules } from './schedules.ts';
import { beginFactor, confirmFactor, removeFactor, renewRecovery, showSecondFactor } from './second-factor.ts';
import { changePolicy, showPolicies } from './settings.ts';
import { changeTheme } from './theme.ts';
import { addUser, endSessionOf, endSessionsOf, giveNewPassword, resetFactorOf, saveUser, showUser, showUsers } from './users.ts';
import type { Handle } from './visit.ts';

/** What sets a page apart; they are options of its route as well. */
export interface Traits {
  /** Also for who must set up the second step of signing in first. */
  readonly unsettled?: true;
  /** Changes nothing of anybody's, so it need not be on record: a preview, and what a person prefers to see. */
  readonly recorded?: false;
}

type Route = readonly [path: string, handle: Handle, traits?: Traits];

const UNSETTLED: Traits = { unsettled: true };
const UNRECORDED: Traits = { recorded: false };

/** What is looked at: whole pages, and parts of them for htmx. */
export const PAGES: readonly Route[] = [
  ['/', showDashboard],
  ['/dasbor/keadaan', showDashboardState],
  ['/desa', showDesaList],
  ['/desa/ekspor', exportDesa],
  ['/desa/impor', showImport],
  ['/desa/impor/contoh', sampleFile],
  ['/desa/tambah', showDesaAdd],
  ['/desa/tambah/cari', searchDesa],
  ['/desa/:kode', showDesa],
  ['/desa/:kode/pengaturan', (visit) => showSettings(visit)],
  ['/desa/:kode/domain', (visit) => showAddresses(visit)],
  ['/desa/:kode/:aplikasi/hapus', (visit) => showRemove(visit)],
  ['/desa/:kode/:aplikasi/kesehatan', showHealth],
  ['/kecamatan', showOtherTenants],
  ['/pekerjaan', showJobList],
  ['/pekerjaan/bersama', showBatch],
  ['/pekerjaan/:id', showJob],
  ['/pekerjaan/:id/keadaan', showJobProgress],
  ['/pekerjaan/:id/catatan', downloadLog],
  ['/pembaruan', showRollouts],
  ['/pembaruan/:id', showRollout],
  ['/gladi', showRehearsals],
  ['/gladi/:id', showRehearsal],
  ['/rilis', showReleases],
  ['/cadangan', showBackups],
  ['/cadangan/:id', showBackup],
  ['/unduhan/:id', downloadBackup],
  ['/pindahan', showMoves],
  ['/pindahan/:sumber', showSharedDesa],
  ['/pindahan/:sumber/:kode', showMove],
  ['/salinan-luar', showOffsite],
  ['/pemberitahuan', showNotices],
  ['/gabungan', showCombined],
  ['/jadwal', showSchedules],
  ['/sertifikat', (visit) => showCertificates(visit)],
  ['/arsip', showArchives],
  ['/aplikasi', showApps],
  ['/anggaran', showBudget],
  ['/pengguna', showUsers],
  ['/pengguna/:id', showUser],
  ['/akun', showAccount, UNSETTLED],
  ['/akun/dua-langkah', showSecondFactor, UNSETTLED],
  ['/pengaturan', showPolicies],
  ['/jejak', showAudit],
  ['/jejak/ekspor', exportAudit],
];

/** What is asked for: each is checked against forgery, acts, and leads to a page. */
export const FORMS: readonly Route[] = [
  ['/tampilan', changeTheme, { ...UNRECORDED, ...UNSETTLED }],
  ['/akun/keluar-semua', endOwnSessions, UNSETTLED],
  ['/akun/sesi/:sesi/akhiri', endOwnSession, UNSETTLED],
  ['/akun/dua-langkah', beginFactor, UNSETTLED],
  ['/akun/dua-langkah/pastikan', confirmFactor, UNSETTLED],
  ['/akun/dua-langkah/kode-cadangan', renewRecovery],
  ['/akun/dua-langkah/matikan', removeFactor],
  ['/pengaturan/dua-langkah', changePolicy],
  ['/pengguna', addUser],
  ['/pengguna/:id', saveUser],
  ['/pengguna/:id/sandi', giveNewPassword],
  ['/pengguna/:id/akhiri-sesi', endSessionsOf],
  ['/pengguna/:id/sesi/:sesi/akhiri', endSessionOf],
  ['/pengguna/:id/dua-langkah/setel-ulang', resetFactorOf],
  ['/desa/kolom', changeColumns, UNRECORDED],
  ['/desa/impor', beginImport],
  ['/desa/impor/periksa', checkFile, UNRECORDED],
  ['/desa/massal', beginBulk],
  ['/desa/massal/periksa', previewBulk, UNRECORDED],
  ['/desa/tambah', addDesa],
  ['/kecamatan', addOtherTenant],
  ['/desa/:kode/pengaturan', applySettings],
  ['/desa/:kode/domain', changeAddresses],
  ['/desa/:kode/kontak', changeContact],
  ['/desa/:kode/pasang-semua', installAll],
  ['/desa/:kode/tangguhkan', suspendDesa],
  ['/desa/:kode/aktifkan', resumeDesa],
  ['/desa/:kode/:aplikasi/pasang', installApp],
  ['/desa/:kode/:aplikasi/setelan', changeSettings],
  ['/desa/:kode/:aplikasi/sandi', revealPassword],
  ['/desa/:kode/:aplikasi/hapus', removeApp],
  ['/pekerjaan/coba-lagi-semua', retryAll],
  ['/pekerjaan/:id/coba-lagi', retry],
  ['/pekerjaan/:id/setelan', changeJobSettings],
  ['/pekerjaan/:id/batalkan', cancel],
  ['/desa/:kode/:aplikasi/perbarui', updateApp],
  ['/desa/:kode/:aplikasi/cadangkan', backUpApp],
  ['/desa/:kode/:aplikasi/mundur', rollBackApp],
  ['/desa/:kode/:aplikasi/tangguhkan', suspendApp],
  ['/desa/:kode/:aplikasi/aktifkan', resumeApp],
  ['/desa/:kode/:aplikasi/kunci-versi', changePin],
  ['/rilis/:aplikasi/tahan', changeBar],
  ['/pembaruan', beginRollout],
  ['/pembaruan/:id/hentikan', haltOne],
  ['/pembaruan/:id/lanjutkan', resumeOne],
  ['/pembaruan/:id/akhiri', endOne],
  ['/pembaruan/:id/coba-lagi', retryOne],
  ['/pembaruan/:id/mundurkan', returnOne],
  ['/pembaruan/:id/lewati', skipOne],
  ['/pembaruan/:id/ikutkan', admitOne],
  ['/gladi', beginRehearsal],
  ['/cadangan/:id/pulihkan', restoreBackup],
  ['/cadangan/:id/uji', drillBackup],
  ['/cadangan/:id/unduh', askDownload],
  ['/pindahan', addMoveSource],
  ['/pindahan/:sumber/salin', copyMoveSource],
  ['/pindahan/:sumber/hapus', dropMoveSource],
  ['/pindahan/:sumber/:kode', moveDesa],
  ['/salinan-luar', changeOffsite],
  ['/salinan-luar/hentikan', stopOffsite],
  ...NOTICE_FORMS,
  ['/salinan-luar/jalankan', runOffsite],
  ['/gabungan/unduh', askCombined],
  ['/gabungan/akun', addReader],
  ['/gabungan/akun/:nama/sandi', changeReaderPassword],
  ['/gabungan/akun/:nama/cabut', removeReader],
  ['/gabungan/:kode/:aplikasi/periksa', proveSlice],
  ['/gabungan/:kode/:aplikasi/perbaiki', repairSlice],
  ['/sertifikat', uploadOne],
  ['/sertifikat/minta', askOne],
  ['/sertifikat/penerbit', changeAuthority],
  ['/sertifikat/penerbit/hentikan', stopAuthority],
  ['/desa/:kode/sertifikat', chooseOne],
  ['/sertifikat/:id/hapus', removeOne],
  ['/jadwal/:tugas', changeSchedule],
  ['/jadwal/:tugas/jalankan', runNow],
  ['/arsip/:id/pulihkan', restoreArchive],
];
