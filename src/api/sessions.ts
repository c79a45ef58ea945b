import type { Actor } from '../domain/access.ts';
import { Invalid } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { User } from '../domain/ports-records.ts';
import { hashPassword, isOutdated, NOBODYS_HASH, requireGoodPassword, verifyPassword } from './password.ts';
import { Refusal } from './problem.ts';
import { ACCESS_SECONDS, REFRESH_SECONDS, type Tokens } from './tokens.ts';

interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What somebody holds who has just signed in. */
export interface SignedIn {
  readonly user: User;
  readonly accessToken: string;
  readonly accessExpiresAt: Date;
  readonly refreshToken: string;
  readonly refreshExpiresAt: Date;
}

export interface Sessions {
  /** @throws Refusal 401, the same for an unknown name, a wrong password, a locked and a disabled account */
  signIn(credentials: Credentials): Promise<SignedIn>;
  /** The user an access token still speaks for. */
  userOf(accessToken: string): Promise<User | null>;
  /** A new pair for a refresh token, which is worthless afterwards. Used twice, it ends every session of its family. */
  renew(refreshToken: string): Promise<SignedIn | null>;
  close(refreshToken: string): Promise<void>;
  /** Ends all sessions of the user and opens a new one. @throws Invalid */
  changePassword(userId: string, change: { readonly current: string; readonly next: string }): Promise<SignedIn>;
}

export function createSessions({ users, audit, clock, ids }: Toolbox, tokens: Tokens): Sessions {
  const isLocked = (user: User): boolean => user.lockedUntil !== null && user.lockedUntil > clock.now();
  const expiries = (): { accessExpiresAt: Date; refreshExpiresAt: Date } => {
    const now = clock.now().getTime();
    return { accessExpiresAt: new Date(now + ACCESS_SECONDS * 1000), refreshExpiresAt: new Date(now + REFRESH_SECONDS * 1000) };
  };

  const open = async (user: User): Promise<SignedIn> => {
    const refreshToken = tokens.refresh();
    const ends = expiries();
    await users.openSession({ id: ids.next(), userId: user.id, tokenHash: tokens.hashOf(refreshToken), expiresAt: ends.refreshExpiresAt });
    return { user, accessToken: tokens.access(user), refreshToken, ...ends };
  };

  const refuse = async (username: string, user: User | null): Promise<never> => {
    // Both writes at once, and one of them for unknown names too: the time of the answer does not tell who exists.
    await Promise.all([
      audit.note({ actor: username, action: 'sign-in-refused', target: `user/${user?.id ?? '-'}` }),
      user === null || isLocked(user) ? null : users.noteFailure(user.id),
    ]);
    throw new Refusal(
      401,
      'gagal-masuk',
      'Nama pengguna atau kata sandi salah.',
      'Sesudah sepuluh kali salah berturut-turut, akun dikunci 15 menit, juga untuk kata sandi yang benar.',
    );
  };

  return {
    async signIn({ username, password }) {
      const user = await users.findByName(username.trim());
      const matches = await verifyPassword(user?.passwordHash ?? NOBODYS_HASH, password);
      if (user === null || !matches || user.disabled || isLocked(user)) return refuse(username, user);
      await users.noteSuccess(user.id);
      await audit.note({ actor: user.username, action: 'sign-in', target: `user/${user.id}` });
      if (!isOutdated(user.passwordHash)) return open(user);
      await users.savePassword(user.id, await hashPassword(password), user.mustChangePassword);
      return open(await reload(users, user));
    },

    async userOf(accessToken) {
      const claims = tokens.readAccess(accessToken);
      if (claims === null) return null;
      const user = await users.find(claims.userId);
      return user !== null && !user.disabled && tokens.markOf(user) === claims.mark ? user : null;
    },

    async renew(refreshToken) {
      const next = tokens.refresh();
      const ends = expiries();
      const userId = await users.rotateSession(tokens.hashOf(refreshToken), {
        id: ids.next(),
        tokenHash: tokens.hashOf(next),
        expiresAt: ends.refreshExpiresAt,
      });
      const user = userId === null ? null : await users.find(userId);
      if (user === null) return null;
      if (user.disabled) {
        await users.closeSession(tokens.hashOf(next));
        return null;
      }
      return { user, accessToken: tokens.access(user), refreshToken: next, ...ends };
    },

    close: (refreshToken) => users.closeSession(tokens.hashOf(refreshToken)),

    async changePassword(userId, { current, next }) {
      const user = await users.find(userId);
      if (user === null) throw new Refusal(401, 'belum-masuk', 'Silakan masuk terlebih dahulu.');
      if (isLocked(user))
        throw new Refusal(
          403,
          'akun-terkunci',
          'Akun ini dikunci sementara karena terlalu sering salah kata sandi.',
          'Coba lagi 15 menit lagi.',
        );
      if (!(await verifyPassword(user.passwordHash, current))) {
        await users.noteFailure(user.id);
        throw new Invalid('kata-sandi-lama-salah', 'Kata sandi lama salah.', { field: 'oldPassword' });
      }
      requireGoodPassword(next, user.username);
      if (next === current) throw new Invalid('kata-sandi-sama', 'Kata sandi baru harus berbeda dari yang lama.', { field: 'newPassword' });
      await users.savePassword(user.id, await hashPassword(next), false);
      await audit.note({ actor: user.username, action: 'change-password', target: `user/${user.id}` });
      return open(await reload(users, user));
    },
  };
}

export function actorOf({ id, username, role, wilayah }: User): Actor {
  return { id, username, role, wilayah };
}

async function reload(users: Toolbox['users'], user: User): Promise<User> {
  return (await users.find(user.id)) ?? user;
}
