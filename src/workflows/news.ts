/** What is worth telling people who are not looking, read from the record. Each piece has a key, by which it is told once. */

import { PendopoError } from '../domain/errors.ts';
import { retryAt } from '../domain/job.ts';
import type { SettingManifest } from '../domain/manifest.ts';
import type { News } from '../domain/notice.ts';
import { isLate } from '../domain/offsite.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { Member, Rollout } from '../domain/rollout.ts';
import { TASKS } from '../domain/schedule.ts';
import { dueWarning, endingsOf } from '../domain/subscription.ts';
import { endingCertificates } from './certificate-overview.ts';
import { wrongSlices } from './news-slices.ts';

/** A piece of news, and when it happened. */
export interface DatedNews extends News {
  readonly at: Date;
}

/** The monthly update is announced so long before. */
const AHEAD_MS = 24 * 3_600_000;
const LOOK_AT = 30;
/** More than any kabupaten has. */
const MOST_DESA = 2_000;

export async function gatherNews(tools: Toolbox): Promise<readonly DatedNews[]> {
  return (
    await Promise.all([
      updateAhead(tools),
      rolloutNews(tools),
      stuckJobs(tools),
      failedTasks(tools),
      lateOffsite(tools),
      endingsAhead(tools),
      endingSoon(tools),
      wrongSlices(tools),
    ])
  ).flat();
}

/** When the monthly update comes, within the next day; null when it does not. */
export async function updateSoon({ schedules, calendar, clock }: Toolbox): Promise<Date | null> {
  const now = clock.now();
  const schedule = (await schedules.list()).find(({ task }) => task === 'perbarui-semua');
  const due = schedule?.enabled === true ? calendar.next(schedule.pattern, now) : null;
  return due === null || due.getTime() - now.getTime() > AHEAD_MS ? null : due;
}

async function updateAhead(tools: Toolbox): Promise<readonly DatedNews[]> {
  const { calendar, clock, tenants } = tools;
  const now = clock.now();
  const due = await updateSoon(tools);
  if (due === null) return [];
  const desa = await tenants.count({ state: 'active' });
  return [
    {
      ...{ key: `update-ahead ${due.toISOString()}`, at: now, title: 'Pembaruan bulanan segera dimulai' },
      text: `Pembaruan ${desa} desa dimulai ${calendar.words(due)}. Setiap situs desa tertutup beberapa detik; semua data dicadangkan dan dibuktikan lebih dahulu. Untuk menundanya, matikan "${TASKS['perbarui-semua'].label}" di halaman Jadwal.`,
    },
  ];
}

/** Asked for one kind at a time: nightly rounds would push a long update off the list. */
const TOLD = ['update', 'rehearse', 'drill'] as const;

async function rolloutNews(tools: Toolbox): Promise<readonly DatedNews[]> {
  const found: DatedNews[] = [];
  const told = await Promise.all(TOLD.map((work) => tools.rollouts.list({ work, state: ['halted', 'finished'], limit: LOOK_AT })));
  for (const rollout of told.flat()) {
    const members = await tools.rollouts.members(rollout.id);
    const failed = members.filter(({ state }) => state === 'failed');
    // A nightly drill is news only when it has failed.
    if (rollout.work === 'drill' && failed.length === 0) continue;
    const at = rollout.endedAt ?? tools.clock.now();
    // Halted again after going on is another piece of news.
    const key = `${rollout.work} ${rollout.id} ${rollout.state} ${failed.length}`;
    found.push({ key, at, title: titleOf(rollout), text: textOf(rollout, members) });
  }
  return found;
}

function titleOf({ work, app, tag, state }: Rollout): string {
  if (work === 'drill') return `Uji cadangan ${app} gagal`;
  if (work === 'rehearse') return `Gladi bersih ${app} ${tag ?? ''} ${state === 'halted' ? 'dihentikan' : 'selesai'}`;
  return `Pembaruan ${app} ${tag ?? ''} ${state === 'halted' ? 'DIHENTIKAN' : 'selesai'}`;
}

const AFTER_FAILURE: Readonly<Record<Rollout['work'], string>> = {
  ...({
    update: 'Desa yang gagal kembali ke versi dan data sebelumnya; yang menunggu keputusan ada di halaman Pekerjaan.',
    rollback: '',
    backup: '',
  } as const),
  drill: 'Data yang sedang dipakai tidak tersentuh; periksa disk dan buat cadangan baru.',
  rehearse: 'Tidak ada desa yang tersentuh; yang gagal tidak ikut pembaruan ke rilis ini sebelum diikutkan lagi.',
};

function textOf({ id, work, reason }: Rollout, members: readonly Member[]): string {
  const count = (state: Member['state']): number => members.filter((member) => member.state === state).length;
  const failed = members.filter(({ state }) => state === 'failed').map(({ kode }) => kode);
  const named = failed.length === 0 ? '' : ` Yang gagal: ${failed.slice(0, 10).join(', ')}${failed.length > 10 ? ', …' : ''}.`;
  const safe = ` ${AFTER_FAILURE[work]}`;
  return `${reason === null ? '' : `${reason} `}${count('done')} berhasil, ${count('failed')} gagal, ${count('skipped')} dilewati, ${count('waiting') + count('paused')} belum.${named}${failed.length > 0 ? safe : ''} Lihat /${work === 'rehearse' ? 'gladi' : 'pembaruan'}/${id}.`;
}

