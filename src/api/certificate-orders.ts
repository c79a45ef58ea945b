import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import { requireMay } from '../domain/access.ts';
import { type Authority, LETS_ENCRYPT } from '../domain/authority.ts';
import { CERTIFICATE_CHOICES, type CertificateOrder } from '../domain/certificate-order.ts';
import type { Toolbox } from '../domain/ports.ts';
import { chooseCertificates, configureAuthority, dropAuthority, requestCertificate } from '../workflows/commands/authority.ts';
import { Kode, Moment, Nothing, Text } from './views.ts';
import { seeTenant } from './visible.ts';

const tags = ['Desa'];
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const OrderView = Type.Object({
  host: Type.String(),
  failure: orNull(
    Type.Object({
      code: Type.String(),
      message: Type.String(),
      advice: Type.String(),
      detail: orNull(Type.String({ description: "The authority's own words; null: it was not asked." })),
    }),
  ),
  nextAt: Type.String({ format: 'date-time', description: 'Not tried before then.' }),
  refused: Type.Array(Moment, { description: 'When the authority said no; the last eight times.' }),
  askedBy: orNull(Type.String({ description: 'Who asked by hand.' })),
});

export function orderView({ host, failure, nextAt, refused, askedBy }: CertificateOrder): Static<typeof OrderView> {
  return { host, failure, nextAt: nextAt.toISOString(), refused: refused.map((at) => at.toISOString()), askedBy };
}

const AuthorityView = Type.Object({
  directory: Type.String(),
  email: Type.String(),
  ownRoots: Type.Boolean({ description: 'Whether it is trusted by roots that were given.' }),
  terms: orNull(Type.String({ description: 'Where the terms are that were agreed to.' })),
  agreedBy: Type.String(),
  pausedUntil: orNull(Moment),
});

export function authorityView({ directory, email, roots, terms, agreedBy, pausedUntil }: Authority): Static<typeof AuthorityView> {
  return { directory, email, ownRoots: roots !== null, terms, agreedBy, pausedUntil: pausedUntil?.toISOString() ?? null };
}

/** Certificates that come by themselves: from whom, for which names, and what is waited for. */
export const certificateOrderRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  const Choice = Type.Enum([...CERTIFICATE_CHOICES], {
    description: '`auto`: asked for by itself. `upload`: none is asked for. `none`: the desa is not served by https.',
  });

  app.get(
    '/sertifikat/permintaan',
    {
      schema: {
        tags,
        operationId: 'listCertificateOrders',
        summary: 'Names that wait for a certificate, why, and when they are tried next',
        response: { 200: Type.Object({ rows: Type.Array(OrderView) }) },
      },
    },
    async ({ actor }) => {
      requireMay(actor, 'create-tenant', actor.wilayah);
      return { rows: (await tools.certificateOrders.list()).map(orderView) };
    },
  );

  app.post(
    '/sertifikat/permintaan',
    {
      schema: {
        tags,
        operationId: 'requestCertificate',
        summary: 'Ask for the certificate of a name now',
        description: 'One that failed, or one that is to come: its DNS must lead here. Refused when it was asked for too often.',
        body: Type.Object({ host: Text(200) }, { additionalProperties: false }),
        response: { 202: OrderView },
      },
    },
    async ({ body, actor }, reply) => reply.code(202).send(orderView(await requestCertificate(tools, actor, body.host))),
  );

  app.get(
    '/sertifikat/penerbit',
    {
      schema: {
        tags,
        operationId: 'showAuthority',
        summary: 'Who issues certificates by itself',
        response: { 200: Type.Object({ authority: orNull(AuthorityView) }) },
      },
    },
    async ({ actor }) => {
      requireMay(actor, 'create-tenant', actor.wilayah);
      const found = await tools.authorities.find();
      return { authority: found === null ? null : authorityView(found) };
    },
  );

  app.put(
    '/sertifikat/penerbit',
    {
      schema: {
        tags,
        operationId: 'configureAuthority',
        summary: 'Have certificates issued by this authority from now on; the account is opened at once',
        description: `ACME (RFC 8555) with HTTP-01. Without a directory: ${LETS_ENCRYPT}`,
        body: Type.Object(
          {
            directory: Type.Optional(Text(300)),
            email: Text(200),
            roots: Type.Optional(Type.String({ maxLength: 65_536, description: 'PEM of the roots of an authority of your own.' })),
            agreed: Type.Boolean({ description: "That you agree to the authority's terms." }),
          },
          { additionalProperties: false },
        ),
        response: { 200: AuthorityView },
      },
    },
    async ({ body, actor }) =>
      authorityView(
        await configureAuthority(tools, actor, {
          ...{ directory: body.directory ?? '', email: body.email, roots: body.roots ?? null, agreed: body.agreed },
        }),
      ),
  );

  app.delete(
    '/sertifikat/penerbit',
    {
      schema: {
        tags,
        operationId: 'dropAuthority',
        summary: 'Ask for no more certificates; those that are there stay until they end',
        response: { 204: Nothing },
      },
    },
    async ({ actor }, reply) => {
      await dropAuthority(tools, actor);
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/desa/:kode/sertifikat',
    {
      schema: {
        tags,
        operationId: 'getCertificateChoice',
        summary: 'How a desa comes to its certificates',
        params: Type.Object({ kode: Kode }),
        response: { 200: Type.Object({ choice: Choice }) },
      },
    },
    async ({ params, actor }) => ({ choice: await tools.certificateChoices.of((await seeTenant(tools, actor, params.kode)).kode) }),
  );

  app.put(
    '/desa/:kode/sertifikat',
    {
      schema: {
        tags,
        operationId: 'chooseCertificates',
        summary: 'Choose how a desa comes to its certificates',
        params: Type.Object({ kode: Kode }),
        body: Type.Object({ choice: Choice }, { additionalProperties: false }),
        response: { 200: Type.Object({ choice: Choice }) },
      },
    },
    async ({ params, body, actor }) => {
      const { kode } = await seeTenant(tools, actor, params.kode);
      await chooseCertificates(tools, actor, kode, body.choice);
      return { choice: body.choice };
    },
  );
};
