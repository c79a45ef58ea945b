import type { Actor } from '../domain/access.ts';
import { Invalid } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { SessionOrigin } from '../domain/ports-people.ts';
import type { User } from '../domain/ports-records.ts';
import { takeCode } from '../workflows/commands/second-factor.ts';
import { hashPassword, isOutdated, NOBODYS_HASH, requireGoodPassword, verifyPassword } from './password.ts';
import { Refusal } from './problem.ts';
import { ACCESS_SECONDS, REFRESH_SECONDS, TICKET_SECONDS, type Tokens } from './tokens.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What somebody holds who has just signed in. */
export interface SignedIn {
  readonly user: User;
  readonly sessionId: string;
  readonly accessToken: string;
  readonly accessExpiresAt: Date;
  readonly refreshToken: string;
  readonly refreshExpiresAt: Date;
}

/** What somebody holds who has proven the password and still owes a code. */
export interface CodeWanted {
  readonly ticket: string;
  readonly ticketExpiresAt: Date;
}

export interface Sessions {
  /** @throws Refusal 401, the same for an unknown name, a wrong password, a locked and a disabled account */
  signIn(credentials: Credentials, origin: SessionOrigin): Promise<SignedIn | CodeWanted>;
  /** The second step. A wrong code counts like a wrong password. @throws Refusal 401 */
  proveCode(ticket: string, code: string, origin: SessionOrigin): Promise<SignedIn>;
  /** The user an access token still speaks for, and the session it is of. */
  userOf(accessToken: string): Promise<{ readonly user: User; readonly sessionId: string } | null>;
  /** A new pair for a refresh token, which is worthless afterwards. Used twice, it ends every session of its family. */
  renew(refreshToken: string, origin: SessionOrigin): Promise<SignedIn | null>;
  /** Ends the session of whoever asks, and the one of a refresh token where one is given. */
  signOut(leaving: { readonly user: User; readonly sessionId: string } | null, refreshToken: string | null): Promise<void>;
  /** Counts a wrong one. @throws Invalid, Refusal */
  requirePassword(userId: string, password: string, field: string): Promise<User>;
  /** Ends all sessions of the user and opens a new one. @throws Invalid */
  changePassword(userId: string, change: { readonly current: string; readonly next: string }, origin: SessionOrigin): Promise<SignedIn>;
}

/** Only then the time of the last request is written down: one write a minute, not one a request. */
const SEEN_MS = 60_000;

export function needsCode(outcome: SignedIn | CodeWanted): outcome is CodeWanted {
  return 'ticket' in outcome;
}

