import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../src/domain/job.ts';
import { type ApiWorld, apiWorld } from '../support/api-world.ts';

let world: ApiWorld;
let port: number;
const open = new Set<Stream>();

async function start(limits: NonNullable<Parameters<typeof apiWorld>[0]>['limits'] = {}): Promise<void> {
  world = await apiWorld({ limits });
  await world.app.listen({ host: '127.0.0.1', port: 0 });
  const address = world.app.server.address();
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  port = address.port;
}

interface Message {
  readonly id: string | null;
  readonly event: string | null;
  readonly data: unknown;
}

interface Stream {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  /** Everything that came, as it came. */
  text(): string;
  messages(): Message[];
  /** Resolves when the server has closed it. */
  readonly ended: Promise<unknown>;
  hangUp(): void;
}

async function watch(job: Job, { headers = {}, query = '' }: { headers?: Record<string, string>; query?: string } = {}): Promise<Stream> {
  const authorization = `Bearer ${await world.tokenOf('superadmin')}`;
  const sent = httpRequest({ port, path: `/api/v1/pekerjaan/${job.id}/aliran${query}`, headers: { authorization, ...headers } });
  sent.on('error', () => undefined);
  sent.end();
  const [answer] = await once(sent, 'response');
  let text = '';
  answer.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  answer.on('error', () => undefined);
  const stream: Stream = {
    status: answer.statusCode,
    headers: answer.headers,
    text: () => text,
    messages: () => text.split('\n\n').flatMap(readMessage),
    ended: new Promise((resolve) => answer.on('close', resolve)),
    hangUp: () => sent.destroy(),
  };
  open.add(stream);
  return stream;
}

function readMessage(block: string): Message[] {
  const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]));
  const data = fields.get('data');
  return data === undefined ? [] : [{ id: fields.get('id') ?? null, event: fields.get('event') ?? null, data: JSON.parse(data) }];
}

const texts = (stream: Stream): string[] =>
  stream.messages().flatMap(({ data }) => (typeof data === 'object' && data !== null && 'text' in data ? [String(data.text)] : []));
