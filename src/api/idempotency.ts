import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../domain/ports-world.ts';
import { Refusal } from './problem.ts';

export interface StoredAnswer {
  readonly status: number;
  /** A JSON value. */
  readonly body: unknown;
}

/** Remembers what was answered to requests that named themselves by an `Idempotency-Key`. Keys belong to an actor. */
export interface IdempotencyStore {
  /**
   * `new`: the key is now ours; do the work. The answer of the first request, when there is one. `busy`: the first is
   * still at work (a claim without an answer expires after some minutes, so that a crash blocks no key for long).
   * `mismatch`: the key was used for another request.
   */
  begin(key: string, actor: string, hash: string): Promise<'new' | 'busy' | 'mismatch' | StoredAnswer>;
  /** Keeps the answer for a day. */
  finish(key: string, actor: string, answer: StoredAnswer): Promise<void>;
  /** Nothing was done under the key: it may be used again. */
  forget(key: string, actor: string): Promise<void>;
}

declare module 'fastify' {
  interface FastifyRequest {
    idempotencyKey: string | null;
  }
  interface FastifyContextConfig {
    /** False for answers that must be kept nowhere. */
    idempotency?: boolean;
  }
}

/** For a context whose requests are authenticated. Only successes are remembered: a refused request has changed nothing. */
export function registerIdempotency(app: FastifyInstance, store: IdempotencyStore, log: Log): void {
  app.decorateRequest('idempotencyKey', null);

  app.addHook('preHandler', async (request, reply) => {
    const key = keyOf(request);
    if (key === null) return;
    const found = await store.begin(key, request.actor.id, hashOf(request));
    if (found === 'new') {
      request.idempotencyKey = key;
      return;
    }
    if (found === 'busy')
      throw new Refusal(409, 'masih-dikerjakan', 'Permintaan dengan kunci ini masih dikerjakan.', 'Tunggu sebentar, lalu ulangi.');
    if (found === 'mismatch')
      throw new Refusal(422, 'kunci-dipakai', 'Kunci ini sudah dipakai untuk permintaan lain.', 'Buat Idempotency-Key baru.');
    return replay(reply, found);
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const key = request.idempotencyKey;
    if (key === null) return;
    request.idempotencyKey = null;
    const worked = reply.statusCode < 300;
    try {
      if (worked)
        await store.finish(key, request.actor.id, {
          status: reply.statusCode,
          body: typeof payload === 'string' && payload !== '' ? JSON.parse(payload) : null,
        });
      else await store.forget(key, request.actor.id);
    } catch (error) {
      // The work is done and its answer is true; only repeating it under the same key will not be recognised.
      log.error({ request: request.id, err: error }, 'idempotency key not kept');
    }
  });
}

function keyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (request.method !== 'POST' || key === undefined || request.is404 || request.routeOptions.config.idempotency === false) return null;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,100}$/.test(key)) return key;
  throw new Refusal(400, 'kunci-salah', 'Idempotency-Key harus 1–100 karakter ASCII tanpa spasi.');
}

function hashOf({ method, url, body }: FastifyRequest): string {
  return createHash('sha256')
    .update(`${method} ${url}\n${JSON.stringify(body ?? null)}`)
    .digest('hex');
}

function replay(reply: FastifyReply, { status, body }: StoredAnswer): FastifyReply {
  return reply
    .code(status)
    .header('idempotency-replayed', 'true')
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(body);
}
