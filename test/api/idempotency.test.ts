import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ApiWorld, apiWorld, DESA, memoryIdempotency, NEIGHBOUR } from '../support/api-world.ts';

let world: ApiWorld;
const store = memoryIdempotency();
let keys = 0;
beforeAll(async () => {
  world = await apiWorld({ idempotency: store });
});
beforeEach(() => world.reset());
afterAll(() => world.close());

const newKey = () => {
  keys += 1;
  return { 'idempotency-key': `kunci-${keys}` };
};
const install = (headers: Readonly<Record<string, string>>, kode = NEIGHBOUR) =>
  world.ask('superadmin', 'POST', `/api/v1/desa/${kode}/aplikasi/contoh/pasang`, undefined, headers);

describe('a POST with a key', () => {
  it('is done once; repeated, it gets the first answer', async () => {
    const key = newKey();
    const first = await install(key);
    expect(first.statusCode).toBe(202);
    const again = await install(key);
    expect(again.statusCode).toBe(202);
    expect(again.json()).toEqual(first.json());
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(world.memory.jobs.size).toBe(1);
    expect(await install(newKey()), 'another key is another request').toMatchObject({ statusCode: 409 });
  });

  it('is done twice for two accounts', async () => {
    const key = newKey();
    expect((await world.ask('superadmin', 'POST', '/api/v1/desa', { kode: '52.01.14.2002' }, key)).statusCode).toBe(201);
    expect((await world.ask('kabupaten', 'POST', '/api/v1/desa', { kode: '52.01.14.2003' }, key)).statusCode).toBe(201);
  });

  it('is refused when the key was used for another body or another address', async () => {
    const key = newKey();
    expect((await world.ask('superadmin', 'POST', '/api/v1/desa', { kode: '52.01.14.2002' }, key)).statusCode).toBe(201);
    for (const [url, body] of [
      ['/api/v1/desa', { kode: '52.01.14.2003' }],
      [`/api/v1/desa/${DESA}/aplikasi/contoh/pasang`, { kode: '52.01.14.2002' }],
    ] as const) {
      const answer = await world.ask('superadmin', 'POST', url, body, key);
      expect(answer.statusCode, url).toBe(url === '/api/v1/desa' ? 422 : 400);
    }
    expect((await install(key)).json()).toMatchObject({ code: 'kunci-dipakai', status: 422 });
  });

  it('is refused while the first is still at work', async () => {
    const key = newKey();
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { find } = world.memory.tools.tenants;
    const slow = { ...world.memory.tools.tenants, find: async (kode: Parameters<typeof find>[0]) => gate.then(() => find(kode)) };
    const other = await apiWorld({ idempotency: memoryIdempotency() });
    Object.assign(other.memory.tools.tenants, { find: slow.find });
    const ask = () => other.ask('superadmin', 'POST', `/api/v1/desa/${NEIGHBOUR}/aplikasi/contoh/pasang`, undefined, key);
    const first = ask();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await ask()).json()).toMatchObject({ status: 409, code: 'masih-dikerjakan' });
    release();
    expect((await first).statusCode).toBe(202);
    expect((await ask()).headers['idempotency-replayed']).toBe('true');
    await other.close();
  });

  it('may be sent again after a refusal: nothing was done', async () => {
    const key = newKey();
    expect((await install(key, '52.01.14.2003')).statusCode, 'not registered yet').toBe(404);
    await world.ask('superadmin', 'POST', '/api/v1/desa', { kode: '52.01.14.2003' });
    expect((await install(key, '52.01.14.2003')).statusCode).toBe(202);
  });

  it.each(['dua kata', 'x'.repeat(101), 'é'])('is refused for the key "%s"', async (key) => {
    expect((await install({ 'idempotency-key': key })).json()).toMatchObject({ status: 400, code: 'kunci-salah' });
  });

  it('keeps no password', async () => {
    const kept: unknown[] = [];
    const spied = await apiWorld({
      idempotency: { ...memoryIdempotency(), finish: async (_key, _actor, answer) => void kept.push(answer) },
    });
    const answer = await spied.ask('superadmin', 'POST', '/api/v1/pemasangan/PASANG1/kata-sandi-admin', undefined, newKey());
    expect(answer.json()).toEqual({ username: 'admin', password: 'rahasia-sekali' });
    expect(kept).toEqual([]);
    await spied.close();
  });

  it('gets its answer even when the answer cannot be kept', async () => {
    const broken = await apiWorld({
      idempotency: {
        ...memoryIdempotency(),
        finish: async () => {
          throw new Error('database down');
        },
      },
    });
    const answer = await broken.ask('superadmin', 'POST', '/api/v1/desa', { kode: '52.01.14.2002' }, newKey());
    expect(answer.statusCode).toBe(201);
    expect(broken.memory.logged.some(({ message }) => message === 'idempotency key not kept')).toBe(true);
    await broken.close();
  });
});
