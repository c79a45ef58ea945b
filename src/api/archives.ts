import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Toolbox } from '../domain/ports.ts';
import { parseKodeTenant } from '../domain/wilayah.ts';
import { requestUnarchive } from '../workflows/commands/installations.ts';
import { sendAccepted } from './accepted.ts';
import { Accepted, ArchiveView, archiveView, Id, Kode, Limit } from './views.ts';
import { seeArchive } from './visible.ts';

const tags = ['Arsip'];

export const archiveRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.get(
    '/arsip',
    {
      schema: {
        tags,
        operationId: 'listArchives',
        summary: 'What removed installations left behind, newest first',
        querystring: Type.Object({ desa: Type.Optional(Kode), jumlah: Limit }, { additionalProperties: false }),
        response: { 200: Type.Object({ rows: Type.Array(ArchiveView) }) },
      },
    },
    async ({ query, actor }) => {
      const kode = query.desa === undefined ? {} : { kode: parseKodeTenant(query.desa) };
      const rows = await tools.archives.list({ ...kode, within: actor.wilayah, limit: query.jumlah });
      return { rows: rows.map(archiveView) };
    },
  );

  app.post(
    '/arsip/:id/pulihkan',
    {
      schema: {
        tags,
        operationId: 'restoreArchive',
        summary: 'Bring a removed installation back',
        params: Type.Object({ id: Id }),
        response: { 202: Accepted },
      },
    },
    async ({ params, actor }, reply) => {
      const { id } = await seeArchive(tools, actor, params.id);
      return sendAccepted(reply, await requestUnarchive(tools, actor, { archiveId: id }));
    },
  );
};
