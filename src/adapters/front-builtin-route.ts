/** What the built-in proxy makes of a request: whose it is, and how its visitor came. The same rules as nginx's maps. */
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Route } from '../domain/ports-records.ts';
import { judgeRequest, type Verdict } from './front-guard.ts';
import type { RouteSet } from './front-routes.ts';

export function routesByKey({ routes }: RouteSet): ReadonlyMap<string, Route> {
  return new Map(routes.map((route) => [keyOf(route.host, route.path), route]));
}

/** @param own ports that belong to one desa each: who comes there need not know its name */
export function findRoute(
  routes: ReadonlyMap<string, Route>,
  own: ReadonlySet<number>,
  question: IncomingMessage,
): { readonly route: Route; readonly host: string } | null {
  const host = hostIn(question);
  const { localPort = 0 } = question.socket;
  const route = host === null ? null : routeFor(routes, own.has(localPort) ? `:${localPort}` : host, question);
  return route === null || host === null ? null : { route, host };
}

/** The name a visitor asks for, in small letters; null: none, or no name. */
export function hostIn({ headers }: IncomingMessage): string | null {
  return /^([a-z0-9.-]+?)\.?(?::\d{1,5})?$/i.exec(headers.host ?? '')?.[1]?.toLowerCase() ?? null;
}

/** The longest prefix that somebody serves; compared without regard to case, as nginx's maps do. */
function routeFor(routes: ReadonlyMap<string, Route>, host: string, { url = '' }: IncomingMessage): Route | null {
  const path = normalPath(url);
  if (path === null) return null;
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

/** What the guard of a route says of a request. */
export function verdictOn({ guard }: Route, { method = 'GET', url = '' }: IncomingMessage): Verdict {
  if (guard == null) return 'pass';
  const path = normalPath(url);
  if (path === null) return 'denied';
  const at = url.indexOf('?');
  return judgeRequest(guard, { method, url, path: path.replaceAll(/\/{2,}/g, '/'), query: at < 0 ? '' : url.slice(at + 1) });
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

/** How the visitor came. Behind something that ends TLS, what comes to us counts as https, unless that tells us otherwise. */
export function protoOf(question: IncomingMessage, scheme: 'http' | 'https'): 'http' | 'https' {
  if (question.socket instanceof TLSSocket) return 'https';
  const told = isLocal(question) && question.headers['x-forwarded-proto'] === 'http';
  return scheme === 'https' && !told ? 'https' : 'http';
}

function isLocal({ socket }: IncomingMessage): boolean {
  return ['127.0.0.1', '::1'].includes(directOf(socket));
}

function directOf({ remoteAddress = '' }: IncomingMessage['socket']): string {
  return remoteAddress.replace(/^::ffff:/, '');
}

export function visitorOf(question: IncomingMessage, terminated: boolean): string {
  const { headers, socket } = question;
  const direct = directOf(socket);
  const isTerminator = terminated && isLocal(question);
  const told = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  return isTerminator && told !== undefined && told !== '' ? told : direct;
}
