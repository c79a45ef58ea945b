import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import { newestFirst } from '../domain/app.ts';
import { PendopoError } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';

const AppView = Type.Object({
  name: Type.String(),
  title: Type.String(),
  description: Type.String(),
  scope: Type.Enum(['desa', 'kecamatan', 'kabupaten']),
  sample: Type.Boolean({ description: 'One of the bundled sample apps.' }),
  untested: Type.Boolean({ description: 'Nobody has run this manifest with the real app yet.' }),
  mount: Type.String({ description: "Path below the desa's domain." }),
  settings: Type.Array(
    Type.Object({
      name: Type.String(),
      label: Type.String(),
      kind: Type.Enum(['choice', 'text', 'number', 'date', 'email', 'secret']),
      options: Type.Array(Type.String()),
      default: Type.String(),
      min: Type.Optional(Type.Number()),
      max: Type.Optional(Type.Number()),
      hint: Type.Optional(Type.String()),
      group: Type.String({ description: "`aplikasi`: the app's own; `wadah`: its container's; else shared by the apps of a desa." }),
    }),
  ),
  releases: Type.Array(Type.Object({ tag: Type.String(), version: Type.String(), commit: Type.String() }), {
    description: 'Those known so far, newest first.',
  }),
});

export const appRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.get(
    '/aplikasi',
    {
      schema: {
        tags: ['Aplikasi'],
        operationId: 'listApps',
        summary: 'Apps that can be installed',
        response: {
          200: Type.Object({
            rows: Type.Array(AppView),
            faults: Type.Array(Type.Object({ name: Type.String(), detail: Type.String() }), {
              description: 'Apps whose manifest is wrong.',
            }),
          }),
        },
      },
    },
    async () => {
      const listed = await Promise.all(tools.apps.names().map((name) => readApp(tools, name)));
      return {
        rows: listed.flatMap(({ view }) => (view === null ? [] : [view])),
        faults: listed.flatMap(({ name, fault }) => (fault === null ? [] : [{ name, detail: fault }])),
      };
    },
  );
};

/** One wrong manifest must not hide the other apps. */
async function readApp(tools: Toolbox, name: string): Promise<{ name: string; view: Static<typeof AppView> | null; fault: string | null }> {
  try {
    return { name, view: await appView(tools, name), fault: null };
  } catch (error) {
    if (error instanceof PendopoError && error.kind !== 'unavailable') return { name, view: null, fault: error.message };
    throw error;
  }
}

async function appView(tools: Toolbox, name: string): Promise<Static<typeof AppView>> {
  const { manifest } = tools.apps.entry(name);
  const known = await tools.releases.list(name);
  const order = newestFirst(
    manifest,
    known.map(({ tag }) => tag),
  );
  return {
    name,
    title: manifest.title,
    description: manifest.description,
    scope: manifest.scope,
    sample: manifest.sample,
    untested: manifest.untested === true,
    mount: manifest.mount,
    settings: manifest.settings.map((setting) => ({ ...setting, options: [...setting.options] })),
    releases: order
      .flatMap((tag) => known.filter((release) => release.tag === tag))
      .map(({ tag, version, commit }) => ({ tag, version, commit })),
  };
}
