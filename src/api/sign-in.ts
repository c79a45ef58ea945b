import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { ROLES } from '../domain/access.ts';
import type { User } from '../domain/ports-records.ts';
import { isSafe, originOf } from './auth.ts';
import { LONGEST_PASSWORD } from './password.ts';
import { Refusal } from './problem.ts';
import { type CodeWanted, needsCode, type Sessions, type SignedIn } from './sessions.ts';
import { Moment, Nothing, Text } from './views.ts';

const tags = ['Masuk'];

const Account = Type.Object({
  id: Type.String(),
  username: Type.String(),
  name: Type.String(),
  role: Type.Enum(ROLES),
  wilayah: Type.Union([Type.String(), Type.Null()], { description: 'The region the account is limited to; null: everything.' }),
  mustChangePassword: Type.Boolean(),
  secondFactor: Type.Boolean({ description: 'Whether a code is asked for besides the password.' }),
});

const Session = Type.Object({
  account: Account,
  accessExpiresAt: Moment,
  refreshExpiresAt: Moment,
  accessToken: Type.Optional(Type.String({ description: 'Only without cookies.' })),
  refreshToken: Type.Optional(Type.String({ description: 'Only without cookies. Good for one renewal.' })),
});

const Wanted = Type.Object(
  { next: Type.Literal('code'), ticket: Type.Optional(Type.String({ description: 'Only without cookies.' })), ticketExpiresAt: Moment },
  { description: 'The password is right; a code is asked for as well: POST /auth/masuk/kode.' },
);

const Kind = Type.Optional(Type.Enum(['token', 'cookie']));

const Password = Type.String({ minLength: 1, maxLength: LONGEST_PASSWORD, format: 'password' });

export interface SignInOptions {
  readonly sessions: Sessions;
}

/** Open to everybody: signing in, renewing, and the CSRF token that a browser needs for it. */
export const openSignInRoutes: FastifyPluginAsyncTypebox<SignInOptions> = async (app, { sessions }) => {
  const config = { rateLimit: { max: app.signInsPerMinute, timeWindow: 60_000 } };

  app.get(
    '/auth/csrf',
    {
      preParsing: app.identify,
      schema: {
        tags,
        operationId: 'getCsrfToken',
        summary: 'CSRF token',
        description:
          'For the header `x-csrf-token` of requests that are signed in by cookie. Ask again after signing in: it is bound to the account.',
        security: [],
        response: { 200: Type.Object({ token: Type.String() }) },
      },
    },
    async (_request, reply) => ({ token: reply.csrfToken() }),
  );

  app.post(
    '/auth/masuk',
    {
      config,
      preValidation: (request, reply, done) => (wantsCookies(request) ? app.requireCsrf(request, reply, done) : done()),
      schema: {
        tags,
        operationId: 'signIn',
        summary: 'Sign in',
        description:
          '`session: "token"` (default) answers with tokens for programs. `session: "cookie"` sets httpOnly cookies instead and needs a CSRF token. Ten wrong passwords in a row lock the account for 15 minutes.',
        security: [],
        body: Type.Object(
          {
            username: Type.String({ minLength: 1, maxLength: 60 }),
            password: Password,
            session: Kind,
          },
          { additionalProperties: false },
        ),
        response: { 200: Session, 202: Wanted },
      },
    },
    async (request, reply) => {
      const { body } = request;
      if (body.session === 'cookie') {
        const outcome = await app.browserSessions.signIn(request, reply, body);
        return needsCode(outcome) ? reply.code(202).send(want(outcome)) : reply.send(present(outcome));
      }
      const outcome = await sessions.signIn(body, originOf(request));
      return needsCode(outcome)
        ? reply.code(202).send({ ...want(outcome), ticket: outcome.ticket })
        : reply.send(presentWithTokens(outcome));
    },
  );

  app.post(
    '/auth/masuk/kode',
    {
      config,
      preValidation: (request, reply, done) => (wantsCookies(request) ? app.requireCsrf(request, reply, done) : done()),
      schema: {
        tags,
        operationId: 'proveCode',
        summary: 'The second step of signing in',
        description:
          'For who was answered 202 to their password: the code of the authenticator app, or a recovery code. Each is good once. Wrong ones count like wrong passwords.',
        security: [],
        body: Type.Object(
          {
            ticket: Type.Optional(Type.String({ maxLength: 1000, description: 'From the first step; not with `session: "cookie"`.' })),
            code: Type.String({ minLength: 1, maxLength: 40 }),
            session: Kind,
          },
          { additionalProperties: false },
        ),
        response: { 200: Session },
      },
    },
    async (request, reply) => {
      const { ticket = '', code, session } = request.body;
      if (session === 'cookie') return present(await app.browserSessions.proveCode(request, reply, code));
      return presentWithTokens(await sessions.proveCode(ticket, code, originOf(request)));
    },
  );

  app.post(
    '/auth/perbarui',
    {
      config,
      schema: {
        tags,
        operationId: 'renewSession',
        summary: 'Renew the tokens',
        description:
          'Gives a new pair for a refresh token. A refresh token is good once; using it again ends all sessions that came from it. Browsers never need this: their cookies renew themselves.',
        security: [],
        body: Type.Object({ refreshToken: Type.String({ minLength: 20, maxLength: 200 }) }, { additionalProperties: false }),
        response: { 200: Session },
      },
    },
    async (request) => {
      const renewed = await sessions.renew(request.body.refreshToken, originOf(request));
      if (renewed === null)
        throw new Refusal(401, 'sesi-berakhir', 'Sesi ini sudah berakhir atau tokennya sudah pernah dipakai.', 'Masuk lagi.');
      return presentWithTokens(renewed);
    },
  );
};

