import type { Toolbox } from '../domain/ports.ts';
import { backupKeys } from './steps/backup.ts';

/** As long as the rule keeps monthly ones of a desa that stays. */
const KEEP_REMOVED_MS = 183 * 86_400_000;

/**
 * Backups of installations that were removed half a year ago and did not come back. The archive that `remove` made
 * stays: only a person lets go of that. @returns what was done, for people
 */
export async function pruneRemoved(tools: Toolbox, signal: AbortSignal): Promise<string> {
  const before = new Date(tools.clock.now().getTime() - KEEP_REMOVED_MS);
  const old = await tools.backups.ofRemoved(before);
  for (const { id } of old) {
    signal.throwIfAborted();
    await tools.files.remove(backupKeys(id).folder);
    await tools.backups.remove(id);
  }
  return old.length === 0 ? 'Tidak ada cadangan yang kedaluwarsa.' : `${old.length} cadangan dari aplikasi yang sudah dihapus dibuang.`;
}
