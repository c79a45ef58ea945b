import { readdir, readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiWorld, apiWorld } from '../support/api-world.ts';

let world: ApiWorld;
let document: Document;
beforeAll(async () => {
  world = await apiWorld({
    ui: async (app) => {
      app.get('/halaman', async () => 'halaman');
    },
  });
  document = (await world.app.inject('/api/docs/openapi.json')).json();
});
afterAll(() => world.close());

interface Parameter {
  readonly $ref?: string;
  readonly in?: string;
  readonly name?: string;
  readonly required?: boolean;
  readonly schema?: object;
}
interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
  readonly description?: string;
  readonly $ref?: string;
}
interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}
interface Document {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly tags: readonly { readonly name: string }[];
  readonly security: readonly object[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const operations = (): (readonly [name: string, path: string, operation: Operation])[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, path, operation] as const),
  );

function* refsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === '$ref' && typeof inner === 'string') yield inner;
    else yield* refsIn(inner);
  }
}

describe('the OpenAPI document', () => {
  it('is OpenAPI 3.1 with everything it must have', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.info).toMatchObject({ title: 'Pendopo', version: expect.any(String) });
    expect(document.security).toEqual([{ bearer: [] }, { cookie: [] }]);
    expect(operations().length).toBeGreaterThan(25);
  });

  it('describes every operation, once', () => {
    const tags = new Set(document.tags.map(({ name }) => name));
    const ids = operations().map(([, , { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [name, , { operationId, summary, tags: its, responses }] of operations()) {
      expect(operationId, name).toMatch(/^[a-z][A-Za-z]+$/);
      expect(summary, name).toMatch(/^\S.{5,}/);
      expect(its?.length, name).toBe(1);
      for (const tag of its ?? []) expect(tags, name).toContain(tag);
      expect(
        Object.keys(responses).some((status) => status.startsWith('2')),
        name,
      ).toBe(true);
      expect(responses.default, name).toEqual({ $ref: '#/components/responses/Masalah' });
    }
  });

  it('holds every route of the API and none of the pages', async () => {
    const folder = new URL('../../src/api/', import.meta.url);
    const sources = await Promise.all((await readdir(folder)).map((name) => readFile(new URL(name, folder), 'utf8')));
    const routes = sources.join('\n').match(/^ +app\.(get|post|put|patch|delete)\(/gm)?.length ?? 0;
    const hidden = ['/metrics', '/api/docs'];
    // Verbs about a slice are one route in a loop.
    const looped = (sources.join('\n').match(/^ +\{ word: '/gm)?.length ?? 1) - 1;
    expect(operations()).toHaveLength(routes - hidden.length + looped);
    expect(Object.keys(document.paths)).not.toContain('/halaman');
    expect(Object.keys(document.paths).filter((path) => !path.startsWith('/api/v1'))).toEqual(['/healthz', '/readyz']);
  });

  it('declares every path parameter', () => {
    for (const [name, path, { parameters = [] }] of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const declared = parameters.filter((parameter) => parameter.in === 'path');
      expect(declared.map((parameter) => parameter.name).sort(), name).toEqual(inPath.sort());
      for (const parameter of declared) expect(parameter.required, name).toBe(true);
    }
  });

  it('refers only to what is in it', () => {
    for (const ref of refsIn(document)) {
      const found = ref
        .slice(2)
        .split('/')
        .reduce<unknown>(
          (value, key) =>
            typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined,
          document,
        );
      expect(found, ref).toBeDefined();
    }
  });

  it('holds valid JSON Schemas (2020-12) throughout', () => {
    const ajv = new Ajv2020({ strict: true, strictTypes: false, strictTuples: false, validateFormats: false });
    ajv.addVocabulary(['example']);
    for (const [name, , { parameters = [], requestBody, responses }] of operations()) {
      const contents = [requestBody, ...Object.values(responses)].flatMap((one) =>
        Object.values(one?.content ?? {}).map(({ schema }) => schema),
      );
      for (const schema of [...contents, ...parameters.map((parameter) => parameter.schema)]) {
        if (schema !== undefined) expect(() => ajv.compile(schema), name).not.toThrow();
      }
    }
  });

  it('says which POSTs may be named by a key, and which operations are open', () => {
    for (const [name, path, { parameters = [], security }] of operations()) {
      const hasKey = parameters.some(({ $ref }) => $ref === '#/components/parameters/IdempotencyKey');
      expect(hasKey, name).toBe(name.startsWith('post ') && !path.includes('/auth/'));
      const isOpen = ['/auth/csrf', '/auth/masuk', '/auth/masuk/kode', '/auth/perbarui', '/healthz', '/readyz'].some((end) =>
        path.endsWith(end),
      );
      expect(security, name).toEqual(isOpen ? [] : undefined);
    }
  });
});

describe('the reference page', () => {
  it('loads its script from here and nothing from outside', async () => {
    const page = await world.app.inject('/api/docs/');
    expect(page.statusCode).toBe(200);
    const sources = [...page.body.matchAll(/(?:src|href)\s*=\s*"([^"]*)"/g)].map(([, source]) => source);
    expect(sources).toEqual(['js/scalar.js']);
    expect(page.body).not.toMatch(/https?:\/\//);
    const script = await world.app.inject('/api/docs/js/scalar.js');
    expect(script.statusCode).toBe(200);
    expect(script.headers['content-type']).toContain('javascript');
  });

  it('may reach nothing but us, and runs no script but its own', async () => {
    const policy = String((await world.app.inject('/api/docs/')).headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("font-src 'self' data:");
    expect(policy).toMatch(/script-src 'self' 'sha256-[A-Za-z0-9+/=]+';/);
    expect(policy).not.toMatch(/https?:/);
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  });

  it('is found without its last slash', async () => {
    const answer = await world.app.inject('/api/docs');
    expect(answer.statusCode).toBe(301);
    expect(answer.headers.location).toBe('/api/docs/');
  });
});
