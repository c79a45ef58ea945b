import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Toolbox } from '../domain/ports.ts';
import { requestResume, requestSuspend } from '../workflows/commands/suspend.ts';
import { AppName, Kode } from './views.ts';
import { seeTenant } from './visible.ts';

const SHAPE = {
  tags: ['Pemasangan'],
  description: 'One job for each app. Data, settings and the address stay; visitors see a notice while it is suspended.',
  params: Type.Object({ kode: Kode }),
  body: Type.Object({ app: Type.Optional(AppName) }, { additionalProperties: false }),
  response: { 202: Type.Object({ jobs: Type.Array(Type.Object({ app: Type.String(), jobId: Type.String() })) }) },
};

export const suspendRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.post(
    '/desa/:kode/tangguhkan',
    { schema: { ...SHAPE, operationId: 'suspendDesa', summary: 'Take a desa, or one app of it, out of service for a while' } },
    async ({ params, body, actor }, reply) => {
      const { kode } = await seeTenant(tools, actor, params.kode);
      return reply.code(202).send({ jobs: [...(await requestSuspend(tools, actor, { ...body, kode })).jobs] });
    },
  );

  app.post(
    '/desa/:kode/aktifkan',
    { schema: { ...SHAPE, operationId: 'resumeDesa', summary: 'Put a suspended desa, or one app of it, back in service' } },
    async ({ params, body, actor }, reply) => {
      const { kode } = await seeTenant(tools, actor, params.kode);
      return reply.code(202).send({ jobs: [...(await requestResume(tools, actor, { ...body, kode })).jobs] });
    },
  );
};
