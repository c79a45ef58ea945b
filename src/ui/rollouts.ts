import { may } from '../domain/access.ts';
import type { Member, Rollout } from '../domain/rollout.ts';
import { admitMember } from '../workflows/commands/rehearsals.ts';
import { endRollout, haltRollout, resumeRollout, retryMembers, returnRollout, skipMember } from '../workflows/commands/rollouts.ts';
import { causesOf, expectedEnd, seeRollout } from '../workflows/rollout-view.ts';
import { titlesOf } from './catalogue.ts';
import { type Html, html, NOTHING } from './html.ts';
import { orShowAgain, redirect } from './notices.ts';
import { buttonForm, crumb, emptyState, pageHead, when } from './parts.ts';
import { duration, MEMBER_WORDS, moment, WORK_WORDS } from './present.ts';
import { showRehearsal } from './rehearsals.ts';
import { causeCards, moveButtons, type Names, namesOf, pathOf, type Stats, skipForm, stateBadge, stats, tile } from './rollout-parts.ts';
import { askUpdate, updateForm } from './rollout-start.ts';
import type { Answer, Visit } from './visit.ts';

/** Pembaruan: what runs and ran in many desa at once, and starting a new one. */
export async function showRollouts(visit: Visit): Promise<Answer> {
  const { tools, actor } = visit;
  const rollouts = await tools.rollouts.list({ within: actor.wilayah, limit: 50 });
  const titles = titlesOf(tools.apps);
  const body = html`
    ${pageHead({ title: 'Pembaruan', lead: 'Satu rilis untuk semua desa, gelombang demi gelombang. Berhenti sendiri bila desa percobaan gagal.', actions: html`<a class="btn" href="/gladi">Gladi bersih</a>` })}
    <div class="pd-stack">${may(actor, 'rollout', actor.wilayah) && (await updateForm(visit))}
    ${
      rollouts.length === 0
        ? emptyState('ulang', 'Belum ada pembaruan', html`<p>Pembaruan bulanan dimulai sendiri menurut jadwal.</p>`)
        : html`<div class="card pd-table-card"><table class="pd-table">
      <thead><tr><th scope="col">Isi</th><th scope="col">Keadaan</th><th scope="col">Dimulai</th><th scope="col">Oleh</th></tr></thead>
      <tbody>${rollouts.map(
        (one) => html`<tr>
        <th scope="row" data-label="Isi"><a href="${pathOf(one)}">${WORK_WORDS[one.work]} ${titles.get(one.app) ?? one.app} ${one.tag ?? ''}</a></th>
        <td data-label="Keadaan">${stateBadge(one)}</td>
        <td data-label="Dimulai">${when(one.createdAt, visit)}</td><td data-label="Oleh">${one.createdBy}</td></tr>`,
      )}</tbody></table></div>`
    }</div>`;
  return { kind: 'page', title: 'Pembaruan', section: 'pembaruan', body };
}

/** One rollout: its waves as tiles, a desa each; who is kept out of it, and why. */
export async function showRollout(visit: Visit): Promise<Answer> {
  const { tools, actor } = visit;
  const view = await seeRollout(tools, actor, visit.params.text('id'));
  const { rollout, members } = view;
  if (rollout.work === 'rehearse') return showRehearsal(visit);
  const names = await namesOf(visit, members);
  const end = await expectedEnd(tools, view);
  const mayMove = may(actor, 'rollout', actor.wilayah);
  const held = members.filter(({ state }) => state === 'kept-out');
  const waves = Map.groupBy(
    members.filter(({ state }) => state !== 'kept-out'),
    ({ wave }) => wave,
  );
  const title = `${WORK_WORDS[rollout.work]} ${titlesOf(tools.apps).get(rollout.app) ?? rollout.app} ${rollout.tag ?? ''}`;
  const body = html`
    ${pageHead({ crumbs: [crumb('/pembaruan', 'Pembaruan')], title, lead: html`${stateBadge(rollout)} ${rollout.reason ?? ''}${end !== null && html` Perkiraan selesai ${moment(end, visit.zone)}.`}${rollout.window !== null && ` Desa hanya dimulai pada jam ${rollout.window}.`}`, actions: mayMove && html`${moveButtons(visit, rollout, members)}${returnButton(visit, rollout, members)}` })}
    <div class="pd-stack"><div>${stats(members, STATS)}${lockedLine(members)}</div>
    ${causeCards(visit, rollout, await causesOf(tools, members), names, mayMove)}
    ${held.length > 0 && html`<section class="card pd-card"><h2 class="pd-card-title">Ditahan oleh gladi bersih<span class="pd-count">${held.length}</span></h2><p class="pd-muted">Gagal dalam <a href="/gladi">gladi bersih</a> rilis ini, jadi tidak ikut. Sebabnya di atas; seorang admin dapat mengikutkannya.</p><ul class="pd-tiles">${held.map((member) => tile(member, names.get(member.kode) ?? member.kode))}</ul></section>`}
    ${[...waves].map(([wave, of]) => waveCard(visit, rollout, wave, of, names, mayMove))}
    ${mayMove && skipForm(visit, rollout, members, names)}</div>`;
  const refresh = rollout.state === 'running' ? { refreshSeconds: 5 } : {};
  return { kind: 'page', title, section: 'pembaruan', body, ...refresh };
}

