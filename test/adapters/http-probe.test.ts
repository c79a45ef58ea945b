import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { httpProbe } from '../../src/adapters/http-probe.ts';

let folder: string;
let socket: string;
let server: Server | null = null;
beforeEach(async () => {
  folder = await mkdtemp('/tmp/pdp-probe-');
  socket = `${folder}/http.sock`;
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = null;
  await rm(folder, { recursive: true });
});

async function serve(answer: RequestListener): Promise<void> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server?.listen(socket, resolve));
}

const ask = (path = '/siteman', timeoutMs = 2_000) => httpProbe.get(socket, { host: 'desa.id', path, scheme: 'https', timeoutMs });

describe('a probe', () => {
  it('asks as the front would and gives status and body', async () => {
    await serve((request, response) => response.end(JSON.stringify([request.method, request.url, request.headers])));
    const answer = await ask('/siteman?a=1');
    expect(answer?.status).toBe(200);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject(['GET', '/siteman?a=1', { host: 'desa.id', 'x-forwarded-proto': 'https' }]);
  });

  it('does not follow redirects', async () => {
    await serve((_request, response) => response.writeHead(307, { Location: '/koneksi-database' }).end('pindah'));
    expect(await ask()).toEqual({ status: 307, body: 'pindah' });
  });

  it('knows whether anybody takes calls there without asking anything of them', async () => {
    const listens = () => httpProbe.listens(socket, 1_000);
    expect(await listens(), 'nothing is there').toBe(false);
    let asked = 0;
    await serve(() => {
      asked += 1;
    });
    expect(await listens()).toBe(true);
    expect(asked).toBe(0);
    const gone = server;
    server = null;
    await new Promise((resolve) => gone?.close(resolve));
    await writeFile(socket, '');
    expect(await listens(), 'its program has ended').toBe(false);
  });

  it('reads no more than 1 MiB', async () => {
    await serve((_request, response) => {
      response.on('error', () => response.destroy());
      const more = (): void => {
        while (response.write('x'.repeat(65_536)));
        response.once('drain', more);
      };
      more();
    });
    expect((await ask())?.body).toHaveLength(1024 * 1024);
  });

  it('has no answer when nobody listens, when it is not HTTP, or when it takes too long', async () => {
    expect(await ask()).toBeNull();
    await writeFile(socket, '');
    expect(await ask()).toBeNull();
    await rm(socket);
    await serve((request, response) => {
      if (request.url === '/putus') response.socket?.destroy();
      if (request.url === '/separuh')
        response.writeHead(200, { 'Content-Length': '100' }).write('separuh', () => response.socket?.destroy());
      if (request.url === '/macet') response.writeHead(200).write('mulai');
    });
    for (const path of ['/putus', '/separuh']) expect(await ask(path), path).toBeNull();
    const begun = performance.now();
    for (const path of ['/diam', '/macet']) expect(await ask(path, 150), path).toBeNull();
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
