import { DRILL_NIGHTS } from '../domain/drill.ts';
import { type DrillOverview, overviewDrills } from '../workflows/drills.ts';
import { titlesOf } from './catalogue.ts';
import { type Html, html, NOTHING } from './html.ts';
import { badge, when } from './parts.ts';
import { count, type Look } from './present.ts';
import type { Visit } from './visit.ts';

/** More would say no more: they are the oldest. */
const SHOWN = 25;
const LATE_MS = 2 * DRILL_NIGHTS * 86_400_000;

/** On the page of backups: when a restore of each desa was last proven. @param kode of one desa alone */
export async function drillCard(visit: Visit, kode: string | null): Promise<Html> {
  const overview = await overviewDrills(visit.tools, visit.actor, kode, SHOWN);
  const { oldest, total } = overview;
  if (total === 0) return NOTHING;
  const names = new Map(
    (await visit.tools.tenants.findAll([...new Set(oldest.map((one) => one.kode))])).map((one) => [one.kode, one.nama]),
  );
  const titles = titlesOf(visit.tools.apps);
  const lines = html`<ul class="pd-mini-list">${oldest.map(({ kode: whose, app, provenAt }) => html`<li><span><a href="/cadangan?desa=${whose}">${names.get(whose) ?? whose}</a> · ${titles.get(app) ?? app}</span><small>${provenAt === null ? 'belum pernah diuji lagi' : when(provenAt, visit)}</small></li>`)}</ul>`;
  return html`<section class="card pd-card" aria-labelledby="judul-uji"><h2 class="pd-card-title" id="judul-uji">Uji pemulihan ${badge(lookOf(overview, visit.now))}</h2>
    <p class="pd-muted">Setiap malam cadangan terbaru dari sebagian desa dipulihkan ke tempat percobaan dan dibandingkan. Dalam ${DRILL_NIGHTS} malam semua mendapat giliran.</p>
    ${kode === null ? html`<details class="pd-fold"><summary>Yang paling lama tidak diuji…</summary><div class="pd-fold-body">${lines}</div></details>` : lines}</section>`;
}

function lookOf({ oldest, proven, total }: DrillOverview, now: Date): Look {
  const word = `${count(proven)} dari ${count(total)} aplikasi teruji`;
  const last = oldest[0]?.provenAt ?? null;
  if (proven < total) return { word, tone: 'netral', icon: 'info' };
  return last !== null && now.getTime() - last.getTime() > LATE_MS
    ? { word, tone: 'awas', icon: 'awas' }
    : { word, tone: 'baik', icon: 'centang' };
}
