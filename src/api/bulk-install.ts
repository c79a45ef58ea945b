import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import type { Toolbox } from '../domain/ports.ts';
import { bulkInstall, type WishOutcome } from '../workflows/commands/bulk-install.ts';
import { type Problem, problemOf } from './problem.ts';
import { AppName, Domain, Kode, Settings, Tag } from './views.ts';

const MOST_ROWS = 1_000;

const Row = Type.Object(
  { kode: Kode, app: AppName, domain: Type.Optional(Domain), tag: Type.Optional(Tag), settings: Type.Optional(Settings) },
  { additionalProperties: false },
);

const Result = Type.Object({
  kode: Type.String({ description: 'As it was sent.' }),
  app: Type.String(),
  jobId: Type.Union([Type.String(), Type.Null()], { description: 'null: refused, `problem` says why.' }),
  problem: Type.Union([Type.Object({ code: Type.String(), detail: Type.String(), advice: Type.Optional(Type.String()) }), Type.Null()]),
});

export const bulkInstallRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.post(
    '/pasang-masal',
    {
      handlerTimeout: 300_000,
      schema: {
        tags: ['Pemasangan'],
        operationId: 'bulkInstall',
        summary: 'Install at many desa',
        description: `Registers each desa that is not yet registered, then asks for the installation. Rows are taken one by one: a refused row holds up no other. At most ${MOST_ROWS} rows.`,
        body: Type.Object({ rows: Type.Array(Row, { minItems: 1, maxItems: MOST_ROWS }) }, { additionalProperties: false }),
        response: { 202: Type.Object({ accepted: Type.Integer(), refused: Type.Integer(), results: Type.Array(Result) }) },
      },
    },
    async ({ body, actor, id }, reply) => {
      const results = (await bulkInstall(tools, actor, body.rows)).map((outcome) => resultOf(tools, outcome, id));
      const accepted = results.filter(({ jobId }) => jobId !== null).length;
      return reply.code(202).send({ accepted, refused: results.length - accepted, results });
    },
  );
};

function resultOf(tools: Toolbox, { wish: { kode, app }, jobId, error }: WishOutcome, request: string): Static<typeof Result> {
  if (jobId !== null) return { kode, app, jobId, problem: null };
  const problem = problemOf(error, request);
  if (problem.status >= 500) tools.log.error({ request, kode, app, err: error }, 'bulk row failed');
  return { kode, app, jobId, problem: reasonOf(problem) };
}

function reasonOf({ code, detail, advice }: Problem): { code: string; detail: string; advice?: string } {
  return { code, detail, ...(advice === undefined ? {} : { advice }) };
}
