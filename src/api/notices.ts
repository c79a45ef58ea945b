import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { requireMay } from '../domain/access.ts';
import { CHANNELS } from '../domain/notice.ts';
import type { Toolbox } from '../domain/ports.ts';
import { Secret } from '../domain/secret.ts';
import { dropChannel, listNotices, setChannel, setContact, tryChannel } from '../workflows/commands/notices.ts';
import { Kode, Moment, Text } from './views.ts';
import { seeTenant } from './visible.ts';

const tags = ['Pemberitahuan'];
const One = Type.Object({ channel: Type.Enum([...CHANNELS]) });
const Done = Type.Object({ ok: Type.Boolean() });
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Given = Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: 'Left out: the one that is kept.' }));

const Contact = Type.Object({ email: orNull(Type.String()) });

const NoticeView = Type.Object({
  id: Type.String(),
  channel: Type.Enum([...CHANNELS]),
  title: Type.String(),
  state: Type.Enum(['waiting', 'sent', 'given-up']),
  attempts: Type.Integer(),
  failure: orNull(Type.String()),
  createdAt: Moment,
  sentAt: orNull(Moment),
});

const Wanted = Type.Union([
  Type.Object(
    {
      ...{ channel: Type.Literal('email'), server: Text(260), tls: Type.Optional(Type.Boolean()), from: Text(260), to: Text(2_000) },
      ...{ username: Type.Optional(Type.String({ maxLength: 200 })), secret: Given },
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { channel: Type.Literal('telegram'), chat: Text(64), server: Type.Optional(Text(200)), secret: Given },
    { additionalProperties: false },
  ),
  Type.Object({ channel: Type.Literal('webhook'), url: Text(500), secret: Given }, { additionalProperties: false }),
]);

export const noticeRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.get(
    '/pemberitahuan',
    {
      schema: {
        tags,
        operationId: 'listNotices',
        summary: 'How people are told, and what was told last',
        response: { 200: Type.Object({ channels: Type.Array(Type.Enum([...CHANNELS])), rows: Type.Array(NoticeView) }) },
      },
    },
    async ({ actor }) => {
      requireMay(actor, 'rollout', null);
      const [channels, rows] = await Promise.all([tools.notices.channels(), listNotices(tools, actor, 50)]);
      return {
        channels: channels.map(({ settings }) => settings.channel),
        rows: rows.map(({ id, channel, title, state, attempts, failure, createdAt, sentAt }) => ({
          ...{ id, channel, title, state, attempts, failure },
          ...{ createdAt: createdAt.toISOString(), sentAt: sentAt?.toISOString() ?? null },
        })),
      };
    },
  );

  app.put(
    '/pemberitahuan',
    {
      schema: { tags, operationId: 'setChannel', summary: 'Set one way of telling people up', body: Wanted, response: { 200: Done } },
    },
    async ({ body, actor }) => {
      await setChannel(tools, actor, { ...body, secret: body.secret === undefined ? null : new Secret(body.secret) });
      return { ok: true };
    },
  );

  app.post(
    '/pemberitahuan/:channel/coba',
    { schema: { tags, operationId: 'tryChannel', summary: 'Send a trial', params: One, response: { 200: Done } } },
    async ({ params, actor }) => {
      await tryChannel(tools, actor, params.channel);
      return { ok: true };
    },
  );

  app.delete(
    '/pemberitahuan/:channel',
    { schema: { tags, operationId: 'dropChannel', summary: 'Tell nothing that way any more', params: One, response: { 200: Done } } },
    async ({ params, actor }) => {
      await dropChannel(tools, actor, params.channel);
      return { ok: true };
    },
  );

  const params = Type.Object({ kode: Kode });
  app.get(
    '/desa/:kode/kontak',
    { schema: { tags, operationId: 'getContact', summary: 'Whom a desa wants to be told by e-mail', params, response: { 200: Contact } } },
    async ({ params, actor }) => {
      const { kode } = await seeTenant(tools, actor, params.kode);
      return { email: (await tools.notices.contacts([kode])).get(kode) ?? null };
    },
  );

  app.put(
    '/desa/:kode/kontak',
    {
      schema: {
        ...{ tags, operationId: 'setContact', summary: 'Tell a desa by e-mail before and after its updates' },
        description: 'Sent once e-mail is set up as a channel. null or empty: nobody is told.',
        params,
        body: Type.Object({ email: orNull(Type.String({ maxLength: 260 })) }, { additionalProperties: false }),
        response: { 200: Contact },
      },
    },
    async ({ params, body, actor }) => {
      const { kode } = await seeTenant(tools, actor, params.kode);
      return { email: await setContact(tools, actor, { kode, email: body.email ?? '' }) };
    },
  );
};
