import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ApiWorld, apiWorld } from '../support/api-world.ts';

let world: ApiWorld;
beforeEach(async () => {
  world = await apiWorld();
  await world.app.listen({ host: '127.0.0.1', port: 0 });
});
afterEach(() => world.app.close());

async function follow(until: string): Promise<string> {
  const address = world.app.server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  const url = `http://127.0.0.1:${address.port}/api/v1/armada/aliran`;
  const answer = await fetch(url, {
    headers: { authorization: `Bearer ${await world.tokenOf('pembaca')}` },
    signal: AbortSignal.timeout(8_000),
  });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  let text = '';
  for await (const part of answer.body ?? []) {
    text += new TextDecoder().decode(part);
    if (text.includes(until)) break;
  }
  return text;
}

it('tells everybody who looks on that something moved, and no more than that', async () => {
  const watching = Promise.all([follow('data: 41\n'), follow('data: 41\n')]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (let id = 1; id <= 41; id += 1)
    world.memory.events.push({ id, jobId: 'J', position: null, at: new Date(), kind: 'log', text: 'rahasia desa' });
  for (const text of await watching) {
    expect(text).toContain('event: berubah\ndata: 41\n\n');
    expect(text).not.toContain('rahasia');
  }
});

it('rings at once for who comes later: what moved before the page listened is not lost', async () => {
  world.memory.events.push({ id: 7, jobId: 'J', position: null, at: new Date(), kind: 'job', text: 'running' });
  const first = follow('data: 8\n');
  await new Promise((resolve) => setTimeout(resolve, 300));
  const begun = performance.now();
  expect(await follow('data: 7\n')).toContain('event: berubah\ndata: 7\n\n');
  expect(performance.now() - begun).toBeLessThan(5_000);
  world.memory.events.push({ id: 8, jobId: 'J', position: null, at: new Date(), kind: 'job', text: 'succeeded' });
  await first;
});

it('is for people who are signed in', async () => {
  expect((await world.app.inject({ url: '/api/v1/armada/aliran' })).statusCode).toBe(401);
});
