import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { ALL_STATES } from '../domain/job.ts';
import type { Toolbox } from '../domain/ports.ts';
import type { Secret } from '../domain/secret.ts';
import { Refusal } from './problem.ts';

/** Measures every answer and serves the figures at /metrics. Without a token they are for this machine only. */
export function registerMetrics(app: FastifyInstance, tools: Toolbox, token: Secret | null): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });

  const durations = new Histogram({
    name: 'pendopo_http_request_duration_seconds',
    help: 'Time from a request to its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1, 3, 10],
    registers: [registry],
  });
  app.addHook('onResponse', async ({ method, routeOptions }, reply) => {
    if (routeOptions.config.streaming === true) return;
    const labels = { method, route: routeOptions.url ?? 'unknown', status: String(reply.statusCode) };
    durations.observe(labels, reply.elapsedTime / 1000);
  });

  new Gauge({
    name: 'pendopo_jobs',
    help: 'Jobs by state',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      this.reset();
      try {
        const counts = await tools.jobs.countByState(null);
        for (const state of ALL_STATES) this.set({ state }, counts[state]);
      } catch (error) {
        // The figures of this process are worth most when the records do not answer.
        tools.log.warn({ err: error }, 'jobs not counted');
      }
    },
  });
  new Gauge({
    name: 'pendopo_job_viewers',
    help: 'People who watch a job live',
    registers: [registry],
    collect() {
      this.set(app.jobStreams.viewers());
    },
  });

  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (!mayScrape(request, token)) throw new Refusal(403, 'tidak-berhak', 'Angka ini hanya untuk server ini sendiri, atau dengan token.');
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

function mayScrape(request: FastifyRequest, token: Secret | null): boolean {
  if (token !== null) return isSame(request.headers.authorization ?? '', `Bearer ${token.expose()}`);
  // A proxy on this machine speaks for somebody elsewhere.
  const isForwarded = ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via'].some((header) => header in request.headers);
  return !isForwarded && /^(127\.|::1$|::ffff:127\.)/.test(request.socket.remoteAddress ?? '');
}

function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
