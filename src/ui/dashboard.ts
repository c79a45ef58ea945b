import { type FleetOverview, overviewFleet } from '../workflows/fleet-overview.ts';
import { titlesOf } from './catalogue.ts';
import { endingCard } from './certificate-card.ts';
import { backupsCard, combinedCard, jobsCard, machineCard, nextUpdateCard, versionsCard } from './dashboard-cards.ts';
import { fleetMap } from './dashboard-map.ts';
import { firstStep } from './first-step.ts';
import { type Html, html } from './html.ts';
import { liveNote, REFRESH_SECONDS } from './live.ts';
import { pageHead } from './parts.ts';
import { shareLooks } from './shared-look.ts';
import type { Answer, Visit } from './visit.ts';

/** Dasbor: the fleet at a glance. Its state is fetched again whenever the stream says that something moved. */
export async function showDashboard(visit: Visit): Promise<Answer> {
  const fleet = await shared(visit);
  const body = html`
    ${pageHead({ title: 'Dasbor', lead: 'Semua desa dan yang sedang terjadi, dalam satu pandangan.', actions: fleet.desa.length > 0 && liveNote('keadaan-armada') })}
    ${fleet.desa.length === 0 ? firstStep(visit) : stateOf(visit, fleet)}`;
  return { kind: 'page', title: 'Dasbor', section: 'dasbor', body, refreshSeconds: REFRESH_SECONDS };
}

/** The changing part alone. */
export async function showDashboardState(visit: Visit): Promise<Answer> {
  return { kind: 'fragment', body: stateOf(visit, await shared(visit)) };
}

function stateOf(visit: Visit, fleet: FleetOverview): Html {
  const titles = titlesOf(visit.tools.apps);
  return html`<div id="keadaan-armada" hx-get="/dasbor/keadaan" hx-trigger="pendopo:berubah" hx-swap="outerHTML">
    ${fleetMap(fleet.desa)}
    <div class="pd-board">
      ${jobsCard(visit, fleet, titles)}
      ${nextUpdateCard(visit, fleet)}
      ${machineCard(fleet)}
      ${versionsCard(fleet, titles)}
      ${backupsCard(visit, fleet)}
      ${combinedCard(visit, fleet)}
      ${endingCard(visit, fleet.ending)}
    </div>
  </div>`;
}

/** Nothing on the page is older than this, and nothing that a job did is left out. */
const LONGEST_MS = 5_000;
const looks = new WeakMap<Visit['tools'], Map<string, () => Promise<FleetOverview>>>();

/** Many pages ask at once when something moves: all of a region share one look at the record. */
function shared({ tools, actor: { wilayah } }: Visit): Promise<FleetOverview> {
  const known = looks.get(tools) ?? new Map<string, () => Promise<FleetOverview>>();
  looks.set(tools, known);
  const key = wilayah ?? '';
  const ask =
    known.get(key) ??
    shareLooks({
      look: () => overviewFleet(tools, wilayah),
      stamp: () => tools.jobs.newestEvent(),
      longestMs: LONGEST_MS,
      elapsed: () => tools.clock.elapsed(),
    });
  known.set(key, ask);
  return ask();
}
