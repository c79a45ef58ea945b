import type { FleetOverview } from '../workflows/fleet-overview.ts';
import { type Html, html } from './html.ts';
import { icon } from './icons.ts';
import { badge, when } from './parts.ts';
import { CANCELLED, count, duration, lookOfJob, moment, size, VERBS } from './present.ts';
import type { Visit } from './visit.ts';

type Titles = ReadonlyMap<string, string>;
const SHOWN_CAUSES = 4;
const DAY_MS = 86_400_000;

/** What runs, and what stopped and why. */
export function jobsCard(visit: Visit, { jobs, running, causes, desa }: FleetOverview, titles: Titles): Html {
  const names = new Map(desa.map(({ kode, nama }) => [kode, nama]));
  const failures = causes.filter(({ fingerprint }) => !fingerprint.startsWith(`${CANCELLED}:`)).slice(0, SHOWN_CAUSES);
  return html`<section class="card pd-card pd-board-wide" aria-labelledby="judul-kerja"><h2 class="pd-card-title" id="judul-kerja">${icon('pekerjaan')}Pekerjaan</h2>
    <dl class="pd-figures">
      <div class="pd-jalan"><dt>Berjalan</dt><dd><a href="/pekerjaan?keadaan=berjalan">${count(jobs.running + jobs.undoing + jobs.interrupted)}</a></dd></div>
      <div><dt>Menunggu giliran</dt><dd><a href="/pekerjaan?keadaan=menunggu">${count(jobs.queued)}</a></dd></div>
      <div class="${jobs.stuck > 0 ? 'pd-buruk' : ''}"><dt>Perlu tindakan</dt><dd><a href="/pekerjaan?keadaan=perlu-tindakan">${count(jobs.stuck)}</a></dd></div>
    </dl>
    ${running.length === 0 && failures.length === 0 && html`<p class="pd-muted">Tidak ada yang sedang berjalan dan tidak ada yang gagal.</p>`}
    ${running.length > 0 && html`<ul class="pd-lines">${running.map((job) => html`<li><a href="/pekerjaan/${job.id}">${badge(lookOfJob(job))}<span>${VERBS[job.workflow]} ${titles.get(job.app) ?? job.app} · ${names.get(job.kode) ?? job.kode}</span><small>${when(job.createdAt, visit)}</small></a></li>`)}</ul>`}
    ${failures.length > 0 && html`<h3 class="pd-small-title">Sebab kegagalan</h3><ul class="pd-lines">${failures.map(({ fingerprint, message, count: n }) => html`<li><a href="/pekerjaan?sebab=${encodeURIComponent(fingerprint)}"><span class="pd-count pd-buruk">${count(n)}</span><span>${message}</span></a></li>`)}</ul>`}
  </section>`;
}

export function nextUpdateCard(visit: Visit, { nextUpdate }: FleetOverview): Html {
  const body =
    nextUpdate === null
      ? html`<p class="pd-muted">Tidak dijadwalkan.</p>`
      : html`<p class="pd-big" data-sampai="${nextUpdate.at.toISOString()}">${duration(nextUpdate.at.getTime() - visit.now.getTime())}</p>
    <p>${moment(nextUpdate.at, visit.zone)}</p>
    <p class="pd-muted">${nextUpdate.estimateMs === null ? 'Lamanya belum dapat diperkirakan: belum pernah ada pembaruan serentak.' : `Perkiraan lama ${duration(nextUpdate.estimateMs)}, menurut pembaruan terakhir.`}</p>`;
  return html`<section class="card pd-card" aria-labelledby="judul-jadwal"><h2 class="pd-card-title" id="judul-jadwal">${icon('kalender')}Pembaruan berikutnya</h2>${body}<a class="pd-more" href="/jadwal">Jadwal${icon('kanan', 'pd-icon-sm')}</a></section>`;
}

/** One bar an app: the newest fill is the version most desa run. Widths are attributes, since the policy forbids style ones. */
export function versionsCard({ versions }: FleetOverview, titles: Titles): Html {
  return html`<section class="card pd-card pd-board-wide" aria-labelledby="judul-versi"><h2 class="pd-card-title" id="judul-versi">${icon('rilis')}Versi yang dipakai</h2>
    ${versions.length === 0 && html`<p class="pd-muted">Belum ada aplikasi yang aktif.</p>`}
    ${versions.map(({ app, counts }) => {
      const total = counts.reduce((sum, one) => sum + one.count, 0);
      const top = counts.slice(0, 5);
      const rest = total - top.reduce((sum, one) => sum + one.count, 0);
      const lines = rest > 0 ? [...top, { version: 'lainnya', count: rest }] : top;
      return html`<div class="pd-versions"><h3 class="pd-small-title">${titles.get(app) ?? app}</h3>${bar(
        lines.map((one) => one.count),
        total,
      )}<ul>${lines.map((one, index) => html`<li><span class="pd-swatch pd-fill-${index}" aria-hidden="true"></span>${one.version}<b>${count(one.count)}</b></li>`)}</ul></div>`;
    })}
  </section>`;
}

