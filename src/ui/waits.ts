import type { Job } from '../domain/job.ts';
import { type Wait, waitAfterEnd } from '../domain/waiting.ts';
import { type Html, html } from './html.ts';
import { count, hour, VERBS } from './present.ts';
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
