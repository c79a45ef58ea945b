import { type Actor, may } from '../domain/access.ts';
import { ACTIVE_STATES, type OpenState } from '../domain/job.ts';
import { type AssetUrl, STYLE_SHEETS } from './assets.ts';
import { type Html, html } from './html.ts';
import { icon, logo } from './icons.ts';
import { type Language, languageLinks, scriptPhrases } from './language.ts';
import { GROUPS } from './navigation.ts';
import { csrfField, noticeBox } from './parts.ts';
import { count, ROLE_NAMES } from './present.ts';
import { type Theme, themeChoice } from './theme.ts';
import type { Page } from './visit.ts';

type Entry = (typeof GROUPS)[number]['entries'][number];
type JobCounts = Readonly<Record<OpenState, number>>;

export interface Shell {
  readonly asset: AssetUrl;
  readonly actor: Actor;
  readonly csrf: string;
  readonly now: Date;
  readonly jobs: JobCounts;
  readonly theme: Theme;
  readonly language: Language;
  /** The address of this page, to come back to. */
  readonly path: string;
}

/**
 * htmx without what the content security policy forbids, and without pages kept in the browser's storage. New parts listen
 * as soon as they are seen: with a while to settle, which only transitions need, a quick choice would be lost.
 */
const HTMX_SETTINGS = JSON.stringify({
  includeIndicatorStyles: false,
  defaultSettleDelay: 0,
  allowEval: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  scrollBehavior: 'auto',
});

/** A whole page for somebody who is signed in. On a phone the menu is a popover: it opens and closes without JavaScript. */
export function renderPage(shell: Shell, page: Page): string {
  const groups = GROUPS.map(({ label, entries }) => ({ label, entries: entries.filter((one) => maySee(shell.actor, one)) })).filter(
    ({ entries }) => entries.length > 0,
  );
  const quick = groups.flatMap(({ entries }) => entries).filter((one) => one.quick === true);
  const item = (one: Entry): Html => navItem(one, page.section, shell.jobs);
  return renderDocument(
    shell.asset,
    { ...page, now: shell.now.getTime(), theme: shell.theme, phrases: scriptPhrases(shell.language) },
    html`<a class="pd-skip" href="#isi">Langsung ke isi</a>
<div class="pd-shell">
  <aside class="pd-side" aria-label="Menu"><div class="pd-side-in">
    <a class="pd-brand" href="/">${logo()}<span><b>Pendopo</b><small>Kendali aplikasi desa</small></span></a>
    <nav class="pd-nav" id="menu-utama" popover aria-label="Menu utama">${groups.map(({ label, entries }) => html`<div class="pd-nav-group" role="group" aria-label="${label}"><p class="pd-nav-label" aria-hidden="true">${label}</p>${entries.map(item)}</div>`)}</nav>
    ${userMenu(shell)}
  </div></aside>
  <main class="pd-main" id="isi" tabindex="-1"><div class="pd-wrap">
    ${page.notice && noticeBox(page.notice)}
    ${page.body}
  </div></main>
  <nav class="pd-bar" aria-label="Menu cepat">${quick.map(item)}<button class="pd-nav-item" type="button" popovertarget="menu-utama">${icon('menu')}<span>Menu</span></button></nav>
</div>`,
  );
}

/** A page for somebody who is not: only the frame around one card. */
export function renderDoor(asset: AssetUrl, door: { readonly title: string; readonly body: Html }): string {
  return renderDocument(
    asset,
    { ...door, theme: 'sistem' },
    html`<div class="pd-door">
  <div class="pd-door-art"><div>${logo('pd-logo-lg')}<p class="pd-door-name">Pendopo</p><p class="pd-door-say">Satu pendopo untuk aplikasi semua desa di kabupaten: dipasang sekali klik, diawasi dari satu tempat.</p></div></div>
  <main class="pd-door-main" id="isi">${door.body}${languageLinks({ language: null, path: '/masuk' })}</main>
</div>`,
  );
}

