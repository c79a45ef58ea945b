import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { Toolbox } from '../domain/ports.ts';
import { parseKodeTenant } from '../domain/wilayah.ts';
import { cancelJob, retryByCause, retryJob } from '../workflows/commands/jobs.ts';
import { sendAccepted } from './accepted.ts';
import {
  Accepted,
  After,
  EventView,
  eventView,
  Id,
  JobStateName,
  JobView,
  jobView,
  Kode,
  Limit,
  PageOf,
  StepView,
  stepView,
  Text,
} from './views.ts';
import { seeJob } from './visible.ts';

const tags = ['Pekerjaan'];
const Params = Type.Object({ id: Id });
const Fingerprint = Text(191);

export const jobRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.get(
    '/pekerjaan',
    {
      schema: {
        tags,
        operationId: 'listJobs',
        summary: 'Jobs, newest first',
        querystring: Type.Object(
          {
            desa: Type.Optional(Kode),
            keadaan: Type.Optional(Type.Array(JobStateName, { maxItems: 7, description: 'May be given several times.' })),
            sebab: Type.Optional(Fingerprint),
            setelah: Type.Optional(After),
            jumlah: Limit,
          },
          { additionalProperties: false },
        ),
        response: { 200: PageOf(JobView) },
      },
    },
    async ({ query, actor }) => {
      const { rows, next } = await tools.jobs.list({
        within: actor.wilayah,
        limit: query.jumlah,
        ...(query.desa === undefined ? {} : { kode: parseKodeTenant(query.desa) }),
        ...(query.keadaan === undefined ? {} : { state: query.keadaan }),
        ...(query.sebab === undefined ? {} : { fingerprint: query.sebab }),
        ...(query.setelah === undefined ? {} : { after: query.setelah }),
      });
      return { rows: rows.map(jobView), next };
    },
  );

  app.get(
    '/pekerjaan/ringkasan',
    {
      schema: {
        tags,
        operationId: 'countJobs',
        summary: 'Jobs by state',
        response: { 200: Type.Record(Type.String(), Type.Integer()) },
      },
    },
    async ({ actor }) => ({ ...(await tools.jobs.countByState(actor.wilayah)) }),
  );

  app.get(
    '/pekerjaan/sebab',
    {
      schema: {
        tags,
        operationId: 'listCauses',
        summary: 'Failed jobs grouped by what stopped them',
        response: {
          200: Type.Object({
            rows: Type.Array(Type.Object({ fingerprint: Type.String(), message: Type.String(), count: Type.Integer() })),
          }),
        },
      },
    },
    async ({ actor }) => ({ rows: [...(await tools.jobs.failuresByCause(actor.wilayah))] }),
  );

  app.post(
    '/pekerjaan/coba-lagi',
    {
      schema: {
        tags,
        operationId: 'retryByCause',
        summary: 'Retry all jobs that failed for one reason',
        body: Type.Object({ fingerprint: Fingerprint }, { additionalProperties: false }),
        response: { 202: Type.Object({ retried: Type.Array(Type.String()) }) },
      },
    },
    async ({ body, actor }, reply) => {
      const { retried } = await retryByCause(tools, actor, body.fingerprint);
      return reply.code(202).send({ retried: [...retried] });
    },
  );

  app.get(
    '/pekerjaan/:id',
    {
      schema: {
        tags,
        operationId: 'getJob',
        summary: 'One job with its steps',
        params: Params,
        response: { 200: Type.Intersect([JobView, Type.Object({ steps: Type.Array(StepView) })]) },
      },
    },
    async ({ params, actor }) => {
      const job = await seeJob(tools, actor, params.id);
      return { ...jobView(job), steps: (await tools.jobs.steps(job.id)).map(stepView) };
    },
  );

  app.get(
    '/pekerjaan/:id/kejadian',
    {
      schema: {
        tags,
        operationId: 'listJobEvents',
        summary: "A page of a job's journal",
        params: Params,
        querystring: Type.Object(
          {
            setelah: Type.Integer({ minimum: 0, default: 0, description: '`id` of the last event you have.' }),
            jumlah: Type.Integer({ minimum: 1, maximum: 1_000, default: 200 }),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ rows: Type.Array(EventView), next: Type.Union([Type.Integer(), Type.Null()]) }) },
      },
    },
    async ({ params, query, actor }) => {
      const { id } = await seeJob(tools, actor, params.id);
      const rows = (await tools.jobs.events(id, query.setelah, query.jumlah)).map(eventView);
      return { rows, next: rows.length === query.jumlah ? (rows.at(-1)?.id ?? null) : null };
    },
  );

  app.post(
    '/pekerjaan/:id/coba-lagi',
    {
      schema: {
        tags,
        operationId: 'retryJob',
        summary: 'Retry a job that failed or was cancelled',
        params: Params,
        response: { 202: Accepted },
      },
    },
    async ({ params, actor }, reply) => {
      const { id } = await seeJob(tools, actor, params.id);
      await retryJob(tools, actor, id);
      return sendAccepted(reply, { jobId: id });
    },
  );

  app.post(
    '/pekerjaan/:id/batalkan',
    {
      schema: {
        tags,
        operationId: 'cancelJob',
        summary: 'Cancel a job',
        description: 'It stops after the running step, and what it did is undone.',
        params: Params,
        response: { 202: Accepted },
      },
    },
    async ({ params, actor }, reply) => {
      const { id } = await seeJob(tools, actor, params.id);
      await cancelJob(tools, actor, id);
      return sendAccepted(reply, { jobId: id });
    },
  );
};
