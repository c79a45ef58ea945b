import { may } from '../domain/access.ts';
import type { WorkflowName } from '../domain/job.ts';
import { wordOfAction } from './audit-words.ts';
import type { Dossier } from './desa-cards.ts';
import { type Html, html, NOTHING } from './html.ts';
import { type IconName, icon } from './icons.ts';
import { when } from './parts.ts';
import { duration, type Look, lookOfJob, REASONS, size, VERBS } from './present.ts';
import type { Visit } from './visit.ts';

const KINDS = [
  { value: '', label: 'Semua' },
  { value: 'pekerjaan', label: 'Pekerjaan' },
  { value: 'versi', label: 'Versi' },
  { value: 'cadangan', label: 'Cadangan' },
  { value: 'pengaturan', label: 'Pengaturan' },
  { value: 'jejak', label: 'Jejak' },
] as const;
type Kind = Exclude<(typeof KINDS)[number]['value'], ''>;

interface Happening {
  readonly at: Date;
  readonly kind: Kind;
  readonly tone: Look['tone'];
  readonly icon: IconName;
  readonly title: string;
  readonly word: string;
  readonly href: string | null;
  readonly more: Html | string;
  /** Why it went wrong. */
  readonly cause: string | null;
}

/** Jobs by what they are about; the rest is `pekerjaan`. */
const KIND_OF: Partial<Readonly<Record<WorkflowName, Kind>>> = {
  install: 'versi',
  update: 'versi',
  rollback: 'versi',
  configure: 'pengaturan',
  'change-domain': 'pengaturan',
  backup: 'cadangan',
  restore: 'cadangan',
  drill: 'cadangan',
};
const SHOWN = 30;

/** All that happened to a desa on one line of time: jobs, versions, backups, archives, settings, and who looked at what. */
export function history(visit: Visit, dossier: Dossier): Html {
  const chosen = visit.query.text('riwayat');
  const all = [...jobsOf(dossier), ...backupsOf(dossier), ...archivesOf(dossier), ...auditOf(visit, dossier)];
  const base = `/desa/${dossier.desa.kode}`;
  const present = new Set(all.map(({ kind }) => kind));
  const found = all.filter(({ kind }) => chosen === '' || kind === chosen).toSorted((a, b) => b.at.getTime() - a.at.getTime());
  if (all.length === 0) return NOTHING;
  const kinds = KINDS.filter(({ value }) => value === '' || present.has(value));
  return html`<section class="card pd-card" id="riwayat" aria-labelledby="judul-riwayat"><h2 class="pd-card-title" id="judul-riwayat">${icon('jam')}Riwayat</h2>
    <nav class="pd-subtabs pd-subtabs-in" aria-label="Isi riwayat">${kinds.map(({ value, label }) => html`<a href="${base}${value === '' ? '' : `?riwayat=${value}`}#riwayat"${value === chosen && html` aria-current="page"`}>${label}</a>`)}</nav>
    ${found.length === 0 && html`<p class="pd-muted">Tidak ada yang seperti itu.</p>`}
    <ol class="pd-timeline">${found.slice(0, SHOWN).map((one) => line(one, visit))}</ol>
    <a class="pd-more" href="/pekerjaan?desa=${dossier.desa.kode}">Semua pekerjaan desa ini${icon('kanan', 'pd-icon-sm')}</a></section>`;
}

function line({ at, tone, icon: name, title, word, href, more, cause }: Happening, visit: Visit): Html {
  const words = html`<b>${title}</b>${word !== '' && html`<span>${word}</span>`}`;
  return html`<li class="pd-${tone}"><span class="pd-timeline-dot">${icon(name, 'pd-icon-sm')}</span>${href === null ? html`<span class="pd-timeline-plain">${words}</span>` : html`<a href="${href}">${words}</a>`}<small>${when(at, visit)}${more !== '' && html` · ${more}`}</small>${cause !== null && html`<p>${cause}</p>`}</li>`;
}

function jobsOf({ jobs, offers, versions }: Dossier): readonly Happening[] {
  return jobs.map((job) => {
    const look = lookOfJob(job);
    const took = job.startedAt === null || job.endedAt === null ? '' : ` · ${duration(job.endedAt.getTime() - job.startedAt.getTime())}`;
    const version = versions.get(job.id);
    return {
      at: job.createdAt,
      kind: KIND_OF[job.workflow] ?? 'pekerjaan',
      tone: look.tone,
      icon: look.icon,
      title: `${VERBS[job.workflow]} ${titleOf(offers, job.app)}${version === undefined ? '' : ` ${version}`}`,
      word: look.word,
      href: `/pekerjaan/${job.id}`,
      more: `oleh ${job.requestedBy}${took}`,
      cause: job.cause?.message ?? null,
    };
  });
}

function backupsOf({ backups, offers }: Dossier): readonly Happening[] {
  return backups.map(({ id, app, tag, reason, bytes, createdAt }) => ({
    ...{ at: createdAt, kind: 'cadangan' as const, tone: 'baik' as const, icon: 'cadangan' as const, href: `/cadangan/${id}`, cause: null },
    ...{ title: `Cadangan ${titleOf(offers, app)} ${tag}`, word: 'Teruji', more: `${REASONS[reason]} · ${size(bytes)}` },
  }));
}

function archivesOf({ archives, offers, desa }: Dossier): readonly Happening[] {
  return archives.map(({ app, tag, bytes, createdAt }) => ({
    ...{ at: createdAt, kind: 'cadangan' as const, tone: 'netral' as const, icon: 'arsip' as const, href: `/arsip?desa=${desa.kode}` },
    ...{ title: `Arsip ${titleOf(offers, app)} ${tag}`, word: 'Teruji', more: size(bytes), cause: null },
  }));
}

/** What is a job stands there as a job. Only who may read the audit reads it here. */
function auditOf(visit: Visit, { audit }: Dossier): readonly Happening[] {
  if (!may(visit.actor, 'manage-users', null)) return [];
  return audit
    .filter(({ detail }) => detail.job === undefined)
    .map(({ at, actor, action }) => ({
      ...{ at, kind: 'jejak' as const, tone: 'netral' as const, icon: 'jejak' as const, href: null, cause: null },
      ...{ title: wordOfAction(action), word: '', more: `oleh ${actor}` },
    }));
}

function titleOf(offers: Dossier['offers'], app: string): string {
  return offers.find(({ manifest }) => manifest.name === app)?.manifest.title ?? app;
}
