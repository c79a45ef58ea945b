import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { requireMay } from '../domain/access.ts';
import { isLate, repositoryOf } from '../domain/offsite.ts';
import type { Toolbox } from '../domain/ports.ts';
import { Secret } from '../domain/secret.ts';
import { configureOffsite, dropOffsite } from '../workflows/commands/offsite.ts';
import { Moment, Text } from './views.ts';

const tags = ['Salinan luar'];
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const offsiteRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.get(
    '/salinan-luar',
    {
      schema: {
        tags,
        operationId: 'showOffsite',
        summary: 'Where copies of all backups go, and how old the last one is',
        response: {
          200: Type.Object({
            place: orNull(Type.String({ description: 'null: nowhere.' })),
            copiedAt: orNull(Moment),
            checkedAt: orNull(Moment),
            failure: orNull(Type.String()),
            late: Type.Boolean({ description: 'No copy for two days.' }),
          }),
        },
      },
    },
    async ({ actor }) => {
      requireMay(actor, 'read', null);
      const found = await tools.offsites.find();
      return {
        place: found === null ? null : repositoryOf(found.place),
        copiedAt: found?.copiedAt?.toISOString() ?? null,
        checkedAt: found?.checkedAt?.toISOString() ?? null,
        failure: found?.failure ?? null,
        late: found !== null && isLate(found, tools.clock.now()),
      };
    },
  );

  app.put(
    '/salinan-luar',
    {
      schema: {
        tags,
        operationId: 'configureOffsite',
        summary: 'Send copies there from now on; the store is made or opened at once',
        description: '`place`: `/folder`, `sftp://user@host[:port]/folder` or `s3:https://host/bucket[/prefix]`.',
        body: Type.Object(
          {
            place: Text(300),
            password: Type.Optional(Text(200)),
            accessKeyId: Type.Optional(Text(128)),
            secretKey: Type.Optional(Text(200)),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ password: orNull(Type.String({ description: 'Made by us and told this once.' })) }) },
      },
    },
    async ({ body, actor }) => {
      const made = await configureOffsite(tools, actor, {
        place: body.place,
        password: secretOf(body.password),
        secretKey: secretOf(body.secretKey),
        ...(body.accessKeyId === undefined ? {} : { accessKeyId: body.accessKeyId }),
      });
      return { password: made?.expose() ?? null };
    },
  );

  app.delete(
    '/salinan-luar',
    {
      schema: {
        tags,
        operationId: 'dropOffsite',
        summary: 'Send no more copies; those that are there stay',
        response: { 204: Type.Null() },
      },
    },
    async ({ actor }, reply) => {
      await dropOffsite(tools, actor);
      return reply.code(204).send(null);
    },
  );
};

function secretOf(text: string | undefined): Secret | null {
  return text === undefined ? null : new Secret(text);
}
