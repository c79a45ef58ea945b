import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Toolbox } from '../domain/ports.ts';
import { startRehearsal } from '../workflows/commands/rehearsals.ts';
import { resultOf, seeRehearsal } from '../workflows/rehearsals.ts';
import { CauseView, causeView, MemberView, memberView, RolloutView, rolloutView } from './rollouts.ts';
import { AppName, Hours, Id, Kode, Limit, Tag } from './views.ts';

const tags = ['Gladi bersih'];
const Seconds = Type.Union([Type.Number({ description: 'How long it took; null while it has not ended.' }), Type.Null()]);

const ResultView = Type.Object({
  ...RolloutView.properties,
  members: Type.Array(Type.Object({ ...MemberView.properties, seconds: Seconds, admitted: Type.Boolean() })),
  causes: Type.Array(CauseView),
  estimatedMinutes: Type.Union([
    Type.Number({ description: 'What updating all desa that do not have this release will take.' }),
    Type.Null(),
  ]),
});

/** Halting, resuming, retrying, skipping and letting in: those of rollouts, under the same id. */
export const rehearsalRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.get(
    '/gladi',
    {
      schema: {
        tags,
        operationId: 'listRehearsals',
        summary: 'Rehearsals of updates, newest first',
        querystring: Type.Object({ app: Type.Optional(AppName), jumlah: Limit }, { additionalProperties: false }),
        response: { 200: Type.Object({ rows: Type.Array(RolloutView) }) },
      },
    },
    async ({ query, actor }) => {
      const only = query.app === undefined ? {} : { app: query.app };
      const rows = await tools.rollouts.list({ work: 'rehearse', ...only, within: actor.wilayah, limit: query.jumlah });
      return { rows: rows.map(rolloutView) };
    },
  );

  app.post(
    '/gladi',
    {
      schema: {
        tags,
        operationId: 'startRehearsal',
        summary: 'Try an update with backups in scratch places; no desa is touched',
        body: Type.Object(
          {
            app: AppName,
            tag: Type.Optional(Tag),
            only: Type.Optional(Type.Array(Kode, { maxItems: 1_000, description: 'These desa only; all when left out.' })),
            within: Type.Optional(Kode),
            concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 32 })),
            window: Type.Optional(Hours),
          },
          { additionalProperties: false },
        ),
        response: { 201: Type.Object({ rolloutId: Type.String() }) },
      },
    },
    async ({ body, actor }, reply) => reply.code(201).send(await startRehearsal(tools, actor, body)),
  );

  app.get(
    '/gladi/:id',
    {
      schema: {
        tags,
        operationId: 'showRehearsal',
        summary: 'What a rehearsal has shown: each desa, causes, and how long the update will take',
        params: Type.Object({ id: Id }),
        response: { 200: ResultView },
      },
    },
    async ({ params, actor }) => {
      const view = await seeRehearsal(tools, actor, params.id);
      const { members, causes, estimatedMinutes } = await resultOf(tools, view);
      const seen = members.map(({ seconds, forgiven, ...member }) => ({
        ...memberView({ ...member, forgiven }),
        seconds,
        admitted: forgiven,
      }));
      return { ...rolloutView(view.rollout), members: seen, causes: causes.map(causeView), estimatedMinutes };
    },
  );
};
