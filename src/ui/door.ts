import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AssetUrl } from './assets.ts';
import type { Html } from './html.ts';
import { pathWith, readInput } from './input.ts';
import { renderDoor } from './layout.ts';
import { type Account, HIDDEN, type UiOptions } from './options.ts';
import { changePasswordPage, safeNext, signInPage } from './sign-in.ts';

export interface DoorContext {
  readonly options: Pick<UiOptions, 'signIn' | 'signOut' | 'changePassword' | 'csrfToken' | 'checkCsrf' | 'attemptsPerMinute'>;
  readonly asset: AssetUrl;
  readonly accountOf: (request: FastifyRequest) => Account | null;
}

/** Signing in and out and changing the password: the pages that need no account, or only half of one. */
export function registerDoor(app: FastifyInstance, { options, asset, accountOf }: DoorContext): void {
  const config = { rateLimit: { max: options.attemptsPerMinute, timeWindow: 60_000 } };
  const show = (reply: FastifyReply, status: number, title: string, body: Html): FastifyReply =>
    reply.code(status).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(renderDoor(asset, { title, body }));

  app.get('/masuk', HIDDEN, async (request, reply) => {
    const next = safeNext(readInput(request.query).text('lanjut'));
    if (accountOf(request) !== null) return reply.redirect(next, 303);
    return show(reply, 200, 'Masuk', signInPage({ csrf: options.csrfToken(reply), username: '', error: null, next }));
  });

  app.post('/masuk', { ...HIDDEN, config, preValidation: options.checkCsrf }, async (request, reply) => {
    const form = readInput(request.body);
    const username = form.text('username');
    const next = safeNext(form.text('lanjut'));
    const refuse = (error: string): FastifyReply =>
      show(reply, 422, 'Masuk', signInPage({ csrf: options.csrfToken(reply), username, error, next }));
    if (username === '' || form.raw('password') === '') return refuse('Isi nama pengguna dan kata sandi.');
    const outcome = await options.signIn(request, reply, { username, password: form.raw('password') });
    if (outcome === 'ok') return reply.redirect(next, 303);
    if (outcome === 'must-change') return reply.redirect('/ganti-sandi', 303);
    return refuse(outcome.error);
  });

  app.post('/keluar', { ...HIDDEN, preValidation: options.checkCsrf }, async (request, reply) => {
    await options.signOut(request, reply);
    return reply.redirect('/masuk', 303);
  });

  app.get('/ganti-sandi', HIDDEN, async (request, reply) => {
    const account = accountOf(request);
    if (account === null) return reply.redirect(pathWith('/masuk', { lanjut: '/ganti-sandi' }), 303);
    return show(
      reply,
      200,
      'Ganti kata sandi',
      changePasswordPage({ csrf: options.csrfToken(reply), error: null, forced: account.mustChangePassword }),
    );
  });

  app.post('/ganti-sandi', { ...HIDDEN, config, preValidation: options.checkCsrf }, async (request, reply) => {
    const account = accountOf(request);
    if (account === null) return reply.redirect('/masuk', 303);
    const form = readInput(request.body);
    const refuse = (error: string): FastifyReply =>
      show(
        reply,
        422,
        'Ganti kata sandi',
        changePasswordPage({ csrf: options.csrfToken(reply), error, forced: account.mustChangePassword }),
      );
    if (form.raw('next') !== form.raw('repeat')) return refuse('Kedua kata sandi baru tidak sama. Ketik sekali lagi.');
    const outcome = await options.changePassword(request, reply, { current: form.raw('current'), next: form.raw('next') });
    return outcome === 'ok' ? reply.redirect('/?pesan=sandi-diganti', 303) : refuse(outcome.error);
  });
}
