import { createHash } from 'node:crypto';
import swagger from '@fastify/swagger';
import fastify, { type FastifyInstance } from 'fastify';
import type { OpenAPIV3_1 } from 'openapi-types';

const DOCS = '/api/docs';

const DESCRIPTION = `Everything a person can do in Pendopo, a program can do here.

**Names.** Whatever is part of an address is Indonesian (\`/desa\`, \`/pekerjaan\`, \`?kecamatan=\`); whatever is part of a body is called as in
the glossary (\`kode\`, \`jobId\`, \`state\`). Texts for people (\`detail\`, \`advice\`, \`message\`) are Indonesian.

**Signing in.** Programs send \`Authorization: Bearer …\`. Where an account has a second step, signing in answers 202 with a ticket, and \`/auth/masuk/kode\` takes it with a code. Browsers carry cookies, and send the header \`x-csrf-token\` with everything that changes something.

**What one may see** is limited to the region of the account. What lies outside answers 404.

**Repeating safely.** A POST with an \`Idempotency-Key\` (1–100 characters, yours to choose) is done once; its repetition within a day gets the first answer again.

**Refusals** are problem details (RFC 9457). \`code\` is stable; \`request\` is the number to quote to an operator.`;

const TAGS = [
  { name: 'Masuk', description: 'Signing in and out' },
  { name: 'Pengguna', description: 'Where people are signed in, and how they must sign in' },
  { name: 'Desa', description: 'Desa that are registered' },
  { name: 'Pemasangan', description: 'Apps at a desa' },
  { name: 'Pekerjaan', description: 'What runs, ran and failed' },
  { name: 'Arsip', description: 'What removed installations left behind' },
  { name: 'Pembaruan dan cadangan', description: 'Releases, backups and the way back of one desa' },
  { name: 'Database gabungan', description: 'What all desa hold together, and the state of every slice.' },
  { name: 'Pembaruan serentak', description: 'One release to many desa, in waves' },
  { name: 'Pindah dari database gabungan OpenSID', description: 'A desa moves out of a database it shared' },
  { name: 'Gladi bersih', description: 'Updates tried with backups before they are done' },
  { name: 'Salinan luar', description: 'Copies of all backups away from this server' },
  { name: 'Pemberitahuan', description: 'Telling people who are not looking' },
  { name: 'Jadwal', description: 'What comes by itself' },
  { name: 'Aplikasi', description: 'What can be installed' },
  { name: 'Wilayah', description: "Indonesia's official regions" },
  { name: 'Kesehatan', description: 'For monitoring' },
];

const PROBLEM_SCHEMA: OpenAPIV3_1.SchemaObject = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'request'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong, for people.' },
    code: { type: 'string', description: 'What is wrong, for programs.' },
    advice: { type: 'string', description: 'What to do next.' },
    field: { type: 'string' },
    errors: { type: 'array', items: { type: 'object', properties: { field: { type: 'string' }, detail: { type: 'string' } } } },
    request: { type: 'string' },
  },
};

/** Describes every route that is registered after it. */
export async function registerOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Pendopo', version: '1.0.0', description: DESCRIPTION },
      tags: TAGS,
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
          cookie: { type: 'apiKey', in: 'cookie', name: 'pendopo_access' },
        },
        schemas: { Masalah: PROBLEM_SCHEMA },
        responses: {
          Masalah: {
            description: 'Refused; the reason is in it.',
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Masalah' } } },
          },
        },
        parameters: {
          IdempotencyKey: {
            in: 'header',
            name: 'Idempotency-Key',
            required: false,
            schema: { type: 'string', minLength: 1, maxLength: 100 },
          },
        },
      },
      security: [{ bearer: [] }, { cookie: [] }],
    },
    convertConstToEnum: false,
    // What the pages of the UI consist of is nobody's interface.
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject;
      addWhatAllShare(document.openapiObject.paths);
      return document.openapiObject;
    },
    transform: ({ schema, url }) => ({ schema: /^\/(api\/v1|healthz|readyz)/.test(url) ? schema : { ...schema, hide: true }, url }),
  });
}

/**
 * The description as a page that loads nothing from outside. The library keeps 40 MB in memory, so it comes in a server
 * of its own, with the first person who asks.
 */
export async function referencePage(app: FastifyInstance): Promise<void> {
  let pages: Promise<FastifyInstance> | null = null;
  app.addHook('onClose', async () => (await pages)?.close());
  for (const url of [DOCS, `${DOCS}/*`]) {
    app.get(url, { schema: { hide: true } }, async (request, reply) => {
      pages ??= startPages(app);
      const answer = await (await pages).inject({ method: 'GET', url: request.url });
      for (const name of ['content-type', 'content-disposition', 'location', 'etag', 'cache-control']) {
        const value = answer.headers[name];
        if (value !== undefined) reply.header(name, value);
      }
      if (String(answer.headers['content-type']).startsWith('text/html')) {
        reply.header('content-security-policy', policyFor(answer.body));
      }
      return reply.code(answer.statusCode).send(answer.rawPayload);
    });
  }
}

async function startPages(app: FastifyInstance): Promise<FastifyInstance> {
  const { default: scalar } = await import('@scalar/fastify-api-reference');
  const pages = fastify();
  await pages.register(scalar, {
    routePrefix: DOCS,
    configuration: {
      content: () => app.swagger(),
      pageTitle: 'API Pendopo',
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
      showDeveloperTools: 'never',
      agent: { disabled: true },
      mcp: { disabled: true },
      documentDownloadType: 'direct',
    },
  });
  await pages.ready();
  return pages;
}

/** The page starts itself by one inline script. It is allowed by its hash, and no other is. */
function policyFor(page: string): string {
  const hashes = [...page.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)]
    .map(([, script]) => script ?? '')
    .filter((script) => script.trim() !== '')
    .map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  return [
    "default-src 'none'",
    `script-src 'self' ${hashes.join(' ')}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Every operation may be refused, and every POST may name itself: said once here instead of at each route. */
function addWhatAllShare(paths: unknown): void {
  const operations = entriesOf(paths).flatMap(([, path]) => entriesOf(path));
  for (const [method, operation] of operations) {
    if (!isRecord(operation) || !isRecord(operation.responses)) continue;
    operation.responses.default = { $ref: '#/components/responses/Masalah' };
    if (method !== 'post' || String(operation.tags) === 'Masuk') continue;
    const parameters = Array.isArray(operation.parameters) ? operation.parameters : [];
    operation.parameters = [...parameters, { $ref: '#/components/parameters/IdempotencyKey' }];
  }
}

function entriesOf(value: unknown): readonly [string, unknown][] {
  return isRecord(value) ? Object.entries(value) : [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
