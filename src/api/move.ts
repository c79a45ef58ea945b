import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import type { Toolbox } from '../domain/ports.ts';
import { Secret } from '../domain/secret.ts';
import type { SharedSource, SplitReport } from '../domain/shared.ts';
import {
  addSource,
  listSharedDesa,
  listSources,
  previewMove,
  refreshSource,
  removeSource,
  requestMove,
} from '../workflows/commands/move.ts';
import { AppName, Kode, Moment, Nothing, Text } from './views.ts';

const tags = ['Pindah dari database gabungan OpenSID'];
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Name = Type.String({ pattern: '^[a-z][a-z0-9-]{1,29}$' });
const closed = { additionalProperties: false };

const SourceView = Type.Object({
  name: Type.String(),
  app: Type.String(),
  kind: Type.Enum(['server', 'file']),
  place: Type.String(),
  state: Type.Enum(['asked', 'copying', 'ready', 'failed']),
  finding: orNull(Type.String()),
  copiedAt: orNull(Moment),
  createdBy: Type.String(),
});

export function sourceView({ name, app, kind, place, state, finding, copiedAt, createdBy }: SharedSource): Static<typeof SourceView> {
  return { name, app, kind, place, state, finding, copiedAt: copiedAt?.toISOString() ?? null, createdBy };
}

const ReportView = Type.Object({
  desa: Type.Object({ configId: Type.Integer(), kode: Type.String(), nama: Type.String() }),
  rows: Type.Integer({ description: 'All that would be moved.' }),
  orphans: Type.Integer(),
  files: orNull(Type.Integer({ description: 'Files of the desa that lie ready; null: none.' })),
  obstacles: Type.Array(Type.String()),
  tables: Type.Array(
    Type.Object({
      table: Type.String(),
      kind: Type.Enum(['identity', 'owned', 'through', 'common', 'left']),
      all: Type.Integer(),
      rows: Type.Integer(),
      ofNobody: Type.Integer(),
      orphans: Type.Integer(),
      highestId: orNull(Type.Integer()),
    }),
  ),
});

export function reportView({ desa, tables, obstacles, files }: SplitReport): Static<typeof ReportView> {
  const sum = (of: (one: SplitReport['tables'][number]) => number): number => tables.reduce((total, one) => total + of(one), 0);
  return {
    ...{ desa: { ...desa }, files, obstacles: [...obstacles], tables: tables.map((one) => ({ ...one })) },
    ...{ rows: sum(({ rows }) => rows), orphans: sum(({ orphans }) => orphans) },
  };
}

export const moveRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.get(
    '/pindahan',
    {
      schema: {
        tags,
        operationId: 'listSharedSources',
        summary: 'Shared databases that were named, and the state of our copies',
        response: { 200: Type.Object({ rows: Type.Array(SourceView) }) },
      },
    },
    async ({ actor }) => ({ rows: (await listSources(tools, actor)).map(sourceView) }),
  );

  app.post(
    '/pindahan',
    {
      config: { idempotency: false },
      schema: {
        tags,
        operationId: 'addSharedSource',
        summary: 'Name a database that OpenSID shares between desa; a worker copies it, and only reads there',
        description: 'Either `url` (with the password, given this once and kept in the vault) or `file`, a dump in the folder `pindahan`.',
        body: Type.Object({ name: Name, app: AppName, url: Type.Optional(Text(500)), file: Type.Optional(Text(130)) }, closed),
        response: { 202: Nothing },
      },
    },
    async ({ body: { name, app: of, url, file }, actor }, reply) => {
      await addSource(tools, actor, { name, app: of, file, url: url === undefined ? undefined : new Secret(url) });
      return reply.code(202).send(null);
    },
  );

  app.post(
    '/pindahan/:sumber/salin',
    {
      schema: {
        tags,
        operationId: 'refreshSharedSource',
        summary: 'Copy it anew',
        params: Type.Object({ sumber: Name }),
        response: { 202: Nothing },
      },
    },
    async ({ params, actor }, reply) => {
      await refreshSource(tools, actor, params.sumber);
      return reply.code(202).send(null);
    },
  );

  app.post(
    '/pindahan/:sumber/hapus',
    {
      schema: {
        tags,
        operationId: 'removeSharedSource',
        summary: 'Forget our copy and the way there; the source stays as it is',
        params: Type.Object({ sumber: Name }),
        response: { 204: Nothing },
      },
    },
    async ({ params, actor }, reply) => {
      await removeSource(tools, actor, params.sumber);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/pindahan/:sumber/desa',
    {
      schema: {
        tags,
        operationId: 'listSharedDesa',
        summary: 'Desa in our copy',
        params: Type.Object({ sumber: Name }),
        response: {
          200: Type.Object({ rows: Type.Array(Type.Object({ configId: Type.Integer(), kode: Type.String(), nama: Type.String() })) }),
        },
      },
    },
    async ({ params, actor }) => ({ rows: [...(await listSharedDesa(tools, actor, params.sumber))] }),
  );

  app.get(
    '/pindahan/:sumber/desa/:kode',
    {
      schema: {
        tags,
        operationId: 'previewMove',
        summary: 'What would be moved of a desa, table by table, without moving anything',
        params: Type.Object({ sumber: Name, kode: Kode }),
        response: { 200: ReportView },
      },
    },
    async ({ params, actor }) => reportView(await previewMove(tools, actor, { source: params.sumber, kode: params.kode })),
  );

  app.post(
    '/pindahan/:sumber/desa/:kode',
    {
      schema: {
        tags,
        operationId: 'moveDesa',
        summary: 'Install the desa with its rows from the copy',
        params: Type.Object({ sumber: Name, kode: Kode }),
        body: Type.Object({ tag: Type.Optional(orNull(Text(100))), leaveOrphans: Type.Optional(Type.Boolean()) }, closed),
        response: { 202: Type.Object({ jobId: Type.String() }) },
      },
    },
    async ({ params, body, actor }, reply) =>
      reply.code(202).send(await requestMove(tools, actor, { source: params.sumber, kode: params.kode, ...body })),
  );
};
