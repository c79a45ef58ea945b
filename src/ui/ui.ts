import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../domain/access.ts';
import { showApps } from './apps.ts';
import { restoreArchive, showArchives } from './archive-list.ts';
import { serveAssets } from './assets.ts';
import { drillBackup, restoreBackup, showBackups } from './backup-list.ts';
import { addDesa, searchDesa, showDesaAdd } from './desa-add.ts';
import { backUpApp, rollBackApp, updateApp } from './desa-change.ts';
import { showDesaList } from './desa-list.ts';
import { changeSettings, installApp, revealPassword, showDesa } from './desa-show.ts';
import { registerDoor } from './door.ts';
import { errorBody, errorPage, mayShowMenu, mishapOf } from './errors.ts';
import { pathWith, readInput } from './input.ts';
import { retryAll, showJobList } from './job-list.ts';
import { cancel, changeJobSettings, retry, showJob, showJobProgress } from './job-show.ts';
import { type AssetUrl, renderDoor, renderPage } from './layout.ts';
import { noticeFrom } from './notices.ts';
import { type Account, HIDDEN, type UiOptions } from './options.ts';
import { changeBar, changePin, showReleases } from './releases.ts';
import { removeApp, showRemove } from './remove.ts';
import { beginRollout, endOne, haltOne, resumeOne, retryOne, returnOne, showRollout, showRollouts, skipOne } from './rollouts.ts';
import { changeSchedule, runNow, showSchedules } from './schedules.ts';
import type { Answer, Handle, Visit } from './visit.ts';

const PAGES: readonly (readonly [path: string, handle: Handle])[] = [
  ['/desa', showDesaList],
  ['/desa/tambah', showDesaAdd],
  ['/desa/tambah/cari', searchDesa],
  ['/desa/:kode', showDesa],
  ['/desa/:kode/:aplikasi/hapus', (visit) => showRemove(visit)],
  ['/pekerjaan', showJobList],
  ['/pekerjaan/:id', showJob],
  ['/pekerjaan/:id/keadaan', showJobProgress],
  ['/pembaruan', showRollouts],
  ['/pembaruan/:id', showRollout],
  ['/rilis', showReleases],
  ['/cadangan', showBackups],
  ['/jadwal', showSchedules],
  ['/arsip', showArchives],
  ['/aplikasi', showApps],
];

const FORMS: readonly (readonly [path: string, handle: Handle])[] = [
  ['/desa/tambah', addDesa],
  ['/desa/:kode/:aplikasi/pasang', installApp],
  ['/desa/:kode/:aplikasi/setelan', changeSettings],
  ['/desa/:kode/:aplikasi/sandi', revealPassword],
  ['/desa/:kode/:aplikasi/hapus', removeApp],
  ['/pekerjaan/coba-lagi-semua', retryAll],
  ['/pekerjaan/:id/coba-lagi', retry],
  ['/pekerjaan/:id/setelan', changeJobSettings],
  ['/pekerjaan/:id/batalkan', cancel],
  ['/desa/:kode/:aplikasi/perbarui', updateApp],
  ['/desa/:kode/:aplikasi/cadangkan', backUpApp],
  ['/desa/:kode/:aplikasi/mundur', rollBackApp],
  ['/desa/:kode/:aplikasi/kunci-versi', changePin],
  ['/rilis/:aplikasi/tahan', changeBar],
  ['/pembaruan', beginRollout],
  ['/pembaruan/:id/hentikan', haltOne],
  ['/pembaruan/:id/lanjutkan', resumeOne],
  ['/pembaruan/:id/akhiri', endOne],
  ['/pembaruan/:id/coba-lagi', retryOne],
  ['/pembaruan/:id/mundurkan', returnOne],
  ['/pembaruan/:id/lewati', skipOne],
  ['/cadangan/:id/pulihkan', restoreBackup],
  ['/cadangan/:id/uji', drillBackup],
  ['/jadwal/:tugas', changeSchedule],
  ['/jadwal/:tugas/jalankan', runNow],
  ['/arsip/:id/pulihkan', restoreArchive],
];

