import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Toolbox } from '../domain/ports.ts';
import { parseKodeWilayah, SCOPES } from '../domain/wilayah.ts';
import { createTenant } from '../workflows/commands/tenants.ts';
import { After, AppName, Domain, InstallationStateName, Kode, Limit, PageOf, TenantView, tenantView } from './views.ts';
import { seeTenant } from './visible.ts';

const tags = ['Desa'];

export const tenantRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.get(
    '/desa',
    {
      schema: {
        tags,
        operationId: 'listDesa',
        summary: 'Registered desa, or kecamatan or kabupaten',
        description: 'In the order of their kode, with what is installed at each. Only desa in the region of the account.',
        querystring: Type.Object(
          {
            cari: Type.Optional(Type.String({ maxLength: 100, description: 'Part of the name or domain, or the start of the kode.' })),
            kecamatan: Type.Optional(Kode),
            aplikasi: Type.Optional(AppName),
            keadaan: Type.Optional(InstallationStateName),
            lingkup: Type.Optional(Type.Enum([...SCOPES], { description: 'Which kind of tenant; left out: desa.' })),
            setelah: Type.Optional(After),
            jumlah: Limit,
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Intersect([PageOf(TenantView), Type.Object({ total: Type.Integer({ description: 'Rows of all pages.' }) })]),
        },
      },
    },
    async ({ query, actor }) => {
      const filter = {
        within: actor.wilayah,
        ...(query.cari === undefined ? {} : { search: query.cari }),
        ...(query.kecamatan === undefined ? {} : { kodeKecamatan: parseKodeWilayah(query.kecamatan) }),
        ...(query.aplikasi === undefined ? {} : { app: query.aplikasi }),
        scopes: [query.lingkup ?? 'desa'],
        ...(query.keadaan === undefined ? {} : { state: query.keadaan }),
      };
      const after = query.setelah === undefined ? {} : { after: query.setelah };
      const [page, total] = await Promise.all([
        tools.tenants.list({ ...filter, ...after, limit: query.jumlah }),
        tools.tenants.count(filter),
      ]);
      return { rows: page.rows.map(tenantView), next: page.next, total };
    },
  );

  app.post(
    '/desa',
    {
      schema: {
        tags,
        operationId: 'createDesa',
        summary: 'Register a desa, or a kecamatan or kabupaten for apps of its own',
        description: 'Installs nothing yet. Name and regions come from the official list.',
        body: Type.Object({ kode: Kode, domain: Type.Optional(Domain) }, { additionalProperties: false }),
        response: { 201: TenantView },
      },
    },
    async ({ body, actor }, reply) => {
      const tenant = await createTenant(tools, actor, body);
      return reply.code(201).header('location', `/api/v1/desa/${tenant.kode}`).send(tenantView(tenant));
    },
  );

  app.get(
    '/desa/:kode',
    {
      schema: {
        tags,
        operationId: 'getDesa',
        summary: 'One desa with what is installed there',
        params: Type.Object({ kode: Kode }),
        response: { 200: TenantView },
      },
    },
    async ({ params, actor }) => tenantView(await seeTenant(tools, actor, params.kode)),
  );
};
