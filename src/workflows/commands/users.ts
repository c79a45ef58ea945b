import { type Actor, ROLES, type Role, requireMay } from '../../domain/access.ts';
import { Invalid, NotFound } from '../../domain/errors.ts';
import type { Toolbox } from '../../domain/ports.ts';
import type { User } from '../../domain/ports-records.ts';
import type { Secret } from '../../domain/secret.ts';
import { type KodeWilayah, parseKodeWilayah } from '../../domain/wilayah.ts';
import { FIRST_PASSWORD } from '../first-admin.ts';

const USERNAME = /^[a-z0-9][a-z0-9._-]{2,59}$/;

/** How passwords are kept belongs to those who check them; commands are told. */
export type HashPassword = (password: Secret) => Promise<string>;

export interface NewUser {
  readonly username: string;
  /** Left out: the same as `username`. */
  readonly name?: string | null;
  readonly role: Role;
  /** null: everything. Text of a kode wilayah. */
  readonly wilayah: string | null;
}

export interface GivenPassword {
  readonly user: Pick<User, 'id' | 'username' | 'name' | 'role' | 'wilayah'>;
  /** For one sign-in: it must be changed then. Told to whoever asked and kept nowhere. */
  readonly password: Secret;
}

/** @throws Invalid for a bad name, role or region; Conflict when the name is taken */
export async function createUser(tools: Toolbox, actor: Actor, input: NewUser, hash: HashPassword): Promise<GivenPassword> {
  requireMay(actor, 'manage-users', null);
  const username = input.username.trim();
  if (!USERNAME.test(username)) {
    throw new Invalid(
      'nama-pengguna-salah',
      `Nama pengguna "${username}" tidak sah: 3–60 huruf kecil, angka, titik, garis; diawali huruf atau angka.`,
      { field: 'username' },
    );
  }
  const wilayah = await regionOf(tools, input.role, input.wilayah);
  const user = { id: tools.ids.next(), username, name: input.name?.trim() || username, role: input.role, wilayah };
  const password = tools.vault.make('password');
  await tools.users.create({ ...user, passwordHash: await hash(password), mustChangePassword: true });
  await tools.audit.note({
    actor: actor.username,
    action: 'create-user',
    target: `user/${user.id}`,
    detail: { username, role: user.role, wilayah },
  });
  return { user, password };
}

/** A new password for one sign-in; all sessions of the account end. @throws NotFound */
export async function resetPassword(tools: Toolbox, actor: Actor, username: string, hash: HashPassword): Promise<GivenPassword> {
  requireMay(actor, 'manage-users', null);
  const user = await tools.users.findByName(username.trim());
  if (user === null) throw new NotFound('pengguna-tidak-ada', `Pengguna "${username.trim()}" tidak ada.`);
  const password = tools.vault.make('password');
  // The first account's first password is kept to be shown until it is changed; it would be shown wrong from now on.
  if (user.username === 'admin') await tools.vault.remove(FIRST_PASSWORD);
  await tools.users.savePassword(user.id, await hash(password), true);
  await tools.audit.note({
    actor: actor.username,
    action: 'reset-password',
    target: `user/${user.id}`,
    detail: { username: user.username },
  });
  return { user, password };
}

/** Where a role may hold. @throws Invalid, NotFound for a region that is none */
export async function regionOf(tools: Toolbox, role: Role, text: string | null): Promise<KodeWilayah | null> {
  if (!ROLES.includes(role)) throw new Invalid('peran-mana', `Peran harus salah satu dari: ${ROLES.join(', ')}.`, { field: 'role' });
  if (text === null && role === 'kecamatan') {
    throw new Invalid('wilayah-mana', 'Peran kecamatan memerlukan wilayah.', { field: 'wilayah' });
  }
  if (text !== null && role === 'superadmin') {
    throw new Invalid('wilayah-berlebih', 'Superadmin tidak dibatasi wilayah; pakai peran kabupaten.', { field: 'wilayah' });
  }
  if (text === null) return null;
  const found = await tools.wilayah.find(parseKodeWilayah(text));
  if (found === null) {
    throw new NotFound('wilayah-tidak-ada', `Wilayah ${text} tidak ada dalam daftar wilayah Indonesia.`, { field: 'wilayah' });
  }
  return found.kode;
}
