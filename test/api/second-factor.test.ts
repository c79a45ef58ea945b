import { Secret as Key, TOTP } from 'otpauth';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AccountName, type ApiWorld, apiWorld, openBrowser, PASSWORD } from '../support/api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld();
});
beforeEach(() => world.reset());
afterAll(() => world.close());
afterEach(() => {
  world.memory.now = new Date();
});

const post = (url: string, payload: object) => world.app.inject({ method: 'POST', url: `/api/v1/auth${url}`, payload });
const codeOf = (key: string, at = world.memory.now): string =>
  new TOTP({ secret: Key.fromBase32(key) }).generate({ timestamp: at.getTime() });
const later = (seconds: number): void => {
  world.memory.now = new Date(world.memory.now.getTime() + seconds * 1000);
};

/** Sets it up as a person does. The code that proves it is used up by that. */
async function enrol(account: AccountName): Promise<{ key: string; recoveryCodes: string[] }> {
  const { key } = (await world.ask(account, 'POST', '/api/v1/auth/faktor-kedua', { password: PASSWORD })).json<{ key: string }>();
  const proven = await world.ask(account, 'POST', '/api/v1/auth/faktor-kedua/pastikan', { code: codeOf(key) });
  expect(proven.statusCode, proven.body).toBe(200);
  later(30);
  return { key, recoveryCodes: proven.json<{ recoveryCodes: string[] }>().recoveryCodes };
}
const ticketOf = async (username: string): Promise<string> => {
  const answer = await post('/masuk', { username, password: PASSWORD });
  expect(answer.statusCode).toBe(202);
  return answer.json<{ ticket: string }>().ticket;
};

describe('signing in with a code', () => {
  it('gives nothing for the password alone: a ticket is no token', async () => {
    await enrol('operator');
    const answer = await post('/masuk', { username: 'operator', password: PASSWORD });
    expect(answer.statusCode).toBe(202);
    expect(Object.keys(answer.json())).toEqual(['next', 'ticketExpiresAt', 'ticket']);
    const { ticket } = answer.json<{ ticket: string }>();
    const asked = await world.app.inject({ url: '/api/v1/auth/saya', headers: { authorization: `Bearer ${ticket}` } });
    expect(asked.statusCode).toBe(401);
    expect(world.memory.audit.some(({ action }) => action === 'sign-in')).toBe(false);
  });

  it('takes a code once: not twice, and not an older one after it', async () => {
    const { key } = await enrol('operator');
    const code = codeOf(key);
    const signedIn = await post('/masuk/kode', { ticket: await ticketOf('operator'), code });
    expect(signedIn.statusCode, signedIn.body).toBe(200);
    expect(signedIn.json()).toMatchObject({ account: { username: 'operator', secondFactor: true } });
    const before = codeOf(key, new Date(world.memory.now.getTime() - 30_000));
    for (const used of [code, before]) {
      const again = await post('/masuk/kode', { ticket: await ticketOf('operator'), code: used });
      expect([again.statusCode, again.json<{ code: string }>().code]).toEqual([401, 'kode-salah']);
    }
    later(30);
    expect((await post('/masuk/kode', { ticket: await ticketOf('operator'), code: codeOf(key) })).statusCode).toBe(200);
  });

  it('takes each recovery code once, and keeps only hashes of them', async () => {
    const { recoveryCodes } = await enrol('operator');
    const [first = '', second = ''] = recoveryCodes;
    expect((await post('/masuk/kode', { ticket: await ticketOf('operator'), code: first.toLowerCase() })).statusCode).toBe(200);
    expect((await post('/masuk/kode', { ticket: await ticketOf('operator'), code: first })).statusCode).toBe(401);
    expect((await post('/masuk/kode', { ticket: await ticketOf('operator'), code: second })).statusCode).toBe(200);
    const state = await world.ask('operator', 'GET', '/api/v1/auth/faktor-kedua');
    expect(state.json()).toEqual({ state: 'active', required: false, recoveryLeft: 8 });
    const written = JSON.stringify([[...world.memory.factors.values()].map(({ recovery }) => [...recovery.keys()]), world.memory.audit]);
    for (const code of recoveryCodes) expect(written).not.toContain(code);
  });

  it('is over after five minutes, and with the password it began with', async () => {
    const { key } = await enrol('operator');
    const ticket = await ticketOf('operator');
    await world.memory.tools.users.savePassword('UOPERATOR', 'lain', false);
    expect((await post('/masuk/kode', { ticket, code: codeOf(key) })).json()).toMatchObject({ code: 'langkah-pertama-lewat' });
    for (const bad of ['', 'x', await world.tokenOf('kabupaten')])
      expect((await post('/masuk/kode', { ticket: bad, code: codeOf(key) })).statusCode, bad).toBe(401);
    const decoded = world.app.jwt.decode<{ iat: number; exp: number }>(ticket);
    expect((decoded?.exp ?? 0) - (decoded?.iat ?? 0)).toBe(5 * 60);
  });

  it('counts wrong codes like wrong passwords: knowing the password does not set the count back', async () => {
    const { key } = await enrol('operator');
    for (let n = 0; n < 10; n += 1) {
      expect((await post('/masuk/kode', { ticket: await ticketOf('operator'), code: '000000' })).statusCode).toBe(401);
    }
    expect((await post('/masuk', { username: 'operator', password: PASSWORD })).statusCode, 'locked').toBe(401);
    later(15 * 60 + 1);
    expect((await post('/masuk/kode', { ticket: await ticketOf('operator'), code: codeOf(key) })).statusCode).toBe(200);
  }, 30_000);

  it('works in a browser, whose cookies say nothing before both steps', async () => {
    const { key } = await enrol('operator');
    const browser = openBrowser(world.app);
    expect((await browser.signIn('operator')).json()).toEqual({ next: 'code', ticketExpiresAt: expect.any(String) });
    expect((await browser.request('GET', '/api/v1/auth/saya')).statusCode).toBe(401);
    const body = { code: codeOf(key), session: 'cookie' };
    expect((await browser.request('POST', '/api/v1/auth/masuk/kode', body)).statusCode, 'without a CSRF token').toBe(403);
    const answer = await browser.request('POST', '/api/v1/auth/masuk/kode', body, { 'x-csrf-token': await browser.csrf() });
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.json()).not.toHaveProperty('accessToken');
    expect((await browser.request('GET', '/api/v1/auth/saya')).json()).toMatchObject({ username: 'operator' });
    expect(browser.cookies.has('pendopo_langkah')).toBe(false);
  });
});

