import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Toolbox } from '../domain/ports.ts';
import { isKodeTenant } from '../domain/wilayah.ts';
import { isSafe } from './auth.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** False for the few requests that change nothing of anybody's: previews, and what a person prefers to see. */
    recorded?: false;
  }
}

interface Trail {
  rows: number;
}

/** What the record calls a request, or a file that was given, that left no line of its own. */
const UNNAMED = 'request';
const FILE = 'download';
const LONGEST = 180;

/**
 * The one place that sees to it that every change and every download is on record. Commands write what they did, with
 * before and after; a request that changed something or sent a file and of which no line was written gets a plain one
 * here, before its answer leaves. So a new route cannot forget it.
 * @returns the toolbox whose lines are counted: give that one to all routes
 */
export function guardAudit(app: FastifyInstance, tools: Toolbox): Toolbox {
  const current = new AsyncLocalStorage<Trail>();
  const trails = new WeakMap<FastifyRequest, Trail>();

  app.addHook('onRequest', (request, _reply, done) => {
    const trail = { rows: 0 };
    trails.set(request, trail);
    current.run(trail, done);
  });
  // Reading a body comes back from the socket, which knows nothing of whose request it is.
  app.addHook('preValidation', (request, _reply, done) => {
    const trail = trails.get(request);
    if (trail === undefined) return done();
    current.run(trail, done);
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const { visitor, routeOptions, method } = request;
    if (visitor === null || trails.get(request)?.rows !== 0 || !mustBeRecorded(request, reply)) return payload;
    const params = textsOf(request.params);
    const file = fileOf(reply);
    await tools.audit.note({
      ...{
        actor: visitor.actor.username,
        action: file === null ? UNNAMED : FILE,
        target: `${method} ${routeOptions.url ?? ''}`.slice(0, LONGEST),
      },
      kode: Object.values(params).find(isKodeTenant) ?? null,
      detail: file === null ? params : { ...params, file },
    });
    return payload;
  });

  const note: Toolbox['audit']['note'] = async (entry) => {
    await tools.audit.note(entry);
    const trail = current.getStore();
    if (trail !== undefined) trail.rows += 1;
  };
  return { ...tools, audit: { ...tools.audit, note } };
}

function mustBeRecorded({ method, routeOptions, visitor, is404 }: FastifyRequest, reply: FastifyReply): boolean {
  if (reply.statusCode >= 400 || is404 || routeOptions.config.recorded === false) return false;
  if (fileOf(reply) !== null) return true;
  // Done the first time; and who still owes something is only led to it.
  const isRepeated = reply.hasHeader('idempotency-replayed');
  const isTurnedAway = visitor?.owes !== null && routeOptions.config.unsettled !== true;
  return !isSafe(method) && !isRepeated && !isTurnedAway;
}

/** The name of the file that is sent; null: it is none. */
function fileOf(reply: FastifyReply): string | null {
  const disposition = String(reply.getHeader('content-disposition') ?? '');
  if (!disposition.startsWith('attachment')) return null;
  return (/filename="([^"]*)"/.exec(disposition)?.[1] ?? '').slice(0, LONGEST);
}

function textsOf(params: unknown): Readonly<Record<string, string>> {
  const entries = typeof params === 'object' && params !== null ? Object.entries(params) : [];
  return Object.fromEntries(
    entries.filter(([, value]) => typeof value === 'string').map(([name, value]) => [name, String(value).slice(0, LONGEST)]),
  );
}