function bar(parts: readonly number[], total: number): Html {
  let x = 0;
  return html`<svg class="pd-bar-chart" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">${parts.map(
    (part, index) => {
      const width = (part / total) * 100;
      const rect = html`<rect class="pd-fill-${index}" x="${x.toFixed(2)}" y="0" width="${Math.max(0, width - 0.4).toFixed(2)}" height="6"/>`;
      x += width;
      return rect;
    },
  )}</svg>`;
}

export function backupsCard(visit: Visit, { backups: { none, oldest } }: FleetOverview): Html {
  const isOld = oldest !== null && visit.now.getTime() - oldest.at.getTime() > 2 * DAY_MS;
  const tone = none > 0 || isOld ? 'awas' : 'baik';
  return html`<section class="card pd-card" aria-labelledby="judul-cadangan"><h2 class="pd-card-title" id="judul-cadangan">${icon('cadangan')}Cadangan</h2>
    ${oldest === null ? html`<p class="pd-muted">Belum ada cadangan yang teruji.</p>` : html`<p>Yang paling lama berumur:</p><p class="pd-big pd-${tone}">${when(oldest.at, visit)}</p><p class="pd-muted"><a href="/desa/${oldest.kode}">Lihat desanya</a>. Setiap cadangan sudah diuji dengan memulihkannya.</p>`}
    ${none > 0 && html`<p class="pd-warn">${icon('awas', 'pd-icon-sm')}${count(none)} aplikasi aktif belum punya cadangan.</p>`}
    <a class="pd-more" href="/cadangan">Cadangan${icon('kanan', 'pd-icon-sm')}</a></section>`;
}

export function combinedCard(visit: Visit, { combined: { registered, waiting, oldestProof } }: FleetOverview): Html {
  return html`<section class="card pd-card" aria-labelledby="judul-gabungan"><h2 class="pd-card-title" id="judul-gabungan">${icon('basisdata')}Database gabungan</h2>
    ${registered === 0 && waiting === 0 ? html`<p class="pd-muted">Belum ada desa yang terdaftar di sana.</p>` : html`<p class="pd-big">${count(registered)}</p><p>pemasangan terdaftar dan sejalan seketika</p>`}
    ${oldestProof !== null && html`<p class="pd-muted">Pembuktian terlama ${when(oldestProof, visit)}.</p>`}
    ${waiting > 0 && html`<p class="pd-warn">${icon('awas', 'pd-icon-sm')}${count(waiting)} sedang diselaraskan.</p>`}
    <a class="pd-more" href="/gabungan">Database Gabungan${icon('kanan', 'pd-icon-sm')}</a></section>`;
}

export function machineCard({ machine }: FleetOverview): Html | false {
  if (machine === null) return false;
  const disk = machine.diskTotal - machine.diskFree;
  const memory = machine.memoryTotal - machine.memoryFree;
  return html`<section class="card pd-card" aria-labelledby="judul-mesin"><h2 class="pd-card-title" id="judul-mesin">${icon('aplikasi')}Server</h2>
    ${gauge('Disk', disk, machine.diskTotal)}
    ${forecast('Disk', machine.daysUntilFull.disk)}
    ${gauge('Memori', memory, machine.memoryTotal)}
    ${forecast('Memori', machine.daysUntilFull.memory)}</section>`;
}

const SOON_DAYS = 30;
/** What is so far away is no forecast any more. */
const FAR_DAYS = 1_000;

function forecast(label: string, days: number | null): Html {
  const soon = days !== null && days < SOON_DAYS;
  const words =
    days === null || days > FAR_DAYS
      ? 'Tidak bertambah, atau belum cukup hari untuk memperkirakan.'
      : `Bila terus begini, penuh dalam ± ${count(days)} hari.`;
  return html`<p class="${soon ? 'pd-warn' : 'pd-muted'}">${soon && icon('awas', 'pd-icon-sm')}<span class="visually-hidden">${label}: </span>${words}</p>`;
}

function gauge(label: string, used: number, total: number): Html {
  const percent = Math.round((used / total) * 100);
  const tone = percent >= 90 ? 'buruk' : percent >= 75 ? 'awas' : 'baik';
  return html`<div class="pd-gauge pd-${tone}"><p><b>${label}</b> ${percent}% <small>${size(used)} dari ${size(total)}</small></p><progress class="pd-progress" max="100" value="${percent}" aria-label="${label} terpakai">${percent}%</progress></div>`;
}
