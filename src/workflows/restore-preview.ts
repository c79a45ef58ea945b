import type { Backup } from '../domain/backup.ts';
import type { Toolbox } from '../domain/ports.ts';
import { backupKeys, readManifest } from './steps/backup.ts';

export interface TableChange {
  readonly table: string;
  /** null: the table is not there. */
  readonly now: number | null;
  readonly inBackup: number | null;
  /** One of those that no update may change: what the desa works with. */
  readonly isKept: boolean;
}

/** What a restore would change, before anybody presses the button. */
export interface RestorePreview {
  readonly backup: Backup;
  readonly tagNow: string | null;
  /** Tables whose number of rows differs, those that matter first, then the largest difference. */
  readonly changes: readonly TableChange[];
  /** Tables with equally many rows; their content may differ. */
  readonly sameTables: number;
  /** null: the files are not on this server; a restore brings them back from the copies elsewhere. */
  readonly rowsInBackup: number | null;
  readonly ageMs: number;
}

/** Counts rows, and looks no further: nothing is loaded. */
export async function previewRestore(tools: Toolbox, backup: Backup): Promise<RestorePreview> {
  const ageMs = tools.clock.now().getTime() - backup.createdAt.getTime();
  const installation = await tools.tenants.installation(backup.installationId);
  const tagNow = installation?.state === 'active' ? installation.tag : null;
  const key = backupKeys(backup.id).manifest;
  if (!(await tools.files.exists(key))) return { backup, tagNow, changes: [], sameTables: 0, rowsInBackup: null, ageMs };

  const then = new Map(Object.entries(readManifest(await tools.files.read(key)).rows));
  const schema = (await tools.claims.of(backup.installationId)).find(({ kind }) => kind === 'schema')?.name;
  const counted = schema === undefined ? [] : await tools.databases.countRows(schema);
  const now = new Map(counted.map(({ table, rows }) => [table, rows]));
  const kept = new Set(tools.apps.entry(backup.app).manifest.conserve.map(({ table }) => table));
  const all = [...new Set([...now.keys(), ...then.keys()])].map((table) => ({
    ...{ table, now: now.get(table) ?? null, inBackup: then.get(table) ?? null, isKept: kept.has(table) },
  }));
  const changes = all.filter((one) => one.now !== one.inBackup).sort((a, b) => Number(b.isKept) - Number(a.isKept) || by(b) - by(a));
  const rowsInBackup = [...then.values()].reduce((sum, rows) => sum + rows, 0);
  return { backup, tagNow, changes, sameTables: all.length - changes.length, rowsInBackup, ageMs };
}

function by({ now, inBackup }: TableChange): number {
  return Math.abs((now ?? 0) - (inBackup ?? 0));
}
