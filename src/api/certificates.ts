import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import { requireMay } from '../domain/access.ts';
import { type Certificate, expiryOf } from '../domain/certificate.ts';
import type { Toolbox } from '../domain/ports.ts';
import { Secret } from '../domain/secret.ts';
import { removeCertificate, uploadCertificate } from '../workflows/commands/certificates.ts';
import { Id, Moment, Nothing, Text } from './views.ts';

const tags = ['Desa'];

export const CertificateView = Type.Object({
  id: Type.String(),
  hosts: Type.Array(Type.String(), { description: 'Names it is good for; a star stands for one label.' }),
  issuer: Type.String(),
  source: Type.Enum(['upload', 'acme']),
  fingerprint: Type.String({ description: 'SHA-256.' }),
  notBefore: Moment,
  notAfter: Moment,
  expiry: Type.Enum(['good', 'soon', 'over'], { description: '`soon`: within three weeks.' }),
  daysLeft: Type.Integer(),
});

export function certificateView(certificate: Certificate, now: Date): Static<typeof CertificateView> {
  const { id, hosts, issuer, source, fingerprint, notBefore, notAfter } = certificate;
  const { state, days } = expiryOf(certificate, now);
  const times = { notBefore: notBefore.toISOString(), notAfter: notAfter.toISOString() };
  return { id, hosts: [...hosts], issuer, source, fingerprint, ...times, expiry: state, daysLeft: days };
}

/** Certificates with which desa are served by https. Keys go in and never come out. */
export const certificateRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.get(
    '/sertifikat',
    {
      schema: {
        tags,
        operationId: 'listCertificates',
        summary: 'Certificates, the one that ends soonest first',
        response: { 200: Type.Object({ rows: Type.Array(CertificateView) }) },
      },
    },
    async ({ actor }) => {
      requireMay(actor, 'create-tenant', actor.wilayah);
      return { rows: (await tools.certificates.list()).map((one) => certificateView(one, tools.clock.now())) };
    },
  );

  app.post(
    '/sertifikat',
    {
      schema: {
        tags,
        operationId: 'uploadCertificate',
        summary: 'Upload a certificate with its chain and key',
        description:
          'PEM. Key, chain, names and dates are checked before anything is kept. In effect within seconds for every desa it is good for.',
        body: Type.Object({ chain: Text(65_536), key: Text(16_384) }, { additionalProperties: false }),
        response: { 201: CertificateView },
      },
    },
    async ({ body, actor }, reply) => {
      const made = await uploadCertificate(tools, actor, { chain: body.chain, key: new Secret(body.key) });
      return reply.code(201).send(certificateView(made, tools.clock.now()));
    },
  );

  app.post(
    '/sertifikat/:id/hapus',
    {
      schema: {
        tags,
        operationId: 'removeCertificate',
        summary: 'Remove a certificate',
        description: 'Refused while a desa that is reached by https only needs it.',
        params: Type.Object({ id: Id }),
        response: { 204: Nothing },
      },
    },
    async ({ params, actor }, reply) => {
      await removeCertificate(tools, actor, params.id);
      return reply.code(204).send(null);
    },
  );
};
