import { may } from '../domain/access.ts';
import { NotFound } from '../domain/errors.ts';
import { estimateEnd, type Member, type MemberState, type Rollout } from '../domain/rollout.ts';
import {
  endRollout,
  haltRollout,
  resumeRollout,
  retryMembers,
  returnRollout,
  skipMember,
  startRollout,
} from '../workflows/commands/rollouts.ts';
import { appsFor, titlesOf } from './catalogue.ts';
import { type Html, html, NOTHING } from './html.ts';
import { orShowAgain, redirect } from './notices.ts';
import { badge, buttonForm, crumb, csrfField, emptyState, option, pageHead, when } from './parts.ts';
import { type Look, MEMBER_WORDS, moment, ROLLOUT_WORDS, WORK_WORDS } from './present.ts';
import type { Answer, Visit } from './visit.ts';

const TONES: Readonly<Record<MemberState, Look['tone']>> = {
  ...({ waiting: 'netral', running: 'jalan', done: 'baik' } as const),
  ...({ failed: 'buruk', skipped: 'netral', paused: 'awas' } as const),
};
const STATE_TONES: Readonly<Record<Rollout['state'], Look['tone']>> = { running: 'jalan', halted: 'awas', finished: 'baik' };

/** Pembaruan: what runs and ran in many desa at once, and starting a new one. */
export async function showRollouts(visit: Visit): Promise<Answer> {
  const { tools, actor } = visit;
  const rollouts = await tools.rollouts.list({ within: actor.wilayah, limit: 50 });
  const titles = titlesOf(tools.apps);
  const body = html`
    ${pageHead({ title: 'Pembaruan', lead: 'Satu rilis untuk semua desa, gelombang demi gelombang. Berhenti sendiri bila desa percobaan gagal.' })}
    <div class="pd-stack">${may(actor, 'rollout', actor.wilayah) && startForm(visit)}
    ${
      rollouts.length === 0
        ? emptyState('ulang', 'Belum ada pembaruan', html`<p>Pembaruan bulanan dimulai sendiri menurut jadwal.</p>`)
        : html`<div class="card pd-table-card"><table class="pd-table">
      <thead><tr><th scope="col">Isi</th><th scope="col">Keadaan</th><th scope="col">Dimulai</th><th scope="col">Oleh</th></tr></thead>
      <tbody>${rollouts.map(
        ({ id, work, app, tag, state, createdAt, createdBy }) => html`<tr>
        <th scope="row" data-label="Isi"><a href="/pembaruan/${id}">${WORK_WORDS[work]} ${titles.get(app) ?? app} ${tag ?? ''}</a></th>
        <td data-label="Keadaan">${badge({ word: ROLLOUT_WORDS[state], tone: STATE_TONES[state], icon: 'info' })}</td>
        <td data-label="Dimulai">${when(createdAt, visit)}</td><td data-label="Oleh">${createdBy}</td></tr>`,
      )}</tbody></table></div>`
    }</div>`;
  return { kind: 'page', title: 'Pembaruan', section: 'pembaruan', body };
}

function startForm(visit: Visit): Html {
  return html`<form class="card pd-card pd-start" method="post" action="/pembaruan">${csrfField(visit)}
    <div class="pd-field"><label class="form-label" for="aplikasi">Aplikasi</label><select class="form-select" id="aplikasi" name="aplikasi">${appsFor(visit.tools.apps).map(({ name, title }) => option(name, title, ''))}</select></div>
    <div class="pd-field"><label class="form-label" for="percobaan">Desa percobaan (kode, dipisahkan koma)</label><input class="form-control" id="percobaan" name="percobaan" autocomplete="off" value="${visit.form.text('percobaan')}"></div>
    <button class="btn btn-primary" type="submit">Mulai pembaruan</button></form>`;
}

/** One rollout: its waves as tiles, a desa each. */
export async function showRollout(visit: Visit): Promise<Answer> {
  const { tools, actor } = visit;
  const rollout = await findRollout(visit);
  const members = (await tools.rollouts.members(rollout.id)).filter(({ kode }) => actor.wilayah === null || kode.startsWith(actor.wilayah));
  const names = new Map((await tools.tenants.findAll(members.map(({ kode }) => kode))).map(({ kode, nama }) => [kode, nama]));
  const end = estimateEnd(rollout, members, visit.now);
  const title = `${WORK_WORDS[rollout.work]} ${titlesOf(tools.apps).get(rollout.app) ?? rollout.app} ${rollout.tag ?? ''}`;
  const body = html`
    ${pageHead({ crumbs: [crumb('/pembaruan', 'Pembaruan')], title, lead: html`${badge({ word: ROLLOUT_WORDS[rollout.state], tone: STATE_TONES[rollout.state], icon: 'info' })} ${rollout.reason ?? ''}${end !== null && html` Perkiraan selesai ${moment(end, visit.zone)}.`}` })}
    <div class="pd-stack">${may(actor, 'rollout', actor.wilayah) && [moves(visit, rollout, members), skipForm(visit, rollout, members, names)]}
    ${[...Map.groupBy(members, ({ wave }) => wave)].map(
      ([
        wave,
        of,
      ]) => html`<section class="card pd-card"><h2 class="pd-card-title">Gelombang ${wave + 1}<span class="pd-count">${of.length}</span></h2>
        <ul class="pd-row pd-tiles">${of.map((member) => tile(member, names.get(member.kode) ?? member.kode))}</ul></section>`,
    )}</div>`;
  const refresh = rollout.state === 'running' ? { refreshSeconds: 5 } : {};
  return { kind: 'page', title, section: 'pembaruan', body, ...refresh };
}

