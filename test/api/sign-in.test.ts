import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyPassword } from '../../src/api/password.ts';
import { createTokens } from '../../src/api/tokens.ts';
import { type ApiWorld, apiWorld, openBrowser, PASSWORD, serverOptions } from '../support/api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld({ limits: { renewalGraceMs: 0 } });
});
beforeEach(() => world.reset());
afterAll(() => world.close());
afterEach(() => {
  world.memory.now = new Date();
});

interface SignedIn {
  accessToken: string;
  refreshToken: string;
}
const post = (url: string, payload: object, headers = {}) =>
  world.app.inject({ method: 'POST', url: `/api/v1/auth${url}`, payload, headers });
const signIn = async (username: string, password = PASSWORD) => post('/masuk', { username, password });
const tokensOf = async (username: string): Promise<SignedIn> => (await signIn(username)).json();
const whoAmI = (token: string) => world.app.inject({ url: '/api/v1/auth/saya', headers: { authorization: `Bearer ${token}` } });

describe('a program', () => {
  it('signs in and is known by its token, without cookies', async () => {
    const answer = await signIn('operator');
    expect(answer.statusCode).toBe(200);
    expect(answer.cookies).toEqual([]);
    expect(answer.json()).toMatchObject({
      account: { username: 'operator', role: 'operator', wilayah: '52.01', mustChangePassword: false },
    });
    expect((await whoAmI(answer.json<SignedIn>().accessToken)).json()).toMatchObject({ username: 'operator' });
  });

  it('leaves a trace in the audit, and no secret there or in the log', async () => {
    const { accessToken, refreshToken } = await tokensOf('operator');
    await signIn('operator', 'salah sekali');
    expect(world.memory.audit.map(({ actor, action }) => ({ actor, action }))).toEqual([
      { actor: 'operator', action: 'sign-in' },
      { actor: 'operator', action: 'sign-in-refused' },
    ]);
    const written = JSON.stringify([world.memory.audit, world.memory.logged]);
    for (const secret of [PASSWORD, 'salah sekali', accessToken, refreshToken]) expect(written).not.toContain(secret);
  });

  it('keeps refresh tokens only as hashes', async () => {
    const { refreshToken } = await tokensOf('operator');
    expect(JSON.stringify(world.memory.sessions)).not.toContain(refreshToken);
  });

  it('renews once with a refresh token; using it again ends the family', async () => {
    const first = await tokensOf('operator');
    const second = (await post('/perbarui', { refreshToken: first.refreshToken })).json<SignedIn>();
    expect((await whoAmI(second.accessToken)).statusCode).toBe(200);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    const again = await post('/perbarui', { refreshToken: first.refreshToken });
    expect(again.statusCode).toBe(401);
    expect(again.json()).toMatchObject({ code: 'sesi-berakhir' });
    expect((await post('/perbarui', { refreshToken: second.refreshToken })).statusCode, 'the thief cannot go on either').toBe(401);
  });

  it('is refused a renewal after 14 days', async () => {
    const { refreshToken } = await tokensOf('operator');
    world.memory.now = new Date(Date.now() + 14 * 24 * 3_600_000 + 1_000);
    expect((await post('/perbarui', { refreshToken })).statusCode).toBe(401);
  });

  it('ends its session by signing out', async () => {
    const { accessToken, refreshToken } = await tokensOf('operator');
    const answer = await post('/keluar', { refreshToken }, { authorization: `Bearer ${accessToken}` });
    expect(answer.statusCode).toBe(204);
    expect((await whoAmI(accessToken)).statusCode, 'at once').toBe(401);
    expect((await post('/perbarui', { refreshToken })).statusCode).toBe(401);
  });
});

