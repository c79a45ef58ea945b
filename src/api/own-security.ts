import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import type { Toolbox } from '../domain/ports.ts';
import {
  beginSecondFactor,
  confirmSecondFactor,
  removeSecondFactor,
  renewRecoveryCodes,
  rolesWithSecondFactor,
} from '../workflows/commands/second-factor.ts';
import { endSession, endSessions, sessionsOf } from '../workflows/commands/sign-outs.ts';
import { LONGEST_PASSWORD } from './password.ts';
import { SessionList, sessionView } from './session-view.ts';
import type { Sessions } from './sessions.ts';
import { Id, Nothing } from './views.ts';

const tags = ['Masuk'];

const Factor = Type.Object({
  state: Type.Enum(['none', 'pending', 'active']),
  required: Type.Boolean({ description: 'Whether the role must have one.' }),
  recoveryLeft: Type.Integer(),
});
const Code = Type.Object({ code: Type.String({ minLength: 1, maxLength: 40 }) }, { additionalProperties: false });
const Password = Type.String({ minLength: 1, maxLength: LONGEST_PASSWORD, format: 'password' });
const Recovery = Type.Object({ recoveryCodes: Type.Array(Type.String(), { description: 'Each good once. Shown this once.' }) });
/** For everybody about themselves: where they are signed in, and the second step of signing in. */
export const ownSecurityRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox; sessions: Sessions }> = async (app, { tools, sessions }) => {
  const config = { unsettled: true, idempotency: false } as const;
  const limited = { ...config, rateLimit: { max: app.signInsPerMinute, timeWindow: 60_000 } };

  app.get(
    '/auth/sesi',
    { config, schema: { tags, operationId: 'listSessions', summary: 'Where one is signed in', response: { 200: SessionList } } },
    async ({ actor, visitor }) => ({ rows: (await sessionsOf(tools, actor, actor.id)).map((one) => sessionView(one, visitor?.sessionId)) }),
  );

  app.post(
    '/auth/sesi/akhiri-semua',
    {
      config,
      schema: { tags, operationId: 'endOwnSessions', summary: 'Sign out everywhere, here too, at once', response: { 204: Nothing } },
    },
    async ({ actor }, reply) => {
      await endSessions(tools, actor, actor.id);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/auth/sesi/:id/akhiri',
    {
      config,
      schema: {
        tags,
        operationId: 'endOwnSession',
        summary: 'Sign out on one device, at once',
        params: Type.Object({ id: Id }),
        response: { 204: Nothing },
      },
    },
    async ({ actor, params }, reply) => {
      await endSession(tools, actor, actor.id, params.id);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/auth/faktor-kedua',
    { config, schema: { tags, operationId: 'getSecondFactor', summary: 'The own second step of signing in', response: { 200: Factor } } },
    async ({ actor }) => {
      const [factor, roles] = await Promise.all([tools.secondFactors.find(actor.id), rolesWithSecondFactor(tools)]);
      const state = factor === null ? 'none' : factor.confirmedAt === null ? 'pending' : 'active';
      return { state, required: roles.includes(actor.role), recoveryLeft: factor?.recoveryLeft ?? 0 } as const;
    },
  );

  app.post(
    '/auth/faktor-kedua',
    {
      config: limited,
      schema: {
        tags,
        operationId: 'beginSecondFactor',
        summary: 'Make a key for an authenticator app',
        description:
          'TOTP: SHA-1, six digits, 30 seconds. No code is asked for before it is confirmed. A key not confirmed is replaced. Told this once.',
        body: Type.Object({ password: Password }, { additionalProperties: false }),
        response: {
          201: Type.Object({ key: Type.String({ description: 'Base32.' }), address: Type.String({ description: '`otpauth://…`' }) }),
        },
      },
    },
    async ({ actor, body }, reply) => {
      await sessions.requirePassword(actor.id, body.password, 'password');
      const { key, address } = await beginSecondFactor(tools, actor);
      return reply.code(201).send({ key: key.expose(), address: address.expose() });
    },
  );

  app.post(
    '/auth/faktor-kedua/pastikan',
    {
      config: limited,
      schema: { tags, operationId: 'confirmSecondFactor', summary: 'Ask for codes from now on', body: Code, response: { 200: Recovery } },
    },
    async ({ actor, body }) => recovery(await confirmSecondFactor(tools, actor, body.code)),
  );

  app.post(
    '/auth/faktor-kedua/kode-cadangan',
    {
      config: limited,
      schema: {
        tags,
        operationId: 'renewRecoveryCodes',
        summary: 'New recovery codes instead of the old ones',
        body: Code,
        response: { 200: Recovery },
      },
    },
    async ({ actor, body }) => recovery(await renewRecoveryCodes(tools, actor, body.code)),
  );

  app.post(
    '/auth/faktor-kedua/matikan',
    {
      config: limited,
      schema: {
        tags,
        operationId: 'removeSecondFactor',
        summary: 'Ask for the password only',
        body: Type.Object({ password: Password, code: Code.properties.code }, { additionalProperties: false }),
        response: { 204: Nothing },
      },
    },
    async ({ actor, body }, reply) => {
      await sessions.requirePassword(actor.id, body.password, 'password');
      await removeSecondFactor(tools, actor, body.code);
      return reply.code(204).send(null);
    },
  );
};

function recovery(codes: Awaited<ReturnType<typeof renewRecoveryCodes>>): Static<typeof Recovery> {
  return { recoveryCodes: codes.map((code) => code.expose()) };
}