function renderDocument(
  asset: AssetUrl,
  head: {
    readonly title: string;
    readonly theme: Theme;
    readonly refreshSeconds?: number;
    readonly now?: number;
    readonly phrases?: string | null;
  },
  body: Html,
): string {
  const reload =
    head.refreshSeconds !== undefined && html`<noscript><meta http-equiv="refresh" content="${head.refreshSeconds}"></noscript>`;
  const phrases =
    head.phrases !== undefined &&
    head.phrases !== null &&
    html`<meta name="pendopo-kata" content="${head.phrases}">
`;
  const time =
    head.now !== undefined &&
    html`<meta name="pendopo-waktu" content="${head.now}">
`;
  return html`<!doctype html>
<html lang="id" data-tema="${head.theme}" data-bs-theme="${head.theme === 'gelap' ? 'dark' : 'light'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="theme-color" content="#0e403c">
<meta name="robots" content="noindex">
${time}${phrases}<meta name="htmx-config" content="${HTMX_SETTINGS}">
${reload}
<title>${head.title} · Pendopo</title>
<script src="${asset('theme.js')}"></script>
<link rel="icon" href="${asset('pendopo.svg')}" type="image/svg+xml">
${STYLE_SHEETS.map((name) => html`<link rel="stylesheet" href="${asset(name)}">`)}
<script src="${asset('htmx.min.js')}" defer></script>
<script src="${asset('say.js')}" defer></script>
<script src="${asset('app.js')}" defer></script>
<script src="${asset('live.js')}" defer></script>
<script src="${asset('job.js')}" defer></script>
<script src="${asset('dashboard.js')}" defer></script>
</head>
<body>
${body}
<div class="pd-toasts" id="kabar" role="status" aria-live="polite"></div>
</body>
</html>
`.toString();
}

function maySee(actor: Actor, { needs }: Entry): boolean {
  return needs === undefined || may(actor, needs, actor.wilayah);
}

function navItem(item: Entry, current: string, jobs: JobCounts): Html {
  const here = item.section === current;
  return html`<a class="pd-nav-item" href="${item.href}"${here && html` aria-current="page"`}>${icon(item.icon)}<span>${item.label}</span>${item.section === 'pekerjaan' && html`<span class="pd-nav-count">${jobCount(jobs)}</span>`}</a>`;
}

/** For the places beside Pekerjaan in a page that stands already. */
export function newJobCount(jobs: JobCounts): Html {
  return html`<div hx-swap-oob="innerHTML:.pd-nav-count">${jobCount(jobs)}</div>`;
}

/** Jobs that wait for a person, else jobs at work. */
function jobCount(jobs: JobCounts): Html | false {
  const active = ACTIVE_STATES.reduce((sum, state) => sum + jobs[state], 0);
  if (jobs.stuck > 0)
    return html`<span class="pd-count pd-buruk">${count(jobs.stuck)}<span class="visually-hidden"> perlu tindakan</span></span>`;
  return active > 0 && html`<span class="pd-count">${count(active)}<span class="visually-hidden"> sedang berjalan</span></span>`;
}

function userMenu(shell: Shell): Html {
  const { actor, csrf } = shell;
  return html`<details class="pd-user" data-menu>
    <summary><span class="pd-avatar" aria-hidden="true">${actor.username.slice(0, 2).toUpperCase()}</span><span class="pd-user-name"><b>${actor.username}</b><small>${ROLE_NAMES[actor.role]}</small></span>${icon('bawah', 'pd-icon-sm')}<span class="visually-hidden">Menu pengguna</span></summary>
    <div class="pd-user-menu">
      ${themeChoice(shell)}
      ${languageLinks(shell)}
      <a href="/akun">${icon('pengguna')}Akun saya</a>
      <a href="/ganti-sandi">${icon('kunci')}Ganti kata sandi</a>
      <form method="post" action="/keluar">${csrfField({ csrf })}<button type="submit">${icon('keluar')}Keluar</button></form>
    </div>
  </details>`;
}