describe('an access token', () => {
  const forge = (header: object, payload: object): string =>
    `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.`;
  const later = Math.floor(Date.now() / 1000) + 600;

  const claims = (): { sub: string; mark: string; sid: string } => {
    const operator = world.memory.users.get('UOPERATOR');
    if (operator === undefined) throw new Error('no operator');
    return { sub: operator.id, mark: createTokens(world.app, serverOptions().jwtKey).markOf(operator), sid: 'SESI1' };
  };
  beforeEach(async () => {
    const expiresAt = new Date(Date.now() + 3_600_000);
    for (const [id, userId] of Object.entries({ SESI1: 'UOPERATOR', SESI2: 'UKABUPATEN' }))
      await world.memory.tools.sessions.open({ id, userId, tokenHash: id, expiresAt, address: '127.0.0.1', device: 'uji' });
  });

  it('lasts 15 minutes', async () => {
    const { accessToken } = await tokensOf('operator');
    const decoded = world.app.jwt.decode<{ iat: number; exp: number }>(accessToken);
    expect((decoded?.exp ?? 0) - (decoded?.iat ?? 0)).toBe(15 * 60);
  });

  it('that is ours is taken', async () => {
    expect((await whoAmI(world.app.jwt.sign(claims()))).statusCode).toBe(200);
  });

  it.each([
    ['is no token', () => 'abc'],
    ['is not signed', () => forge({ alg: 'none', typ: 'JWT' }, { ...claims(), iss: 'pendopo', aud: 'test', exp: later })],
    ['is signed with another key', () => world.app.jwt.sign(claims(), { key: 'f'.repeat(32) })],
    ['is signed with another algorithm', () => world.app.jwt.sign(claims(), { algorithm: 'HS512' })],
    ['is of another instance', () => world.app.jwt.sign(claims(), { aud: 'lain' })],
    ['is of another issuer', () => world.app.jwt.sign(claims(), { iss: 'lain' })],
    ['has run out', () => world.app.jwt.sign(claims(), { clockTimestamp: Date.now() - 16 * 60_000 })],
    ['is of somebody unknown', () => world.app.jwt.sign({ ...claims(), sub: 'UNKNOWN' })],
    ['is of a session that is not there', () => world.app.jwt.sign({ ...claims(), sid: 'SESI9' })],
    ["is of somebody else's session", () => world.app.jwt.sign({ ...claims(), sid: 'SESI2' })],
    ['was given under another password', () => world.app.jwt.sign({ ...claims(), mark: 'x' })],
  ])('that %s is refused', async (_why, tokenOf) => {
    const answer = await whoAmI(tokenOf());
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ code: 'token-salah' });
  });

  it('does not fall back to the cookies when it is bad', async () => {
    const browser = openBrowser(world.app);
    await browser.signIn('operator');
    expect((await browser.request('GET', '/api/v1/auth/saya', undefined, { authorization: 'Bearer abc' })).statusCode).toBe(401);
  });

  it('is worth nothing once the account is disabled, and follows a change of role at once', async () => {
    const token = await world.tokenOf('operator');
    const operator = world.memory.users.get('UOPERATOR');
    if (operator === undefined) throw new Error('no operator');
    world.memory.users.set('UOPERATOR', { ...operator, role: 'pembaca' });
    expect((await whoAmI(token)).json()).toMatchObject({ role: 'pembaca' });
    world.memory.users.set('UOPERATOR', { ...operator, disabled: true });
    expect((await whoAmI(token)).statusCode).toBe(401);
  });
});

