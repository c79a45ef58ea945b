import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { ROLES } from '../domain/access.ts';
import type { Toolbox } from '../domain/ports.ts';
import { requireSecondFactorOf, resetSecondFactor, rolesWithSecondFactor } from '../workflows/commands/second-factor.ts';
import { endSessions, sessionsOf } from '../workflows/commands/sign-outs.ts';
import { SessionList, sessionView } from './session-view.ts';
import { Id, Nothing } from './views.ts';

const tags = ['Pengguna'];

const Policy = Type.Object({ roles: Type.Array(Type.Enum(ROLES), { uniqueItems: true, maxItems: 10 }) }, { additionalProperties: false });

/** For who manages people: where others are signed in, and who must have a second step. */
export const peopleSecurityRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  const params = Type.Object({ id: Id });

  app.get(
    '/pengguna/:id/sesi',
    {
      schema: {
        tags,
        operationId: 'listSessionsOf',
        summary: 'Where an account is signed in',
        params,
        response: { 200: SessionList },
      },
    },
    async ({ actor, params: { id }, visitor }) => ({
      rows: (await sessionsOf(tools, actor, id)).map((one) => sessionView(one, visitor?.sessionId)),
    }),
  );

  app.post(
    '/pengguna/:id/akhiri-sesi',
    {
      schema: {
        tags,
        operationId: 'endSessionsOf',
        summary: 'Sign an account out everywhere, at once',
        params,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await endSessions(tools, actor, id);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/pengguna/:id/faktor-kedua/setel-ulang',
    {
      schema: {
        tags,
        operationId: 'resetSecondFactor',
        summary: 'Take the second step of an account away',
        description: 'For who has lost the telephone and the recovery codes. Signs the account out everywhere.',
        params,
        response: { 204: Nothing },
      },
    },
    async ({ actor, params: { id } }, reply) => {
      await resetSecondFactor(tools, actor, id);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/kebijakan/faktor-kedua',
    {
      schema: {
        tags,
        operationId: 'getSecondFactorPolicy',
        summary: 'Roles that must have a second step',
        response: { 200: Policy },
      },
    },
    async () => ({ roles: [...(await rolesWithSecondFactor(tools))] }),
  );

  app.put(
    '/kebijakan/faktor-kedua',
    {
      schema: {
        tags,
        operationId: 'setSecondFactorPolicy',
        summary: 'Choose which roles must have a second step',
        description: 'Who is of such a role and has none is answered 403 `faktor-kedua-wajib` to everything but setting it up.',
        body: Policy,
        response: { 200: Policy },
      },
    },
    async ({ actor, body }) => {
      await requireSecondFactorOf(tools, actor, body.roles);
      return { roles: [...(await rolesWithSecondFactor(tools))] };
    },
  );
};
