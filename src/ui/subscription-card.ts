import type { TenantRow } from '../domain/ports-records.ts';
import { type Ending, endingsOf, stageOf } from '../domain/subscription.ts';
import { type Html, html, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import { badge } from './parts.ts';
import type { Visit } from './visit.ts';

/** What the desa has ordered and until when; nothing where nobody has said. */
export function subscriptionCard({ tools }: Visit, { installations }: Pick<TenantRow, 'installations'>): Html {
  const there = installations.filter(({ state }) => state !== 'absent');
  const kind = there.map(({ settings }) => settings.langganan ?? '').find((value) => value !== '');
  const endings = endingsOf(there, (app) => tools.apps.entry(app).manifest, tools.calendar.day(tools.clock.now()));
  if (kind === undefined && endings.length === 0) return NOTHING;
  return html`<section class="card pd-card"><h2 class="pd-card-title">${icon('jam')}Langganan</h2><dl class="pd-list-facts">
    ${kind !== undefined && html`<div><dt>Jenis</dt><dd>${kind}</dd></div>`}
    ${endings.map((ending) => html`<div><dt>${ending.label}</dt><dd>${ending.day} ${mark(ending)}</dd></div>`)}</dl>
    ${endings.length > 0 && html`<p class="pd-hint">Sesudah berakhir tidak ada yang dihapus atau dihentikan sendiri.</p>`}</section>`;
}

function mark(ending: Ending): Html {
  const { daysLeft } = ending;
  const stage = stageOf(ending);
  switch (stage) {
    case 'ended':
      return badge({ word: `lewat ${-daysLeft} hari`, tone: 'buruk', icon: 'awas' });
    case 'soon':
      return badge({ word: daysLeft === 0 ? 'hari ini' : `${daysLeft} hari lagi`, tone: 'awas', icon: 'awas' });
    case 'later':
      return badge({ word: `${daysLeft} hari lagi`, tone: 'baik', icon: 'centang' });
    default:
      return stage satisfies never;
  }
}