describe('signing in wrongly', () => {
  it('gives the same answer for a wrong password, an unknown name and a disabled account', async () => {
    const pembaca = world.memory.users.get('UPEMBACA');
    if (pembaca === undefined) throw new Error('no pembaca');
    world.memory.users.set('UPEMBACA', { ...pembaca, disabled: true });
    const answers = [await signIn('operator', 'salah sekali'), await signIn('tidak-ada', PASSWORD), await signIn('pembaca', PASSWORD)];
    const told = answers.map((answer) => ({ ...answer.json<object>(), request: '' }));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 401]);
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
  });

  it('takes as long for an unknown name as for a known one', async () => {
    const timeOf = async (username: string): Promise<number> => {
      const times: number[] = [];
      for (let i = 0; i < 3; i += 1) {
        const start = performance.now();
        await signIn(username, 'salah sekali');
        times.push(performance.now() - start);
      }
      return Math.min(...times);
    };
    const known = await timeOf('operator');
    const unknown = await timeOf('tidak-ada');
    // A lookup without hashing would take a hundredth of it.
    expect(unknown).toBeGreaterThan(known / 4);
  });

  it('ten times in a row locks the account for 15 minutes, also for the right password', async () => {
    for (let i = 0; i < 10; i += 1) expect((await signIn('operator', 'salah sekali')).statusCode).toBe(401);
    const locked = await signIn('operator');
    expect(locked.statusCode).toBe(401);
    expect(locked.json()).toMatchObject({ code: 'gagal-masuk', advice: expect.stringContaining('15 menit') });
    expect((await signIn('kabupaten')).statusCode, 'others are not locked').toBe(200);
    world.memory.now = new Date(Date.now() + 15 * 60_000 + 1_000);
    expect((await signIn('operator')).statusCode).toBe(200);
  }, 30_000);

  it('is limited for one address', async () => {
    const strict = await apiWorld({ limits: { signInsPerMinute: 3 } });
    const attempt = () => strict.app.inject({ method: 'POST', url: '/api/v1/auth/masuk', payload: { username: 'x', password: 'y' } });
    for (let i = 0; i < 3; i += 1) expect((await attempt()).statusCode).toBe(401);
    const answer = await attempt();
    expect(answer.statusCode).toBe(429);
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toMatchObject({ code: 'terlalu-sering', status: 429 });
    expect((await strict.ask('operator', 'GET', '/api/v1/auth/saya')).statusCode, 'other routes go on').toBe(200);
    await strict.close();
  });
});

