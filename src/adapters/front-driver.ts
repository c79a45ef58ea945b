import { createServer } from 'node:net';
import { Broken } from '../domain/errors.ts';
import type { RouteSet } from './front-routes.ts';
import { errorCode } from './outside-errors.ts';

/** What serves the routes: nginx, or the proxy built in. */
export interface FrontDriver {
  /** Serves these from now on; returns once every new request goes by them. @throws Broken when refused: the old ones go on */
  serve(set: RouteSet): Promise<void>;
  /** Lets running requests end for a moment, then ends. */
  stop(): Promise<void>;
  /** Resolves if it ends without being asked to, with the reason. */
  readonly failure: Promise<Error>;
}

/** Files below `templates/pages/` and, for nginx, below `front/pages/`. */
export const PAGE_FILES = {
  notFound: 'not-found.html',
  maintenance: 'maintenance.html',
  notAnswering: 'not-answering.html',
  tooLarge: 'too-large.html',
} as const;

/** What visitors see in place of a desa's site; HTML. */
export type FrontPages = Readonly<Record<keyof typeof PAGE_FILES, string>>;

export async function readPages(read: (name: string) => Promise<string>): Promise<FrontPages> {
  return {
    notFound: await read(PAGE_FILES.notFound),
    maintenance: await read(PAGE_FILES.maintenance),
    notAnswering: await read(PAGE_FILES.notAnswering),
    tooLarge: await read(PAGE_FILES.tooLarge),
  };
}

/** @throws Broken when somebody else listens there */
export async function requireFreePort(host: string, port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(host, port, error)));
    server.listen({ host, port }, () => server.close(() => resolve()));
  });
}

export function cannotListen(host: string, port: number, cause: unknown): unknown {
  if (errorCode(cause) !== 'EADDRINUSE') return cause;
  return new Broken('port-terpakai', `Port ${port} di ${host} sudah dipakai program lain.`, {
    cause,
    advice: 'Hentikan program itu, atau pilih port lain dengan PENDOPO_FRONT_PORT.',
  });
}
