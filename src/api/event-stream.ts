import type { FastifyReply } from 'fastify';

/** Begins an answer of server-sent events, with the headers that plugins have set; who loses it comes back after 3 s. */
export function openEventStream(reply: FastifyReply): void {
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  raw.write('retry: 3000\n\n');
}