describe('a second step', () => {
  it('tells its key for the password only: an open session is not enough', async () => {
    const begin = (body?: object) => world.ask('operator', 'POST', '/api/v1/auth/faktor-kedua', body);
    const refused = await begin({ password: 'bukan yang ini' });
    expect([refused.statusCode, refused.json<{ code: string }>().code]).toEqual([400, 'kata-sandi-lama-salah']);
    expect((await begin({})).statusCode).toBe(400);
    expect(world.memory.factors.size, 'nothing is half set up').toBe(0);
    expect((await begin({ password: PASSWORD })).json()).toMatchObject({ key: expect.stringMatching(/^[A-Z2-7]{16,}$/) });
    const after = await world.ask('operator', 'GET', '/api/v1/auth/faktor-kedua');
    expect(after.json(), 'told once').toEqual({ state: 'pending', required: false, recoveryLeft: 0 });
  });

  it('is asked for only once it is proven, and its key lies in the vault', async () => {
    const { key } = (await world.ask('operator', 'POST', '/api/v1/auth/faktor-kedua', { password: PASSWORD })).json<{ key: string }>();
    expect((await post('/masuk', { username: 'operator', password: PASSWORD })).statusCode).toBe(200);
    const wrong = await world.ask('operator', 'POST', '/api/v1/auth/faktor-kedua/pastikan', { code: '000000' });
    expect([wrong.statusCode, wrong.json<{ code: string }>().code]).toEqual([400, 'kode-salah']);
    expect(JSON.stringify([[...world.memory.factors], world.memory.audit, world.memory.logged])).not.toContain(key);
    const again = (await world.ask('operator', 'POST', '/api/v1/auth/faktor-kedua', { password: PASSWORD })).json<{ key: string }>();
    expect(again.key).not.toBe(key);
    const kept = [...world.memory.secrets.keys()].filter((ref) => ref.startsWith('user/UOPERATOR/totp/'));
    expect(kept, 'the first key is forgotten').toHaveLength(1);
  });

  it('goes with the password and a code, and takes its key along', async () => {
    const { key } = await enrol('operator');
    const remove = (body: object) => world.ask('operator', 'POST', '/api/v1/auth/faktor-kedua/matikan', body);
    expect((await remove({ password: 'salah sekali', code: codeOf(key) })).statusCode).toBe(400);
    expect((await remove({ password: PASSWORD, code: '000000' })).statusCode).toBe(400);
    expect((await remove({ password: PASSWORD, code: codeOf(key) })).statusCode).toBe(204);
    expect((await post('/masuk', { username: 'operator', password: PASSWORD })).statusCode).toBe(200);
    expect([...world.memory.secrets.keys()].some((ref) => ref.includes('/totp/'))).toBe(false);
  });

  it('is reset by the superadmin, which is on record and signs its owner out at once', async () => {
    await enrol('operator');
    const token = await world.tokenOf('operator');
    expect((await world.ask('superadmin', 'POST', '/api/v1/pengguna/UOPERATOR/faktor-kedua/setel-ulang')).statusCode).toBe(204);
    expect((await world.app.inject({ url: '/api/v1/auth/saya', headers: { authorization: `Bearer ${token}` } })).statusCode).toBe(401);
    expect(world.memory.audit.at(-1)).toMatchObject({
      actor: 'superadmin',
      action: 'reset-second-factor',
      detail: { username: 'operator' },
    });
    expect((await post('/masuk', { username: 'operator', password: PASSWORD })).statusCode).toBe(200);
  });

  it('is demanded of a role: without it nothing opens but setting it up, and it cannot be switched off', async () => {
    await world.ask('superadmin', 'PUT', '/api/v1/kebijakan/faktor-kedua', { roles: ['operator'] });
    expect(world.memory.audit.at(-1)).toMatchObject({
      action: 'change-policy',
      detail: { 'roles-before': '–', 'roles-after': 'operator' },
    });
    const refused = await world.ask('operator', 'GET', '/api/v1/desa');
    expect([refused.statusCode, refused.json<{ code: string }>().code]).toEqual([403, 'faktor-kedua-wajib']);
    expect((await world.ask('kabupaten', 'GET', '/api/v1/desa')).statusCode, 'others go on').toBe(200);
    const { key } = await enrol('operator');
    expect((await world.ask('operator', 'GET', '/api/v1/desa')).statusCode).toBe(200);
    const answer = await world.ask('operator', 'POST', '/api/v1/auth/faktor-kedua/matikan', { password: PASSWORD, code: codeOf(key) });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([409, 'faktor-kedua-wajib']);
  });
});

