import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import type { Toolbox } from '../domain/ports.ts';
import type { Member, Rollout } from '../domain/rollout.ts';
import { admitMember } from '../workflows/commands/rehearsals.ts';
import {
  endRollout,
  haltRollout,
  resumeRollout,
  retryMembers,
  returnRollout,
  skipMember,
  startRollout,
} from '../workflows/commands/rollouts.ts';
import { type CauseGroup, causesOf, expectedEnd, seeRollout } from '../workflows/rollout-view.ts';
import { AppName, Hours, Id, Kode, Limit, Moment, Tag, Text } from './views.ts';

const tags = ['Pembaruan serentak'];
const One = Type.Object({ id: Id });
const Done = Type.Object({ ok: Type.Boolean() });
const Started = Type.Object({ rolloutId: Type.String() });
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const MemberView = Type.Object({
  kode: Type.String(),
  wave: Type.Integer(),
  state: Type.Enum(['waiting', 'running', 'done', 'failed', 'skipped', 'paused', 'kept-out']),
  fromTag: Type.String(),
  jobId: Type.String(),
  fingerprint: orNull(Type.String()),
  lockedMs: orNull(Type.Integer({ description: 'How long visitors saw the maintenance page.' })),
});

export const RolloutView = Type.Object({
  id: Type.String(),
  work: Type.Enum(['update', 'rollback', 'backup', 'drill', 'rehearse']),
  app: Type.String(),
  tag: orNull(Type.String()),
  state: Type.Enum(['running', 'halted', 'finished']),
  concurrency: Type.Integer(),
  window: orNull(Type.String({ description: 'Hours in which new desa begin.' })),
  reason: orNull(Type.String({ description: 'Why it was halted.' })),
  createdBy: Type.String(),
  createdAt: Moment,
  endedAt: orNull(Moment),
});

export function rolloutView({ haltPercent: _haltPercent, createdAt, endedAt, ...rest }: Rollout): Static<typeof RolloutView> {
  return { ...rest, createdAt: createdAt.toISOString(), endedAt: endedAt?.toISOString() ?? null };
}

export function memberView({ kode, wave, state, fromTag, jobId, fingerprint, lockedMs }: Member): Static<typeof MemberView> {
  return { kode, wave, state, fromTag, jobId, fingerprint, lockedMs };
}

export const CauseView = Type.Object({
  fingerprint: Type.String(),
  message: Type.String(),
  advice: Type.String(),
  kode: Type.Array(Type.String()),
});

export function causeView({ members, ...cause }: CauseGroup): Static<typeof CauseView> {
  return { ...cause, kode: members.map(({ kode }) => kode) };
}

export const rolloutRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.get(
    '/pembaruan',
    {
      schema: {
        tags,
        operationId: 'listRollouts',
        summary: 'Rollouts, newest first; nightly rounds too',
        querystring: Type.Object({ jumlah: Limit }, { additionalProperties: false }),
        response: { 200: Type.Object({ rows: Type.Array(RolloutView) }) },
      },
    },
    async ({ query, actor }) => ({
      rows: (await tools.rollouts.list({ within: actor.wilayah, limit: query.jumlah })).map(rolloutView),
    }),
  );

  app.post(
    '/pembaruan',
    {
      schema: {
        tags,
        operationId: 'startRollout',
        summary: 'Update all desa of the region, in waves',
        body: Type.Object(
          {
            app: AppName,
            tag: Type.Optional(Tag),
            canaries: Type.Optional(Type.Array(Kode, { maxItems: 50, description: 'Go first, alone.' })),
            within: Type.Optional(Kode),
            concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 32 })),
            window: Type.Optional(Hours),
            byKecamatan: Type.Optional(Type.Boolean({ description: 'After the canaries one kecamatan is one wave.' })),
          },
          { additionalProperties: false },
        ),
        response: { 201: Started },
      },
    },
    async ({ body, actor }, reply) => reply.code(201).send(await startRollout(tools, actor, body)),
  );

  app.get(
    '/pembaruan/:id',
    {
      schema: {
        tags,
        operationId: 'showRollout',
        summary: 'One rollout with its desa',
        params: One,
        response: {
          200: Type.Object({
            ...RolloutView.properties,
            members: Type.Array(MemberView),
            causes: Type.Array(CauseView),
            estimatedEnd: orNull(Moment),
          }),
        },
      },
    },
    async ({ params, actor }) => {
      const view = await seeRollout(tools, actor, params.id);
      const [causes, end] = [await causesOf(tools, view.members), await expectedEnd(tools, view)];
      return {
        ...{ ...rolloutView(view.rollout), members: view.members.map(memberView), causes: causes.map(causeView) },
        estimatedEnd: end?.toISOString() ?? null,
      };
    },
  );

  app.post(
    '/pembaruan/:id/hentikan',
    { schema: { tags, operationId: 'haltRollout', summary: 'Start nobody new', params: One, response: { 200: Done } } },
    async ({ params, actor }) => {
      await haltRollout(tools, actor, params.id);
      return { ok: true };
    },
  );

  app.post(
    '/pembaruan/:id/lanjutkan',
    {
      schema: { tags, operationId: 'resumeRollout', summary: 'Go on; failures so far are forgiven', params: One, response: { 200: Done } },
    },
    async ({ params, actor }) => {
      await resumeRollout(tools, actor, params.id);
      return { ok: true };
    },
  );

  app.post(
    '/pembaruan/:id/akhiri',
    { schema: { tags, operationId: 'endRollout', summary: 'Leave the rest as it is', params: One, response: { 200: Done } } },
    async ({ params, actor }) => {
      await endRollout(tools, actor, params.id);
      return { ok: true };
    },
  );

  app.post(
    '/pembaruan/:id/coba-lagi',
    {
      schema: {
        tags,
        operationId: 'retryMembers',
        summary: 'Failed desa once more, all or those of one cause',
        params: One,
        body: Type.Optional(Type.Object({ fingerprint: Type.Optional(Text(121)) }, { additionalProperties: false })),
        response: { 200: Type.Object({ retried: Type.Integer() }) },
      },
    },
    async ({ params, body, actor }) => retryMembers(tools, actor, params.id, body?.fingerprint ?? null),
  );

  app.post(
    '/pembaruan/:id/lewati',
    {
      schema: {
        tags,
        operationId: 'skipMember',
        summary: 'Leave one desa out',
        params: One,
        body: Type.Object({ kode: Kode }, { additionalProperties: false }),
        response: { 200: Done },
      },
    },
    async ({ params, body, actor }) => {
      await skipMember(tools, actor, params.id, body.kode);
      return { ok: true };
    },
  );

  app.post(
    '/pembaruan/:id/ikutkan',
    {
      schema: {
        tags,
        operationId: 'admitMember',
        summary: 'Let in a desa that failed its rehearsal',
        params: One,
        body: Type.Object({ kode: Kode }, { additionalProperties: false }),
        response: { 200: Done },
      },
    },
    async ({ params, body, actor }) => {
      await admitMember(tools, actor, params.id, body.kode);
      return { ok: true };
    },
  );

  app.post(
    '/pembaruan/:id/mundurkan',
    {
      schema: {
        tags,
        operationId: 'returnRollout',
        summary: 'Roll back every desa of it, or of one wave',
        params: One,
        body: Type.Optional(Type.Object({ wave: Type.Optional(Type.Integer({ minimum: 0 })) }, { additionalProperties: false })),
        response: { 201: Started },
      },
    },
    async ({ params, body, actor }, reply) => reply.code(201).send(await returnRollout(tools, actor, params.id, body?.wave ?? null)),
  );
};
