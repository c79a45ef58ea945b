/** Taking a backup away from the server: a link for one person, for a quarter of an hour, and every use of it on record. */
import { type Actor, requireMay } from '../../domain/access.ts';
import type { Backup } from '../../domain/backup.ts';
import { NotFound } from '../../domain/errors.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { BackupLink } from '../../domain/ports-care.ts';
import type { TarStream } from '../../domain/ports-world.ts';
import { backupKeys } from '../steps/backup.ts';

const VALID_MS = 15 * 60_000;

/** @throws NotFound also when its files are gone from this server; Forbidden */
export async function linkBackup(tools: Toolbox, actor: Actor, backupId: string): Promise<BackupLink> {
  const backup = await tools.backups.find(backupId);
  if (backup === null) throw new NotFound('cadangan-tidak-ada', 'Cadangan ini tidak ada.');
  requireMay(actor, 'download', backup.kode);
  if (!(await tools.files.exists(backupKeys(backup.id).manifest))) {
    throw new NotFound('cadangan-tidak-ada', 'Berkas cadangan ini tidak ada lagi di server.', { advice: 'Pilih cadangan lain.' });
  }
  const expiresAt = new Date(tools.clock.now().getTime() + VALID_MS);
  const link = { id: tools.ids.next(), backupId: backup.id, username: actor.username, expiresAt };
  await tools.backupLinks.create(link);
  await note(tools, actor, 'link-backup', backup);
  return link;
}

/** The whole backup as one tar. @throws NotFound for a link that is not theirs, or has run out; Forbidden */
export async function openBackup(tools: Toolbox, actor: Actor, linkId: string): Promise<TarStream & { readonly name: string }> {
  const link = await tools.backupLinks.find(linkId);
  if (link === null || link.username !== actor.username || link.expiresAt <= tools.clock.now()) {
    throw new NotFound('tautan-berakhir', 'Tautan unduhan ini tidak berlaku (lagi).', { advice: 'Tekan Unduh sekali lagi.' });
  }
  const backup = await tools.backups.find(link.backupId);
  if (backup === null) throw new NotFound('cadangan-tidak-ada', 'Cadangan ini tidak ada.');
  requireMay(actor, 'download', backup.kode);
  const { folder } = backupKeys(backup.id);
  const opened = await tools.files.openTar(folder, ['backup.json', 'database.sql.gz', 'volumes.tar.gz']);
  await note(tools, actor, 'download-backup', backup, { bytes: opened.bytes });
  return { ...opened, name: `${backup.kode}-${backup.app}-${backup.createdAt.toISOString().slice(0, 10)}-${backup.id}.tar` };
}

function note(tools: Toolbox, actor: Actor, action: string, { id, kode, app }: Backup, detail: Record<string, number> = {}) {
  return tools.audit.note({ actor: actor.username, action, target: id, kode, detail: { app, ...detail } });
}