describe('a browser', () => {
  it('carries cookies that scripts cannot read and other sites do not send', async () => {
    const browser = openBrowser(world.app);
    const answer = await browser.signIn('operator');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).not.toHaveProperty('accessToken');
    expect(answer.json()).not.toHaveProperty('refreshToken');
    for (const name of ['pendopo_access', 'pendopo_refresh']) {
      expect(answer.cookies.find((cookie) => cookie.name === name)).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
    }
    expect((await browser.request('GET', '/api/v1/auth/saya')).json()).toMatchObject({ username: 'operator' });
  });

  it('gets its cookies over https only, where there is https', async () => {
    const secure = await apiWorld({ secureCookies: true });
    const answer = await openBrowser(secure.app).signIn('operator');
    expect(answer.cookies.every(({ secure: isSecure }) => isSecure === true)).toBe(true);
    expect(answer.headers['strict-transport-security']).toBeDefined();
    await secure.close();
  });

  it('needs a CSRF token for everything that changes something', async () => {
    const browser = openBrowser(world.app);
    await browser.signIn('operator');
    const job = world.addJob({ state: 'stuck' });
    const url = `/api/v1/pekerjaan/${job.id}/coba-lagi`;
    const refused = await browser.request('POST', url);
    expect(refused.statusCode).toBe(403);
    expect(refused.json()).toMatchObject({ code: 'csrf' });
    expect(world.memory.jobs.get(job.id)?.state, 'nothing happened').toBe('stuck');
    expect((await browser.request('POST', url, undefined, { 'x-csrf-token': 'abc' })).statusCode).toBe(403);
    const token = await browser.csrf();
    expect(
      (await browser.request('POST', url, undefined, { 'x-csrf-token': token, 'sec-fetch-site': 'same-site' })).statusCode,
      'a desa beside us',
    ).toBe(403);
    expect((await browser.request('POST', url, undefined, { 'x-csrf-token': token })).statusCode).toBe(202);
  });

  it('may send the CSRF token as a field', async () => {
    const browser = openBrowser(world.app);
    await browser.signIn('operator');
    const job = world.addJob({ state: 'stuck' });
    expect((await browser.request('POST', `/api/v1/pekerjaan/${job.id}/coba-lagi`, { _csrf: await browser.csrf() })).statusCode).toBe(202);
  });

  it('cannot use a CSRF token of somebody else or from before it signed in', async () => {
    const browser = openBrowser(world.app);
    const asGuest = await browser.csrf();
    await browser.signIn('operator');
    const job = world.addJob({ state: 'stuck' });
    const url = `/api/v1/pekerjaan/${job.id}/coba-lagi`;
    expect((await browser.request('POST', url, undefined, { 'x-csrf-token': asGuest })).statusCode).toBe(403);
    const other = openBrowser(world.app);
    await other.signIn('kabupaten');
    const theirs = await other.csrf();
    browser.cookies.set('_csrf', other.cookies.get('_csrf') ?? '');
    expect((await browser.request('POST', url, undefined, { 'x-csrf-token': theirs })).statusCode, 'planted cookie and token').toBe(403);
  });

  it('cannot be signed in by another page', async () => {
    const answer = await openBrowser(world.app).request('POST', '/api/v1/auth/masuk', {
      username: 'operator',
      password: PASSWORD,
      session: 'cookie',
    });
    expect(answer.statusCode).toBe(403);
    expect(answer.cookies).toEqual([]);
  });

  it('renews itself when its access token has run out', async () => {
    const browser = openBrowser(world.app);
    await browser.signIn('operator');
    const before = browser.cookies.get('pendopo_refresh');
    browser.cookies.delete('pendopo_access');
    const answer = await browser.request('GET', '/api/v1/auth/saya');
    expect(answer.statusCode).toBe(200);
    expect(browser.cookies.get('pendopo_refresh')).not.toBe(before);
    expect(browser.cookies.has('pendopo_access')).toBe(true);
    expect((await browser.request('GET', '/api/v1/auth/saya')).cookies, 'and not again').toEqual([]);
  });

  it('is not signed out when several of its requests renew at once', async () => {
    const patient = await apiWorld({ limits: { renewalGraceMs: 5_000 } });
    const browser = openBrowser(patient.app);
    await browser.signIn('operator');
    browser.cookies.delete('pendopo_access');
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answers = await Promise.all([1, 2, 3, 4].map(() => patient.app.inject({ url: '/api/v1/auth/saya', headers: { cookie } })));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
    expect((await browser.request('GET', '/api/v1/auth/saya')).statusCode, 'a late one with the old cookie').toBe(200);
    expect(patient.memory.sessions.some(({ state }) => state === 'revoked')).toBe(false);
    await patient.close();
  });

  it('gets its new cookies from a stream too', async () => {
    const browser = openBrowser(world.app);
    await browser.signIn('operator');
    browser.cookies.delete('pendopo_access');
    const job = world.addJob({ state: 'succeeded' });
    const answer = await browser.request('GET', `/api/v1/pekerjaan/${job.id}/aliran`);
    expect(answer.statusCode).toBe(200);
    expect(browser.cookies.has('pendopo_access')).toBe(true);
    browser.cookies.delete('pendopo_access');
    expect((await browser.request('GET', '/api/v1/auth/saya')).statusCode, 'with the new refresh token').toBe(200);
  });

  it('loses its cookies when its refresh token was stolen and used', async () => {
    const browser = openBrowser(world.app);
    await browser.signIn('operator');
    await post('/perbarui', { refreshToken: browser.cookies.get('pendopo_refresh') });
    browser.cookies.delete('pendopo_access');
    expect((await browser.request('GET', '/api/v1/auth/saya')).statusCode).toBe(401);
    expect(browser.cookies.has('pendopo_refresh')).toBe(false);
    expect(world.memory.sessions.every(({ state }) => state === 'revoked')).toBe(true);
  });

  it('is signed out by signing out', async () => {
    const browser = openBrowser(world.app);
    await browser.signIn('operator');
    const refresh = browser.cookies.get('pendopo_refresh') ?? '';
    expect((await browser.request('POST', '/api/v1/auth/keluar', undefined, { 'x-csrf-token': await browser.csrf() })).statusCode).toBe(
      204,
    );
    expect(browser.cookies.has('pendopo_access')).toBe(false);
    expect((await post('/perbarui', { refreshToken: refresh })).statusCode).toBe(401);
  });
});

