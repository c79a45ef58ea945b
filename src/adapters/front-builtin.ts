import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { cannotListen, type FrontDriver, type FrontPages } from './front-driver.ts';
import type { RouteSet } from './front-routes.ts';
import { errorCode } from './outside-errors.ts';

export interface BuiltinOptions {
  readonly host: string;
  readonly port: number;
  readonly scheme: 'http' | 'https';
  readonly pages: FrontPages;
}

type Route = RouteSet['routes'][number];

const CONNECT_MS = 5_000;
const ANSWER_MS = 300_000;
const LONGEST_BODY = 64 * 1024 * 1024;
const STOP_MS = 5_000;

/** The proxy for machines without nginx: same rules, same pages, routes in effect at once. Bodies stream both ways. */
export async function startBuiltin({ host, port, scheme, pages }: BuiltinOptions): Promise<FrontDriver> {
  let routes = new Map<string, Route>();
  const server = createServer({ keepAliveTimeout: 30_000, headersTimeout: 15_000, requestTimeout: ANSWER_MS }, (question, answer) => {
    answerOne(question, answer).catch(() => answer.destroy());
  });

  async function answerOne(question: IncomingMessage, answer: ServerResponse): Promise<void> {
    const route = routeFor(routes, question);
    if (route === null) return showPage(answer, 404, pages.notFound);
    if (route.state === 'maintenance') return showPage(answer, 503, pages.maintenance, { 'Retry-After': '60' });
    if (Number(question.headers['content-length'] ?? 0) > LONGEST_BODY) return showPage(answer, 413, pages.tooLarge);
    await forward(route, question, answer, scheme, pages);
  }

  // Resolves only if something goes wrong while serving.
  const { promise: failure, resolve: fail } = Promise.withResolvers<Error>();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(host, port, error)));
    server.listen({ host, port }, resolve);
  });
  server.on('error', fail);

  return {
    failure,
    async serve(set) {
      routes = new Map(set.routes.map((route) => [keyOf(route.host, route.path), route]));
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), STOP_MS).unref();
      }),
  };
}

/** The longest prefix that somebody serves; compared without regard to case, as nginx's maps do. */
function routeFor(routes: ReadonlyMap<string, Route>, { headers, url = '' }: IncomingMessage): Route | null {
  const host = /^([a-z0-9.-]+?)\.?(?::\d{1,5})?$/i.exec(headers.host ?? '')?.[1];
  const path = normalPath(url);
  if (host === undefined || path === null) return null;
  const parts = path.split('/').filter((part) => part !== '');
  for (let depth = parts.length; depth >= 0; depth -= 1) {
    const route = routes.get(keyOf(host, `/${parts.slice(0, depth).join('/')}`));
    if (route !== undefined) return route;
  }
  return null;
}

function keyOf(host: string, path: string): string {
  return `${host}${path}`.toLowerCase();
}

/** Decoded, without `.` and `..`; null for what is no path of ours. */
function normalPath(url: string): string | null {
  if (!url.startsWith('/') || !URL.canParse(url.replace(/^\/+/, '/'), 'http://front')) return null;
  try {
    return decodeURIComponent(new URL(url.replace(/^\/+/, '/'), 'http://front').pathname);
  } catch {
    return null; // broken percent-encoding
  }
}

async function forward(route: Route, question: IncomingMessage, answer: ServerResponse, scheme: string, pages: FrontPages): Promise<void> {
  const inner = request({
    socketPath: route.socket,
    method: question.method,
    path: question.url,
    agent: false,
    headers: {
      ...passedOn(question.headers),
      'x-forwarded-for': visitorOf(question, scheme),
      'x-forwarded-proto': scheme,
      connection: 'close',
    },
  });
  answer.once('close', () => inner.destroy());
  const connecting = setTimeout(() => inner.destroy(new Error('no connection in time')), CONNECT_MS);
  inner.once('socket', (socket) => socket.once('connect', () => clearTimeout(connecting)));
  inner.setTimeout(ANSWER_MS, () => inner.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })));
  try {
    const [reply] = await Promise.all([answerOf(inner), pipeline(question, limitOf(LONGEST_BODY), inner)]);
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

class TooLarge extends Error {}

/** A body without a declared length is counted while it streams. */
function limitOf(most: number): (body: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
  return async function* limited(body) {
    let length = 0;
    for await (const part of body) {
      length += part.length;
      if (length > most) throw new TooLarge('body too large');
      yield part;
    }
  };
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

function visitorOf({ socket, headers }: IncomingMessage, scheme: string): string {
  const direct = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const isTerminator = scheme === 'https' && (direct === '127.0.0.1' || direct === '::1');
  const told = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  return isTerminator && told !== undefined && told !== '' ? told : direct;
}

function showPage(answer: ServerResponse, status: number, page: string, headers: Readonly<Record<string, string>> = {}): void {
  answer.writeHead(status, { 'Content-Type': 'text/html', 'Cache-Control': 'no-store', Connection: 'close', ...headers });
  answer.end(page);
}
