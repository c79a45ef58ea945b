import type { Job } from '../domain/job.ts';
import { type Wait, waitAfterEnd } from '../domain/waiting.ts';
import type { MemberWait } from '../domain/waiting-members.ts';
import type { WaitingRollout } from '../workflows/queue-overview.ts';
import { type Html, html, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import { count, hour, VERBS, WORK_WORDS } from './present.ts';
import { pathOf } from './rollout-parts.ts';
import type { Visit } from './visit.ts';

type Titles = ReadonlyMap<string, string>;
type When = Pick<Visit, 'now' | 'zone'>;

/** What this job waits for and until when; null: it is at work, or has ended for good. */
export function waitOf(job: Job, waits: ReadonlyMap<string, Wait>, titles: Titles, visit: When): Html | null {
  const wait = waits.get(job.id);
  if (wait !== undefined) return wordsOf(wait, titles, visit);
  const after = waitAfterEnd(job, visit.now);
  if (after === null) return null;
  if (after.kind === 'person') return html`Menunggu keputusan Anda: tekan Coba lagi sesudah penyebabnya diperbaiki.`;
  if (after.at <= visit.now) return html`Segera dicoba lagi sendiri.`;
  return html`Dicoba lagi sendiri pukul <b>${hour(after.at, visit)}</b>.`;
}

function wordsOf(wait: Wait, titles: Titles, visit: When): Html {
  switch (wait.kind) {
    case 'line':
      return html`${wait.ahead === 0 ? 'Giliran berikutnya: dimulai begitu ada pelaksana yang bebas.' : `Menunggu giliran: ${count(wait.ahead)} pekerjaan lain lebih dahulu.`}${wait.at !== null && html` Perkiraan mulai <b>${hour(wait.at, visit)}</b>.`}`;
    case 'desa': {
      const { id, workflow, app } = wait.behind;
      return html`Menunggu <a href="/pekerjaan/${id}">${VERBS[workflow]} ${titles.get(app) ?? app}</a> di desa ini selesai: satu desa, satu pekerjaan.`;
    }
    case 'outside':
      return html`Menunggu sejak ${hour(wait.since, visit)}: ${wait.what} Dicoba terus sampai <b>${hour(wait.until, visit)}</b>; sesudah itu semuanya dikembalikan.`;
    case 'worker':
      return html`Pelaksananya berhenti; pelaksana lain melanjutkan dari langkah terakhir dalam beberapa detik.`;
    case 'nobody':
      return html`Tidak ada pelaksana yang bekerja sejak <b>${hour(wait.since, visit)}</b>. Dilanjutkan sendiri begitu layanan pelaksana dan Redis berjalan lagi.`;
    default:
      return wait satisfies never;
  }
}

/** Desa that have no job yet, because their rollout has not come to them. */
export function waitingDesaCard(waiting: readonly WaitingRollout[], titles: Titles): Html {
  if (waiting.length === 0) return NOTHING;
  return html`<section class="card pd-card" aria-labelledby="judul-nanti"><h2 class="pd-card-title" id="judul-nanti">${icon('jam')}Belum masuk antrean</h2>
    <ul class="pd-lines">${waiting.map(({ rollout, members, wait }) => html`<li><a href="${pathOf(rollout)}"><span class="pd-count">${count(members.length)}</span><span><b>${WORK_WORDS[rollout.work]} ${titles.get(rollout.app) ?? rollout.app} ${rollout.tag ?? ''}</b> ${memberWords(wait)}</span></a></li>`)}</ul></section>`;
}

function memberWords(wait: MemberWait): string {
  switch (wait.kind) {
    case 'halted':
      return `Dihentikan; menunggu keputusan Anda. ${wait.reason ?? ''}`;
    case 'same-cause':
      return 'Ditahan karena sebab yang sama sudah terjadi dua kali; menunggu keputusan Anda.';
    case 'kept-out':
      return 'Tidak diikutkan karena gladinya gagal; menunggu keputusan Anda.';
    case 'hours':
      return `Menunggu jam pengerjaan ${wait.window.replace('-', '–').replaceAll(':', '.')}.`;
    case 'wave':
      return `Menunggu gelombang sebelumnya: ${count(wait.left)} desa lagi.`;
    case 'room':
      return `Menunggu giliran: paling banyak ${count(wait.atOnce)} desa sekaligus.`;
    default:
      return wait satisfies never;
  }
}
