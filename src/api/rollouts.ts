import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import { NotFound } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import { estimateEnd, type Member, type Rollout } from '../domain/rollout.ts';
import {
  barRelease,
  endRollout,
  haltRollout,
  resumeRollout,
  retryMembers,
  returnRollout,
  setPin,
  skipMember,
  startRollout,
} from '../workflows/commands/rollouts.ts';
import { AppName, Id, Kode, Limit, Moment, Tag, Text } from './views.ts';
import { seeInstallation } from './visible.ts';

const tags = ['Pembaruan serentak'];
const One = Type.Object({ id: Id });
const Done = Type.Object({ ok: Type.Boolean() });
const Started = Type.Object({ rolloutId: Type.String() });
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const MemberView = Type.Object({
  kode: Type.String(),
  wave: Type.Integer(),
  state: Type.Enum(['waiting', 'running', 'done', 'failed', 'skipped', 'paused']),
  fromTag: Type.String(),
  jobId: Type.String(),
  fingerprint: orNull(Type.String()),
  lockedMs: orNull(Type.Integer({ description: 'How long visitors saw the maintenance page.' })),
});

const RolloutView = Type.Object({
  id: Type.String(),
  work: Type.Enum(['update', 'rollback', 'backup', 'drill']),
  app: Type.String(),
  tag: orNull(Type.String()),
  state: Type.Enum(['running', 'halted', 'finished']),
  concurrency: Type.Integer(),
  reason: orNull(Type.String({ description: 'Why it was halted.' })),
  createdBy: Type.String(),
  createdAt: Moment,
  endedAt: orNull(Moment),
});

function rolloutView({ haltPercent: _haltPercent, createdAt, endedAt, ...rest }: Rollout): Static<typeof RolloutView> {
  return { ...rest, createdAt: createdAt.toISOString(), endedAt: endedAt?.toISOString() ?? null };
}

function memberView({ kode, wave, state, fromTag, jobId, fingerprint, lockedMs }: Member): Static<typeof MemberView> {
  return { kode, wave, state, fromTag, jobId, fingerprint, lockedMs };
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
          200: Type.Object({ ...RolloutView.properties, members: Type.Array(MemberView), estimatedEnd: orNull(Moment) }),
        },
      },
    },
    async ({ params, actor }) => {
      const rollout = await requireRollout(tools, params.id);
      const members = await tools.rollouts.members(rollout.id);
      const seen = members.filter(({ kode }) => actor.wilayah === null || kode.startsWith(actor.wilayah));
      const end = estimateEnd(rollout, members, tools.clock.now());
      return { ...rolloutView(rollout), members: seen.map(memberView), estimatedEnd: end?.toISOString() ?? null };
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

  app.post(
    '/aplikasi/:app/rilis/tahan',
    {
      schema: {
        tags,
        operationId: 'barRelease',
        summary: 'Bar a release, or lift the bar',
        params: Type.Object({ app: AppName }),
        body: Type.Object({ tag: Text(60), reason: orNull(Text(500)) }, { additionalProperties: false }),
        response: { 200: Done },
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
        tags,
        operationId: 'pinInstallation',
        summary: 'Keep an installation on its release, or let it go',
        params: One,
        body: Type.Object({ pinned: Type.Boolean() }, { additionalProperties: false }),
        response: { 200: Done },
      },
    },
    async ({ params, body, actor }) => {
      const { id } = await seeInstallation(tools, actor, params.id);
      await setPin(tools, actor, id, body.pinned);
      return { ok: true };
    },
  );
};

async function requireRollout(tools: Toolbox, id: string): Promise<Rollout> {
  const rollout = await tools.rollouts.find(id);
  if (rollout !== null) return rollout;
  throw new NotFound('pembaruan-tidak-ada', 'Pembaruan serentak ini tidak ada.');
}
