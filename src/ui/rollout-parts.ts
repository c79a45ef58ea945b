/** What the pages of updates and of rehearsals share: tiles, causes, buttons. */
import type { Member, MemberState, Rollout } from '../domain/rollout.ts';
import type { CauseGroup } from '../workflows/rollout-view.ts';
import { type Html, html, NOTHING } from './html.ts';
import { badge, buttonForm, csrfField, option } from './parts.ts';
import { count, duration, type Look, MEMBER_WORDS, ROLLOUT_WORDS } from './present.ts';
import type { Visit } from './visit.ts';

export type Names = ReadonlyMap<string, string>;

export async function namesOf({ tools }: Visit, members: readonly Member[]): Promise<Names> {
  return new Map((await tools.tenants.findAll(members.map(({ kode }) => kode))).map(({ kode, nama }) => [kode, nama]));
}

export function pathOf({ id, work }: Pick<Rollout, 'id' | 'work'>): string {
  return `/${work === 'rehearse' ? 'gladi' : 'pembaruan'}/${id}`;
}

const STATE_TONES: Readonly<Record<Rollout['state'], Look['tone']>> = { running: 'jalan', halted: 'awas', finished: 'baik' };

export function stateBadge({ state }: Pick<Rollout, 'state'>): Html {
  return badge({ word: ROLLOUT_WORDS[state], tone: STATE_TONES[state], icon: 'info' });
}

const TONES: Readonly<Record<MemberState, Look['tone']>> = {
  ...({ waiting: 'netral', running: 'jalan', done: 'baik' } as const),
  ...({ failed: 'buruk', skipped: 'netral', paused: 'awas', 'kept-out': 'awas' } as const),
};

/** @param word what its state is called here @param ms how long it took, or its visitors waited; null: unknown */
export function tile(
  { kode, state, jobId, startedAt }: Member,
  nama: string,
  word: string = MEMBER_WORDS[state],
  ms: number | null = null,
): Html {
  const hasJob = startedAt !== null || state === 'kept-out';
  return html`<li class="pd-tile pd-${TONES[state]}"><a href="${hasJob ? `/pekerjaan/${jobId}` : `/desa/${kode}`}"><b>${nama}</b><small>${word}${ms !== null && ` · ${duration(ms)}`}</small></a></li>`;
}

/** A word, its colour, and the states of members it counts. */
export type Stats = readonly (readonly [string, Look['tone'], readonly MemberState[]])[];

/** How far it is, in figures. */
export function stats(members: readonly Member[], wanted: Stats): Html {
  return html`<dl class="pd-stats">${wanted.map(([word, tone, states]) => html`<div class="pd-${tone}"><dt>${word}</dt><dd>${count(states.reduce((sum, state) => sum + numberOf(members, state), 0))}</dd></div>`)}</dl>`;
}

function numberOf(members: readonly Member[], state: MemberState): number {
  return members.filter((member) => member.state === state).length;
}

/** Why desa failed or are kept out; all of one cause are tried again by one press. */
export function causeCards(visit: Visit, rollout: Rollout, causes: readonly CauseGroup[], names: Names, mayMove: boolean): Html {
  if (causes.length === 0) return NOTHING;
  return html`<section class="pd-group"><h2 class="pd-section-title">Penyebab</h2>${causes.map((group) => causeCard(visit, rollout, group, names, mayMove))}</section>`;
}

/** Named one by one; the rest are among the tiles. */
const NAMED = 12;

function causeCard(visit: Visit, rollout: Rollout, group: CauseGroup, names: Names, mayMove: boolean): Html {
  const { fingerprint, message, advice, members } = group;
  const failed = members.filter(({ state }) => state === 'failed');
  const held = members.filter(({ state, forgiven }) => state === 'kept-out' || (rollout.work === 'rehearse' && !forgiven));
  const fields = html`<input type="hidden" name="sidik" value="${fingerprint}">`;
  return html`<article class="card pd-card"><h3 class="pd-card-title">${message}<span class="pd-count">${members.length}</span></h3>
    <p class="pd-muted">${advice}</p>
    <p>${members.slice(0, NAMED).map(({ kode, jobId }, index) => html`${index > 0 && ', '}<a href="/pekerjaan/${jobId}">${names.get(kode) ?? kode}</a>`)}${members.length > NAMED && `, dan ${members.length - NAMED} lagi`}</p>
    ${
      mayMove &&
      html`<div class="pd-row">${failed.length > 0 && buttonForm(visit, { action: `/pembaruan/${rollout.id}/coba-lagi`, label: `Coba lagi ${failed.length} desa`, icon: 'ulang', style: '', fields })}
      ${held.length > 0 && admitForm(visit, rollout, fingerprint, held, names)}</div>`
    }</article>`;
}

/** Takes part in the update all the same. */
function admitForm(visit: Visit, { id }: Rollout, fingerprint: string, held: readonly Member[], names: Names): Html {
  const field = `ikut-${fingerprint.replaceAll(/[^a-z0-9]/gi, '-')}`;
  return html`<form class="pd-row" method="post" action="/pembaruan/${id}/ikutkan" data-konfirmasi="Ikutkan desa ini dalam pembaruan walau gladinya gagal? Bila gagal lagi, desa itu kembali sendiri ke versi dan data sebelumnya.">${csrfField(visit)}
    <label class="visually-hidden" for="${field}">Desa yang diikutkan</label><select class="form-select" id="${field}" name="desa">${held.map(({ kode }) => option(kode, names.get(kode) ?? kode, ''))}</select>
    <button class="btn" type="submit">Ikutkan</button></form>`;
}

/** Hentikan, Lanjutkan, Akhiri, and once more for all that failed. */
export function moveButtons(visit: Visit, { id, state }: Rollout, members: readonly Member[]): Html {
  const to = (path: string): string => `/pembaruan/${id}/${path}`;
  const failed = members.some((one) => one.state === 'failed');
  return html`${state === 'running' && buttonForm(visit, { action: to('hentikan'), label: 'Hentikan', icon: 'jeda' })}
    ${state === 'halted' && buttonForm(visit, { action: to('lanjutkan'), label: 'Lanjutkan', icon: 'lanjut' })}
    ${state === 'halted' && buttonForm(visit, { action: to('akhiri'), label: 'Akhiri', icon: 'silang', style: '' })}
    ${failed && buttonForm(visit, { action: to('coba-lagi'), label: 'Coba lagi yang gagal', icon: 'ulang', style: '' })}`;
}

const SKIPPABLE: ReadonlySet<MemberState> = new Set(['waiting', 'paused', 'failed']);

/** Leaves one desa out of it. */
export function skipForm(visit: Visit, { id, state }: Rollout, members: readonly Member[], names: Names): Html {
  const left = members.filter((one) => SKIPPABLE.has(one.state));
  if (state === 'finished' || left.length === 0) return NOTHING;
  return html`<details class="pd-fold"><summary>Lewati satu desa…</summary><form class="pd-fold-body pd-row" method="post" action="/pembaruan/${id}/lewati">${csrfField(visit)}
    <label class="visually-hidden" for="lewati">Desa</label><select class="form-select" id="lewati" name="desa">${left.map(({ kode }) => option(kode, names.get(kode) ?? kode, ''))}</select>
    <button class="btn" type="submit">Lewati</button></form></details>`;
}
