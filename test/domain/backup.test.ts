import { describe, expect, it } from 'vitest';
import { type Backup, expired, RETENTION, rollbackTarget } from '../../src/domain/backup.ts';
import { lockedOutMs } from '../../src/domain/job.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';

const kode = parseKodeDesa('52.01.14.2001');

function aBackup(id: string, createdAt: string, changes: Partial<Backup> = {}): Backup {
  const at = new Date(createdAt);
  return {
    ...{ id, installationId: 'I', kode, app: 'contoh', tag: 'v1.0.0', version: '1.0.0', reason: 'scheduled', nextTag: null },
    ...{ bytes: 1, rows: 1, verifiedAt: at, provenAt: null, createdAt: at },
    ...changes,
  };
}

const nightly = Array.from({ length: 400 }, (_, day) =>
  aBackup(String(day).padStart(4, '0'), new Date(Date.UTC(2025, 0, 1 + day, 20)).toISOString()),
);

describe('the retention rule', () => {
  it('keeps the newest, and the last of each day, week and month', () => {
    const gone = new Set(expired(nightly, RETENTION, new Set()).map(({ id }) => id));
    const kept = nightly.filter(({ id }) => !gone.has(id));
    expect(kept.length).toBeGreaterThanOrEqual(12);
    expect(kept.length).toBeLessThanOrEqual(RETENTION.days + RETENTION.weeks + RETENTION.months);
    expect(kept.slice(-RETENTION.days)).toEqual(nightly.slice(-RETENTION.days));
    const months = new Set(kept.map(({ createdAt }) => createdAt.toISOString().slice(0, 7)));
    expect(months.size).toBeGreaterThanOrEqual(RETENTION.months);
  });

  it('lets nothing go that is needed, and nothing when there are few', () => {
    const oldest = nightly[0]?.id ?? '';
    expect(expired(nightly, RETENTION, new Set([oldest])).map(({ id }) => id)).not.toContain(oldest);
    expect(expired(nightly.slice(0, 3), RETENTION, new Set())).toEqual([]);
  });

  it('comes to rest: what is left after it is not let go the next time', () => {
    const gone = new Set(expired(nightly, RETENTION, new Set()).map(({ id }) => id));
    expect(
      expired(
        nightly.filter(({ id }) => !gone.has(id)),
        RETENTION,
        new Set(),
      ),
    ).toEqual([]);
  });
});

describe('what a rollback goes back to', () => {
  const update = (id: string, tag: string, nextTag: string) =>
    aBackup(id, `2026-01-0${id}T00:00:00Z`, { reason: 'before-update', tag, nextTag });

  it('is the newest state before an update to the running release', () => {
    const backups = [update('1', 'v1.0.0', 'v1.1.0'), update('2', 'v1.0.0', 'v1.1.0'), update('3', 'v1.1.0', 'v1.2.0')];
    expect(rollbackTarget(backups, 'v1.1.0')?.id).toBe('2');
    expect(rollbackTarget(backups, 'v1.2.0')?.id).toBe('3');
  });

  it('is nothing when no update led to the running release', () => {
    expect(rollbackTarget([aBackup('1', '2026-01-01T00:00:00Z'), update('2', 'v1.0.0', 'v1.1.0')], 'v1.0.0')).toBeNull();
  });
});

describe('the time visitors are locked out', () => {
  const step = (name: string, state: 'done' | 'undone' | 'pending', from: number, to: number) => ({
    ...{ name, state },
    ...{ startedAt: new Date(from), endedAt: new Date(to) },
  });

  it('goes from closing to opening the address, or to its being put back', () => {
    expect(lockedOutMs([step('show-maintenance', 'done', 100, 200), step('open-route', 'done', 5_000, 5_100)])).toBe(5_000);
    expect(lockedOutMs([step('show-maintenance', 'undone', 100, 3_100), step('open-route', 'pending', 0, 0)])).toBe(3_000);
    expect(lockedOutMs([step('back-up-database', 'done', 1, 2)])).toBeNull();
  });
});
