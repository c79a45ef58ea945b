import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import csrfProtection from '@fastify/csrf-protection';
import formbody from '@fastify/formbody';
import helmet from '@fastify/helmet';
import jwt from '@fastify/jwt';
import rateLimit from '@fastify/rate-limit';
import underPressure from '@fastify/under-pressure';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { Toolbox } from '../domain/ports.ts';
import type { Secret } from '../domain/secret.ts';
import { owesSecondFactor } from '../workflows/commands/second-factor.ts';
import { guardAudit } from './audit-guard.ts';
import { accessCookieIn, csrfOwner, registerAuth } from './auth.ts';
import { registerEventStreams } from './event-stream.ts';
import { healthRoutes, type Ping } from './health.ts';
import type { IdempotencyStore } from './idempotency.ts';
import { registerJobStreams } from './job-stream.ts';
import { registerMetrics } from './metrics.ts';
import { referencePage, registerOpenApi } from './reference.ts';
import { answerErrors, answerUnknownRoutes, refuseTooOften, refuseWhenBusy } from './refusals.ts';
import { apiRoutes } from './routes.ts';
import { createSessions } from './sessions.ts';
import { ACCESS_SECONDS, createTokens } from './tokens.ts';

export interface ServerOptions {
  /** Signs access tokens; at least 32 characters, the same after a restart, or everybody signs in anew. */
  readonly jwtKey: Secret;
  /** True where browsers reach us by https only. */
  readonly secureCookies: boolean;
  /** What /readyz asks: name → ping. */
  readonly pings: Readonly<Record<string, Ping>>;
  readonly idempotency: IdempotencyStore;
  /** Given: /metrics asks for it as bearer token. null: /metrics is for this machine only. */
  readonly metricsToken: Secret | null;
  /** Which proxies may say on whose behalf they speak, as fastify's `trustProxy`. Rate limits count by that address. */
  readonly trustProxy: boolean | string;
  /** The pages, with the toolbox they are to use. Registered last, without a prefix of its own. */
  readonly ui: ((scope: FastifyInstance, tools: Toolbox) => Promise<void>) | null;
  readonly limits?: Partial<ServerLimits>;
}

interface ServerLimits {
  /** Requests of one address. */
  readonly perMinute: number;
  /** Requests of one account that is signed in by cookies: pages and their live parts. */
  readonly perMinuteSignedIn: number;
  /** Attempts to sign in of one address. */
  readonly signInsPerMinute: number;
  readonly pollMs: number;
  readonly heartbeatMs: number;
  readonly longestStreamMs: number;
  readonly mostViewers: number;
  readonly renewalGraceMs: number;
  /** Answers 503 while the event loop lags by more. */
  readonly maxEventLoopDelayMs: number;
}

const SERVER_LIMITS: ServerLimits = {
  perMinute: 600,
  perMinuteSignedIn: 3_000,
  signInsPerMinute: 10,
  pollMs: 300,
  heartbeatMs: 15_000,
  longestStreamMs: 15 * 60_000,
  mostViewers: 200,
  renewalGraceMs: 10_000,
  maxEventLoopDelayMs: 1_000,
};

/** The best quality takes a second for the style sheet; this one is as small as gzip's best, at once. */
const QUICK_BROTLI = 4;
/** Beginning of the key by which requests of an account are counted. */
const ACCOUNT = 'akun/';

/** The web server: API, reference page, health, metrics and the pages of the UI. It does not listen yet. */
export async function buildServer(outside: Toolbox, options: ServerOptions): Promise<FastifyInstance> {
  const limits = { ...SERVER_LIMITS, ...options.limits };
  if (options.jwtKey.expose().length < 32) throw new Error('jwtKey must have at least 32 characters');
  const app = Fastify({
    logger: false,
    genReqId: () => outside.ids.next(),
    trustProxy: options.trustProxy,
    requestTimeout: 30_000,
    handlerTimeout: 60_000,
    routerOptions: { ignoreTrailingSlash: false },
    // All faults at once, and what is not known is refused instead of dropped: a misspelt field is a mistake.
    ajv: { customOptions: { allErrors: true, removeAdditional: false } },
  });

  // Before the cookies are parsed. Only a token that we signed counts: anybody can make up a cookie.
  const accountIn = (request: FastifyRequest): string | null => {
    const token = accessCookieIn(request.headers.cookie ?? '');
    const claims = token === null ? null : tokens.readAccess(token);
    return claims === null ? null : `${ACCOUNT}${claims.userId}`;
  };

  const tools = guardAudit(app, outside);
  answerErrors(app, tools.log);
  await app.register(helmet, {
    contentSecurityPolicy: contentPolicy(options.secureCookies),
    strictTransportSecurity: options.secureCookies,
    xFrameOptions: { action: 'deny' },
  });
  await app.register(rateLimit, {
    global: true,
    timeWindow: 60_000,
    errorResponseBuilder: refuseTooOften,
    // Colleagues behind one address must not use up each other's share; who is not signed in shares the address's.
    keyGenerator: (request) => accountIn(request) ?? request.ip,
    max: (_request, key) => (key.startsWith(ACCOUNT) ? limits.perMinuteSignedIn : limits.perMinute),
  });
  answerUnknownRoutes(app);
  await app.register(compress, {
    encodings: ['br', 'gzip', 'identity'],
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: QUICK_BROTLI } },
  });
  await app.register(underPressure, { maxEventLoopDelay: limits.maxEventLoopDelayMs, pressureHandler: refuseWhenBusy });
  await app.register(formbody);
  await app.register(cookie);
  await app.register(jwt, {
    secret: options.jwtKey.expose(),
    sign: { algorithm: 'HS256', iss: 'pendopo', aud: tools.facts.instance, expiresIn: ACCESS_SECONDS },
    verify: { algorithms: ['HS256'], allowedIss: 'pendopo', allowedAud: tools.facts.instance },
  });
  const tokens = createTokens(app, options.jwtKey);
  await app.register(csrfProtection, {
    cookieOpts: { path: '/', httpOnly: true, sameSite: 'strict', secure: options.secureCookies },
    csrfOpts: { userInfo: true, hmacKey: options.jwtKey.expose() },
    getUserInfo: csrfOwner,
  });
  await registerOpenApi(app);

  const sessions = createSessions(tools, tokens);
  app.decorate('signInsPerMinute', limits.signInsPerMinute);
  registerAuth(app, {
    ...{ sessions, secureCookies: options.secureCookies, renewalGraceMs: limits.renewalGraceMs },
    owesSecondFactor: (user) => owesSecondFactor(tools, user),
  });
  registerEventStreams(app, tools);
  const streams = { heartbeatMs: limits.heartbeatMs, longestMs: limits.longestStreamMs, mostViewers: limits.mostViewers };
  registerJobStreams(app, tools, { pollMs: limits.pollMs, ...streams });
  registerMetrics(app, tools, options.metricsToken);
  await app.register(healthRoutes, { tools, pings: options.pings });
  await app.register(apiRoutes, {
    prefix: '/api/v1',
    tools,
    sessions,
    idempotency: options.idempotency,
    streams,
  });
  await app.register(referencePage);
  const { ui } = options;
  if (ui !== null) await app.register(async (scope) => ui(scope, tools));
  return app;
}

function contentPolicy(isSecure: boolean) {
  return {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      scriptSrcAttr: ["'none'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'self'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
      // Without https it would make browsers ask for an https that is not there.
      ...(isSecure ? { upgradeInsecureRequests: [] } : {}),
    },
  };
}
