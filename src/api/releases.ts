import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Toolbox } from '../domain/ports.ts';
import { barRelease, setPin } from '../workflows/commands/rollouts.ts';
import { lookAtDeployed, overviewOf } from '../workflows/release-overview.ts';
import { AppName, Id, Moment, Text } from './views.ts';
import { seeInstallation } from './visible.ts';

const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const ReleaseView = Type.Object({
  tag: Type.String(),
  version: Type.String(),
  commit: orNull(Type.String({ description: 'null: seen at the source, but never used here.' })),
  note: orNull(Type.String({ description: 'What its makers wrote; null while its code has not been fetched.' })),
  barred: orNull(Type.String({ description: 'Why nobody may go to it.' })),
  desa: Type.Array(Type.String(), { description: 'Kode of the desa that run it, below your region.' }),
  images: Type.Array(Type.Object({ name: Type.String(), bytes: Type.Integer(), builtAt: Moment })),
});

export const releaseRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.get(
    '/aplikasi/:app/rilis',
    {
      schema: {
        tags: ['Aplikasi'],
        operationId: 'listReleases',
        summary: 'Releases of an app, newest first, with who runs them and what is built',
        params: Type.Object({ app: AppName }),
        response: { 200: Type.Object({ rows: Type.Array(ReleaseView) }) },
      },
    },
    async ({ params, actor }) => {
      const rows = await overviewOf(tools, params.app, await lookAtDeployed(tools, actor.wilayah));
      return {
        rows: rows.map(({ desa, images, ...rest }) => ({
          ...rest,
          desa: desa.map(({ kode }) => kode),
          images: images.map(({ name, bytes, builtAt }) => ({ name, bytes, builtAt: builtAt.toISOString() })),
        })),
      };
    },
  );

  app.post(
    '/aplikasi/:app/rilis/tahan',
    {
      schema: {
        tags: ['Pembaruan serentak'],
        operationId: 'barRelease',
        summary: 'Bar a release, or lift the bar',
        params: Type.Object({ app: AppName }),
        body: Type.Object({ tag: Text(60), reason: orNull(Text(500)) }, { additionalProperties: false }),
        response: { 200: Type.Object({ ok: Type.Boolean() }) },
      },
    },
    async ({ params, body, actor }) => {
      await barRelease(tools, actor, params.app, body.tag, body.reason);
      return { ok: true };
    },
  );

  app.put(
    '/pemasangan/:id/kunci-versi',
    {
      schema: {
        tags: ['Pembaruan serentak'],
        operationId: 'pinInstallation',
        summary: 'Keep an installation on its release, or let it go',
        params: Type.Object({ id: Id }),
        body: Type.Object({ pinned: Type.Boolean() }, { additionalProperties: false }),
        response: { 200: Type.Object({ ok: Type.Boolean() }) },
      },
    },
    async ({ params, body, actor }) => {
      const { id } = await seeInstallation(tools, actor, params.id);
      await setPin(tools, actor, id, body.pinned);
      return { ok: true };
    },
  );
};