describe('sessions', () => {
  it('are listed with device and address, and one of them is ended at once', async () => {
    const device = { 'user-agent': 'Mozilla/5.0 (Android 15) Firefox/150.0' };
    const signIn = () =>
      world.app.inject({
        method: 'POST',
        url: '/api/v1/auth/masuk',
        payload: { username: 'operator', password: PASSWORD },
        headers: device,
      });
    const [mine, lost] = [(await signIn()).json<{ accessToken: string }>(), (await signIn()).json<{ accessToken: string }>()];
    const bearer = (token: { accessToken: string }) => ({ authorization: `Bearer ${token.accessToken}` });
    const { rows } = (await world.app.inject({ url: '/api/v1/auth/sesi', headers: bearer(mine) })).json<{
      rows: { id: string; current: boolean }[];
    }>();
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ address: '127.0.0.1', device: device['user-agent'] });
    expect(rows.filter(({ current }) => current)).toHaveLength(1);
    const other = rows.find(({ current }) => !current)?.id;
    const ended = await world.app.inject({ method: 'POST', url: `/api/v1/auth/sesi/${other}/akhiri`, headers: bearer(mine) });
    expect(ended.statusCode).toBe(204);
    expect((await world.app.inject({ url: '/api/v1/auth/saya', headers: bearer(lost) })).statusCode).toBe(401);
    expect((await world.app.inject({ url: '/api/v1/auth/saya', headers: bearer(mine) })).statusCode).toBe(200);
    expect(world.memory.audit.at(-1)).toMatchObject({ action: 'end-session', detail: { address: '127.0.0.1' } });
  });

  it('cut their streams when they end', async () => {
    await world.app.listen({ host: '127.0.0.1', port: 0 });
    const address = world.app.server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const stream = await fetch(`http://127.0.0.1:${port}/api/v1/armada/aliran`, {
      headers: { authorization: `Bearer ${await world.tokenOf('operator')}` },
      signal: AbortSignal.timeout(20_000),
    });
    const reader = stream.body?.getReader();
    await reader?.read();
    const ended = await world.ask('superadmin', 'POST', '/api/v1/pengguna/UOPERATOR/akhiri-sesi');
    expect(ended.statusCode).toBe(204);
    const closed = (async () => {
      // The first read that finds nothing more, or a broken line: either way nothing is told any more.
      while (reader !== undefined && !(await reader.read()).done);
      return 'over';
    })();
    expect(await closed.catch(() => 'cut')).toBe('cut');
  }, 30_000);
});
