import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AssetUrl } from './assets.ts';
import type { Html } from './html.ts';
import { pathWith, readInput } from './input.ts';
import { sendPage } from './language.ts';
import { renderDoor } from './layout.ts';
import { type Account, HIDDEN, type UiOptions } from './options.ts';
import { changePasswordPage, codePage, safeNext, signInPage } from './sign-in.ts';

export interface DoorContext {
  readonly options: Pick<
    UiOptions,
    'signIn' | 'proveCode' | 'awaitsCode' | 'signOut' | 'changePassword' | 'csrfToken' | 'checkCsrf' | 'attemptsPerMinute'
  >;
  readonly asset: AssetUrl;
  readonly accountOf: (request: FastifyRequest) => Account | null;
}

/** Signing in and out and changing the password: the pages that need no account, or only half of one. */
export function registerDoor(app: FastifyInstance, { options, asset, accountOf }: DoorContext): void {
  const config = { rateLimit: { max: options.attemptsPerMinute, timeWindow: 60_000 } };
  const show = (request: FastifyRequest, reply: FastifyReply, status: number, door: { title: string; body: Html }): Promise<FastifyReply> =>
    sendPage(request, reply, status, renderDoor(asset, door));

  app.get('/masuk', HIDDEN, async (request, reply) => {
    const next = safeNext(readInput(request.query).text('lanjut'));
    if (accountOf(request) !== null) return reply.redirect(next, 303);
    const body = signInPage({ csrf: options.csrfToken(reply), username: '', error: null, next });
    return show(request, reply, 200, { title: 'Masuk', body });
  });

  app.post('/masuk', { ...HIDDEN, config, preValidation: options.checkCsrf }, async (request, reply) => {
    const form = readInput(request.body);
    const username = form.text('username');
    const next = safeNext(form.text('lanjut'));
    const refuse = (error: string): Promise<FastifyReply> =>
      show(request, reply, 422, { title: 'Masuk', body: signInPage({ csrf: options.csrfToken(reply), username, error, next }) });
    if (username === '' || form.raw('password') === '') return refuse('Isi nama pengguna dan kata sandi.');
    const outcome = await options.signIn(request, reply, { username, password: form.raw('password') });
    if (outcome === 'ok') return reply.redirect(next, 303);
    if (outcome === 'must-change') return reply.redirect('/ganti-sandi', 303);
    if (outcome === 'needs-code') return reply.redirect(pathWith('/masuk/kode', { lanjut: next === '/' ? null : next }), 303);
    return refuse(outcome.error);
  });

  app.get('/masuk/kode', HIDDEN, async (request, reply) => {
    const next = safeNext(readInput(request.query).text('lanjut'));
    if (accountOf(request) !== null) return reply.redirect(next, 303);
    if (!options.awaitsCode(request)) return reply.redirect(pathWith('/masuk', { lanjut: next === '/' ? null : next }), 303);
    return show(request, reply, 200, { title: 'Kode verifikasi', body: codePage({ csrf: options.csrfToken(reply), error: null, next }) });
  });

  app.post('/masuk/kode', { ...HIDDEN, config, preValidation: options.checkCsrf }, async (request, reply) => {
    const form = readInput(request.body);
    const next = safeNext(form.text('lanjut'));
    const outcome = await options.proveCode(request, reply, form.text('code'));
    if (outcome === 'ok') return reply.redirect(next, 303);
    if (outcome === 'must-change') return reply.redirect('/ganti-sandi', 303);
    return show(request, reply, 422, {
      title: 'Kode verifikasi',
      body: codePage({ csrf: options.csrfToken(reply), error: outcome.error, next }),
    });
  });

  app.post('/keluar', { ...HIDDEN, preValidation: options.checkCsrf }, async (request, reply) => {
    await options.signOut(request, reply);
    return reply.redirect('/masuk', 303);
  });

  app.get('/ganti-sandi', HIDDEN, async (request, reply) => {
    const account = accountOf(request);
    if (account === null) return reply.redirect(pathWith('/masuk', { lanjut: '/ganti-sandi' }), 303);
    const body = changePasswordPage({ csrf: options.csrfToken(reply), error: null, forced: account.mustChangePassword });
    return show(request, reply, 200, { title: 'Ganti kata sandi', body });
  });

  app.post('/ganti-sandi', { ...HIDDEN, config, preValidation: options.checkCsrf }, async (request, reply) => {
    const account = accountOf(request);
    if (account === null) return reply.redirect('/masuk', 303);
    const form = readInput(request.body);
    const refuse = (error: string): Promise<FastifyReply> => {
      const body = changePasswordPage({ csrf: options.csrfToken(reply), error, forced: account.mustChangePassword });
      return show(request, reply, 422, { title: 'Ganti kata sandi', body });
    };
    if (form.raw('next') !== form.raw('repeat')) return refuse('Kedua kata sandi baru tidak sama. Ketik sekali lagi.');
    const outcome = await options.changePassword(request, reply, { current: form.raw('current'), next: form.raw('next') });
    return outcome === 'ok' ? reply.redirect('/?pesan=sandi-diganti', 303) : refuse(outcome.error);
  });
}
