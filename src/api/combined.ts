import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Toolbox } from '../domain/ports.ts';
import { listRegistrations, readOverview } from '../workflows/combined-overview.ts';
import { requestProof, requestRepair } from '../workflows/commands/combined.ts';
import { requestAttach, requestDetach, requestRegistration, requestUnregistration } from '../workflows/commands/slices.ts';
import {
  OVERVIEW_HEAD,
  OverviewView,
  overviewRows,
  overviewView,
  RegionsView,
  RegistrationView,
  regionCells,
  regionsView,
  registrationView,
} from './combined-views.ts';
import { asCsv, csvOf, wantsCsv } from './csv.ts';
import { AppName, Kode } from './views.ts';

const tags = ['Database gabungan'];
const Filter = {
  aplikasi: Type.Optional(AppName),
  wilayah: Type.Optional(
    Type.String({ pattern: '^[0-9.]{2,13}$', description: 'A kecamatan or a desa; left out: all of the account’s region.' }),
  ),
};
const Format = { format: Type.Optional(Type.Enum(['json', 'csv'], { description: 'Left out: as Accept says.' })) };
const closed = { additionalProperties: false };
/** JSON, or the same as CSV. */
const Either = <T extends Type.TSchema>(schema: T) => ({
  200: { description: 'JSON or CSV', content: { 'application/json': { schema }, 'text/csv': { schema: Type.String() } } },
});
const Asked = Type.Object({ slices: Type.Integer({ description: 'How many slices that are; a worker does it within seconds.' }) });

export const combinedRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.get(
    '/gabungan/ringkasan',
    {
      schema: {
        tags,
        operationId: 'getCombinedSummary',
        summary: 'What the desa hold together: people by age, sex and group, families, aid, articles, letters',
        description: 'From figures that are counted anew when a desa has changed; `kesegaran` tells how old they are.',
        querystring: Type.Object({ ...Filter, ...Format }, closed),
        response: Either(OverviewView),
      },
    },
    async (request, reply) => {
      const { aplikasi, wilayah, format } = request.query;
      const overview = await readOverview(tools, request.actor, { app: aplikasi, wilayah });
      if (wantsCsv(request, format)) return asCsv(reply, 'ringkasan').send(csvOf(OVERVIEW_HEAD, overviewRows(overview)));
      return overviewView(overview, tools.clock.now());
    },
  );

  app.get(
    '/gabungan/ringkasan/wilayah',
    {
      schema: {
        tags,
        operationId: 'getCombinedSummaryByRegion',
        summary: 'The same by kecamatan or by desa',
        querystring: Type.Object(
          { ...Filter, ...Format, per: Type.Optional(Type.Enum(['kecamatan', 'desa'], { default: 'kecamatan' })) },
          closed,
        ),
        response: Either(RegionsView),
      },
    },
    async (request, reply) => {
      const { aplikasi, wilayah, format, per } = request.query;
      const overview = await readOverview(tools, request.actor, { app: aplikasi, wilayah });
      const rows = per === 'desa' ? overview.perDesa : overview.kecamatan;
      if (wantsCsv(request, format)) return asCsv(reply, `ringkasan-${per ?? 'kecamatan'}`).send(csvOf(...regionCells(overview, rows)));
      return regionsView(overview, rows, tools.clock.now());
    },
  );

  app.get(
    '/gabungan/pendaftaran',
    {
      schema: {
        tags,
        operationId: 'listRegistrations',
        summary: 'Every desa’s place in the combined database: state, age of the last proof, tables that may differ',
        querystring: Type.Object(Filter, closed),
        response: { 200: Type.Object({ rows: Type.Array(RegistrationView) }) },
      },
    },
    async ({ query, actor }) => {
      const rows = await listRegistrations(tools, actor, { app: query.aplikasi, wilayah: query.wilayah });
      return { rows: rows.map((row) => registrationView(row, tools.clock.now())) };
    },
  );

  for (const { word, operationId, summary, ask } of VERBS) {
    app.post(
      `/gabungan/pendaftaran/:kode/${word}`,
      { schema: { tags, operationId, summary, params: Type.Object({ kode: Kode }), response: { 202: Asked } } },
      async ({ params, actor }, reply) => reply.code(202).send({ slices: await ask(tools, actor, params) }),
    );
  }
};

/** What may be asked for about one desa's slices. */
const VERBS = [
  { word: 'periksa', operationId: 'proveSlice', summary: 'Prove a desa’s slice again now', ask: requestProof },
  { word: 'perbaiki', operationId: 'repairSlice', summary: 'Make triggers and rows of a desa’s slice anew', ask: requestRepair },
  { word: 'daftar', operationId: 'registerSlice', summary: 'Take a desa into the combined database', ask: requestRegistration },
  { word: 'lepas', operationId: 'detachSlice', summary: 'Feed nothing of a desa until it is attached again', ask: requestDetach },
  { word: 'sambung', operationId: 'attachSlice', summary: 'Feed a detached desa again', ask: requestAttach },
  { word: 'hapus', operationId: 'unregisterSlice', summary: 'Take a desa’s rows out; the desa is not touched', ask: requestUnregistration },
] as const;
