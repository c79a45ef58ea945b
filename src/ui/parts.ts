import type { Installation } from '../domain/tenant.ts';
import { type Child, type Html, html, NOTHING } from './html.ts';
import { type IconName, icon } from './icons.ts';
import { ago, INSTALLATION_LOOKS, type Look, moment, safeUrl } from './present.ts';
import type { Notice, Visit } from './visit.ts';

/** Pieces that several pages use. */
export function badge(look: Look): Html {
  return html`<span class="pd-badge pd-${look.tone}"><span class="pd-dot" aria-hidden="true"></span>${look.word}</span>`;
}

/** App, version and state in one small pill. */
export function installationPill(installation: Installation, title: string): Html {
  const look = INSTALLATION_LOOKS[installation.state];
  const version =
    installation.state === 'active' && installation.version !== null && html`<span class="pd-pill-version">${installation.version}</span>`;
  const word = installation.state === 'active' ? html`<span class="visually-hidden">${look.word}</span>` : html`<span>${look.word}</span>`;
  return html`<span class="pd-pill pd-${look.tone}"><span class="pd-dot" aria-hidden="true"></span><b>${title}</b>${version}${word}</span>`;
}

/** Relative for the eye, exact for the pointer and for machines. */
export function when(date: Date, visit: Pick<Visit, 'now' | 'zone'>): Html {
  return html`<time datetime="${date.toISOString()}" title="${moment(date, visit.zone)}">${ago(date, visit.now)}</time>`;
}

/** A link to a site of a desa; text when the address is none that a browser should follow. */
export function siteLink(url: string | null, label?: string, extra = ''): Html {
  const safe = safeUrl(url);
  if (safe === null) return url === null ? NOTHING : html`<span>${url}</span>`;
  return html`<a class="pd-site ${extra}" href="${safe}" target="_blank" rel="noopener noreferrer" data-situs><span>${label ?? hostOf(safe)}</span>${icon('buka', 'pd-icon-sm')}<span class="visually-hidden"> (buka di tab baru)</span></a>`;
}

export function csrfField(visit: Pick<Visit, 'csrf'>): Html {
  return html`<input type="hidden" name="_csrf" value="${visit.csrf}">`;
}

export interface ButtonForm {
  readonly action: string;
  readonly label: string;
  readonly icon: IconName;
  readonly style?: string;
  /** Asked before it is sent. */
  readonly confirm?: string;
  readonly fields?: Child;
  readonly id?: string;
}

/** A form that is only a button. */
export function buttonForm(visit: Pick<Visit, 'csrf'>, form: ButtonForm): Html {
  const confirm = form.confirm !== undefined && html` data-konfirmasi="${form.confirm}"`;
  const id = form.id !== undefined && html` id="${form.id}"`;
  return html`<form method="post" action="${form.action}"${confirm}>${csrfField(visit)}${form.fields}<button${id} class="btn ${form.style ?? 'btn-primary'}" type="submit">${icon(form.icon)}${form.label}</button></form>`;
}

export function noticeBox(notice: Notice): Html {
  const look: { name: IconName; role: string } =
    notice.tone === 'buruk' ? { name: 'awas', role: 'alert' } : { name: notice.tone === 'baik' ? 'centang' : 'info', role: 'status' };
  return html`<div class="pd-notice pd-${notice.tone}" role="${look.role}"${notice.tone === 'baik' && html` data-sementara`}>
    <span class="pd-notice-icon">${icon(look.name)}</span>
    <div><p>${notice.text}</p>${notice.advice && html`<p class="pd-muted">${notice.advice}</p>`}</div>
  </div>`;
}

export function emptyState(name: IconName, title: string, ...body: readonly Child[]): Html {
  return html`<div class="pd-empty"><span class="pd-empty-icon">${icon(name)}</span><h2>${title}</h2>${body}</div>`;
}

export function pageHead(head: {
  readonly title: Child;
  readonly lead?: Child;
  readonly crumbs?: readonly Html[];
  readonly actions?: Child;
}): Html {
  return html`<header class="pd-head">
    <div class="pd-head-text">${head.crumbs && html`<nav class="pd-crumbs" aria-label="Letak halaman">${head.crumbs.map((one, index) => [index > 0 && icon('kanan', 'pd-icon-xs'), one])}</nav>`}<h1>${head.title}</h1>${head.lead && html`<p class="pd-lead">${head.lead}</p>`}</div>
    ${head.actions && html`<div class="pd-head-actions">${head.actions}</div>`}
  </header>`;
}

export function crumb(href: string, label: string): Html {
  return html`<a href="${href}">${label}</a>`;
}

export function option(value: string, label: string, chosen: string): Html {
  return html`<option value="${value}"${value === chosen && html` selected`}>${label}</option>`;
}

/** Cursors only lead on, so the way back is to the beginning. */
export function pager(links: { readonly next: string | null; readonly first: string | null }): Html {
  if (links.next === null && links.first === null) return NOTHING;
  return html`<nav class="pd-pager" aria-label="Halaman">
    ${links.first !== null ? html`<a class="btn" href="${links.first}">Ke awal daftar</a>` : html`<span></span>`}
    ${links.next !== null && html`<a class="btn" href="${links.next}" rel="next">Berikutnya${icon('kanan')}</a>`}
  </nav>`;
}

function hostOf(url: string): string {
  return url.replace(/^https?:\/\//i, '').replace(/\/$/, '');
}
