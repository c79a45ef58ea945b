import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { Actor } from '../domain/access.ts';
import { PendopoError } from '../domain/errors.ts';
import type { Secret } from '../domain/secret.ts';
import { hashPassword } from './password.ts';
import { Refusal } from './problem.ts';
import { needsCode } from './sessions.ts';

type Outcome<T extends string> = T | { readonly error: string };

/** Signing in and out as pages need it. They may not import the API, so whoever registers them hands this over. */
export interface PageDoors {
  readonly accountOf: (
    request: FastifyRequest,
    reply: FastifyReply,
  ) => Promise<{
    readonly actor: Actor;
    readonly sessionId: string;
    readonly mustChangePassword: boolean;
    readonly owesSecondFactor: boolean;
  } | null>;
  readonly signIn: (
    request: FastifyRequest,
    reply: FastifyReply,
    credentials: { readonly username: string; readonly password: string },
  ) => Promise<Outcome<'ok' | 'must-change' | 'needs-code'>>;
  /** The second step of signing in. */
  readonly proveCode: (request: FastifyRequest, reply: FastifyReply, code: string) => Promise<Outcome<'ok' | 'must-change'>>;
  readonly awaitsCode: (request: FastifyRequest) => boolean;
  /** Of who is signed in; a wrong one counts as it does when signing in. @throws PendopoError */
  readonly requirePassword: (actor: Actor, password: Secret) => Promise<void>;
  readonly hashPassword: (password: Secret) => Promise<string>;
  readonly signOut: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  readonly changePassword: (
    request: FastifyRequest,
    reply: FastifyReply,
    change: { readonly current: string; readonly next: string },
  ) => Promise<Outcome<'ok'>>;
  readonly attemptsPerMinute: number;
  readonly csrfToken: (reply: FastifyReply) => string;
  readonly checkCsrf: (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => void;
}

export function pageDoors(app: FastifyInstance): PageDoors {
  return {
    async accountOf(request, reply) {
      await app.identify(request, reply);
      const { visitor } = request;
      if (visitor === null) return null;
      const { actor, sessionId, owes } = visitor;
      return { actor, sessionId, mustChangePassword: owes === 'password', owesSecondFactor: owes === 'second-factor' };
    },
    signIn: (request, reply, credentials) =>
      orTell(async () => {
        const outcome = await app.browserSessions.signIn(request, reply, credentials);
        if (needsCode(outcome)) return 'needs-code';
        return outcome.user.mustChangePassword ? 'must-change' : 'ok';
      }),
    proveCode: (request, reply, code) =>
      orTell(async () => {
        const { user } = await app.browserSessions.proveCode(request, reply, code);
        return user.mustChangePassword ? 'must-change' : 'ok';
      }),
    awaitsCode: (request) => app.browserSessions.awaitsCode(request),
    requirePassword: async ({ id }, password) => app.browserSessions.requirePassword(id, password),
    hashPassword: (password) => hashPassword(password.expose()),
    signOut: (request, reply) => app.browserSessions.signOut(request, reply),
    changePassword: (request, reply, change) =>
      orTell(async () => {
        await app.browserSessions.changePassword(request, reply, change);
        return 'ok';
      }),
    attemptsPerMinute: app.signInsPerMinute,
    csrfToken: (reply) => reply.csrfToken(),
    checkCsrf: (request, reply, done) => app.requireCsrf(request, reply, done),
  };
}

/** A refusal becomes words on the form; what is no refusal goes on to the error page. */
async function orTell<T extends string>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return await work();
  } catch (error) {
    const refused = error instanceof Refusal || (error instanceof PendopoError && error.kind === 'invalid');
    if (!refused) throw error;
    return { error: error.advice === null ? error.message : `${error.message} ${error.advice}` };
  }
}
