import { ACTIVE_STATES, ALL_STATES, type JobState } from '../domain/job.ts';
import type { JobFilter } from '../domain/ports-jobs.ts';
import type { KecamatanRow } from '../domain/ports-records.ts';
import { parseKodeTenant, parseKodeWilayah } from '../domain/wilayah.ts';
import { appsFor } from './catalogue.ts';
import { type Html, html } from './html.ts';
import { pathWith } from './input.ts';
import { option } from './parts.ts';
import { count } from './present.ts';
import type { Visit } from './visit.ts';

interface Tab {
  readonly value: string;
  readonly label: string;
  readonly states: readonly JobState[];
  /** What is said when nothing is in it. */
  readonly empty: string;
  /** A part of the tab of this value. */
  readonly of?: string;
}

export const TABS: readonly Tab[] = [
  { value: 'aktif', label: 'Aktif', states: ACTIVE_STATES, empty: 'Tidak ada pekerjaan yang sedang berjalan atau menunggu.' },
  { value: 'berjalan', label: 'Berjalan', states: ['running', 'undoing'], empty: 'Tidak ada pekerjaan yang sedang berjalan.', of: 'aktif' },
  { value: 'menunggu', label: 'Menunggu', states: ['queued', 'interrupted'], empty: 'Tidak ada yang menunggu giliran.', of: 'aktif' },
  { value: 'perlu-tindakan', label: 'Perlu tindakan', states: ['stuck'], empty: 'Tidak ada pekerjaan yang menunggu keputusan Anda.' },
  { value: 'dikembalikan', label: 'Gagal & dibatalkan', states: ['undone'], empty: 'Tidak ada pekerjaan yang gagal atau dibatalkan.' },
  { value: 'berhasil', label: 'Berhasil', states: ['succeeded'], empty: 'Belum ada pekerjaan yang berhasil.' },
  { value: '', label: 'Semua', states: ALL_STATES, empty: 'Pekerjaan muncul di sini begitu ada desa yang dipasang.' },
];

const SPANS = [
  { value: '', label: 'Kapan saja' },
  { value: '1', label: '24 jam terakhir' },
  { value: '7', label: '7 hari terakhir' },
  { value: '30', label: '30 hari terakhir' },
] as const;

/** What the list of jobs is narrowed to, by the names of the address; '' is no narrowing. */
export interface JobChoice {
  readonly keadaan: string;
  readonly desa: string;
  readonly aplikasi: string;
  readonly kecamatan: string;
  readonly hari: string;
  readonly sebab: string;
  readonly sesudah: string;
}

export function readJobChoice({ query }: Pick<Visit, 'query'>): JobChoice {
  return {
    keadaan: query.text('keadaan'),
    desa: query.text('desa'),
    aplikasi: query.text('aplikasi'),
    kecamatan: query.text('kecamatan'),
    hari: query.text('hari'),
    sebab: query.text('sebab'),
    sesudah: query.text('sesudah'),
  };
}

/** The address of the list with this choice; changing what is looked for begins at the newest again. */
export function jobsAddress(choice: JobChoice, change: Partial<JobChoice> = {}): string {
  return pathWith('/pekerjaan', { ...choice, sesudah: '', ...change });
}

export function tabOf({ keadaan }: JobChoice): Tab | undefined {
  return TABS.find(({ value }) => value === keadaan) ?? TABS.at(-1);
}

/** @throws Invalid for a kecamatan that is none */
export function filterOf({ actor, now }: Pick<Visit, 'actor' | 'now'>, choice: JobChoice): Omit<JobFilter, 'limit'> {
  const days = Number(SPANS.find(({ value }) => value === choice.hari)?.value ?? '');
  const states = tabOf(choice)?.states ?? ALL_STATES;
  return {
    within: regionOf(actor, choice),
    // Asked for no state at all, the record goes by age alone instead of sorting every job there ever was.
    ...(states !== ALL_STATES && { state: states }),
    ...(choice.desa !== '' && { kode: parseKodeTenant(choice.desa) }),
    ...(choice.aplikasi !== '' && { app: choice.aplikasi }),
    ...(choice.sebab !== '' && { fingerprint: choice.sebab }),
    ...(days > 0 && { since: new Date(now.getTime() - days * 86_400_000) }),
    ...(choice.sesudah !== '' && { after: choice.sesudah }),
  };
}

/** A kecamatan that somebody may not see is not theirs to choose. */
export function regionOf({ wilayah }: Visit['actor'], { kecamatan }: JobChoice): Visit['actor']['wilayah'] {
  if (kecamatan === '') return wilayah;
  const chosen = parseKodeWilayah(kecamatan);
  return wilayah === null || chosen.startsWith(`${wilayah}.`) ? chosen : wilayah;
}

export function jobFilterBar(visit: Visit, choice: JobChoice, kecamatan: readonly KecamatanRow[]): Html {
  const apps = appsFor(visit.tools.apps).map(({ name, title }) => ({ value: name, label: title }));
  const places = kecamatan.map(({ kode, nama, desa }) => ({ value: kode, label: `${nama} (${count(desa)})` }));
  return html`<form class="pd-filter" method="get" action="/pekerjaan" aria-label="Saring pekerjaan">
    <input type="hidden" name="keadaan" value="${choice.keadaan}">${choice.sebab !== '' && html`<input type="hidden" name="sebab" value="${choice.sebab}">`}${choice.desa !== '' && html`<input type="hidden" name="desa" value="${choice.desa}">`}
    ${select('aplikasi', 'Aplikasi', [{ value: '', label: 'Semua aplikasi' }, ...apps], choice.aplikasi)}
    ${places.length > 1 && select('kecamatan', 'Kecamatan', [{ value: '', label: 'Semua kecamatan' }, ...places], choice.kecamatan)}
    ${select('hari', 'Kurun waktu', SPANS, choice.hari)}
    <noscript><button class="btn" type="submit">Saring</button></noscript>
  </form>`;
}

function select(name: string, label: string, options: readonly { value: string; label: string }[], chosen: string): Html {
  return html`<label class="visually-hidden" for="saring-${name}">${label}</label><select class="form-select" id="saring-${name}" name="${name}" data-kirim>${options.map((one) => option(one.value, one.label, chosen))}</select>`;
}