async function stuckJobs({ jobs }: Toolbox): Promise<readonly DatedNews[]> {
  const { rows } = await jobs.list({ state: ['stuck'], limit: LOOK_AT });
  // One that goes on by itself is nobody's business yet.
  return rows
    .filter((job) => retryAt(job) === null)
    .map((job) => ({
      ...{ key: `stuck ${job.id} ${job.attempt}`, at: job.endedAt ?? job.createdAt, title: `Pekerjaan perlu keputusan: desa ${job.kode}` },
      text: `${job.cause?.message ?? ''} ${job.cause?.advice ?? ''} Lihat /pekerjaan/${job.id}.`.trim(),
    }));
}

async function failedTasks({ schedules }: Toolbox): Promise<readonly DatedNews[]> {
  return (await schedules.runs(LOOK_AT))
    .filter(({ state }) => state === 'failed')
    .map(({ task, due, note, endedAt }) => ({
      ...{ key: `task ${task} ${due.toISOString()}`, at: endedAt ?? due, title: `Tugas terjadwal gagal: ${TASKS[task].label}` },
      text: note ?? 'Tanpa keterangan. Lihat /jadwal.',
    }));
}

/** What ends on the same day is told together, whoever's it is. */
async function endingsAhead(tools: Toolbox): Promise<readonly DatedNews[]> {
  const now = tools.clock.now();
  const { rows } = await tools.tenants.list({ limit: MOST_DESA });
  const today = tools.calendar.day(now);
  const told = rows.flatMap(({ kode, nama, installations }) =>
    endingsOf(installations, (app) => ({ settings: settingsOf(tools, app) }), today).flatMap((ending) => {
      const due = dueWarning(ending);
      return due === null ? [] : [{ ...ending, due, desa: `${nama} (${kode})` }];
    }),
  );
  return [...Map.groupBy(told, ({ name, day, due }) => `ending ${name} ${day} ${due}`)].map(([key, of]) => {
    const [{ label = '', day = '', daysLeft = 0 } = {}] = of;
    const when = daysLeft < 0 ? 'sudah berakhir' : daysLeft === 0 ? 'berakhir hari ini' : `berakhir ${daysLeft} hari lagi`;
    const names = of.slice(0, 20).map(({ desa }) => desa);
    return {
      ...{ key, at: now, title: `${label.replace(/ berakhir$/, '')} ${of.length} desa ${when}` },
      text: `Tanggal ${day}: ${names.join(', ')}${of.length > names.length ? ', …' : ''}. Tidak ada yang dihapus atau dihentikan sendiri; perbarui tanggal dan tokennya di Pengaturan desa, atau tekan Tangguhkan.`,
    };
  });
}

/** One app with a faulty manifest, or none any more, keeps no other news from anybody. */
function settingsOf({ apps }: Toolbox, app: string): readonly SettingManifest[] {
  try {
    return apps.entry(app).manifest.settings;
  } catch (error) {
    if (error instanceof PendopoError) return [];
    throw error;
  }
}

async function lateOffsite({ offsites, clock }: Toolbox): Promise<readonly DatedNews[]> {
  const now = clock.now();
  const offsite = await offsites.find();
  // Just set up, and nothing copied yet: the first night comes.
  if (offsite === null || offsite.copiedAt === null || !isLate(offsite, now)) return [];
  return [
    {
      ...{ key: `offsite-late ${now.toISOString().slice(0, 10)}`, at: now, title: 'Salinan luar terlambat' },
      text: `Cadangan terakhir disalin ke luar server ${offsite.copiedAt.toISOString().slice(0, 10)}. Lihat /salinan-luar.`,
    },
  ];
}

/** Told at the warning, a week before, a day before and at the end; of an automatic one only when its renewal fails. */
async function endingSoon(tools: Toolbox): Promise<readonly DatedNews[]> {
  const needed = (await endingCertificates(tools, null)).filter(
    ({ certificate, order }) => certificate.source === 'upload' || order !== null,
  );
  return needed.map(({ host, more, certificate: { id, notAfter }, days, order }) => {
    const isOver = days < 0;
    const failure = order?.failure ?? null;
    const todo = failure === null ? 'Unggah penggantinya.' : `${failure.message} ${failure.advice} Pendopo mencobanya terus.`;
    const ends = isOver ? 'sudah berakhir' : `berakhir ${tools.calendar.words(notAfter)}`;
    return {
      ...{ key: `certificate ${id} ${stageOf(days)}`, at: tools.clock.now() },
      title: `Sertifikat ${host} ${isOver ? 'sudah' : 'segera'} berakhir`,
      text: `Sertifikat ${host}${more > 0 ? ` dan ${more} nama lain` : ''} ${ends}. ${todo} Lihat /sertifikat.`,
    };
  });
}

function stageOf(days: number): 'over' | 'day' | 'week' | 'soon' {
  if (days < 0) return 'over';
  if (days < 1) return 'day';
  return days < 7 ? 'week' : 'soon';
}