function tile({ kode, state, jobId, startedAt }: Member, nama: string): Html {
  const look = badge({ word: `${nama}: ${MEMBER_WORDS[state]}`, tone: TONES[state], icon: 'info' });
  return html`<li><a href="${startedAt === null ? `/desa/${kode}` : `/pekerjaan/${jobId}`}">${look}</a></li>`;
}

function moves(visit: Visit, { id, state, work }: Rollout, members: readonly Member[]): Html {
  const to = (path: string): string => `/pembaruan/${id}/${path}`;
  const failed = members.some((one) => one.state === 'failed');
  const done = work === 'update' && members.some((one) => one.state === 'done');
  if (state === 'finished' && !failed && !done) return NOTHING;
  return html`<div class="pd-row">
    ${state === 'running' && buttonForm(visit, { action: to('hentikan'), label: 'Hentikan', icon: 'jeda' })}
    ${state === 'halted' && buttonForm(visit, { action: to('lanjutkan'), label: 'Lanjutkan', icon: 'lanjut' })}
    ${state === 'halted' && buttonForm(visit, { action: to('akhiri'), label: 'Akhiri', icon: 'silang', style: '' })}
    ${failed && buttonForm(visit, { action: to('coba-lagi'), label: 'Coba lagi yang gagal', icon: 'ulang', style: '' })}
    ${done && buttonForm(visit, { action: to('mundurkan'), label: 'Mundurkan', icon: 'kembali', style: '', confirm: 'Mundurkan semua desa yang sudah diperbarui di sini? Keadaan sekarang dicadangkan lebih dahulu.' })}
  </div>`;
}

const SKIPPABLE: ReadonlySet<MemberState> = new Set(['waiting', 'paused', 'failed']);

/** Leaves one desa out of it. */
function skipForm(visit: Visit, { id, state }: Rollout, members: readonly Member[], names: ReadonlyMap<string, string>): Html {
  const left = members.filter((one) => SKIPPABLE.has(one.state));
  if (state === 'finished' || left.length === 0) return NOTHING;
  return html`<details class="pd-fold"><summary>Lewati satu desa…</summary><form class="pd-fold-body pd-row" method="post" action="/pembaruan/${id}/lewati">${csrfField(visit)}
    <label class="visually-hidden" for="lewati">Desa</label><select class="form-select" id="lewati" name="desa">${left.map(({ kode }) => option(kode, names.get(kode) ?? kode, ''))}</select>
    <button class="btn" type="submit">Lewati</button></form></details>`;
}

async function findRollout({ tools, params }: Visit): Promise<Rollout> {
  const rollout = await tools.rollouts.find(params.text('id'));
  if (rollout === null) throw new NotFound('pembaruan-tidak-ada', 'Pembaruan serentak ini tidak ada.');
  return rollout;
}

export function beginRollout(visit: Visit): Promise<Answer> {
  const { tools, actor, form } = visit;
  const canaries = form
    .text('percobaan')
    .split(/[\s,]+/)
    .filter((kode) => kode !== '');
  return orShowAgain(
    async () => redirect(`/pembaruan/${(await startRollout(tools, actor, { app: form.text('aplikasi'), canaries })).rolloutId}`),
    () => showRollouts(visit),
  );
}

type Move = (tools: Visit['tools'], actor: Visit['actor'], id: string, form: Visit['form']) => Promise<unknown>;
const moving =
  (move: Move) =>
  (visit: Visit): Promise<Answer> =>
    orShowAgain(
      async () => {
        const { id } = await findRollout(visit);
        await move(visit.tools, visit.actor, id, visit.form);
        return redirect(`/pembaruan/${id}`);
      },
      () => showRollout(visit),
    );

export const haltOne = moving(haltRollout);
export const resumeOne = moving(resumeRollout);
export const endOne = moving(endRollout);
export const retryOne = moving((tools, actor, id) => retryMembers(tools, actor, id, null));
export const returnOne = moving((tools, actor, id) => returnRollout(tools, actor, id, null));
export const skipOne = moving((tools, actor, id, form) => skipMember(tools, actor, id, form.text('desa')));
