import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import type { DesaAddresses } from '../domain/address.ts';
import type { Toolbox } from '../domain/ports.ts';
import { requestAddresses } from '../workflows/commands/addresses.ts';
import { Domain, Kode, Text } from './views.ts';
import { seeTenant } from './visible.ts';

const tags = ['Desa'];
const Host = Text(200);
const Port = Type.Union([Type.Integer({ minimum: 1, maximum: 65_535 }), Type.Null()], {
  description: "A port of this server that is the desa's alone, while it has no domain.",
});
const Security = Type.Enum(['any', 'https', 'hsts'], {
  description: '`any`: http and https alike. `https`: who comes by http is sent on. `hsts`: and browsers are to remember it.',
});

const AddressesView = Type.Object({
  domain: Type.Union([Type.String(), Type.Null()]),
  port: Port,
  www: Type.Boolean({ description: 'Whether www.<domain> leads to the domain.' }),
  own: Type.Record(Type.String(), Type.String(), { description: 'App → a further host that serves it.' }),
  old: Type.Array(Type.String(), { description: 'Hosts of before, which lead to where the desa is now.' }),
  security: Security,
});

function addressesView({ own, old, ...rest }: DesaAddresses): Static<typeof AddressesView> {
  return { ...rest, own: { ...own }, old: [...old] };
}

export const addressRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  const params = Type.Object({ kode: Kode });
  app.get(
    '/desa/:kode/domain',
    { schema: { tags, operationId: 'getAddresses', summary: 'Where a desa is reached', params, response: { 200: AddressesView } } },
    async ({ params, actor }) => addressesView(await tools.addresses.of((await seeTenant(tools, actor, params.kode)).kode)),
  );

  app.post(
    '/desa/:kode/domain',
    {
      schema: {
        tags,
        operationId: 'changeAddresses',
        summary: 'Change where a desa is reached',
        description:
          'What is left out stays. All apps of the desa move together; old addresses lead to the new ones. `jobId` is null for a desa without apps: then it is done already.',
        params,
        body: Type.Object(
          {
            domain: Type.Optional(Domain),
            port: Type.Optional(Port),
            www: Type.Optional(Type.Boolean()),
            own: Type.Optional(Type.Record(Type.String({ maxLength: 60 }), Type.Union([Host, Type.Null()]), { maxProperties: 20 })),
            forget: Type.Optional(Type.Array(Host, { maxItems: 50 })),
            security: Type.Optional(Security),
          },
          { additionalProperties: false, minProperties: 1 },
        ),
        response: { 202: Type.Object({ addresses: AddressesView, jobId: Type.Union([Type.String(), Type.Null()]) }) },
      },
    },
    async ({ params, body, actor }, reply) => {
      const { kode } = await seeTenant(tools, actor, params.kode);
      const { addresses, jobId } = await requestAddresses(tools, actor, { ...body, kode });
      if (jobId !== null) reply.header('location', `/api/v1/pekerjaan/${jobId}`);
      return reply.code(202).send({ addresses: addressesView(addresses), jobId });
    },
  );
};
