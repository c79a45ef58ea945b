import type { Config } from '../../src/config.ts';
import type { Job, JobStep } from '../../src/domain/job.ts';
import type { AppCatalogue } from '../../src/domain/ports-world.ts';
import type { Installation } from '../../src/domain/tenant.ts';
import { INSTALLATION_LOOKS, type Look, lookOfJob, moment, STEP_LOOKS } from '../../src/ui/present.ts';
import { paint, seconds } from '../terminal/screen.ts';

const COLOURS: Readonly<Record<Look['tone'], Parameters<typeof paint>[0]>> = {
  netral: 'dim',
  jalan: 'cyan',
  baik: 'green',
  awas: 'yellow',
  buruk: 'red',
};

export function jobWord(job: Pick<Job, 'state' | 'cause'>): string {
  return painted(lookOfJob(job));
}
export function stepWord({ state }: Pick<JobStep, 'state'>): string {
  return painted(STEP_LOOKS[state]);
}
export function installationWord({ state }: Pick<Installation, 'state'>): string {
  return painted(INSTALLATION_LOOKS[state]);
}

function painted({ word, tone }: Look): string {
  return paint(COLOURS[tone], word);
}

/** In the kabupaten's zone; `–` for what has not happened. */
export function when(date: Date | null, { timeZone }: Pick<Config, 'timeZone'>): string {
  return date === null ? '–' : moment(date, timeZone);
}

/** From start to end, or so far; empty before it has begun. */
export function took({ startedAt, endedAt }: Pick<Job, 'startedAt' | 'endedAt'>, now: Date): string {
  return startedAt === null ? '' : seconds(Math.max(0, (endedAt ?? now).getTime() - startedAt.getTime()));
}

/** What people call the app; one that has left the catalogue keeps its name. */
export function titleOf(apps: AppCatalogue, app: string): string {
  return apps.names().includes(app) ? apps.entry(app).manifest.title : app;
}
