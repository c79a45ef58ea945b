import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Toolbox } from '../domain/ports.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Begins an answer of server-sent events, which lasts no longer than the session of whoever asked. Hijack the reply first. */
    openEventStream(reply: FastifyReply): void;
  }
}

/** How soon an open stream hears that its session has ended. */
const LOOK_MS = 1_000;

/** The one place where streams are opened, and cut when their session ends; all of them are asked about at once. */
export function registerEventStreams(app: FastifyInstance, { sessions, clock, log }: Pick<Toolbox, 'sessions' | 'clock' | 'log'>): void {
  const open = new Map<ServerResponse, string>();
  const stop = new AbortController();
  let isRunning = false;

  const look = async (): Promise<void> => {
    const lasting = await sessions.lasting([...new Set(open.values())]);
    for (const [raw, session] of open) if (!lasting.has(session)) raw.destroy();
  };
  const watch = async (): Promise<void> => {
    while (open.size > 0 && !stop.signal.aborted) {
      await clock.sleep(LOOK_MS, stop.signal).catch(() => undefined);
      await look().catch((error: unknown) => log.warn({ err: error }, 'cannot ask which sessions last; still trying'));
    }
    isRunning = false;
  };

  app.addHook('preClose', async () => stop.abort());
  app.decorate('openEventStream', (reply: FastifyReply) => {
    const { raw, request } = reply;
    begin(reply);
    if (request.visitor === null) return;
    open.set(raw, request.visitor.sessionId);
    raw.on('close', () => open.delete(raw));
    if (isRunning) return;
    isRunning = true;
    watch().catch((error: unknown) => log.error({ err: error }, 'watch over streams ended'));
  });
}

/** With the headers that plugins have set; who loses it comes back after 3 s. */
function begin(reply: FastifyReply): void {
  const { raw } = reply;
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  raw.write('retry: 3000\n\n');
}
