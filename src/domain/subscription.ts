import type { AppManifest } from './manifest.ts';
import type { Installation } from './tenant.ts';

const DAY_MS = 86_400_000;

/** A day on which something that a desa has ordered ends. Nothing of the desa stops or goes by itself on it. */
export interface Ending {
  /** The setting's name and label. */
  readonly name: string;
  readonly label: string;
  /** `2027-12-31`. */
  readonly day: string;
  /** 0 on the day itself, below 0 afterwards. */
  readonly daysLeft: number;
  /** So many days before it people are told, most first. */
  readonly warnDays: readonly number[];
}

/** What of a desa ends, soonest first, each once: its apps share these settings. @param today `2026-11-24` */
export function endingsOf(
  installations: readonly Pick<Installation, 'app' | 'state' | 'settings'>[],
  manifestOf: (app: string) => Pick<AppManifest, 'settings'>,
  today: string,
): readonly Ending[] {
  const found = new Map<string, Ending>();
  for (const { app, state, settings } of installations) {
    if (state === 'absent') continue;
    for (const { name, label, warnDays } of manifestOf(app).settings) {
      const day = settings[name] ?? '';
      if (warnDays !== undefined && day !== '') found.set(name, { name, label, day, daysLeft: daysBetween(today, day), warnDays });
    }
  }
  return [...found.values()].sort((a, b) => a.daysLeft - b.daysLeft || a.name.localeCompare(b.name));
}

/** `soon`: people are being told. */
export function stageOf({ daysLeft, warnDays }: Ending): 'ended' | 'soon' | 'later' {
  if (daysLeft < 0) return 'ended';
  return daysLeft <= Math.max(0, ...warnDays) ? 'soon' : 'later';
}

/** The last warning whose time has come: days before the end, -1 once it is over, null while it is too early. */
export function dueWarning(ending: Ending): number | null {
  const stage = stageOf(ending);
  if (stage === 'later') return null;
  return stage === 'ended' ? -1 : Math.min(...ending.warnDays.filter((days) => ending.daysLeft <= days));
}

function daysBetween(today: string, day: string): number {
  return Math.round((Date.parse(`${day}T00:00:00Z`) - Date.parse(`${today}T00:00:00Z`)) / DAY_MS);
}
