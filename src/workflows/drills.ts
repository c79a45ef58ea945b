/** Restore drills: whose turn it is, and how old every desa's last proven restore is. */
import type { Actor } from '../domain/access.ts';
import { type DrillAge, dueForDrill } from '../domain/drill.ts';
import type { Toolbox } from '../domain/ports.ts';
import { type Chosen, chooseInstallations } from './compose-rollout.ts';

/** The newest backup of those of an app whose turn it is tonight, which is written down. */
export async function takeDrillTurns(tools: Toolbox, app: string): Promise<readonly Chosen[]> {
  const all = await chooseInstallations(tools, { app, work: 'drill', tag: null });
  const latest = await tools.backups.latestOf(all.map(({ id }) => id));
  const ages = (await tools.drills.ages(null)).filter(({ installationId }) => latest.has(installationId));
  const due = new Set(dueForDrill(ages).map(({ installationId }) => installationId));
  await tools.drills.noteTurn([...due], tools.clock.now());
  return all.filter(({ id }) => due.has(id)).map((one) => ({ ...one, backupId: latest.get(one.id)?.id ?? null }));
}

export interface DrillOverview {
  readonly total: number;
  readonly proven: number;
  /** Those whose last proven restore is longest ago, or never was, first. */
  readonly oldest: readonly DrillAge[];
}

/** Of the active installations the actor may see. @param kode of one tenant alone; null: all */
export async function overviewDrills(
  tools: Pick<Toolbox, 'drills'>,
  { wilayah }: Pick<Actor, 'wilayah'>,
  kode: string | null,
  limit: number,
): Promise<DrillOverview> {
  const ages = (await tools.drills.ages(wilayah)).filter((one) => kode === null || one.kode === kode);
  const proven = ages.filter(({ provenAt }) => provenAt !== null).length;
  const oldest = ages.toSorted((a, b) => (a.provenAt?.getTime() ?? 0) - (b.provenAt?.getTime() ?? 0)).slice(0, limit);
  return { total: ages.length, proven, oldest };
}
