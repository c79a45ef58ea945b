import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Toolbox } from '../domain/ports.ts';
import { linkBackup, openBackup } from '../workflows/commands/backup-link.ts';
import { previewRestore } from '../workflows/restore-preview.ts';
import { BackupView, backupView } from './backups.ts';
import { Id, Moment } from './views.ts';
import { seeBackup } from './visible.ts';

const tags = ['Pembaruan dan cadangan'];
const One = Type.Object({ id: Id });
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const PreviewView = Type.Object({
  backup: BackupView,
  tagNow: orNull(Type.String()),
  changes: Type.Array(
    Type.Object({ table: Type.String(), now: orNull(Type.Integer()), inBackup: orNull(Type.Integer()), isKept: Type.Boolean() }),
    { description: 'Tables whose number of rows differs; `isKept`: no update may change it.' },
  ),
  sameTables: Type.Integer({ description: 'Equally many rows; their content may differ.' }),
  rowsInBackup: orNull(Type.Integer({ description: 'null: its files are not on this server.' })),
  ageMs: Type.Integer(),
});

export const backupFileRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.get(
    '/cadangan/:id/pratinjau',
    {
      schema: {
        tags,
        operationId: 'previewRestore',
        summary: 'What a restore would change; nothing is loaded',
        params: One,
        response: { 200: PreviewView },
      },
    },
    async ({ params, actor }) => {
      const { backup, changes, ...rest } = await previewRestore(tools, await seeBackup(tools, actor, params.id));
      return { ...rest, backup: backupView(backup), changes: [...changes] };
    },
  );

  app.post(
    '/cadangan/:id/unduh',
    {
      schema: {
        tags,
        operationId: 'linkBackup',
        summary: 'A link to a backup, for a quarter of an hour',
        description: 'It works for you alone, signed in; that it was made and used is on record.',
        params: One,
        response: { 201: Type.Object({ path: Type.String(), expiresAt: Moment }) },
      },
    },
    async ({ params, actor }, reply) => {
      const { id } = await seeBackup(tools, actor, params.id);
      const link = await linkBackup(tools, actor, id);
      return reply.code(201).send({ path: `/api/v1/unduhan/${link.id}`, expiresAt: link.expiresAt.toISOString() });
    },
  );

  app.get(
    '/unduhan/:id',
    {
      schema: {
        tags,
        operationId: 'downloadBackup',
        summary: 'The backup of a link, as one tar',
        params: One,
        response: {
          200: {
            description: 'The backup.',
            content: { 'application/x-tar': { schema: Type.Unsafe<Readable>({ type: 'string', format: 'binary' }) } },
          },
        },
      },
    },
    async ({ params, actor }, reply) => {
      const { name, bytes, content } = await openBackup(tools, actor, params.id);
      return reply
        .type('application/x-tar')
        .header('content-length', bytes)
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(Readable.from(content));
    },
  );
};
