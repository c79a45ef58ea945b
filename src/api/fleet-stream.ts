import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { Unavailable } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';
import type {} from './event-stream.ts';

export interface FleetStreamLimits {
  readonly heartbeatMs: number;
  /** After this long viewers come back, so that their right to look on is asked again. */
  readonly longestMs: number;
  readonly mostViewers: number;
}

const LOOK_MS = 1_000;

interface Seat {
  readonly reply: FastifyReply;
  readonly since: number;
}

/** Tells open pages that something moved; they fetch what they show. The record is asked once, however many look on. */
export const fleetStreamRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox; limits: FleetStreamLimits }> = async (
  app,
  { tools, limits },
) => {
  const { jobs, clock, log } = tools;
  const seats = new Set<Seat>();
  const stop = new AbortController();
  let isRunning = false;
  let known = 0;
  let beaten = 0;

  const write = (text: string): void => {
    for (const { reply } of seats) reply.raw.write(text);
  };
  const leave = (seat: Seat): void => {
    seats.delete(seat);
    seat.reply.raw.end();
  };
  const look = async (): Promise<void> => {
    const now = clock.elapsed();
    for (const seat of seats) if (seat.reply.raw.destroyed || now - seat.since >= limits.longestMs) leave(seat);
    const newest = await jobs.newestEvent();
    const hasMoved = newest !== known;
    known = newest;
    if (hasMoved) write(bell(newest));
    else if (now - beaten >= limits.heartbeatMs) write(': detak\n\n');
    else return;
    beaten = now;
  };
  const run = async (): Promise<void> => {
    while (seats.size > 0 && !stop.signal.aborted) {
      await look().catch((error: unknown) => log.warn({ err: error }, 'fleet watch cannot read; still trying'));
      await clock.sleep(LOOK_MS, stop.signal).catch(() => undefined);
    }
    isRunning = false;
  };

  app.addHook('preClose', async () => {
    stop.abort();
    for (const seat of [...seats]) leave(seat);
  });
  app.get(
    '/armada/aliran',
    {
      config: { streaming: true },
      exposeHeadRoute: false,
      schema: {
        tags: ['Pekerjaan'],
        operationId: 'streamFleet',
        summary: 'Tells when anything moves (SSE)',
        description: 'Server-sent events `berubah`, at most one a second, with a growing number and nothing else: fetch what you show.',
        response: { 200: { description: 'The stream.', content: { 'text/event-stream': { schema: Type.String() } } } },
      },
    },
    async (_request, reply) => {
      if (seats.size >= limits.mostViewers) throw new Unavailable('terlalu-banyak-penonton', 'Terlalu banyak halaman yang sedang terbuka.');
      reply.hijack();
      app.openEventStream(reply);
      const seat = { reply, since: clock.elapsed() };
      seats.add(seat);
      reply.raw.on('close', () => seats.delete(seat));
      // What moved between the page and its stream would be told to nobody.
      if (isRunning) reply.raw.write(bell(known));
      if (isRunning) return reply;
      isRunning = true;
      run().catch((error: unknown) => log.error({ err: error }, 'fleet watch ended'));
      return reply;
    },
  );
};

function bell(newest: number): string {
  return `event: berubah\ndata: ${newest}\n\n`;
}