describe('a first password', () => {
  beforeEach(() => {
    const operator = world.memory.users.get('UOPERATOR');
    if (operator !== undefined) world.memory.users.set('UOPERATOR', { ...operator, mustChangePassword: true });
  });

  it('opens nothing but changing it', async () => {
    const refused = await world.ask('operator', 'GET', '/api/v1/desa');
    expect(refused.statusCode).toBe(403);
    expect(refused.json()).toMatchObject({ code: 'ganti-kata-sandi' });
    expect((await world.ask('operator', 'GET', '/api/v1/auth/saya')).json()).toMatchObject({ mustChangePassword: true });
  });

  it('is changed, and then everything is open to the new session only', async () => {
    const old = await world.tokenOf('operator');
    const session = await tokensOf('operator');
    const change = { oldPassword: PASSWORD, newPassword: 'gunung rinjani 3726' };
    const answer = await world.ask('operator', 'POST', '/api/v1/auth/kata-sandi', change);
    expect(answer.statusCode).toBe(200);
    const { accessToken } = answer.json<SignedIn>();
    expect((await world.app.inject({ url: '/api/v1/desa', headers: { authorization: `Bearer ${accessToken}` } })).statusCode).toBe(200);
    expect((await whoAmI(old)).statusCode, 'an older access token').toBe(401);
    expect((await post('/perbarui', { refreshToken: session.refreshToken })).statusCode, 'an older session').toBe(401);
    expect((await signIn('operator')).statusCode, 'the old password').toBe(401);
    expect((await signIn('operator', change.newPassword)).statusCode).toBe(200);
    expect(await verifyPassword(world.memory.users.get('UOPERATOR')?.passwordHash ?? '', change.newPassword)).toBe(true);
  });

  it.each([
    ['wrong old password', { oldPassword: 'salah sekali', newPassword: 'gunung rinjani 3726' }, 'kata-sandi-lama-salah', 'oldPassword'],
    ['too short', { oldPassword: PASSWORD, newPassword: 'rinjani' }, 'kata-sandi-lemah', 'newPassword'],
    ['too uniform', { oldPassword: PASSWORD, newPassword: 'aaaaaaaaaaaa' }, 'kata-sandi-lemah', 'newPassword'],
    ['holds the name', { oldPassword: PASSWORD, newPassword: 'Operator2026' }, 'kata-sandi-lemah', 'newPassword'],
    ['the same', { oldPassword: PASSWORD, newPassword: PASSWORD }, 'kata-sandi-sama', 'newPassword'],
  ])('is not changed: %s', async (_why, body, code, field) => {
    const answer = await world.ask('operator', 'POST', '/api/v1/auth/kata-sandi', body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code, field });
    expect((await signIn('operator')).statusCode).toBe(200);
  });

  it('keeps a browser signed in with new cookies', async () => {
    const browser = openBrowser(world.app);
    await browser.signIn('operator');
    const headers = { 'x-csrf-token': await browser.csrf() };
    const answer = await browser.request(
      'POST',
      '/api/v1/auth/kata-sandi',
      { oldPassword: PASSWORD, newPassword: 'gunung rinjani 3726' },
      headers,
    );
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).not.toHaveProperty('accessToken');
    expect((await browser.request('GET', '/api/v1/desa')).statusCode).toBe(200);
  });
});
