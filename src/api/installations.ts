import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { Conflict } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import { requestInstallMany } from '../workflows/commands/install-many.ts';
import { requestInstall, requestRemove, revealAdminPassword } from '../workflows/commands/installations.ts';
import { sendAccepted } from './accepted.ts';
import { Accepted, AppName, Id, Kode, Settings, Tag, Text } from './views.ts';
import { seeInstallation, seeTenant } from './visible.ts';

const tags = ['Pemasangan'];
const Wish = Type.Object({ app: AppName, tag: Type.Optional(Tag), settings: Type.Optional(Settings) }, { additionalProperties: false });
const Place = Type.Object({ kode: Kode, app: AppName });

export const installationRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.post(
    '/desa/:kode/aplikasi/:app/pasang',
    {
      schema: {
        tags,
        operationId: 'installApp',
        summary: 'Install an app at a desa',
        params: Place,
        body: Type.Optional(Type.Object({ tag: Type.Optional(Tag), settings: Type.Optional(Settings) }, { additionalProperties: false })),
        response: { 202: Accepted },
      },
    },
    async ({ params, body, actor }, reply) => {
      const { kode } = await seeTenant(tools, actor, params.kode);
      return sendAccepted(reply, await requestInstall(tools, actor, { ...body, kode, app: params.app }));
    },
  );

  app.post(
    '/desa/:kode/pasang',
    {
      schema: {
        tags,
        operationId: 'installApps',
        summary: 'Install several apps at a desa, or all it can have',
        description:
          'One job per app, in the order in which they need each other. Without `apps`: every app that is still missing; with `sample`, the bundled sample apps instead.',
        params: Type.Object({ kode: Kode }),
        body: Type.Object(
          { apps: Type.Optional(Type.Array(Wish, { minItems: 1, maxItems: 20 })), sample: Type.Optional(Type.Boolean()) },
          { additionalProperties: false },
        ),
        response: { 202: Type.Object({ jobs: Type.Array(Type.Object({ app: Type.String(), jobId: Type.String() })) }) },
      },
    },
    async ({ params, body, actor }, reply) => {
      const { kode } = await seeTenant(tools, actor, params.kode);
      return reply.code(202).send({ jobs: [...(await requestInstallMany(tools, actor, { ...body, kode })).jobs] });
    },
  );

  app.post(
    '/desa/:kode/aplikasi/:app/hapus',
    {
      schema: {
        tags,
        operationId: 'removeApp',
        summary: 'Remove an app from a desa',
        description:
          'Its data is archived and the archive is verified before anything is dropped. `confirm` must repeat the kode of the desa.',
        params: Place,
        body: Type.Object({ confirm: Text(20) }, { additionalProperties: false }),
        response: { 202: Accepted },
      },
    },
    async ({ params, body, actor }, reply) => {
      const { kode } = await seeTenant(tools, actor, params.kode);
      return sendAccepted(reply, await requestRemove(tools, actor, { kode, app: params.app, confirm: body.confirm }));
    },
  );

  app.post(
    '/pemasangan/:id/kata-sandi-admin',
    {
      config: { idempotency: false },
      schema: {
        tags,
        operationId: 'revealAdminPassword',
        summary: "The administrator's first password, once",
        description: 'Is shown to one person, one time. `Idempotency-Key` is ignored: the answer is kept nowhere.',
        params: Type.Object({ id: Id }),
        response: { 200: Type.Object({ username: Type.String(), password: Type.String() }) },
      },
    },
    async ({ params, actor }) => {
      const { id } = await seeInstallation(tools, actor, params.id);
      const shown = await revealAdminPassword(tools, actor, id);
      if (shown !== null) return { username: shown.username, password: shown.password.expose() };
      throw new Conflict('sudah-ditampilkan', 'Kata sandi pertama sudah pernah ditampilkan, atau aplikasinya belum terpasang.', {
        advice: 'Bila hilang, atur ulang kata sandi dari dalam aplikasi.',
      });
    },
  );
};