export function createSessions(tools: Toolbox, tokens: Tokens): Sessions {
  const { users, sessions, audit, clock, ids } = tools;
  const isLocked = (user: User): boolean => user.lockedUntil !== null && user.lockedUntil > clock.now();
  const after = (seconds: number): Date => new Date(clock.now().getTime() + seconds * 1000);
  const expiries = () => ({ accessExpiresAt: after(ACCESS_SECONDS), refreshExpiresAt: after(REFRESH_SECONDS) });

  const open = async (user: User, origin: SessionOrigin): Promise<SignedIn> => {
    const [sessionId, refreshToken, ends] = [ids.next(), tokens.refresh(), expiries()];
    const tokenHash = tokens.hashOf(refreshToken);
    await sessions.open({ id: sessionId, userId: user.id, tokenHash, expiresAt: ends.refreshExpiresAt, ...origin });
    return { user, sessionId, accessToken: tokens.access(user, sessionId), refreshToken, ...ends };
  };

  const noteRefusal = async (username: string, user: User | null, origin: SessionOrigin, detail = {}): Promise<void> => {
    // Both writes at once, and one of them for unknown names too: the time of the answer does not tell who exists.
    await Promise.all([
      audit.note({
        actor: username,
        action: 'sign-in-refused',
        target: `user/${user?.id ?? '-'}`,
        detail: { address: origin.address, ...detail },
      }),
      user === null || isLocked(user) ? null : users.noteFailure(user.id),
    ]);
  };
  const enter = async (user: User, origin: SessionOrigin, detail = {}): Promise<SignedIn> => {
    await users.noteSuccess(user.id);
    await audit.note({
      actor: user.username,
      action: 'sign-in',
      target: `user/${user.id}`,
      detail: { address: origin.address, device: origin.device.slice(0, 120), ...detail },
    });
    return open(user, origin);
  };

  return {
    async signIn({ username, password }, origin) {
      const user = await users.findByName(username.trim());
      const matches = await verifyPassword(user?.passwordHash ?? NOBODYS_HASH, password);
      if (user === null || !matches || user.disabled || isLocked(user)) {
        await noteRefusal(username, user, origin);
        throw wrongCredentials();
      }
      if (isOutdated(user.passwordHash)) await users.savePassword(user.id, await hashPassword(password), user.mustChangePassword);
      const current = isOutdated(user.passwordHash) ? await reload(users, user) : user;
      // Failures are forgotten after both steps only: whoever knows the password must not try codes without end.
      if (current.secondFactorAt !== null) return { ticket: tokens.ticket(current), ticketExpiresAt: after(TICKET_SECONDS) };
      return enter(current, origin);
    },

    async proveCode(ticket, code, origin) {
      const claims = tokens.readTicket(ticket);
      const user = claims === null ? null : await users.find(claims.userId);
      const holds = user !== null && !user.disabled && user.secondFactorAt !== null && tokens.markOf(user) === claims?.mark;
      if (!holds) throw new Refusal(401, 'langkah-pertama-lewat', 'Waktu untuk memasukkan kode sudah habis.', 'Masuk lagi dari awal.');
      const how = isLocked(user) ? null : await takeCode(tools, user.id, code);
      if (how === null) {
        await noteRefusal(user.username, user, origin, { step: 'code' });
        throw new Refusal(
          401,
          'kode-salah',
          'Kode ini salah atau sudah pernah dipakai.',
          'Tunggu kode berikutnya di aplikasi. Sesudah sepuluh kali salah berturut-turut, akun dikunci 15 menit.',
        );
      }
      return enter(user, origin, { code: how });
    },

    async userOf(accessToken) {
      const claims = tokens.readAccess(accessToken);
      if (claims === null) return null;
      const [user, session] = await Promise.all([users.find(claims.userId), sessions.find(claims.sessionId)]);
      if (user === null || session?.userId !== user.id || user.disabled || tokens.markOf(user) !== claims.mark) return null;
      if (clock.now().getTime() - session.seenAt.getTime() > SEEN_MS) await sessions.noteSeen(session.id);
      return { user, sessionId: session.id };
    },

    async renew(refreshToken, origin) {
      const [next, ends] = [tokens.refresh(), expiries()];
      const tokenHash = tokens.hashOf(next);
      const found = await sessions.rotate(tokens.hashOf(refreshToken), {
        ...{ id: ids.next(), tokenHash, expiresAt: ends.refreshExpiresAt },
        ...origin,
      });
      const user = found === null ? null : await users.find(found.userId);
      if (found === null || user === null) return null;
      if (user.disabled) {
        await sessions.close(found.sessionId);
        return null;
      }
      return { user, sessionId: found.sessionId, accessToken: tokens.access(user, found.sessionId), refreshToken: next, ...ends };
    },

    async signOut(leaving, refreshToken) {
      if (refreshToken !== null) await sessions.closeByToken(tokens.hashOf(refreshToken));
      if (leaving === null) return;
      await sessions.close(leaving.sessionId);
      await audit.note({ actor: leaving.user.username, action: 'sign-out', target: `user/${leaving.user.id}` });
    },

    async requirePassword(userId, password, field) {
      const user = await users.find(userId);
      if (user === null) throw new Refusal(401, 'belum-masuk', 'Silakan masuk terlebih dahulu.');
      if (isLocked(user))
        throw new Refusal(
          403,
          'akun-terkunci',
          'Akun ini dikunci sementara karena terlalu sering salah kata sandi.',
          'Coba lagi 15 menit lagi.',
        );
      if (await verifyPassword(user.passwordHash, password)) return user;
      await users.noteFailure(user.id);
      throw new Invalid('kata-sandi-lama-salah', 'Kata sandi saat ini salah.', { field });
    },

    async changePassword(userId, { current, next }, origin) {
      const user = await this.requirePassword(userId, current, 'oldPassword');
      requireGoodPassword(next, user.username);
      if (next === current) throw new Invalid('kata-sandi-sama', 'Kata sandi baru harus berbeda dari yang lama.', { field: 'newPassword' });
      await users.savePassword(user.id, await hashPassword(next), false);
      await audit.note({ actor: user.username, action: 'change-password', target: `user/${user.id}` });
      return open(await reload(users, user), origin);
    },
  };
}

export function actorOf({ id, username, role, wilayah }: User): Actor {
  return { id, username, role, wilayah };
}

function wrongCredentials(): Refusal {
  return new Refusal(
    401,
    'gagal-masuk',
    'Nama pengguna atau kata sandi salah.',
    'Sesudah sepuluh kali salah berturut-turut, akun dikunci 15 menit, juga untuk kata sandi yang benar.',
  );
}

async function reload(users: Toolbox['users'], user: User): Promise<User> {
  return (await users.find(user.id)) ?? user;
}
