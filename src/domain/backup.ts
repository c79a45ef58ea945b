import type { KodeTenant, KodeWilayah } from './wilayah.ts';

/** Why a backup was made. */
export type BackupReason = 'scheduled' | 'by-hand' | 'before-update' | 'before-rollback' | 'before-restore';

/** A proven copy of an installation: its database and its kept volumes, in `backup/<id>/`. */
export interface Backup {
  readonly id: string;
  readonly installationId: string;
  readonly kode: KodeTenant;
  readonly app: string;
  /** The release the data belongs to. */
  readonly tag: string;
  readonly version: string;
  readonly reason: BackupReason;
  /** For `before-update`: the release the update went to. `rollback` looks for it. */
  readonly nextTag: string | null;
  readonly bytes: number;
  readonly rows: number;
  /** When a restore of it into a scratch schema first gave the same rows; nothing unproven is on record. */
  readonly verifiedAt: Date;
  /** The last time a drill restored it again. */
  readonly provenAt: Date | null;
  readonly createdAt: Date;
}

export interface BackupFilter {
  readonly kode?: KodeTenant;
  readonly installationId?: string;
  readonly within?: KodeWilayah | null;
  readonly limit: number;
}

/** How many backups of an installation stay: the newest ones, and the last of each of so many days, weeks, months. */
export interface Retention {
  readonly last: number;
  readonly days: number;
  readonly weeks: number;
  readonly months: number;
}

export const RETENTION: Retention = { last: 3, days: 7, weeks: 4, months: 6 };

const DAY_MS = 86_400_000;

/**
 * Those that may go, oldest last. The backup that a rollback would need stays whatever its age, and so does one that is
 * being restored.
 * @param backups of one installation
 * @param zoneOffsetMinutes of the kabupaten, so that a day is a day there
 */
export function expired(
  backups: readonly Backup[],
  rule: Retention,
  keepIds: ReadonlySet<string>,
  zoneOffsetMinutes = 420,
): readonly Backup[] {
  const newestFirst = [...backups].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || b.id.localeCompare(a.id));
  const kept = new Set(newestFirst.slice(0, rule.last).map(({ id }) => id));
  const periods: readonly [number, (at: number) => string][] = [
    [rule.days, (at) => String(Math.floor(at / DAY_MS))],
    // Day 4 of the epoch was a Monday.
    [rule.weeks, (at) => String(Math.floor((at / DAY_MS - 4) / 7))],
    [rule.months, (at) => new Date(at).toISOString().slice(0, 7)],
  ];
  for (const [count, periodOf] of periods) {
    const newestOfPeriod = new Map<string, string>();
    for (const { id, createdAt } of newestFirst) {
      const period = periodOf(createdAt.getTime() + zoneOffsetMinutes * 60_000);
      if (!newestOfPeriod.has(period)) newestOfPeriod.set(period, id);
    }
    for (const id of [...newestOfPeriod.values()].slice(0, count)) kept.add(id);
  }
  return newestFirst.filter(({ id }) => !kept.has(id) && !keepIds.has(id));
}

/** What `rollback` goes back to: the state before the update to the release that runs now. */
export function rollbackTarget(backups: readonly Backup[], currentTag: string): Backup | null {
  const candidates = backups.filter(
    ({ reason, nextTag, tag }) => reason === 'before-update' && nextTag === currentTag && tag !== currentTag,
  );
  return candidates.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())[0] ?? null;
}
