import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { Route } from '../domain/ports-records.ts';
import { sendBody, sendNoBody, TooLarge } from './front-builtin-body.ts';
import { findRoute, hostIn, protoOf, routesByKey, verdictOn, visitorOf } from './front-builtin-route.ts';
import { usableHosts } from './front-certificates.ts';
import { readChallenge } from './front-challenges.ts';
import { cannotListen, type FrontDriver, type FrontPages } from './front-driver.ts';
import { REFUSED, type Verdict } from './front-guard.ts';
import { portsOf } from './front-routes.ts';
import { errorCode } from './outside-errors.ts';

export interface BuiltinOptions {
  readonly host: string;
  readonly port: number;
  /** `https`: something before us ends TLS. */
  readonly scheme: 'http' | 'https';
  readonly publicTlsPort: number;
  /** null: no https here. */
  readonly tlsPort: number | null;
  /** Where certificates are. */
  readonly folder: string;
  readonly onLine: (line: string) => void;
  readonly pages: FrontPages;
}

const CONNECT_MS = 5_000;
const LONGEST_ANSWER_MS = 3_600_000;
const MEBIBYTE = 1024 * 1024;
const STOP_MS = 5_000;
const HSTS = 'max-age=31536000';

/** The proxy for machines without nginx: same rules, same pages, routes in effect at once. Bodies stream both ways. */
export async function startBuiltin(options: BuiltinOptions): Promise<FrontDriver> {
  const { host, port, scheme, publicTlsPort, pages } = options;
  let routes: ReturnType<typeof routesByKey> = new Map();
  let own = new Set<number>();
  let contexts = new Map<string, SecureContext>();
  const secureOrigin = (name: string): string => `https://${name}${publicTlsPort === 443 ? '' : `:${publicTlsPort}`}`;

  async function answerOne(question: IncomingMessage, answer: ServerResponse): Promise<void> {
    if (isBehindAnother(question, contexts)) return void answer.writeHead(421).end();
    const found = findRoute(routes, own, question);
    if (found === null) return showPage(answer, 404, pages.notFound);
    const { route, host: name } = found;
    const proto = protoOf(question, scheme);
    const elsewhere = route.security !== 'any' && proto === 'http' ? secureOrigin(name) : route.target;
    if (elsewhere !== null) return leadTo(answer, `${elsewhere}${question.url}`);
    const verdict = verdictOn(route, question);
    const shown = instead(route, verdict, question, pages);
    if (shown !== null) return showPage(answer, ...shown);
    if (route.security === 'hsts') answer.setHeader('Strict-Transport-Security', HSTS);
    await forward(route, question, answer, { proto, terminated: scheme === 'https', isBare: verdict === 'bare' }, pages);
  }

  /** Whoever's name it is: what an authority asks is between us and it. */
  async function answerAny(question: IncomingMessage, answer: ServerResponse): Promise<void> {
    const challenge = await readChallenge(options.folder, question.url ?? '');
    if (challenge === null) return answerOne(question, answer);
    answer.writeHead(200, { 'Content-Type': 'text/plain' }).end(challenge);
  }

  // Resolves only if something goes wrong while serving.
  const { promise: failure, resolve: fail } = Promise.withResolvers<Error>();
  const door = (at: number) =>
    openDoor({ host, port: at, fail, secure: null }, (question, answer) => {
      answerAny(question, answer).catch(() => answer.destroy());
    });
  const doors = new Map([[port, await door(port)]]);
  const secureDoor =
    options.tlsPort === null
      ? null
      : await openDoor({ host, port: options.tlsPort, fail, secure: (name) => contexts.get(name) }, (question, answer) => {
          answerAny(question, answer).catch(() => answer.destroy());
        });

  return {
    failure,
    async serve(set) {
      const wanted = portsOf(set);
      for (const at of wanted) if (!doors.has(at)) doors.set(at, await door(at));
      const byId = new Map<string, SecureContext>();
      const hosts = await usableHosts(options.folder, set.hosts, options.onLine, (id, context) => void byId.set(id, context));
      contexts = new Map(hosts.flatMap(({ host: name, certificateId }) => pairWith(name, byId.get(certificateId))));
      routes = routesByKey(set);
      own = new Set(wanted);
      for (const [at, server] of doors) {
        if (at === port || own.has(at)) continue;
        doors.delete(at);
        await closeDoor(server);
      }
    },
    async stop() {
      await Promise.all([...doors.values(), ...(secureDoor === null ? [] : [secureDoor])].map(closeDoor));
    },
  };
}

