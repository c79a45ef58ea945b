import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Unavailable } from '../domain/errors.ts';
import { isActive, type Job, type JobEvent } from '../domain/job.ts';
import type { Toolbox } from '../domain/ports.ts';
import type {} from './event-stream.ts';
import { type Viewer, type Watch, type WatchOptions, watchJob } from './job-watch.ts';
import { eventView, Id } from './views.ts';
import { seeJob } from './visible.ts';

/** How an event travels: its SSE type and its data, JSON unless the page wants something else. */
type EventFormat = (event: JobEvent) => { readonly event: string; readonly data: string };

interface JobStreams {
  /**
   * Takes the reply over and streams the job's events from `after` on (0: all). The browser's `Last-Event-ID` goes
   * before `after`. The last message is `event: end` with the state as JSON; whoever comes back after it gets a 204,
   * which tells an EventSource to stay away.
   */
  open(
    request: FastifyRequest,
    reply: FastifyReply,
    job: Job,
    options?: { readonly after?: number; readonly format?: EventFormat },
  ): Promise<FastifyReply>;
  viewers(): number;
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly jobStreams: JobStreams;
  }
  interface FastifyContextConfig {
    /** Stays open: its duration says nothing about our speed. */
    streaming?: boolean;
  }
}

export interface StreamOptions extends WatchOptions {
  readonly mostViewers: number;
}

const BACKLOG_BYTES = 1024 * 1024;

export function registerJobStreams(app: FastifyInstance, tools: Toolbox, options: StreamOptions): void {
  const watches = new Map<string, Watch>();
  const viewers = (): number => [...watches.values()].reduce((sum, watch) => sum + watch.viewers(), 0);
  const watchOf = (id: string): Watch => {
    const watch = watches.get(id) ?? watchJob(tools, id, options);
    for (const [other, { viewers }] of watches) if (viewers() === 0) watches.delete(other);
    watches.set(id, watch);
    return watch;
  };

  app.decorate('jobStreams', {
    viewers,
    async open(request, reply, job, { after = 0, format = asJson } = {}) {
      const last = lastEventId(request);
      const from = last ?? after;
      if (last !== null && !isActive(job.state) && (await tools.jobs.events(job.id, last, 1)).length === 0) return reply.code(204).send();
      if (viewers() >= options.mostViewers)
        throw new Unavailable('terlalu-banyak-penonton', 'Terlalu banyak yang sedang menonton pekerjaan.');
      reply.hijack();
      app.openEventStream(reply);
      const viewer = openViewer(reply, from, format);
      await watchOf(job.id).join(viewer);
      return reply;
    },
  });
  app.addHook('preClose', async () => {
    for (const watch of watches.values()) watch.close();
  });
}

export const jobStreamRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox }> = async (app, { tools }) => {
  app.get(
    '/pekerjaan/:id/aliran',
    {
      config: { streaming: true },
      exposeHeadRoute: false,
      schema: {
        tags: ['Pekerjaan'],
        operationId: 'streamJob',
        summary: "A job's events as they happen (SSE)",
        description:
          'Server-sent events `job`, `step` and `log`, each with an `Event` as JSON; at last `end` with `{"state":"…"}`. Resumes after `Last-Event-ID`. After the end the answer to a resumption is 204.',
        params: Type.Object({ id: Id }),
        querystring: Type.Object(
          { setelah: Type.Integer({ minimum: 0, default: 0, description: '`id` of the last event you have.' }) },
          { additionalProperties: false },
        ),
        response: {
          200: { description: 'The stream.', content: { 'text/event-stream': { schema: Type.String() } } },
          204: Type.Null({ description: 'The job has ended, and you have all of it.' }),
        },
      },
    },
    async (request, reply) => {
      const job = await seeJob(tools, request.actor, request.params.id);
      return app.jobStreams.open(request, reply, job, { after: request.query.setelah });
    },
  );
};

function openViewer(reply: FastifyReply, after: number, format: EventFormat): Viewer {
  const { raw } = reply;
  return {
    after,
    isOpen: () => !raw.destroyed && !raw.writableEnded,
    send(event) {
      const { event: type, data } = format(event);
      raw.write(`id: ${event.id}\nevent: ${type}\n${lines(data)}\n`);
      // Somebody who reads this slowly is cut off, and goes on from where they were when they come back.
      if (raw.writableLength > BACKLOG_BYTES) raw.destroy();
    },
    beat: () => raw.write(': detak\n\n'),
    drained: () =>
      new Promise((resolve) => {
        if (!raw.writableNeedDrain || raw.destroyed) return resolve();
        const done = (): void => {
          raw.off('drain', done).off('close', done);
          resolve();
        };
        raw.on('drain', done).on('close', done);
      }),
    end(state) {
      if (raw.destroyed || raw.writableEnded) return;
      if (state !== null) raw.write(`event: end\ndata: ${JSON.stringify({ state })}\n\n`);
      raw.end();
    },
  };
}

function asJson(event: JobEvent): { event: string; data: string } {
  return { event: event.kind, data: JSON.stringify(eventView(event)) };
}

function lines(data: string): string {
  return data
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}\n`)
    .join('');
}

function lastEventId(request: FastifyRequest): number | null {
  const sent = request.headers['last-event-id'];
  return typeof sent === 'string' && /^\d{1,15}$/.test(sent) ? Number(sent) : null;
}
