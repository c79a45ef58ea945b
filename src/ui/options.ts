// For the route options `schema.hide` and `config.rateLimit` that these plugins declare; the API registers them.
import type {} from '@fastify/rate-limit';
import type {} from '@fastify/swagger';
import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import type { Actor } from '../domain/access.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { Secret } from '../domain/secret.ts';
import type { HashPassword } from '../workflows/commands/users.ts';
import type { Zone } from './present.ts';

/** Somebody who is signed in. Until they have done what they owe, only the page for it is open to them. */
export interface Account {
  readonly actor: Actor;
  readonly sessionId: string;
  readonly mustChangePassword: boolean;
  readonly owesSecondFactor: boolean;
}

/** What the pages need from outside; signing in belongs to the API, which pages may not import. */
export interface UiOptions {
  readonly tools: Toolbox;
  /** The kabupaten's time zone. */
  readonly zone?: Zone;
  /** Asked once a request, before its body is read. It may renew the session's cookies. */
  readonly accountOf: (request: FastifyRequest, reply: FastifyReply) => Promise<Account | null>;
  readonly signIn: (
    request: FastifyRequest,
    reply: FastifyReply,
    credentials: { readonly username: string; readonly password: string },
  ) => Promise<'ok' | 'must-change' | 'needs-code' | { readonly error: string }>;
  /** The second step of signing in, for who has taken the first. */
  readonly proveCode: (
    request: FastifyRequest,
    reply: FastifyReply,
    code: string,
  ) => Promise<'ok' | 'must-change' | { readonly error: string }>;
  readonly awaitsCode: (request: FastifyRequest) => boolean;
  /** Of who is signed in; a wrong one counts as it does when signing in. @throws PendopoError */
  readonly requirePassword: (actor: Actor, password: Secret) => Promise<void>;
  readonly hashPassword: HashPassword;
  readonly signOut: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  readonly changePassword: (
    request: FastifyRequest,
    reply: FastifyReply,
    change: { readonly current: string; readonly next: string },
  ) => Promise<'ok' | { readonly error: string }>;
  /** For the hidden field `_csrf`. */
  readonly csrfToken: (reply: FastifyReply) => string;
  /** Of one address: the same as the API's, so that neither is the easier way in. */
  readonly attemptsPerMinute: number;
  /** Runs before every form post, after its body is read. */
  readonly checkCsrf: preValidationHookHandler;
}

/** Pages are no part of the described API. */
export const HIDDEN = { schema: { hide: true } } as const;
