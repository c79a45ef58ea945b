import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { Actor } from '../domain/access.ts';
import type { SessionOrigin } from '../domain/ports-people.ts';
import type { User } from '../domain/ports-records.ts';
import type { Secret } from '../domain/secret.ts';
import { Refusal } from './problem.ts';
import { actorOf, type CodeWanted, type Credentials, needsCode, type Sessions, type SignedIn } from './sessions.ts';
import { ACCESS_SECONDS, REFRESH_SECONDS, TICKET_SECONDS } from './tokens.ts';

/** Somebody who is signed in, and how. */
interface Visitor {
  readonly actor: Actor;
  readonly user: User;
  /** Of which session: it ends with it. */
  readonly sessionId: string;
  /** What this person has to do before anything else. */
  readonly owes: 'password' | 'second-factor' | null;
  readonly via: 'cookie' | 'bearer';
  /** The browser's newest refresh token; null for programs. */
  readonly refreshToken: string | null;
}

/** Signing in and out by cookies, for pages and for the API alike. */
interface BrowserSessions {
  /** Sets the cookies; where a code is owed, only the one that leads to it. @throws Refusal */
  signIn(request: FastifyRequest, reply: FastifyReply, credentials: Credentials): Promise<SignedIn | CodeWanted>;
  /** The second step, for who has taken the first in this browser. @throws Refusal */
  proveCode(request: FastifyRequest, reply: FastifyReply, code: string): Promise<SignedIn>;
  /** Whether the first step was taken in this browser a moment ago. */
  awaitsCode(request: FastifyRequest): boolean;
  /** Of an account; a wrong one counts as it does when signing in. @throws Invalid */
  requirePassword(userId: string, password: Secret): Promise<void>;
  /** Takes the cookies back and ends the session. */
  signOut(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Other sessions of the user end; this browser gets new cookies. @throws Invalid */
  changePassword(
    request: FastifyRequest,
    reply: FastifyReply,
    change: { readonly current: string; readonly next: string },
  ): Promise<SignedIn>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the hooks `identify` and `authenticate`. */
    visitor: Visitor | null;
    /** Who asks. Throws a 401 when nobody is signed in, so that a route without its hook fails closed. */
    readonly actor: Actor;
  }
  interface FastifyReply {
    /** For the hidden field `_csrf` of forms, or the header `x-csrf-token`. Bound to who is signed in. */
    csrfToken(): string;
  }
  interface FastifyInstance {
    /** Attempts to sign in of one address, by the API and by the pages alike. */
    readonly signInsPerMinute: number;
    /** preParsing hook: sets `request.visitor`, renewing a browser's session when its access token has run out. */
    identify(request: FastifyRequest, reply: FastifyReply): Promise<void>;
    /** preParsing hook: as `identify`, but refuses who is not signed in (401) or must change the password first (403). */
    authenticate(request: FastifyRequest, reply: FastifyReply): Promise<void>;
    /** preValidation hook: refuses what changes something without a CSRF token; programs with a bearer token need none. */
    requireCsrf(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void;
    readonly browserSessions: BrowserSessions;
  }
  interface FastifyContextConfig {
    /** Also for those who must change their password or set up the second step of signing in first. */
    unsettled?: boolean;
  }
}

const ACCESS_COOKIE = 'pendopo_access';
const REFRESH_COOKIE = 'pendopo_refresh';
const TICKET_COOKIE = 'pendopo_langkah';

export interface AuthOptions {
  readonly sessions: Sessions;
  /** Whether somebody must set up the second step of signing in first. */
  readonly owesSecondFactor: (user: User) => Promise<boolean>;
  readonly secureCookies: boolean;
  /** How long requests of one browser that left together may share one renewal. */
  readonly renewalGraceMs: number;
}

/** Needs the plugins cookie, jwt and csrf-protection. */
export function registerAuth(app: FastifyInstance, { sessions, owesSecondFactor, secureCookies, renewalGraceMs }: AuthOptions): void {
  const cookie = { path: '/', httpOnly: true, sameSite: 'strict', secure: secureCookies } as const;
  const renewOnce = shareRenewals(sessions, renewalGraceMs);

  // Written as headers at once: the plugin's own setCookie waits for a hook that a hijacked reply (a stream) never runs.
  const setCookie = (reply: FastifyReply, name: string, value: string, maxAge: number): void => {
    reply.header('set-cookie', app.serializeCookie(name, value, { ...cookie, maxAge }));
  };
  const setCookies = (reply: FastifyReply, signedIn: SignedIn): void => {
    setCookie(reply, ACCESS_COOKIE, signedIn.accessToken, ACCESS_SECONDS);
    setCookie(reply, REFRESH_COOKIE, signedIn.refreshToken, REFRESH_SECONDS);
    setCookie(reply, TICKET_COOKIE, '', 0);
  };
  const clearCookies = (reply: FastifyReply): void => {
    setCookie(reply, ACCESS_COOKIE, '', 0);
    setCookie(reply, REFRESH_COOKIE, '', 0);
  };
  const visitor = async (found: { user: User; sessionId: string }, via: Visitor['via'], refreshToken: string | null): Promise<Visitor> => {
    const { user, sessionId } = found;
    const owes = user.mustChangePassword ? 'password' : (await owesSecondFactor(user)) ? 'second-factor' : null;
    return { actor: actorOf(user), user, sessionId, owes, via, refreshToken };
  };
  const visitorOf = async (request: FastifyRequest, reply: FastifyReply): Promise<Visitor | null> => {
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const found = await sessions.userOf(/^Bearer ([^\s]+)$/i.exec(authorization)?.[1] ?? '');
      if (found === null)
        throw new Refusal(401, 'token-salah', 'Token akses tidak sah atau sudah kedaluwarsa.', 'Perbarui token, atau masuk lagi.');
      return visitor(found, 'bearer', null);
    }
    const access = request.cookies[ACCESS_COOKIE];
    const refreshToken = request.cookies[REFRESH_COOKIE] ?? null;
    const found = access === undefined ? null : await sessions.userOf(access);
    if (found !== null) return visitor(found, 'cookie', refreshToken);
    return refreshToken === null ? null : comeBack(request, reply, refreshToken);
  };
  const comeBack = async (request: FastifyRequest, reply: FastifyReply, refreshToken: string): Promise<Visitor | null> => {
    const renewed = await renewOnce(refreshToken, originOf(request));
    // A shared renewal may be seconds old, and its session ended since.
    if (renewed === null || (await sessions.userOf(renewed.accessToken)) === null) {
      clearCookies(reply);
      return null;
    }
    setCookies(reply, renewed);
    return visitor(renewed, 'cookie', renewed.refreshToken);
  };

