import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const require = createRequire(import.meta.url);
const own = (name: string): string => fileURLToPath(new URL(`assets/${name}`, import.meta.url));

/** Addresses of the style sheets, scripts and pictures; they change with their content. */
export type AssetUrl = (name: string) => string;

/** In the order in which pages load them. */
export const STYLE_SHEETS = [
  'tabler.min.css',
  'app.css',
  'shell.css',
  'dashboard.css',
  'lists.css',
  'jobs.css',
  'people.css',
  'combined.css',
  'certificates.css',
  'dark.css',
] as const;

/** Every file a browser may load. All come from this machine: pages must work without internet. */
const FILES: readonly string[] = [
  require.resolve('@tabler/core/dist/css/tabler.min.css'),
  require.resolve('htmx.org/dist/htmx.min.js'),
  ...STYLE_SHEETS.slice(1).map(own),
  own('theme.js'),
  own('say.js'),
  own('app.js'),
  own('live.js'),
  own('job.js'),
  own('dashboard.js'),
  own('pendopo.svg'),
  own('kawung.svg'),
];

/** Serves the assets below an address that holds their checksum, so that browsers may keep them for good. */
export async function serveAssets(app: FastifyInstance): Promise<AssetUrl> {
  const checksum = createHash('sha256');
  for (const file of FILES) checksum.update(readFileSync(file));
  const prefix = `/aset/${checksum.digest('hex').slice(0, 12)}/`;
  const allowed = new Set(FILES.map((file) => `/${basename(file)}`));
  await app.register(fastifyStatic, {
    prefix,
    root: [...new Set(FILES.map(dirname))],
    allowedPath: (path) => allowed.has(path),
    index: false,
    maxAge: '365d',
    immutable: true,
    decorateReply: false,
    schemaHide: true,
  });
  return (name) => `${prefix}${name}`;
}
