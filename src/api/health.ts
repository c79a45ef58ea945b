import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import { Unavailable } from '../domain/errors.ts';
import type { Toolbox } from '../domain/ports.ts';

/** Resolves when the part of the house answers. */
export type Ping = () => Promise<unknown>;

const PING_LIMIT_MS = 2_000;
const tags = ['Kesehatan'];

const Readiness = Type.Object({
  status: Type.Enum(['ok', 'gangguan']),
  checks: Type.Record(Type.String(), Type.Enum(['ok', 'gangguan'])),
});

export const healthRoutes: FastifyPluginAsyncTypebox<{ tools: Toolbox; pings: Readonly<Record<string, Ping>> }> = async (
  app,
  { tools, pings },
) => {
  const check = shareWhileRunning(() => checkAll(tools, pings));

  app.get(
    '/healthz',
    {
      schema: {
        tags,
        operationId: 'isAlive',
        summary: 'This process answers',
        security: [],
        response: { 200: Type.Object({ status: Type.Literal('ok') }) },
      },
    },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        tags,
        operationId: 'isReady',
        summary: 'Everything this process needs answers',
        security: [],
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const readiness = await check();
      return reply
        .code(readiness.status === 'ok' ? 200 : 503)
        .header('cache-control', 'no-store')
        .send(readiness);
    },
  );
};

async function checkAll(tools: Toolbox, pings: Readonly<Record<string, Ping>>): Promise<Static<typeof Readiness>> {
  const checks = await Promise.all(
    Object.entries(pings).map(async ([name, ping]) => [name, (await answers(tools, name, ping)) ? 'ok' : 'gangguan'] as const),
  );
  return { status: checks.every(([, found]) => found === 'ok') ? 'ok' : 'gangguan', checks: Object.fromEntries(checks) };
}

async function answers({ clock, log }: Toolbox, name: string, ping: Ping): Promise<boolean> {
  const limit = new AbortController();
  const tooLate = async (): Promise<never> => {
    await clock.sleep(PING_LIMIT_MS, limit.signal);
    throw new Unavailable('ping-terlambat', `${name} tidak menjawab dalam ${PING_LIMIT_MS} ms.`);
  };
  try {
    await Promise.race([ping(), tooLate()]);
    return true;
  } catch (error) {
    log.warn({ check: name, err: error }, 'readiness check failed');
    return false;
  } finally {
    limit.abort();
  }
}

/** Everybody may ask, so asking often must not cost more than asking once. */
function shareWhileRunning<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  return () => {
    running ??= work().finally(() => {
      running = null;
    });
    return running;
  };
}