  app.decorateRequest('visitor', null);
  app.decorateRequest('actor', {
    getter(this: FastifyRequest) {
      return visitorIn(this).actor;
    },
  });
  const given = new WeakMap<FastifyReply, string>();
  app.decorateReply('csrfToken', function csrfToken(this: FastifyReply) {
    // Twice in one answer must be the same: a second secret cookie would make the first token worthless.
    const token = given.get(this) ?? this.generateCsrf({ userInfo: csrfOwner(this.request) });
    given.set(this, token);
    return token;
  });
  app.decorate('identify', async (request, reply) => {
    request.visitor = await visitorOf(request, reply);
  });
  app.decorate('authenticate', async (request, reply) => {
    await app.identify(request, reply);
    const { owes } = visitorIn(request);
    if (owes === null || request.routeOptions.config.unsettled === true) return;
    if (owes === 'password')
      throw new Refusal(403, 'ganti-kata-sandi', 'Ganti kata sandi pertama Anda sebelum melanjutkan.', 'POST /api/v1/auth/kata-sandi');
    throw new Refusal(403, 'faktor-kedua-wajib', 'Peran Anda wajib memakai verifikasi dua langkah.', 'POST /api/v1/auth/faktor-kedua');
  });
  app.decorate('requireCsrf', (request, reply, done) => {
    if (isSafe(request.method) || request.visitor?.via === 'bearer') return done();
    // Sites of desa live beside us under one domain, so SameSite alone does not keep their pages out.
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      return done(new Refusal(403, 'csrf', 'Permintaan ini dikirim oleh halaman dari situs lain.'));
    }
    app.csrfProtection(request, reply, done);
  });
  app.decorate('browserSessions', {
    async signIn(request, reply, credentials) {
      const outcome = await sessions.signIn(credentials, originOf(request));
      if (needsCode(outcome)) setCookie(reply, TICKET_COOKIE, outcome.ticket, TICKET_SECONDS);
      else setCookies(reply, outcome);
      return outcome;
    },
    async proveCode(request, reply, code) {
      const signedIn = await sessions.proveCode(request.cookies[TICKET_COOKIE] ?? '', code, originOf(request));
      setCookies(reply, signedIn);
      return signedIn;
    },
    async requirePassword(userId, password) {
      await sessions.requirePassword(userId, password.expose(), 'password');
    },
    awaitsCode: (request) => request.cookies[TICKET_COOKIE] !== undefined,
    async signOut(request, reply) {
      const refreshToken = request.visitor?.refreshToken ?? request.cookies[REFRESH_COOKIE] ?? null;
      clearCookies(reply);
      await sessions.signOut(request.visitor, refreshToken);
    },
    async changePassword(request, reply, change) {
      const signedIn = await sessions.changePassword(request.actor.id, change, originOf(request));
      setCookies(reply, signedIn);
      return signedIn;
    },
  });
}

/** The access token among the cookies as they were sent; null when there is none. */
export function accessCookieIn(header: string): string | null {
  return new RegExp(`(?:^|;\\s*)${ACCESS_COOKIE}=([^;\\s]+)`).exec(header)?.[1] ?? null;
}

/** Whom a CSRF token belongs to: a token from before signing in is worthless afterwards. */
export function csrfOwner(request: FastifyRequest): string {
  return request.visitor?.actor.id ?? 'tamu';
}

/** Where a request comes from, as its session is listed. */
export function originOf({ ip, headers }: FastifyRequest): SessionOrigin {
  return { address: ip, device: headers['user-agent'] ?? '' };
}

export function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

function visitorIn(request: FastifyRequest): Visitor {
  if (request.visitor === null) throw new Refusal(401, 'belum-masuk', 'Silakan masuk terlebih dahulu.');
  return request.visitor;
}

/**
 * A page and its live parts leave a browser together with the same cookies. Without sharing, the second to arrive
 * would look like a thief with a used refresh token, and its owner would be signed out.
 */
function shareRenewals(sessions: Sessions, graceMs: number): Sessions['renew'] {
  const recent = new Map<string, Promise<SignedIn | null>>();
  return (refreshToken, origin) => {
    const known = recent.get(refreshToken);
    if (known !== undefined) return known;
    const renewal = sessions.renew(refreshToken, origin);
    recent.set(refreshToken, renewal);
    const forget = (): void => {
      setTimeout(() => recent.delete(refreshToken), graceMs).unref();
    };
    renewal.then(forget, () => recent.delete(refreshToken));
    return renewal;
  };
}