/** The admin UI. Register it without a prefix, after the API: unknown addresses outside /api become its 404 page. */
export async function uiPlugin(app: FastifyInstance, options: UiOptions): Promise<void> {
  const asset = await serveAssets(app);
  if (!app.hasContentTypeParser('application/x-www-form-urlencoded')) await app.register(formbody);

  const accounts = new WeakMap<FastifyRequest, Account | null>();
  const accountOf = (request: FastifyRequest): Account | null => accounts.get(request) ?? null;
  app.addHook('preParsing', async (request, reply) => {
    if (!request.url.startsWith('/aset/')) accounts.set(request, await options.accountOf(request, reply));
  });

  const answerWith = (handle: Handle) => async (request: FastifyRequest, reply: FastifyReply) => {
    const account = accountOf(request);
    if (account === null) return toDoor(request, reply);
    if (account.mustChangePassword) return goTo(request, reply, '/ganti-sandi');
    const visit = visitOf(options, request, reply, account.actor);
    return send(options, asset, visit, await handle(visit));
  };
  for (const [path, handle] of PAGES) app.get(path, HIDDEN, answerWith(handle));
  for (const [path, handle] of FORMS) app.post(path, { ...HIDDEN, preValidation: options.checkCsrf }, answerWith(handle));
  registerDoor(app, { options, asset, accountOf });

  app.get('/', HIDDEN, async (_request, reply) => reply.redirect('/desa'));
  app.get('/favicon.ico', HIDDEN, async (_request, reply) => reply.redirect(asset('pendopo.svg')));
  app.get('/*', HIDDEN, async (request, reply) => {
    if (request.url.startsWith('/api/') || request.url.startsWith('/aset/')) return reply.callNotFound();
    return answerWith(async () => errorPage(mishapOf({ statusCode: 404 }, request.id)))(request, reply);
  });

  app.setErrorHandler(async (error, request, reply) => {
    const mishap = mishapOf(error, request.id);
    if (mishap.status >= 500) options.tools.log.error({ request: request.id, url: request.routeOptions.url, err: error }, 'page failed');
    if (mishap.status === 401) return toDoor(request, reply);
    const actor = accountOf(request)?.actor ?? null;
    if (mayShowMenu(actor, mishap)) return send(options, asset, visitOf(options, request, reply, actor), errorPage(mishap));
    return sendHtml(reply, mishap.status, renderDoor(asset, { title: mishap.title, body: errorBody(mishap) }));
  });
}

function visitOf(options: UiOptions, request: FastifyRequest, reply: FastifyReply, actor: Actor): Visit {
  const { headers } = request;
  return {
    tools: options.tools,
    actor,
    zone: options.zone ?? 'Asia/Jakarta',
    now: options.tools.clock.now(),
    csrf: options.csrfToken(reply),
    params: readInput(request.params),
    query: readInput(request.query),
    form: readInput(request.body),
    wantsFragment: headers['hx-request'] === 'true' && headers['hx-history-restore-request'] !== 'true',
    request,
    reply,
  };
}

async function send(options: UiOptions, asset: AssetUrl, visit: Visit, answer: Answer): Promise<FastifyReply> {
  const { reply, actor, csrf, query } = visit;
  if (answer.kind === 'redirect') return goTo(visit.request, reply, answer.to);
  if (answer.kind === 'fragment') return sendHtml(reply, answer.status ?? 200, answer.body.toString());
  const jobs = await options.tools.jobs.countByState(actor.wilayah);
  const page = { ...answer, notice: answer.notice ?? noticeFrom(query) };
  return sendHtml(reply, answer.status ?? 200, renderPage({ asset, actor, csrf, now: visit.now, jobs }, page));
}

/** Pages hold what only the signed-in may see, and now and then a password: nothing keeps a copy. */
function sendHtml(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(html);
}

function toDoor(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return goTo(request, reply, pathWith('/masuk', { lanjut: request.method === 'GET' && request.url !== '/' ? request.url : null }));
}

/** A browser follows 303 with a GET; htmx must be told to leave the page instead of pasting the next one into it. */
function goTo(request: FastifyRequest, reply: FastifyReply, to: string): FastifyReply {
  if (request.headers['hx-request'] === 'true') return reply.code(204).header('hx-redirect', to).send();
  return reply.redirect(to, 303);
}
