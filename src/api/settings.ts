import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Toolbox } from '../domain/ports.ts';
import { requestConfigure, saveSettings } from '../workflows/commands/settings.ts';
import { AppName, Id, InstallationView, installationView, Kode, Settings } from './views.ts';
import { seeInstallation, seeTenant } from './visible.ts';

const tags = ['Pemasangan'];
const Jobs = Type.Object({ jobs: Type.Array(Type.Object({ app: Type.String(), jobId: Type.String() })) });

export const settingRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.post(
    '/desa/:kode/setelan',
    {
      schema: {
        tags,
        operationId: 'configureDesa',
        summary: 'Change settings of a desa',
        description:
          "`settings` are those that the apps of a desa share, `apps` holds what is one app's alone. One job for each app that has something to change; the others are left alone. Settings left out stay; an empty text takes a value away. Secrets are kept in the vault and never given back.",
        params: Type.Object({ kode: Kode }),
        body: Type.Object(
          { settings: Type.Optional(Settings), apps: Type.Optional(Type.Record(AppName, Settings, { maxProperties: 20 })) },
          { additionalProperties: false },
        ),
        response: { 202: Jobs },
      },
    },
    async ({ params, body, actor }, reply) => {
      const { kode } = await seeTenant(tools, actor, params.kode);
      const { settings: shared = {}, apps: own = {} } = body;
      return reply.code(202).send({ jobs: [...(await requestConfigure(tools, actor, { kode, shared, own })).jobs] });
    },
  );

  app.put(
    '/pemasangan/:id/setelan',
    {
      schema: {
        tags,
        operationId: 'saveSettings',
        summary: 'Settings an installation runs with from its next job on',
        params: Type.Object({ id: Id }),
        body: Type.Object({ settings: Settings }, { additionalProperties: false }),
        response: { 200: InstallationView },
      },
    },
    async ({ params, body, actor }) => {
      const { id } = await seeInstallation(tools, actor, params.id);
      await saveSettings(tools, actor, id, body.settings);
      return installationView(await seeInstallation(tools, actor, id));
    },
  );
};