/** For who is signed in, also before the first password was changed. */
export const accountRoutes: FastifyPluginAsyncTypebox<SignInOptions> = async (app, { sessions }) => {
  const config = { unsettled: true, idempotency: false } as const;

  app.get(
    '/auth/saya',
    { config, schema: { tags, operationId: 'getAccount', summary: 'The signed-in account', response: { 200: Account } } },
    async ({ visitor, actor }) =>
      account(visitor?.user ?? { ...actor, name: actor.username, mustChangePassword: false, secondFactorAt: null }),
  );

  app.post(
    '/auth/keluar',
    {
      config,
      schema: {
        tags,
        operationId: 'signOut',
        summary: 'Sign out',
        description: 'Ends the session that asks, at once, and that of the refresh token where one is given.',
        body: Type.Optional(Type.Object({ refreshToken: Type.Optional(Type.String({ maxLength: 200 })) }, { additionalProperties: false })),
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      await sessions.signOut(null, request.body.refreshToken ?? null);
      await app.browserSessions.signOut(request, reply);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/auth/kata-sandi',
    {
      config: { ...config, rateLimit: { max: app.signInsPerMinute, timeWindow: 60_000 } },
      schema: {
        tags,
        operationId: 'changePassword',
        summary: 'Change the own password',
        description: 'Ends all other sessions of the account and answers with a new one.',
        body: Type.Object({ oldPassword: Password, newPassword: Text(LONGEST_PASSWORD) }, { additionalProperties: false }),
        response: { 200: Session },
      },
    },
    async (request, reply) => {
      const change = { current: request.body.oldPassword, next: request.body.newPassword };
      if (request.visitor?.via === 'cookie') return present(await app.browserSessions.changePassword(request, reply, change));
      return presentWithTokens(await sessions.changePassword(request.actor.id, change, originOf(request)));
    },
  );
};

/** A guest whose request changes something by cookies: only signing in asks for that. */
function wantsCookies({ method, body }: FastifyRequest): boolean {
  return !isSafe(method) && typeof body === 'object' && body !== null && 'session' in body && body.session === 'cookie';
}

function account(user: Pick<User, 'id' | 'username' | 'name' | 'role' | 'wilayah' | 'mustChangePassword' | 'secondFactorAt'>) {
  const { id, username, name, role, wilayah, mustChangePassword, secondFactorAt } = user;
  return { id, username, name, role, wilayah, mustChangePassword, secondFactor: secondFactorAt !== null };
}

function want({ ticketExpiresAt }: CodeWanted) {
  return { next: 'code' as const, ticketExpiresAt: ticketExpiresAt.toISOString() };
}

function present({ user, accessExpiresAt, refreshExpiresAt }: SignedIn) {
  return { account: account(user), accessExpiresAt: accessExpiresAt.toISOString(), refreshExpiresAt: refreshExpiresAt.toISOString() };
}

function presentWithTokens(signedIn: SignedIn) {
  return { ...present(signedIn), accessToken: signedIn.accessToken, refreshToken: signedIn.refreshToken };
}
