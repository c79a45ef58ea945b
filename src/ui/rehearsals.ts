import { may } from '../domain/access.ts';
import type { MemberTally } from '../domain/ports-jobs.ts';
import type { MemberState, Rollout } from '../domain/rollout.ts';
import { type RehearsalResult, resultOf, seeRehearsal } from '../workflows/rehearsals.ts';
import { titlesOf } from './catalogue.ts';
import { type Html, html } from './html.ts';
import { orShowAgain, redirect } from './notices.ts';
import { crumb, emptyState, pageHead, when } from './parts.ts';
import { count } from './present.ts';
import { causeCards, moveButtons, type Names, namesOf, type Stats, skipForm, stateBadge, stats, tile } from './rollout-parts.ts';
import { askRehearsal, rehearsalForm } from './rollout-start.ts';
import type { Answer, Visit } from './visit.ts';

const SHOWN = 20;
const TITLE = 'Gladi bersih';

/** Gladi bersih: what was tried with backups before it was done to desa. */
export async function showRehearsals(visit: Visit): Promise<Answer> {
  const { tools, actor } = visit;
  const rehearsals = await tools.rollouts.list({ work: 'rehearse', within: actor.wilayah, limit: SHOWN });
  const tallies = await tools.rollouts.tally(
    rehearsals.map(({ id }) => id),
    actor.wilayah,
  );
  const rows = rehearsals.map((one) => row(visit, one, tallies.get(one.id) ?? {}));
  const body = html`
    ${pageHead({ title: TITLE, lead: 'Rilis baru dicoba dahulu pada cadangan setiap desa, di tempat terpisah. Desa tidak tersentuh, dan yang gagal tidak ikut pembaruan.' })}
    <div class="pd-stack">${may(actor, 'rollout', actor.wilayah) && (await rehearsalForm(visit))}
    ${
      rows.length === 0
        ? emptyState(
            'gladi',
            'Belum ada gladi bersih',
            html`<p>Sebelum tanggal 1, cadangan terakhir setiap desa dimuat ke tempat sementara, dimigrasikan ke rilis baru, dijalankan dan dibandingkan: adakah data yang hilang, benarkah versinya, menjawabkah halamannya. Tempat itu lalu dihapus.</p><p>Gladi dimulai sendiri menurut <a href="/jadwal">Jadwal</a> (bawaan: tanggal 28 pukul 22.00), atau kapan saja di sini. Yang diperlukan hanya cadangan: lihat <a href="/cadangan">Cadangan</a>.</p>`,
          )
        : html`<div class="card pd-table-card"><table class="pd-table">
      <thead><tr><th scope="col">Rilis</th><th scope="col">Hasil</th><th scope="col">Keadaan</th><th scope="col">Dimulai</th><th scope="col">Oleh</th></tr></thead>
      <tbody>${rows}</tbody></table></div>`
    }</div>`;
  return { kind: 'page', title: TITLE, section: 'gladi', body };
}

function row(visit: Visit, rollout: Rollout, tally: MemberTally): Html {
  const { id, app, tag, createdAt, createdBy } = rollout;
  const all = Object.values(tally).reduce((sum, n) => sum + n, 0);
  const { done: passed = 0, failed = 0 } = tally;
  return html`<tr><th scope="row" data-label="Rilis"><a href="/gladi/${id}">${titlesOf(visit.tools.apps).get(app) ?? app} ${tag ?? ''}</a></th>
    <td data-label="Hasil">${count(passed)} dari ${count(all)} desa lulus${failed > 0 && `, ${count(failed)} gagal`}</td>
    <td data-label="Keadaan">${stateBadge(rollout)}</td><td data-label="Dimulai">${when(createdAt, visit)}</td><td data-label="Oleh">${createdBy}</td></tr>`;
}

/** One rehearsal: a tile a desa, causes together, and what the update will take. */
export async function showRehearsal(visit: Visit): Promise<Answer> {
  const { tools, actor } = visit;
  const view = await seeRehearsal(tools, actor, visit.params.text('id'));
  const { rollout } = view;
  const result = await resultOf(tools, view);
  const names = await namesOf(visit, view.members);
  const mayMove = may(actor, 'rollout', actor.wilayah);
  const title = `${TITLE} ${titlesOf(tools.apps).get(rollout.app) ?? rollout.app} ${rollout.tag ?? ''}`;
  const body = html`
    ${pageHead({ crumbs: [crumb('/gladi', TITLE)], title, lead: html`${stateBadge(rollout)} ${rollout.reason ?? ''} ${verdict(rollout, result)}`, actions: mayMove && moveButtons(visit, rollout, view.members) })}
    <div class="pd-stack">${stats(view.members, STATS)}
    ${causeCards(visit, rollout, result.causes, names, mayMove)}
    ${tiles(result, names)}
    ${mayMove && skipForm(visit, rollout, view.members, names)}</div>`;
  const refresh = rollout.state === 'running' ? { refreshSeconds: 5 } : {};
  return { kind: 'page', title, section: 'gladi', body, ...refresh };
}

function verdict({ state, window }: Rollout, { estimatedMinutes, causes }: RehearsalResult): Html {
  const minutes = estimatedMinutes === null ? null : Math.max(1, Math.round(estimatedMinutes));
  return html`${state === 'finished' && causes.length === 0 && 'Semua yang diuji lulus. '}${minutes !== null && `Pembaruan semua desa diperkirakan ${count(minutes)} menit.`}${state === 'running' && window !== null && ` Berjalan pada jam ${window}.`}`;
}

const STATS: Stats = [
  ['Lulus', 'baik', ['done']],
  ['Gagal', 'buruk', ['failed']],
  ['Berjalan', 'jalan', ['running']],
  ['Belum', 'netral', ['waiting', 'paused', 'skipped']],
];

const WORDS: Readonly<Record<MemberState, string>> = {
  ...({ waiting: 'Belum', running: 'Berjalan', done: 'Lulus', failed: 'Gagal' } as const),
  ...({ skipped: 'Tidak diuji', paused: 'Belum', 'kept-out': 'Ditahan' } as const),
};

function tiles({ members }: RehearsalResult, names: Names): Html {
  const shown = members.map((member) => {
    const word = member.state === 'failed' && member.forgiven ? 'Gagal, diikutkan' : WORDS[member.state];
    return tile(member, names.get(member.kode) ?? member.kode, word, member.seconds === null ? null : member.seconds * 1_000);
  });
  return html`<section class="card pd-card"><h2 class="pd-card-title">Desa<span class="pd-count">${members.length}</span></h2><ul class="pd-tiles">${shown}</ul></section>`;
}

export function beginRehearsal(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => redirect(`/gladi/${(await askRehearsal(visit)).rolloutId}`),
    () => showRehearsals(visit),
  );
}
