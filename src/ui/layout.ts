import type { Actor } from '../domain/access.ts';
import { ACTIVE_STATES, type JobState } from '../domain/job.ts';
import { type Html, html } from './html.ts';
import { type IconName, icon, logo } from './icons.ts';
import { csrfField, noticeBox } from './parts.ts';
import { count, ROLE_NAMES } from './present.ts';
import type { Page, Section } from './visit.ts';

/** Addresses of the style sheets, scripts and pictures; they change with their content. */
export type AssetUrl = (name: string) => string;

const NAVIGATION: readonly { readonly section: Section; readonly href: string; readonly label: string; readonly icon: IconName }[] = [
  { section: 'desa', href: '/desa', label: 'Data Desa', icon: 'desa' },
  { section: 'pekerjaan', href: '/pekerjaan', label: 'Pekerjaan', icon: 'pekerjaan' },
  { section: 'pembaruan', href: '/pembaruan', label: 'Pembaruan', icon: 'ulang' },
  { section: 'rilis', href: '/rilis', label: 'Rilis', icon: 'lanjut' },
  { section: 'cadangan', href: '/cadangan', label: 'Cadangan', icon: 'kembali' },
  { section: 'jadwal', href: '/jadwal', label: 'Jadwal', icon: 'jam' },
  { section: 'arsip', href: '/arsip', label: 'Arsip', icon: 'arsip' },
  { section: 'aplikasi', href: '/aplikasi', label: 'Aplikasi', icon: 'aplikasi' },
];

/** htmx without what the content security policy forbids, and without pages kept in the browser's storage. */
const HTMX_SETTINGS = JSON.stringify({
  includeIndicatorStyles: false,
  allowEval: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  scrollBehavior: 'auto',
});

type JobCounts = Readonly<Record<JobState, number>>;

export interface Shell {
  readonly asset: AssetUrl;
  readonly actor: Actor;
  readonly csrf: string;
  readonly now: Date;
  readonly jobs: JobCounts;
}

/** A whole page for somebody who is signed in. */
export function renderPage(shell: Shell, page: Page): string {
  return renderDocument(
    shell.asset,
    { ...page, now: shell.now.getTime() },
    html`<a class="pd-skip" href="#isi">Langsung ke isi</a>
<div class="pd-shell">
  <aside class="pd-side"><div class="pd-side-in">
    <a class="pd-brand" href="/desa">${logo()}<span><b>Pendopo</b><small>Kendali aplikasi desa</small></span></a>
    <nav class="pd-nav" aria-label="Menu utama">${NAVIGATION.map((item) => navItem(item, page.section, shell.jobs))}</nav>
    ${userMenu(shell)}
  </div></aside>
  <main class="pd-main" id="isi" tabindex="-1"><div class="pd-wrap">
    ${page.notice && noticeBox(page.notice)}
    ${page.body}
  </div></main>
</div>`,
  );
}

/** A page for somebody who is not: only the frame around one card. */
export function renderDoor(asset: AssetUrl, door: { readonly title: string; readonly body: Html }): string {
  return renderDocument(
    asset,
    door,
    html`<div class="pd-door">
  <div class="pd-door-art"><div>${logo('pd-logo-lg')}<p class="pd-door-name">Pendopo</p><p class="pd-door-say">Satu pendopo untuk aplikasi semua desa di kabupaten: dipasang sekali klik, diawasi dari satu tempat.</p></div></div>
  <main class="pd-door-main" id="isi">${door.body}</main>
</div>`,
  );
}

function renderDocument(
  asset: AssetUrl,
  head: { readonly title: string; readonly refreshSeconds?: number; readonly now?: number },
  body: Html,
): string {
  const reload =
    head.refreshSeconds !== undefined && html`<noscript><meta http-equiv="refresh" content="${head.refreshSeconds}"></noscript>`;
  return html`<!doctype html>
<html lang="id">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="theme-color" content="#0e403c">
<meta name="color-scheme" content="light">
<meta name="robots" content="noindex">
${
  head.now !== undefined &&
  html`<meta name="pendopo-waktu" content="${head.now}">
`
}<meta name="htmx-config" content="${HTMX_SETTINGS}">
${reload}
<title>${head.title} · Pendopo</title>
<link rel="icon" href="${asset('pendopo.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${asset('tabler.min.css')}">
<link rel="stylesheet" href="${asset('app.css')}">
<script src="${asset('htmx.min.js')}" defer></script>
<script src="${asset('app.js')}" defer></script>
</head>
<body>
${body}
<div class="pd-toasts" id="kabar" role="status" aria-live="polite"></div>
</body>
</html>
`.toString();
}

function navItem(item: (typeof NAVIGATION)[number], current: Section, jobs: Shell['jobs']): Html {
  const here = item.section === current;
  return html`<a class="pd-nav-item" href="${item.href}"${here && html` aria-current="page"`}>${icon(item.icon)}<span>${item.label}</span>${item.section === 'pekerjaan' && jobCount(jobs)}</a>`;
}

/** Beside Pekerjaan on every page: jobs that wait for a person, else jobs at work. `again`: put into a page that stands already. */
export function jobCount(jobs: JobCounts, again = false): Html {
  const swap = again && html` hx-swap-oob="true"`;
  return html`<span id="jumlah-pekerjaan" class="pd-nav-count"${swap}>${countInWords(jobs)}</span>`;
}

function countInWords(jobs: JobCounts): Html | false {
  const active = ACTIVE_STATES.reduce((sum, state) => sum + jobs[state], 0);
  if (jobs.stuck > 0)
    return html`<span class="pd-count pd-buruk">${count(jobs.stuck)}<span class="visually-hidden"> perlu tindakan</span></span>`;
  return active > 0 && html`<span class="pd-count">${count(active)}<span class="visually-hidden"> sedang berjalan</span></span>`;
}

function userMenu({ actor, csrf }: Shell): Html {
  return html`<details class="pd-user" data-menu>
    <summary><span class="pd-avatar" aria-hidden="true">${actor.username.slice(0, 2).toUpperCase()}</span><span class="pd-user-name"><b>${actor.username}</b><small>${ROLE_NAMES[actor.role]}</small></span>${icon('bawah', 'pd-icon-sm')}<span class="visually-hidden">Menu pengguna</span></summary>
    <div class="pd-user-menu">
      <a href="/ganti-sandi">${icon('kunci')}Ganti kata sandi</a>
      <form method="post" action="/keluar">${csrfField({ csrf })}<button type="submit">${icon('keluar')}Keluar</button></form>
    </div>
  </details>`;
}
