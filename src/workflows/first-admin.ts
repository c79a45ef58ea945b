import type { Toolbox } from '../domain/ports.ts';
import type { Secret } from '../domain/secret.ts';

/** Where the first account's first password is kept until it is changed. */
export const FIRST_PASSWORD = 'user/first-admin';
const USERNAME = 'admin';

/**
 * Makes the first account, and gives its one-time password as long as nobody has changed it, so that a crash between
 * making and showing it locks nobody out. null once it was changed.
 */
export async function ensureFirstAdmin(
  tools: Toolbox,
  hash: (password: Secret) => Promise<string>,
): Promise<{ username: string; password: Secret } | null> {
  if ((await tools.users.count()) === 0) {
    await tools.vault.ensure(FIRST_PASSWORD, 'password');
    const passwordHash = await hash(await tools.vault.read(FIRST_PASSWORD));
    await tools.users.create({
      id: tools.ids.next(),
      username: USERNAME,
      name: 'Admin Kabupaten',
      role: 'superadmin',
      wilayah: null,
      passwordHash,
      mustChangePassword: true,
    });
  }
  const admin = await tools.users.findByName(USERNAME);
  if (!(await tools.vault.exists(FIRST_PASSWORD))) return null;
  if (admin?.mustChangePassword) return { username: USERNAME, password: await tools.vault.read(FIRST_PASSWORD) };
  await tools.vault.remove(FIRST_PASSWORD);
  return null;
}
