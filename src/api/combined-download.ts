import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { ExportedRow } from '../domain/combined-export.ts';
import type { Toolbox } from '../domain/ports.ts';
import { linkCombined, openCombined } from '../workflows/commands/combined-download.ts';
import { cellOf } from './csv.ts';
import { AppName, Id, Moment } from './views.ts';

const tags = ['Database gabungan'];
const Body = Type.Object(
  {
    format: Type.Enum(['sql', 'csv'], { description: '`sql` is compressed by gzip and loads with MariaDB’s own client.' }),
    tabel: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_]{1,64}$', description: 'Left out: all tables, as SQL only.' })),
    aplikasi: Type.Optional(AppName),
  },
  { additionalProperties: false },
);
const Content = Type.Unsafe<Readable>({ type: 'string', format: 'binary' });
const PIECE = 64 * 1024;

export const combinedDownloadRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.post(
    '/gabungan/unduh',
    {
      schema: {
        tags,
        operationId: 'linkCombined',
        summary: 'A link to the combined database, or one table of it, for a quarter of an hour',
        description: 'It works for you alone, signed in; that it was made and used is on record.',
        body: Body,
        response: { 201: Type.Object({ path: Type.String(), expiresAt: Moment }) },
      },
    },
    async ({ body, actor }, reply) => {
      const link = await linkCombined(tools, actor, { app: body.aplikasi, format: body.format, table: body.tabel });
      return reply.code(201).send({ path: `/api/v1/gabungan/unduhan/${link.id}`, expiresAt: link.expiresAt.toISOString() });
    },
  );

  app.get(
    '/gabungan/unduhan/:id',
    {
      compress: false,
      schema: {
        tags,
        operationId: 'downloadCombined',
        summary: 'What such a link points at, as a stream',
        params: Type.Object({ id: Id }),
        response: {
          200: {
            description: 'SQL compressed by gzip, or CSV.',
            content: { 'application/gzip': { schema: Content }, 'text/csv': { schema: Content } },
          },
        },
      },
    },
    async ({ params, actor }, reply) => {
      const opened = await openCombined(tools, actor, params.id);
      return reply
        .type(opened.format === 'sql' ? 'application/gzip' : 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${opened.name}"`)
        .send(Readable.from(opened.format === 'sql' ? opened.content : textOf(opened.rows), { objectMode: false }));
    },
  );
};

/** Lines for spreadsheets, some thousands of bytes at a time. */
async function* textOf(rows: AsyncIterable<ExportedRow>): AsyncGenerator<string> {
  let text = '\uFEFF';
  for await (const row of rows) {
    text += `${row.map(cellOf).join(',')}\r\n`;
    if (text.length < PIECE) continue;
    yield text;
    text = '';
  }
  yield text;
}
