import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import type { Toolbox } from '../domain/ports.ts';
import { apiEnvironment, connectionUrl, openkabEnvironment, type Reader, type ReaderConnection } from '../domain/reader.ts';
import { createReader, listReaders, revokeReader, rotateReader } from '../workflows/commands/readers.ts';
import { AppName, Moment, Nothing, Text } from './views.ts';

const tags = ['Database gabungan'];
const Name = Type.Object({ nama: Type.String({ pattern: '^[a-z0-9-]{1,30}$' }) });

const ReaderView = Type.Object({
  name: Type.String(),
  purpose: Type.String(),
  app: Type.String(),
  grants: Type.String({ description: 'What it may see: `penuh`, or a grant of the app’s gabungan.yaml.' }),
  account: Type.String(),
  createdBy: Type.String(),
  createdAt: Moment,
  rotatedAt: Type.Union([Moment, Type.Null()]),
});

function readerView({ passwordRef: _kept, createdAt, rotatedAt, ...rest }: Reader): Static<typeof ReaderView> {
  return { ...rest, createdAt: createdAt.toISOString(), rotatedAt: rotatedAt?.toISOString() ?? null };
}

const ConnectionView = Type.Object({
  host: Type.String(),
  port: Type.Integer(),
  socket: Type.Union([Type.String(), Type.Null()]),
  database: Type.String(),
  username: Type.String(),
  password: Type.String(),
  url: Type.String(),
  env: Type.Object({ apiDatabaseGabungan: Type.String(), openkab: Type.String() }),
});

function connectionView(connection: ReaderConnection): Static<typeof ConnectionView> {
  return {
    ...connection,
    password: connection.password.expose(),
    url: connectionUrl(connection),
    env: { apiDatabaseGabungan: apiEnvironment(connection), openkab: openkabEnvironment() },
  };
}

const ONCE = 'The connection is shown this once. `Idempotency-Key` is ignored: the answer is kept nowhere.';

export const readerRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.get(
    '/gabungan/akun',
    {
      schema: {
        tags,
        operationId: 'listReaders',
        summary: 'Read accounts',
        response: { 200: Type.Object({ rows: Type.Array(ReaderView) }) },
      },
    },
    async ({ actor }) => ({ rows: (await listReaders(tools, actor)).map(readerView) }),
  );

  app.post(
    '/gabungan/akun',
    {
      config: { idempotency: false },
      schema: {
        tags,
        operationId: 'createReader',
        summary: 'Make an account that reads the combined database and nothing else',
        description: ONCE,
        body: Type.Object(
          { name: Text(30), purpose: Text(200), app: Type.Optional(AppName), grants: Type.Optional(Text(20)) },
          { additionalProperties: false },
        ),
        response: { 201: ConnectionView },
      },
    },
    async ({ body, actor }, reply) => reply.code(201).send(connectionView(await createReader(tools, actor, body))),
  );

  app.post(
    '/gabungan/akun/:nama/ganti-sandi',
    {
      config: { idempotency: false },
      schema: {
        tags,
        operationId: 'rotateReader',
        summary: 'Give a read account another password; whoever uses the old one is cut off',
        description: ONCE,
        params: Name,
        response: { 200: ConnectionView },
      },
    },
    async ({ params, actor }) => connectionView(await rotateReader(tools, actor, params.nama)),
  );

  app.post(
    '/gabungan/akun/:nama/cabut',
    {
      schema: {
        tags,
        operationId: 'revokeReader',
        summary: 'Take a read account back and cut it off',
        params: Name,
        response: { 204: Nothing },
      },
    },
    async ({ params, actor }, reply) => {
      await revokeReader(tools, actor, params.nama);
      return reply.code(204).send(null);
    },
  );
};
