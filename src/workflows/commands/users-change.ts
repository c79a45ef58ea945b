import { type Actor, type Role, requireMay } from '../../domain/access.ts';
import { changesOf } from '../../domain/changes.ts';
import { Conflict, NotFound } from '../../domain/errors.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { User } from '../../domain/ports-records.ts';
import { regionOf } from './users.ts';

export interface UserChange {
  readonly name: string;
  readonly role: Role;
  /** null: everything. Text of a kode wilayah. */
  readonly wilayah: string | null;
  readonly disabled: boolean;
}

/**
 * What somebody is called, may do and sees. Another role or region, or being disabled, signs them out everywhere.
 * @throws NotFound, Invalid for a bad role or region, Conflict where nobody would be left to manage people
 */
export async function changeUser(tools: Toolbox, actor: Actor, id: string, wanted: UserChange): Promise<void> {
  requireMay(actor, 'manage-users', null);
  const user = await requireUser(tools, id);
  const wilayah = await regionOf(tools, wanted.role, wanted.wilayah);
  const next = { name: wanted.name.trim() || user.username, role: wanted.role, wilayah, disabled: wanted.disabled };
  const losesPower = user.role === 'superadmin' && (next.role !== 'superadmin' || next.disabled);
  if (losesPower && user.id === actor.id)
    throw new Conflict('diri-sendiri', 'Peran superadmin Anda sendiri tidak dapat dilepas.', { advice: 'Mintalah superadmin lain.' });
  if (losesPower && (await tools.users.list()).filter(({ role, disabled }) => role === 'superadmin' && !disabled).length < 2)
    throw new Conflict('superadmin-terakhir', 'Ini superadmin terakhir yang aktif.', { advice: 'Angkat superadmin lain lebih dahulu.' });
  const { name, role, disabled } = user;
  const detail = changesOf({ name, role, wilayah: user.wilayah, disabled }, next);
  if (Object.keys(detail).length === 0) return;
  await tools.users.save(id, next);
  if (user.role !== next.role || user.wilayah !== next.wilayah || next.disabled) await tools.sessions.closeAll(id);
  await tools.audit.note({
    actor: actor.username,
    action: 'change-user',
    target: `user/${id}`,
    detail: { username: user.username, ...detail },
  });
}

export async function requireUser(tools: Toolbox, id: string): Promise<User> {
  const user = await tools.users.find(id);
  if (user === null) throw new NotFound('pengguna-tidak-ada', 'Pengguna ini tidak ada.');
  return user;
}
