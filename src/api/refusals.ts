import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { explain } from '../domain/errors.ts';
import type { Log } from '../domain/ports-world.ts';
import { problemOf, Refusal, sendProblem } from './problem.ts';

/** The one place where errors become answers, and where those of ours are logged. */
export function answerErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request.id);
    if (problem.status >= 500) {
      const { method, routeOptions } = request;
      log.error(
        { request: request.id, method, route: routeOptions.url ?? null, code: problem.code, reason: explain(error), err: error },
        'request failed',
      );
    }
    return sendProblem(reply, problem);
  });
  app.addHook('onResponse', async (request, reply) => {
    const { id, method, routeOptions, visitor } = request;
    log.debug(
      {
        request: id,
        method,
        route: routeOptions.url ?? null,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        actor: visitor?.actor.username ?? null,
      },
      'request',
    );
  });
}

/** Guessing addresses is counted like everything else. Call it once the rate limit is registered. */
export function answerUnknownRoutes(app: FastifyInstance): void {
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, async () => {
    throw new Refusal(404, 'alamat-tidak-ada', 'Alamat ini tidak ada.', 'Daftar alamat: /api/docs/');
  });
}

export function refuseTooOften(_request: FastifyRequest, { after }: { readonly after: string }): Refusal {
  return new Refusal(
    429,
    'terlalu-sering',
    'Terlalu banyak permintaan dari alamat Anda.',
    `Coba lagi dalam ${after.replace('seconds', 'detik').replace('minute', 'menit')}.`,
  );
}

/** Without a sample the plugin reports an infinite delay: just after the start, and after a pause of the whole machine. */
export async function refuseWhenBusy(
  _request: FastifyRequest,
  reply: FastifyReply,
  _type: string,
  delay: number | undefined,
): Promise<void> {
  if (delay === Number.POSITIVE_INFINITY) return;
  reply.header('retry-after', '5');
  throw new Refusal(503, 'server-sibuk', 'Server sedang sangat sibuk.', 'Coba lagi beberapa detik lagi.');
}