async function until(isSo: () => boolean, what: string): Promise<void> {
  const limit = Date.now() + 5_000;
  while (!isSo()) {
    if (Date.now() > limit) throw new Error(`still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
const hangUpAll = (): void => {
  for (const stream of open) stream.hangUp();
  open.clear();
};

describe('a stream', () => {
  beforeAll(() => start());
  beforeEach(() => world.reset());
  afterEach(async () => {
    hangUpAll();
    await until(() => world.app.jobStreams.viewers() === 0, 'nobody watches');
  });
  afterAll(() => world.close());

  it('tells what has happened and what happens, and ends with the job', async () => {
    const job = world.addJob();
    world.memory.note(job.id, 'job', 'running');
    const stream = await watch(job);
    expect(stream.status).toBe(200);
    expect(stream.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(stream.headers['cache-control']).toContain('no-store');
    expect(stream.headers['content-security-policy'], 'the usual headers').toBeDefined();
    await until(() => texts(stream).length === 1, 'the past');
    world.memory.note(job.id, 'step', 'running', 0);
    world.memory.note(job.id, 'log', 'baris pertama\nbaris kedua', 0);
    await until(() => texts(stream).length === 3, 'the present');
    world.memory.moveJob(job.id, 'succeeded');
    world.memory.note(job.id, 'log', 'baris terakhir', 0);
    await stream.ended;
    expect(stream.messages().map(({ id, event }) => [id, event])).toEqual([
      ['1', 'job'],
      ['2', 'step'],
      ['3', 'log'],
      ['4', 'job'],
      ['5', 'log'],
      [null, 'end'],
    ]);
    expect(stream.messages()[1]?.data).toEqual({ id: 2, position: 0, at: expect.stringMatching(/^\d{4}-/), kind: 'step', text: 'running' });
    expect(texts(stream)[2]).toBe('baris pertama\nbaris kedua');
    expect(stream.messages().at(-1)?.data).toEqual({ state: 'succeeded' });
    expect(stream.text()).toMatch(/^retry: \d+\n\n/);
  });

  it('goes on after the last event that was seen, without loss or repetition', async () => {
    const job = world.addJob();
    for (const text of ['a', 'b', 'c']) world.memory.note(job.id, 'log', text);
    const first = await watch(job);
    await until(() => texts(first).length === 3, 'three lines');
    first.hangUp();
    for (const text of ['d', 'e']) world.memory.note(job.id, 'log', text);
    const second = await watch(job, { headers: { 'last-event-id': '3' } });
    await until(() => texts(second).length === 2, 'two lines');
    expect(texts(second)).toEqual(['d', 'e']);
    const third = await watch(job, { query: '?setelah=4' });
    await until(() => texts(third).length === 1, 'one line');
    expect(texts(third)).toEqual(['e']);
    const reconnected = await watch(job, { query: '?setelah=0', headers: { 'last-event-id': '4' } });
    await until(() => texts(reconnected).length > 0, 'a line');
    expect(texts(reconnected), 'the browser knows better than the page').toEqual(['e']);
  });

  it('gives the whole journal of a job that has ended', async () => {
    const job = world.addJob({ state: 'undone' });
    for (let i = 1; i <= 1_234; i += 1) world.memory.note(job.id, 'log', `baris ${i}`);
    const stream = await watch(job);
    await stream.ended;
    expect(texts(stream)).toHaveLength(1_234);
    expect(stream.messages().at(-1)).toMatchObject({ event: 'end', data: { state: 'undone' } });
  });

  it('answers 204 to who has all of it already, so that browsers stay away', async () => {
    const job = world.addJob({ state: 'succeeded' });
    world.memory.note(job.id, 'job', 'succeeded');
    expect((await watch(job, { headers: { 'last-event-id': '1' } })).status).toBe(204);
    expect((await watch(job, { headers: { 'last-event-id': '0' } })).status).toBe(200);
    expect((await watch(job, { headers: { 'last-event-id': 'abc' } })).status, 'nonsense counts as none').toBe(200);
  });

  it('asks the records once for many who look on', async () => {
    const job = world.addJob();
    const streams = await Promise.all(Array.from({ length: 20 }, () => watch(job)));
    await until(() => world.app.jobStreams.viewers() === 20, 'twenty viewers');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = world.memory.asked.events;
    const begun = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const polls = world.memory.asked.events - before;
    expect(polls).toBeGreaterThan(0);
    expect(polls).toBeLessThanOrEqual((performance.now() - begun) / 10 + 1);
    world.memory.note(job.id, 'log', 'untuk semua');
    await until(() => streams.every((stream) => texts(stream).length === 1), 'all have it');
  });

  it('asks nothing any more once nobody looks on', async () => {
    const stream = await watch(world.addJob());
    await until(() => world.app.jobStreams.viewers() === 1, 'a viewer');
    stream.hangUp();
    await until(() => world.app.jobStreams.viewers() === 0, 'no viewer');
    await new Promise((resolve) => setTimeout(resolve, 30));
    const before = world.memory.asked.events;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(world.memory.asked.events).toBe(before);
  });

  it('loses nothing to somebody who joins while much is written', async () => {
    const job = world.addJob();
    let written = 0;
    const timer = setInterval(() => {
      for (let i = 0; i < 40; i += 1) {
        written += 1;
        world.memory.note(job.id, 'log', String(written));
      }
    }, 2);
    const streams: Stream[] = [];
    for (let i = 0; i < 8; i += 1) {
      streams.push(await watch(job));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    clearInterval(timer);
    world.memory.moveJob(job.id, 'succeeded');
    await Promise.all(streams.map(({ ended }) => ended));
    const expected = Array.from({ length: written }, (_, i) => String(i + 1));
    for (const stream of streams) expect(texts(stream).filter((text) => text !== 'succeeded')).toEqual(expected);
  });

  it('gives an event that became visible after a later one', async () => {
    const job = world.addJob();
    const stream = await watch(job);
    await until(() => world.app.jobStreams.viewers() === 1, 'a viewer');
    const late = world.memory.note(job.id, 'step', 'done', 3);
    world.memory.events.pop();
    world.memory.events.push({ ...late, id: 2, kind: 'log', text: 'baris' });
    await until(() => texts(stream).length === 1, 'the later one');
    world.memory.events.unshift({ ...late, id: 1 });
    await until(() => texts(stream).length === 2, 'the earlier one');
    expect(texts(stream)).toEqual(['baris', 'done']);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(texts(stream), 'once').toHaveLength(2);
  });

  it('goes on when the records were away for a while', async () => {
    const job = world.addJob();
    const stream = await watch(job);
    await until(() => world.app.jobStreams.viewers() === 1, 'a viewer');
    const { find } = world.memory.tools.jobs;
    Object.assign(world.memory.tools.jobs, {
      find: async () => {
        throw new Error('database down');
      },
    });
    await until(() => world.memory.logged.some(({ message }) => message.includes('still trying')), 'a warning');
    Object.assign(world.memory.tools.jobs, { find });
    world.memory.note(job.id, 'log', 'kembali');
    await until(() => texts(stream).length === 1, 'the line');
    expect(world.memory.logged.filter(({ message }) => message.includes('still trying'))).toHaveLength(1);
  });
});

describe('a stream that stays open', () => {
  afterEach(async () => {
    hangUpAll();
    await world.close();
  });

  it('beats, so that nothing between closes it', async () => {
    await start({ heartbeatMs: 20 });
    const stream = await watch(world.addJob());
    await until(() => stream.text().split(': detak\n\n').length > 2, 'two beats');
  });

  it('sends viewers round after a while, to be asked who they are, and they lose nothing', async () => {
    await start({ longestStreamMs: 50 });
    const job = world.addJob();
    world.memory.note(job.id, 'log', 'a');
    const stream = await watch(job);
    await stream.ended;
    expect(
      stream.messages().map(({ event }) => event),
      'no end: the job goes on',
    ).toEqual(['log']);
    expect((await watch(job, { headers: { 'last-event-id': '1' } })).status).toBe(200);
  });

  it('has room for so many viewers and no more', async () => {
    await start({ mostViewers: 2 });
    const job = world.addJob();
    await Promise.all([watch(job), watch(job)]);
    await until(() => world.app.jobStreams.viewers() === 2, 'two viewers');
    const third = await watch(job);
    expect(third.status).toBe(503);
    expect(third.headers['content-type']).toContain('problem+json');
  });

  it('is closed with the server, at once', async () => {
    await start();
    const stream = await watch(world.addJob());
    await until(() => world.app.jobStreams.viewers() === 1, 'a viewer');
    const begun = performance.now();
    await Promise.all([world.app.close(), stream.ended]);
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(stream.messages()).toEqual([]);
  });
});
