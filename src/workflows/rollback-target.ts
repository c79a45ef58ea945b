import { type Backup, rollbackTarget } from '../domain/backup.ts';
import { Conflict } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { Installation } from '../domain/tenant.ts';

type Told = Pick<Installation, 'id' | 'tag'>;

/** More than the retention rule ever keeps of one installation. */
const ALL = 1_000;

/** The backup that `rollback` would go back to; null when the last update left none, or there was none. */
export async function findRollbackTarget(tools: Pick<Toolbox, 'backups'>, { id, tag }: Told): Promise<Backup | null> {
  return rollbackTarget(await tools.backups.list({ installationId: id, limit: ALL }), tag ?? '');
}

/** @throws Conflict when there is nothing to go back to */
export async function requireRollbackTarget(tools: Pick<Toolbox, 'backups'>, installation: Told): Promise<Backup> {
  const target = await findRollbackTarget(tools, installation);
  if (target !== null) return target;
  throw new Conflict('tidak-ada-versi-sebelumnya', 'Tidak ada cadangan dari sebelum pembaruan ke versi ini.', {
    advice: 'Pilih cadangan lain dengan Pulihkan.',
  });
}
