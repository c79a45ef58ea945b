import { createHash, createHmac, randomBytes } from 'node:crypto';
import type {} from '@fastify/jwt';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import type { User } from '../domain/ports-records.ts';
import type { Secret } from '../domain/secret.ts';

export const ACCESS_SECONDS = 15 * 60;
export const REFRESH_SECONDS = 14 * 24 * 60 * 60;

/** How long somebody may take over the code that is asked for after the password. */
export const TICKET_SECONDS = 5 * 60;

/**
 * What an access token says: who it is for, a mark of the password it was given under, and of which session it is.
 * Role, region and whether the session lasts are looked up with each request, so that a change holds at once.
 */
const Claims = Type.Object({ sub: Type.String(), mark: Type.String(), sid: Type.String() });

/** What a ticket says, which opens nothing but the second step of signing in. */
const TicketClaims = Type.Object({ sub: Type.String(), mark: Type.String() });
const TICKET_AUDIENCE = 'langkah-kedua';

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: Static<typeof Claims> | Static<typeof TicketClaims>;
    user: Static<typeof Claims>;
  }
}

export interface Tokens {
  access(user: User, sessionId: string): string;
  /** Whose token it is, or null when it is forged, expired or not a token at all. */
  readAccess(token: string): { readonly userId: string; readonly mark: string; readonly sessionId: string } | null;
  /** For who has proven the password and owes a code. */
  ticket(user: User): string;
  readTicket(token: string): { readonly userId: string; readonly mark: string } | null;
  /** Changes with the password: tokens from before a change are worthless. */
  markOf(user: User): string;
  refresh(): string;
  hashOf(refreshToken: string): string;
}

export function createTokens(app: Pick<FastifyInstance, 'jwt'>, key: Secret): Tokens {
  const markOf = (user: User): string => createHmac('sha256', key.expose()).update(user.passwordHash).digest('base64url').slice(0, 16);
  return {
    markOf,
    access: (user, sessionId) => app.jwt.sign({ sub: user.id, mark: markOf(user), sid: sessionId }),
    readAccess(token) {
      const claims = verified(() => app.jwt.verify(token));
      return Value.Check(Claims, claims) ? { userId: claims.sub, mark: claims.mark, sessionId: claims.sid } : null;
    },
    ticket: (user) => app.jwt.sign({ sub: user.id, mark: markOf(user) }, { aud: TICKET_AUDIENCE, expiresIn: TICKET_SECONDS }),
    readTicket(token) {
      if (token === '') return null;
      const claims = verified(() => app.jwt.verify(token, { algorithms: ['HS256'], allowedIss: 'pendopo', allowedAud: TICKET_AUDIENCE }));
      return Value.Check(TicketClaims, claims) ? { userId: claims.sub, mark: claims.mark } : null;
    },
    refresh: () => randomBytes(32).toString('base64url'),
    hashOf: (refreshToken) => createHash('sha256').update(refreshToken).digest('hex'),
  };
}

function verified(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    // fast-jwt tells a bad token by an error with a code of its own; anything else is a fault of ours.
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('FAST_JWT_')) return null;
    throw error;
  }
}
