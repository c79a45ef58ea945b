import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AssetUrl, serveAssets } from './assets.ts';
import { registerDoor } from './door.ts';
import { errorBody, errorPage, mayShowMenu, mishapOf } from './errors.ts';
import { pathWith, readInput } from './input.ts';
import { languageOf, registerLanguage, sendPage } from './language.ts';
import { renderDoor, renderPage } from './layout.ts';
import { noticeFrom } from './notices.ts';
import { type Account, HIDDEN, type UiOptions } from './options.ts';
import { FORMS, PAGES, type Traits } from './pages.ts';
import { themeOf } from './theme.ts';
import type { Answer, Handle, SentFile, Visit } from './visit.ts';

/** Of a list of desa: thousands of rows fit. */
const LARGEST_FILE = 2_000_000;

/** The admin UI. Register it without a prefix, after the API: unknown addresses outside /api become its 404 page. */
export async function uiPlugin(app: FastifyInstance, options: UiOptions): Promise<void> {
  const asset = await serveAssets(app);
  if (!app.hasContentTypeParser('application/x-www-form-urlencoded')) await app.register(formbody);
  // Fields and files stand in the body together, so the check against forgery finds its token there.
  await app.register(multipart, { attachFieldsToBody: 'keyValues', limits: { files: 1, fileSize: LARGEST_FILE, fields: 20 } });

  const accounts = new WeakMap<FastifyRequest, Account | null>();
  const accountOf = (request: FastifyRequest): Account | null => accounts.get(request) ?? null;
  app.addHook('preParsing', async (request, reply) => {
    if (!request.url.startsWith('/aset/')) accounts.set(request, await options.accountOf(request, reply));
  });

  const answerWith =
    (handle: Handle, traits: Traits = {}) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      const account = accountOf(request);
      if (account === null) return toDoor(request, reply);
      if (account.mustChangePassword) return goTo(request, reply, '/ganti-sandi');
      if (account.owesSecondFactor && traits.unsettled !== true) return goTo(request, reply, '/akun/dua-langkah');
      const visit = await visitOf(options, request, reply, account);
      return send(options, asset, visit, await handle(visit));
    };
  for (const [path, handle, traits = {}] of PAGES) app.get(path, { ...HIDDEN, config: traits }, answerWith(handle, traits));
  for (const [path, handle, traits = {}] of FORMS)
    app.post(path, { ...HIDDEN, config: traits, preValidation: options.checkCsrf }, answerWith(handle, traits));
  registerLanguage(app);
  registerDoor(app, { options, asset, accountOf });

  app.get('/favicon.ico', HIDDEN, async (_request, reply) => reply.redirect(asset('pendopo.svg')));
  app.get('/*', HIDDEN, async (request, reply) => {
    if (request.url.startsWith('/api/') || request.url.startsWith('/aset/')) return reply.callNotFound();
    return answerWith(async () => errorPage(mishapOf({ statusCode: 404 }, request.id)))(request, reply);
  });

  app.setErrorHandler(async (error, request, reply) => {
    const mishap = mishapOf(error, request.id);
    if (mishap.status >= 500) options.tools.log.error({ request: request.id, url: request.routeOptions.url, err: error }, 'page failed');
    if (mishap.status === 401) return toDoor(request, reply);
    const account = accountOf(request);
    if (mayShowMenu(account, mishap)) return send(options, asset, await visitOf(options, request, reply, account), errorPage(mishap));
    return sendPage(request, reply, mishap.status, renderDoor(asset, { title: mishap.title, body: errorBody(mishap) }));
  });
}

async function visitOf(options: UiOptions, request: FastifyRequest, reply: FastifyReply, { actor, sessionId }: Account): Promise<Visit> {
  const { headers } = request;
  return {
    tools: options.tools,
    actor,
    sessionId,
    zone: options.zone ?? 'Asia/Jakarta',
    now: options.tools.clock.now(),
    csrf: options.csrfToken(reply),
    preferences: await options.tools.preferences.of(actor.id),
    hashPassword: options.hashPassword,
    requirePassword: (password) => options.requirePassword(actor, password),
    params: readInput(request.params),
    query: readInput(request.query),
    form: readInput(request.body),
    wantsFragment: headers['hx-request'] === 'true' && headers['hx-history-restore-request'] !== 'true',
    request,
    reply,
  };
}

async function send(options: UiOptions, asset: AssetUrl, visit: Visit, answer: Answer): Promise<FastifyReply> {
  const { request, reply, actor, csrf, query, now } = visit;
  if (answer.kind === 'redirect') return goTo(request, reply, answer.to);
  if (answer.kind === 'file') return sendFile(reply, answer);
  if (answer.kind === 'fragment') return sendPage(request, reply, answer.status ?? 200, answer.body.toString());
  const jobs = await options.tools.jobs.countOpen(actor.wilayah);
  const page = { ...answer, notice: answer.notice ?? noticeFrom(query) };
  const theme = themeOf(visit.preferences);
  const path = request.method === 'GET' ? request.url : '/';
  const shell = { asset, actor, csrf, now, jobs, theme, path, language: languageOf(request) };
  return sendPage(request, reply, answer.status ?? 200, renderPage(shell, page));
}

function sendFile(reply: FastifyReply, { name, bytes, type, content }: SentFile): FastifyReply {
  const disposition = `attachment; filename="${name}"`;
  const length = bytes === null ? {} : { 'content-length': bytes };
  return reply
    .headers({ 'cache-control': 'no-store', 'content-disposition': disposition, ...length })
    .type(type)
    .send(content);
}

function toDoor(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return goTo(request, reply, pathWith('/masuk', { lanjut: request.method === 'GET' && request.url !== '/' ? request.url : null }));
}

/** A browser follows 303 with a GET; htmx must be told to leave the page instead of pasting the next one into it. */
function goTo(request: FastifyRequest, reply: FastifyReply, to: string): FastifyReply {
  if (request.headers['hx-request'] === 'true') return reply.code(204).header('hx-redirect', to).send();
  return reply.redirect(to, 303);
}
