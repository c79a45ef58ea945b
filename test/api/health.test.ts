import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { type ApiWorld, apiWorld } from '../support/api-world.ts';

let world: ApiWorld;
afterEach(() => world.close());

describe('/healthz and /readyz', () => {
  it('say ok while everything answers', async () => {
    world = await apiWorld();
    expect((await world.app.inject('/healthz')).json()).toEqual({ status: 'ok' });
    const answer = await world.app.inject('/readyz');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ status: 'ok', checks: { database: 'ok', redis: 'ok' } });
  });

  it('name the part that does not, and only the log knows why', async () => {
    const pings = {
      database: async () => undefined,
      redis: async () => {
        throw new Error('connect ECONNREFUSED /rahasia');
      },
    };
    world = await apiWorld({ pings });
    const answer = await world.app.inject('/readyz');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ status: 'gangguan', checks: { database: 'ok', redis: 'gangguan' } });
    expect(world.memory.logged.find(({ message }) => message === 'readiness check failed')?.fields).toMatchObject({ check: 'redis' });
    expect((await world.app.inject('/healthz')).statusCode, 'this process is alive all the same').toBe(200);
  });

  it('do not wait for a part that never answers, and ask it once for many', async () => {
    let asked = 0;
    const docker = () => {
      asked += 1;
      return new Promise<never>(() => undefined);
    };
    world = await apiWorld({ pings: { docker } });
    const answers = await Promise.all([1, 2, 3].map(() => world.app.inject('/readyz')));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([503, 503, 503]);
    expect(asked).toBe(1);
  });
});

describe('/metrics', () => {
  it('tells jobs by state, durations by route, and the process', async () => {
    world = await apiWorld();
    world.addJob({ state: 'stuck' });
    await world.ask('superadmin', 'GET', '/api/v1/desa');
    const answer = await world.app.inject('/metrics');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toContain('text/plain');
    expect(answer.body).toContain('pendopo_jobs{state="stuck"} 1');
    expect(answer.body).toContain('pendopo_jobs{state="queued"} 0');
    expect(answer.body).toMatch(/pendopo_http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/desa",status="200"\} 1/);
    expect(answer.body).toContain('process_resident_memory_bytes');
  });

  it('is there even when the records do not answer', async () => {
    world = await apiWorld();
    Object.assign(world.memory.tools.jobs, {
      countByState: async () => {
        throw new Error('down');
      },
    });
    const answer = await world.app.inject('/metrics');
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('process_resident_memory_bytes');
  });

  it('is for this machine only: not for a proxy that speaks for somebody else, nor for another address', async () => {
    world = await apiWorld();
    expect((await world.app.inject({ url: '/metrics', headers: { 'x-forwarded-for': '203.0.113.7' } })).statusCode).toBe(403);
    expect((await world.app.inject({ url: '/metrics', remoteAddress: '203.0.113.7' })).statusCode).toBe(403);
    await world.app.listen({ host: '127.0.0.1', port: 0 });
    const address = world.app.server.address();
    const status = await new Promise((resolve) => {
      request({ port: typeof address === 'object' ? address?.port : 0, path: '/metrics' }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).end();
    });
    expect(status).toBe(200);
  });

  it('asks for the token when there is one, also on this machine', async () => {
    world = await apiWorld({ metricsToken: new Secret('angka-angka') });
    expect((await world.app.inject('/metrics')).statusCode).toBe(403);
    expect((await world.app.inject({ url: '/metrics', headers: { authorization: 'Bearer salah' } })).statusCode).toBe(403);
    const answer = await world.app.inject({
      url: '/metrics',
      headers: { authorization: 'Bearer angka-angka' },
      remoteAddress: '203.0.113.7',
    });
    expect(answer.statusCode).toBe(200);
  });
});
