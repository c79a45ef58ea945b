import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { pageDoors } from '../../src/api/doors.ts';
import { type ApiWorld, apiWorld, openBrowser, PASSWORD } from '../support/api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld({
    limits: { renewalGraceMs: 0 },
    ui: async (app) => {
      const doors = pageDoors(app);
      app.get(
        '/formulir',
        { preParsing: async (request, reply) => void (await doors.accountOf(request, reply)) },
        async (_request, reply) => [doors.csrfToken(reply), doors.csrfToken(reply)],
      );
      app.get('/siapa', async (request, reply) => (await doors.accountOf(request, reply)) ?? { nobody: true });
      const form = {
        preParsing: async (...[request, reply]: Parameters<typeof doors.accountOf>) => void (await doors.accountOf(request, reply)),
        preValidation: doors.checkCsrf,
      };
      app.post<{ Body: Record<string, string> }>('/masuk', form, async (request, reply) => ({
        outcome: await doors.signIn(request, reply, { username: request.body.username ?? '', password: request.body.password ?? '' }),
      }));
      app.post<{ Body: Record<string, string> }>('/ganti-sandi', form, async (request, reply) => ({
        outcome: await doors.changePassword(request, reply, { current: request.body.current ?? '', next: request.body.next ?? '' }),
      }));
      app.post('/keluar', form, async (request, reply) => {
        await doors.signOut(request, reply);
        return {};
      });
    },
  });
});
beforeEach(() => world.reset());
afterAll(() => world.close());

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const fields = (values: Record<string, string>): string => new URLSearchParams(values).toString();

async function tokenFor(browser: ReturnType<typeof openBrowser>): Promise<string> {
  const [token, again] = (await browser.request('GET', '/formulir')).json<[string, string]>();
  expect(again, 'one token a page').toBe(token);
  return token;
}

async function signInByForm(browser: ReturnType<typeof openBrowser>, username: string, password = PASSWORD) {
  return browser.request('POST', '/masuk', fields({ _csrf: await tokenFor(browser), username, password }), FORM);
}

it('lets pages sign somebody in by a form, and the API knows them too', async () => {
  const browser = openBrowser(world.app);
  expect((await browser.request('GET', '/siapa')).json()).toEqual({ nobody: true });
  expect((await signInByForm(browser, 'operator')).json()).toEqual({ outcome: 'ok' });
  expect((await browser.request('GET', '/siapa')).json()).toMatchObject({
    actor: { username: 'operator', role: 'operator', wilayah: '52.01' },
    mustChangePassword: false,
  });
  expect((await browser.request('GET', '/api/v1/auth/saya')).statusCode).toBe(200);
});

it('tells a form why it was refused', async () => {
  const answer = await signInByForm(openBrowser(world.app), 'operator', 'salah sekali');
  expect(answer.json()).toEqual({ outcome: { error: expect.stringContaining('Nama pengguna atau kata sandi salah.') } });
  expect(answer.cookies.some(({ name }) => name.startsWith('pendopo_'))).toBe(false);
});

it('says when the first password must be changed, and changes it', async () => {
  const operator = world.memory.users.get('UOPERATOR');
  if (operator !== undefined) world.memory.users.set('UOPERATOR', { ...operator, mustChangePassword: true });
  const browser = openBrowser(world.app);
  expect((await signInByForm(browser, 'operator')).json()).toEqual({ outcome: 'must-change' });
  const change = async (next: string) =>
    (await browser.request('POST', '/ganti-sandi', fields({ _csrf: await tokenFor(browser), current: PASSWORD, next }), FORM)).json();
  expect(await change('pendek')).toEqual({ outcome: { error: expect.stringContaining('paling sedikit 10 karakter') } });
  expect(await change('gunung rinjani 3726')).toEqual({ outcome: 'ok' });
  expect((await browser.request('GET', '/siapa')).json()).toMatchObject({ mustChangePassword: false });
});

it('refuses a form without the token, and one from a page of another site', async () => {
  const browser = openBrowser(world.app);
  expect((await browser.request('POST', '/masuk', fields({ username: 'operator', password: PASSWORD }), FORM)).statusCode).toBe(403);
  const body = fields({ _csrf: await tokenFor(browser), username: 'operator', password: PASSWORD });
  expect((await browser.request('POST', '/masuk', body, { ...FORM, 'sec-fetch-site': 'same-site' })).statusCode).toBe(403);
  expect((await browser.request('POST', '/masuk', body, { ...FORM, 'sec-fetch-site': 'same-origin' })).statusCode).toBe(200);
});

it('signs out, also when the session had to be renewed just before', async () => {
  const browser = openBrowser(world.app);
  await signInByForm(browser, 'operator');
  const token = await tokenFor(browser);
  browser.cookies.delete('pendopo_access');
  expect((await browser.request('POST', '/keluar', fields({ _csrf: token }), FORM)).statusCode).toBe(200);
  expect((await browser.request('GET', '/siapa')).json()).toEqual({ nobody: true });
  expect(world.memory.sessions.every(({ state }) => state === 'revoked')).toBe(true);
});

it('the pages let nobody try more often than the API does', async () => {
  const strict = await apiWorld({
    limits: { signInsPerMinute: 3 },
    ui: async (app) => void app.get('/batas', async () => pageDoors(app).attemptsPerMinute),
  });
  expect((await strict.app.inject('/batas')).json()).toBe(3);
  await strict.close();
});
