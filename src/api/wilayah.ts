import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Toolbox } from '../domain/ports.ts';
import { parseKodeWilayah } from '../domain/wilayah.ts';
import { Kode, WilayahView, wilayahView } from './views.ts';

const tags = ['Wilayah'];
const Rows = Type.Object({ rows: Type.Array(WilayahView) });

/** Indonesia's official regions. Public knowledge, so everybody who is signed in sees all of it. */
export const wilayahRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.get(
    '/wilayah',
    {
      schema: {
        tags,
        operationId: 'listWilayah',
        summary: 'Regions inside a region',
        description: 'Without `induk`: all provinsi.',
        querystring: Type.Object({ induk: Type.Optional(Kode) }, { additionalProperties: false }),
        response: { 200: Rows },
      },
    },
    async ({ query }) => {
      const rows = await tools.wilayah.children(query.induk === undefined ? null : parseKodeWilayah(query.induk));
      return { rows: rows.map(wilayahView) };
    },
  );

  app.get(
    '/wilayah/cari',
    {
      schema: {
        tags,
        operationId: 'searchWilayah',
        summary: 'Search regions by name or kode',
        description: 'Looks inside `dalam`, or inside the region of the account when that is left out.',
        querystring: Type.Object(
          {
            q: Type.String({ minLength: 2, maxLength: 60 }),
            tingkat: Type.Enum(['provinsi', 'kabupaten', 'kecamatan', 'desa'], { default: 'desa' }),
            dalam: Type.Optional(Kode),
            jumlah: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
          },
          { additionalProperties: false },
        ),
        response: { 200: Rows },
      },
    },
    async ({ query, actor }) => {
      const within = query.dalam === undefined ? actor.wilayah : parseKodeWilayah(query.dalam);
      const rows = await tools.wilayah.search(query.q, query.tingkat, within, query.jumlah);
      return { rows: rows.map(wilayahView) };
    },
  );
};
