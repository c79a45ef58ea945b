import cookie from '@fastify/cookie';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Actor } from '../../src/domain/access.ts';
import type { AppManifest } from '../../src/domain/manifest.ts';
import type { UiOptions } from '../../src/ui/options.ts';
import { uiPlugin } from '../../src/ui/ui.ts';
import { anActor } from './builders.ts';
import { addDesa, MANIFESTS } from './ui-fleet.ts';
import { type UiWorld, uiWorld } from './ui-world.ts';

export const CSRF = 'token-uji';
export const DESA = '52.01.14.2001';
export const NEIGHBOUR = '52.01.01.2001';

const REGIONS = [
  ['52', 'Nusa Tenggara Barat'],
  ['52.01', 'Kabupaten Lombok Barat'],
  ['52.01.14', 'Batu Layar'],
  ['52.01.14.2001', 'Meninting'],
  ['52.01.14.2002', 'Senggigi'],
  ['52.01.14.1003', 'Batu Layar Kota'],
  ['52.01.01', 'Gerung'],
  ['52.01.01.2001', 'Beleka'],
  ['52.02', 'Kabupaten Lombok Tengah'],
  ['52.02.01', 'Praya'],
  ['52.02.01.2001', 'Jago'],
] as const;

export interface UiSite {
  readonly app: FastifyInstance;
  readonly world: UiWorld;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Shown>;
  /** With the CSRF token, unless `_csrf` is among the fields. */
  post(path: string, fields?: Readonly<Record<string, string | readonly string[]>>): Promise<Shown>;
}

interface Shown {
  readonly status: number;
  readonly body: string;
  readonly location: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface UiSiteOptions {
  readonly actor?: Actor | null;
  readonly world?: UiWorld;
  readonly mustChangePassword?: boolean;
  readonly owesSecondFactor?: boolean;
  readonly doors?: Partial<UiOptions>;
}

/** A world with two desa in neighbouring kecamatan; DESA comes first. */
export function smallWorld(
  changes: { readonly names?: Readonly<Record<string, string>>; readonly manifests?: readonly AppManifest[] } = {},
): UiWorld {
  const regions = REGIONS.map(([kode, nama]) => [kode, changes.names?.[kode] ?? nama] as const);
  const world = uiWorld({ regions, manifests: changes.manifests ?? MANIFESTS });
  world.releases.push({ app: 'opensid', tag: 'v2611.0.0', version: '2611.0.0', commit: '0'.repeat(40) });
  for (const kode of [DESA, NEIGHBOUR]) addDesa(world, kode, new Map(regions), false);
  return world;
}

/** The pages for somebody who is signed in already, without the API. */
export async function openSite({
  actor = anActor(),
  world = smallWorld(),
  mustChangePassword = false,
  owesSecondFactor = false,
  doors = {},
}: UiSiteOptions = {}): Promise<UiSite> {
  const app = Fastify({ logger: false });
  await app.register(cookie);
  await app.register(uiPlugin, {
    tools: world.tools,
    accountOf: async () => (actor === null ? null : { actor, sessionId: 'SESI-INI', mustChangePassword, owesSecondFactor }),
    signIn: async () => 'ok' as const,
    proveCode: async () => 'ok' as const,
    awaitsCode: () => true,
    requirePassword: async () => undefined,
    hashPassword: async () => 'hash',
    signOut: async () => undefined,
    changePassword: async () => 'ok' as const,
    attemptsPerMinute: 1_000,
    csrfToken: () => CSRF,
    checkCsrf: (request, _reply, done) =>
      done(hasToken(request.body) ? undefined : Object.assign(new Error('csrf'), { code: 'FST_CSRF_INVALID_TOKEN', statusCode: 403 })),
    ...doors,
  });
  const shown = ({
    statusCode,
    body,
    headers,
  }: {
    statusCode: number;
    body: string;
    headers: Readonly<Record<string, unknown>>;
  }): Shown => ({
    status: statusCode,
    body,
    location: String(headers.location ?? ''),
    headers,
  });
  return {
    app,
    world,
    get: async (url, headers = {}) => shown(await app.inject({ url, headers })),
    async post(url, fields = {}) {
      const form = new URLSearchParams();
      for (const [name, value] of Object.entries({ _csrf: CSRF, ...fields })) for (const one of [value].flat()) form.append(name, one);
      return shown(
        await app.inject({
          method: 'POST',
          url,
          payload: form.toString(),
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
      );
    },
  };
}

function hasToken(body: unknown): boolean {
  return typeof body === 'object' && body !== null && '_csrf' in body && body._csrf === CSRF;
}
