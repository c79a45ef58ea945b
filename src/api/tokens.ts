import { createHash, createHmac, randomBytes } from 'node:crypto';
import type {} from '@fastify/jwt';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import type { User } from '../domain/ports-records.ts';
import type { Secret } from '../domain/secret.ts';

export const ACCESS_SECONDS = 15 * 60;
export const REFRESH_SECONDS = 14 * 24 * 60 * 60;

/**
 * What an access token says: who it is for, and a mark of the password it was given under. Role and region are
 * looked up with each request, so that a change to an account holds at once.
 */
const Claims = Type.Object({ sub: Type.String(), mark: Type.String() });

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: Static<typeof Claims>;
    user: Static<typeof Claims>;
  }
}

export interface Tokens {
  access(user: User): string;
  /** Whose token it is, or null when it is forged, expired or not a token at all. */
  readAccess(token: string): { readonly userId: string; readonly mark: string } | null;
  /** Changes with the password: tokens from before a change are worthless. */
  markOf(user: User): string;
  refresh(): string;
  hashOf(refreshToken: string): string;
}

export function createTokens(app: Pick<FastifyInstance, 'jwt'>, key: Secret): Tokens {
  const markOf = (user: User): string => createHmac('sha256', key.expose()).update(user.passwordHash).digest('base64url').slice(0, 16);
  return {
    markOf,
    access: (user) => app.jwt.sign({ sub: user.id, mark: markOf(user) }),
    readAccess(token) {
      const claims = verified(app, token);
      return Value.Check(Claims, claims) ? { userId: claims.sub, mark: claims.mark } : null;
    },
    refresh: () => randomBytes(32).toString('base64url'),
    hashOf: (refreshToken) => createHash('sha256').update(refreshToken).digest('hex'),
  };
}

function verified(app: Pick<FastifyInstance, 'jwt'>, token: string): unknown {
  try {
    return app.jwt.verify(token);
  } catch (error) {
    // fast-jwt tells a bad token by an error with a code of its own; anything else is a fault of ours.
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('FAST_JWT_')) return null;
    throw error;
  }
}