/** What a visitor is shown instead of the app; null: the app's own answer. */
function instead(route: Route, verdict: Verdict, { headers }: IncomingMessage, pages: FrontPages): Shown | null {
  if (route.state === 'maintenance') return [503, pages.maintenance, { 'Retry-After': '60' }];
  if (verdict === 'denied') return [404, pages.notFound];
  if (verdict === 'refused') return [400, REFUSED, { 'Content-Type': 'application/problem+json' }];
  return Number(headers['content-length'] ?? 0) > route.uploadMb * MEBIBYTE ? [413, pages.tooLarge] : null;
}

/** A name without a certificate of its own, asked for behind the handshake of another. */
function isBehindAnother(question: IncomingMessage, contexts: ReadonlyMap<string, SecureContext>): boolean {
  return question.socket instanceof TLSSocket && !contexts.has(hostIn(question) ?? '');
}

function pairWith(name: string, context: SecureContext | undefined): readonly (readonly [string, SecureContext])[] {
  return context === undefined ? [] : [[name, context]];
}

interface Door {
  readonly host: string;
  readonly port: number;
  readonly fail: (reason: Error) => void;
  /** With what to answer a name by https; null for a door that speaks http. */
  readonly secure: ((name: string) => SecureContext | undefined) | null;
}

async function openDoor({ host, port, fail, secure }: Door, handle: RequestListener): Promise<Server> {
  const times = { keepAliveTimeout: 30_000, headersTimeout: 15_000, requestTimeout: LONGEST_ANSWER_MS };
  const server =
    secure === null
      ? createServer(times, handle)
      : createSecureServer(
          {
            ...times,
            SNICallback: (name, done) => {
              const context = secure(name.toLowerCase());
              done(context === undefined ? new Error('no certificate') : null, context);
            },
          },
          handle,
        );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(host, port, error)));
    server.listen({ host, port }, resolve);
  });
  server.on('error', fail);
  return server;
}

function closeDoor(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), STOP_MS).unref();
  });
}

interface Way {
  readonly proto: 'http' | 'https';
  /** Something before us ends TLS. */
  readonly terminated: boolean;
  /** What the visitor sends along is read and thrown away. */
  readonly isBare: boolean;
}

async function forward(route: Route, question: IncomingMessage, answer: ServerResponse, way: Way, pages: FrontPages): Promise<void> {
  const answerMs = route.answerSeconds * 1_000;
  const inner = request({
    socketPath: route.socket,
    method: question.method,
    path: question.url,
    agent: false,
    headers: {
      ...passedOn(question.headers),
      ...(way.isBare ? { 'content-length': '0' } : {}),
      'x-forwarded-for': visitorOf(question, way.terminated),
      'x-forwarded-proto': way.proto,
      connection: 'close',
    },
  });
  answer.once('close', () => inner.destroy());
  const connecting = setTimeout(() => inner.destroy(new Error('no connection in time')), CONNECT_MS);
  inner.once('socket', (socket) => socket.once('connect', () => clearTimeout(connecting)));
  inner.setTimeout(answerMs, () => inner.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })));
  try {
    const [reply] = await Promise.all([
      answerOf(inner),
      way.isBare ? sendNoBody(question, inner) : sendBody(question, inner, route.uploadMb * MEBIBYTE),
    ]);
    answer.writeHead(reply.statusCode ?? 502, passedOn(reply.headers));
    await pipeline(reply, answer);
  } catch (error) {
    if (answer.headersSent) throw error;
    if (error instanceof TooLarge) return showPage(answer, 413, pages.tooLarge);
    showPage(answer, errorCode(error) === 'ETIMEDOUT' ? 504 : 502, pages.notAnswering);
  } finally {
    clearTimeout(connecting);
  }
}

function answerOf(inner: ReturnType<typeof request>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    inner.once('response', resolve);
    inner.once('error', reject);
  });
}

/** Headers of one connection only, and what only a proxy may say. */
const OWN_HEADERS = new Set([
  ...[
    'connection',
    'keep-alive',
    'proxy-authenticate',
    'proxy-authorization',
    'proxy-connection',
    'te',
    'trailer',
    'transfer-encoding',
    'upgrade',
  ],
  ...['x-forwarded-host', 'x-forwarded-port', 'x-real-ip', 'forwarded', 'proxy'],
]);

function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name)));
}

function leadTo(answer: ServerResponse, location: string): void {
  answer.writeHead(308, { Location: location, Connection: 'close' }).end();
}

type Shown = readonly [status: number, page: string, headers?: Readonly<Record<string, string>>];

function showPage(answer: ServerResponse, ...[status, page, headers = {}]: Shown): void {
  answer.writeHead(status, { 'Content-Type': 'text/html', 'Cache-Control': 'no-store', Connection: 'close', ...headers });
  answer.end(page);
}