const STATS: Stats = [
  ['Berhasil', 'baik', ['done']],
  ['Gagal', 'buruk', ['failed']],
  ['Berjalan', 'jalan', ['running']],
  ['Belum', 'netral', ['waiting', 'paused', 'kept-out', 'skipped']],
];

/** What the seconds on the tiles are, and how they are spread. */
function lockedLine(members: readonly Member[]): Html {
  const waits = members.flatMap(({ lockedMs }) => lockedMs ?? []).toSorted((a, b) => a - b);
  const [median, longest] = [waits[Math.floor(waits.length / 2)], waits.at(-1)];
  if (median === undefined || longest === undefined) return NOTHING;
  return html`<p class="pd-muted">Selama ini pengunjung melihat halaman pemeliharaan: biasanya ${duration(median)}, paling lama ${duration(longest)}.</p>`;
}

function waveCard(visit: Visit, rollout: Rollout, wave: number, members: readonly Member[], names: Names, mayMove: boolean): Html {
  const back = mayMove ? returnButton(visit, rollout, members, wave) : NOTHING;
  const shown = members.map((member) => tile(member, names.get(member.kode) ?? member.kode, MEMBER_WORDS[member.state], member.lockedMs));
  return html`<section class="card pd-card"><h2 class="pd-card-title">Gelombang ${wave + 1}<span class="pd-count">${members.length}</span></h2>
    <ul class="pd-tiles">${shown}</ul>${back !== NOTHING && html`<div class="pd-row">${back}</div>`}</section>`;
}

/** @param wave left out: all of it */
function returnButton(visit: Visit, { id, work }: Rollout, members: readonly Member[], wave?: number): Html {
  const done = members.filter((one) => one.state === 'done').length;
  if (work !== 'update' || done === 0) return NOTHING;
  const [label, which] =
    wave === undefined ? ['Mundurkan semua', 'semua desa'] : ['Mundurkan gelombang ini', `${done} desa gelombang ${wave + 1}`];
  return buttonForm(visit, {
    ...{ action: `/pembaruan/${id}/mundurkan`, label, icon: 'kembali', style: wave === undefined ? '' : 'btn-sm' },
    fields: html`<input type="hidden" name="gelombang" value="${wave ?? ''}">`,
    confirm: `Mundurkan ${which} yang sudah diperbarui di sini? Keadaan sekarang dicadangkan lebih dahulu.`,
  });
}

export function beginRollout(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => redirect(`/pembaruan/${(await askUpdate(visit)).rolloutId}`),
    () => showRollouts(visit),
  );
}

type Move = (tools: Visit['tools'], actor: Visit['actor'], id: string, form: Visit['form']) => Promise<unknown>;
const moving =
  (move: Move) =>
  (visit: Visit): Promise<Answer> =>
    orShowAgain(
      async () => {
        const { rollout } = await seeRollout(visit.tools, visit.actor, visit.params.text('id'));
        await move(visit.tools, visit.actor, rollout.id, visit.form);
        return redirect(pathOf(rollout));
      },
      () => showRollout(visit),
    );

export const haltOne = moving(haltRollout);
export const resumeOne = moving(resumeRollout);
export const endOne = moving(endRollout);
export const retryOne = moving((tools, actor, id, form) => retryMembers(tools, actor, id, form.text('sidik') || null));
export const skipOne = moving((tools, actor, id, form) => skipMember(tools, actor, id, form.text('desa')));
export const admitOne = moving((tools, actor, id, form) => admitMember(tools, actor, id, form.text('desa')));

/** To the rollout of rollbacks that it starts. */
export function returnOne(visit: Visit): Promise<Answer> {
  const { tools, actor, params, form } = visit;
  const wave = form.text('gelombang');
  return orShowAgain(
    async () =>
      redirect(`/pembaruan/${(await returnRollout(tools, actor, params.text('id'), wave === '' ? null : Number(wave))).rolloutId}`),
    () => showRollout(visit),
  );
}
