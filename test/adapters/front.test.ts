import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFront } from '../../src/adapters/front.ts';
import { renderNginxConf } from '../../src/adapters/front-nginx-conf.ts';
import type { Route } from '../../src/domain/ports-records.ts';
import type { Front } from '../../src/domain/ports-world.ts';
import { Secret } from '../../src/domain/secret.ts';
import { fingerprintOf, makeCertificate, secureGet } from '../support/certificates.ts';

const WORKER = fileURLToPath(new URL('../../workers/front.ts', import.meta.url));
const signal = new AbortController().signal;
const run = promisify(execFile);

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = addressOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function addressOf(server: { address(): AddressInfo | string | null }): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A front process with its own data folder, and apps behind it that tell what they were asked. */
class TestFront {
  readonly driver: 'nginx' | 'builtin';
  data = '';
  port = 0;
  tlsPort = 0;
  process: ChildProcess | null = null;
  output = '';
  readonly apps = new Map<string, Server>();
  front: Front = createFront({ dataFolder: '/nowhere' });

  constructor(driver: 'nginx' | 'builtin') {
    this.driver = driver;
  }

  async open(): Promise<void> {
    this.data = await mkdtemp('/tmp/pdp-front-');
    await chmod(this.data, 0o711);
    this.port = await freePort();
    this.tlsPort = await freePort();
    this.front = createFront({ dataFolder: this.data, limitMs: 15_000 });
    await this.start();
  }

  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    this.process = spawn(process.execPath, [WORKER], {
      env: {
        PATH: process.env.PATH,
        PENDOPO_DATA: this.data,
        PENDOPO_FRONT_DRIVER: this.driver,
        PENDOPO_FRONT_HOST: '127.0.0.1',
        PENDOPO_FRONT_PORT: String(this.port),
        PENDOPO_PUBLIC_HTTPS_PORT: '8443',
        PENDOPO_FRONT_HTTPS_PORT: String(this.tlsPort),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
  }

  async end(by: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { process: child } = this;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill(by);
    return ended;
  }

  async close(): Promise<void> {
    await this.end();
    for (const server of this.apps.values()) {
      server.closeAllConnections();
      server.close();
    }
    await rm(this.data, { recursive: true, force: true });
  }

  /** An app on a socket of its own, as a container would serve it. */
  async app(name: string): Promise<string> {
    const folder = `${this.data}/run/${name}`;
    await mkdir(folder, { recursive: true, mode: 0o711 });
    await chmod(`${this.data}/run`, 0o711);
    const socket = `${folder}/http.sock`;
    const server = createServer((question, answer) => {
      if (question.url === '/lambat') return setTimeout(() => answer.end('selesai'), 700);
      if (question.url === '/putus') return question.socket.destroy();
      if (question.url === '/tidak-ada') return answer.writeHead(404, { 'Set-Cookie': ['a=1', 'b=2'] }).end('404 milik aplikasi');
      let length = 0;
      question.on('data', (part: Buffer) => {
        length += part.length;
      });
      question.on('end', () =>
        answer.end(JSON.stringify({ name, method: question.method, url: question.url, headers: question.headers, length })),
      );
    });
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    await chmod(socket, 0o666);
    this.apps.set(name, server);
    return socket;
  }

  get(
    host: string,
    path: string,
    options: { method?: string; headers?: Record<string, string>; body?: Buffer | undefined } = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const question = request({
        host: '127.0.0.1',
        port: this.port,
        path,
        method: options.method ?? 'GET',
        headers: { Host: host, ...options.headers },
        agent: false,
      });
      question.once('error', reject);
      question.once('response', (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
      });
      question.end(options.body);
    });
  }

  /** What a client says that does not mind its manners. */
  raw(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write(text));
      let said = '';
      socket.setEncoding('utf8').on('data', (part: string) => {
        said += part;
      });
      socket.once('error', reject);
      socket.once('close', () => resolve(said));
      socket.setTimeout(3_000, () => socket.destroy());
    });
  }
}

const aRoute = (host: string, socket: string, changes: Partial<Route> = {}): Route => ({
  host,
  path: '/',
  installationId: host,
  kind: 'site',
  socket,
  state: 'open',
  target: null,
  security: 'any',
  uploadMb: 64,
  answerSeconds: 300,
  ...changes,
});

/** As an app writes it that lets strangers into SQL. */
const GUARD = {
  deny: ['/api/v1/opendk/penduduk-nik-tanggalahir'],
  readOnly: ['/api/v1/data-summary'],
  digits: ['kode_kabupaten', 'tahun'],
};

describe.each(['nginx', 'builtin'] as const)('the front by %s', (driver) => {
  const front = new TestFront(driver);
  let situs: string;
  let pajak: string;
  let lain: string;
  beforeAll(async () => {
    await front.open();
    situs = await front.app('situs');
    pajak = await front.app('pajak');
    lain = await front.app('lain');
    await front.front.apply(
      [
        aRoute('bentek.desa.id', situs),
        aRoute('bentek.desa.id', pajak, { path: '/pbb' }),
        aRoute('bentek.desa.id', lain, { path: '/api/v1' }),
        aRoute('lain.desa.id', lain),
        aRoute('rawat.desa.id', situs, { state: 'maintenance' }),
        aRoute('mati.desa.id', `${front.data}/run/mati/http.sock`),
        aRoute('pajak-saja.desa.id', pajak, { path: '/pbb' }),
        aRoute('kabupaten.go.id', lain, { guard: GUARD }),
        aRoute('aman.go.id', lain, { guard: { ...GUARD, digits: [] }, security: 'https' }),
      ],
      signal,
    );
  });
  afterAll(() => front.close());

  const served = async (host: string, path: string): Promise<string> => {
    const { status, body } = await front.get(host, path);
    return status === 200 ? String(JSON.parse(body).name) : String(status);
  };

  it('gives each host and path prefix to its app, longest prefix first', async () => {
    const table = [
      ['bentek.desa.id', '/', 'situs'],
      ['bentek.desa.id', '/siteman', 'situs'],
      ['bentek.desa.id', '/pbb', 'pajak'],
      ['bentek.desa.id', '/pbb/', 'pajak'],
      ['bentek.desa.id', '/pbb/a/b?c=1', 'pajak'],
      ['bentek.desa.id', '/pbbx', 'situs'],
      ['bentek.desa.id', '/x/pbb', 'situs'],
      ['bentek.desa.id', '/api', 'situs'],
      ['bentek.desa.id', '/api/v1', 'lain'],
      ['bentek.desa.id', '/api/v1/penduduk', 'lain'],
      ['bentek.desa.id', '/api/v2', 'situs'],
      ['bentek.desa.id', '/%70bb/x', 'pajak'],
      ['bentek.desa.id', '/pbb/../siteman', 'situs'],
      ['bentek.desa.id', '//pbb', 'pajak'],
      ['BENTEK.Desa.ID', '/', 'situs'],
      ['bentek.desa.id.', '/', 'situs'],
      ['bentek.desa.id:8080', '/', 'situs'],
      ['lain.desa.id', '/pbb', 'lain'],
      ['pajak-saja.desa.id', '/pbb/', 'pajak'],
      ['pajak-saja.desa.id', '/', '404'],
    ];
    const results = await Promise.all(table.map(async ([host = '', path = '']) => [host, path, await served(host, path)]));
    expect(results).toEqual(table);
  });

  it('passes host with port, scheme and address on, and nothing that only a proxy may say', async () => {
    const { body } = await front.get('bentek.desa.id:8080', '/a%20b?c=%2F', {
      headers: {
        'X-Forwarded-For': '6.6.6.6',
        'X-Forwarded-Host': 'jahat',
        'X-Forwarded-Proto': 'https',
        'X-Real-IP': '6.6.6.6',
        Forwarded: 'for=6.6.6.6',
        Proxy: 'x',
        Cookie: 'a=1',
      },
    });
    const { headers, url } = JSON.parse(body);
    expect(url).toBe('/a%20b?c=%2F');
    expect(headers).toMatchObject({
      host: 'bentek.desa.id:8080',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      cookie: 'a=1',
    });
    for (const name of ['x-forwarded-host', 'x-real-ip', 'forwarded', 'proxy']) expect(headers).not.toHaveProperty(name);
  });

  it('never lets an unknown or malformed host reach a desa', async () => {
    for (const host of ['tidak-ada.id', 'desa.id', 'x.bentek.desa.id', 'localhost', '127.0.0.1', 'bentek.desa.id@jahat']) {
      const { status, body } = await front.get(host, '/pbb').catch(() => ({ status: 400, body: '' }));
      expect([400, 404], host).toContain(status);
      if (status === 404) expect(body).toContain('Alamat ini belum ada');
    }
    for (const text of [
      'GET / HTTP/1.0\r\n\r\n',
      'GET / HTTP/1.1\r\n\r\n',
      'GET http://lain.desa.id/ HTTP/1.1\r\nHost: tidak-ada.id\r\nConnection: close\r\n\r\n',
    ]) {
      expect(await front.raw(text)).toMatch(
        driver === 'nginx' && text.includes('lain') ? /200 OK.*"host":"lain.desa.id"/s : /^HTTP\/1\.1 (404|400)/,
      );
    }
    expect((await front.get('tidak-ada.id', '/', { method: 'POST', body: Buffer.from('x') })).status).toBe(404);
  });

  it('shows the maintenance page with 503, and that a desa does not answer with 502, in Indonesian', async () => {
    const rawat = await front.get('rawat.desa.id', '/apa/saja');
    expect([rawat.status, rawat.headers['retry-after'], rawat.headers['content-type']]).toEqual([503, '60', 'text/html']);
    expect(rawat.body).toContain('dalam pemeliharaan');
    for (const [host, path] of [
      ['mati.desa.id', '/'],
      ['bentek.desa.id', '/putus'],
    ] as const) {
      const { status, body } = await front.get(host, path);
      expect([status, body.includes('tidak menjawab')], host).toEqual([502, true]);
    }
    if (driver === 'nginx') expect((await front.get('rawat.desa.id', '/.pendopo/maintenance.html')).status).toBe(404); // nobody asks for our files by name
  });

  it("answers an authority's question at any name, open or closed, and at no other path of its own", async () => {
    await front.front.showChallenge('token_1-A', 'token_1-A.cap');
    const ask = (host: string, token: string) => front.get(host, `/.well-known/acme-challenge/${token}`);
    for (const host of ['bentek.desa.id', 'rawat.desa.id', 'tidak-ada.id']) {
      const { status, body, headers } = await ask(host, 'token_1-A');
      expect([status, body, headers['content-type']], host).toEqual([200, 'token_1-A.cap', 'text/plain']);
    }
    for (const token of ['lain', '../routes.json', '..%2froutes.json', '%2e%2e/routes.json', '']) {
      const { body } = await ask('rawat.desa.id', token);
      expect(body, token).not.toMatch(/token_1|"routes"/);
    }
    await front.front.hideChallenge('token_1-A');
    expect((await ask('tidak-ada.id', 'token_1-A')).status).toBe(404);
    await expect(front.front.showChallenge('../x', 'y')).rejects.toThrow('base64url');
  });

  it("leaves the app's own error pages and cookies alone", async () => {
    const { status, body, headers } = await front.get('bentek.desa.id', '/tidak-ada');
    expect([status, body, headers['set-cookie']]).toEqual([404, '404 milik aplikasi', ['a=1', 'b=2']]);
  });

  it('carries bodies up to 64 MiB both ways and refuses more', async () => {
    const big = Buffer.alloc(20 * 1024 * 1024, 1);
    const { body } = await front.get('bentek.desa.id', '/unggah', { method: 'POST', body: big });
    expect(JSON.parse(body)).toMatchObject({ method: 'POST', length: big.length });
    const tooBig = await front.raw('POST / HTTP/1.1\r\nHost: bentek.desa.id\r\nContent-Length: 68000000\r\nConnection: close\r\n\r\n');
    expect(tooBig).toMatch(/^HTTP\/1\.1 413/);
    expect(tooBig).toContain('lebih besar daripada');
  });

  it('lets each route say how much may be sent', async () => {
    const before = await front.front.current();
    const sizes = { uploadMb: 2, answerSeconds: 5 };
    await front.front.apply([...before, aRoute('kecil.desa.id', situs, sizes), aRoute('besar.desa.id', situs, { uploadMb: 80 })], signal);
    const send = async (host: string, mebibytes: number): Promise<number> =>
      (await front.get(host, '/unggah', { method: 'POST', body: Buffer.alloc(mebibytes * 1024 * 1024) })).status;
    expect([await send('kecil.desa.id', 1), await send('besar.desa.id', 70)]).toEqual([200, 200]);
    const refused = await front.raw('POST / HTTP/1.1\r\nHost: kecil.desa.id\r\nContent-Length: 3000000\r\nConnection: close\r\n\r\n');
    expect(refused).toMatch(/^HTTP\/1\.1 413/);
    await front.front.apply(before, signal);
  });

  it('keeps from an app what its guard names, however it is written', async () => {
    const [shut, sum] = ['/api/v1/opendk/penduduk-nik-tanggalahir', '/api/v1/data-summary'];
    const table: readonly (readonly [number, string, string?])[] = [
      ...[shut, `${shut}/`, `${shut}/x`, `/api/v1//opendk/x/../penduduk-nik-tanggalahir`].map((path) => [404, path] as const),
      ...[
        '/api/v1/opendk/penduduk%2dnik-tanggalahir',
        `/index.php${shut}`,
        `/index%2ephp${shut}?nik=1`,
        `/api/index.php${shut.slice(4)}`,
      ].map((path) => [404, path] as const),
      ...[[404, shut, 'POST'] as const, [200, `${shut}-lain`] as const, [200, '/api/v1/opendk'] as const],
      ...['?kode_kabupaten=5201', '?kode_kabupaten=', '?filter%5Bkode_kabupaten%5D=5201&x=a%27b', '?a&b=1&&tahun=2026'].map(
        (query) => [200, `${sum}${query}`] as const,
      ),
      ...['?kode_kabupaten=1%20or%201', '?kode_kabupaten=52.01', '?filter[kode_kabupaten]=1)', '?a=1&filter%5Btahun%5D=x'].map(
        (query) => [400, `${sum}${query}`] as const,
      ),
      // PHP reads all of these as kode_kabupaten.
      ...[
        '?kode.kabupaten=x',
        '?kode%20kabupaten=x',
        '?kode+kabupaten=x',
        '?%6bode_kabupaten=x',
        '?kode[kabupaten=x',
        '?kode%5Bkabupaten=x',
      ].map((query) => [400, `/lain${query}`] as const),
      // The app would read another path than the guard.
      ...[`//x/index.php${shut}`, `/z/../x/index.php${shut}`, `/%2e/x/index.php${shut}`, `/x%2fy${sum}`, `/x/%2e%2e${sum}`].map(
        (path) => [400, path] as const,
      ),
      ...[[200, `${sum}?x=a//b/../c`] as const],
      ...[[400, sum, 'POST'] as const, [200, '/api/v1/signin', 'POST'] as const, [200, sum, 'HEAD'] as const],
    ];
    for (const [status, path, method = 'GET'] of table) {
      expect((await front.get('kabupaten.go.id', path, { method })).status, `${method} ${path}`).toBe(status);
    }
    const body = Buffer.from('{"kode_kabupaten":"1 or 1"}');
    const headers = { 'content-length': String(body.length) };
    const seen = async (path: string): Promise<unknown> =>
      JSON.parse((await front.get('kabupaten.go.id', path, { body, headers })).body).length;
    expect([await seen(sum), await seen('/api/v1/penduduk')]).toEqual([0, body.length]);
    expect((await front.get('aman.go.id', shut)).status).toBe(308);
  });

  it('leads on from old addresses with path and query, and from http to https where that is wanted', async () => {
    const before = await front.front.current();
    const old = { kind: 'redirect', socket: '', target: 'http://bentek.desa.id:8080' } as const;
    const secure = aRoute('aman.desa.id', situs, { security: 'https' });
    await front.front.apply([...before, aRoute('lama.desa.id', '', old), secure], signal);
    const led = async (host: string, path: string): Promise<unknown[]> => {
      const { status, headers } = await front.get(host, path);
      return [status, headers.location];
    };
    expect(await led('lama.desa.id', '/a%20b/c?d=%2F&e')).toEqual([308, 'http://bentek.desa.id:8080/a%20b/c?d=%2F&e']);
    expect(await led('aman.desa.id:8080', '/x?y=1')).toEqual([308, 'https://aman.desa.id:8443/x?y=1']);
    await front.front.apply(before, signal);
  });

  it('serves a desa without a name on a port of its own, whatever the visitor calls the server', async () => {
    const before = await front.front.current();
    const port = await freePort();
    await front.front.apply([...before, aRoute(`:${port}`, situs), aRoute(`:${port}`, pajak, { path: '/pbb' })], signal);
    const ask = async (path: string): Promise<unknown> => (await fetch(`http://127.0.0.1:${port}${path}`)).json();
    expect(await ask('/x')).toMatchObject({ name: 'situs', headers: { host: `127.0.0.1:${port}` } });
    expect(await ask('/pbb/x')).toMatchObject({ name: 'pajak' });
    expect(await served('bentek.desa.id', '/pbb')).toBe('pajak');
    await front.front.apply(before, signal);
    await expect(ask('/')).rejects.toThrow();
    const taken = createTcpServer();
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
    await expect(front.front.apply([...before, aRoute(`:${port}`, situs)], signal)).rejects.toMatchObject({ code: 'front-menolak' });
    taken.close();
    expect(await front.front.current()).toEqual(before);
  });

  it('speaks https with the certificate of the name that is asked for, beside http, and with no other name', async () => {
    const before = await front.front.current();
    const [a, b] = [makeCertificate(['aman.desa.id']), makeCertificate(['*.kab.go.id'])];
    for (const [id, { chain, key }] of Object.entries({ A: a, B: b })) {
      await front.front.keepCertificate({ id, chain }, async () => new Secret(key));
    }
    await writeFile(`${front.data}/front/tls/RUSAK.crt`, 'x');
    await writeFile(`${front.data}/front/tls/RUSAK.key`, 'x');
    const routes = ['aman.desa.id', 'satu.kab.go.id', 'rusak.desa.id'].map((host) => aRoute(host, situs, { security: 'hsts' }));
    const hosts = [
      { host: 'aman.desa.id', certificateId: 'A' },
      { host: 'satu.kab.go.id', certificateId: 'B' },
      { host: 'rusak.desa.id', certificateId: 'RUSAK' },
    ];
    await front.front.apply([...before, ...routes], signal, hosts);
    expect(await front.front.secured()).toEqual(hosts);
    for (const [host, { chain }] of [
      ['aman.desa.id', a],
      ['satu.kab.go.id', b],
    ] as const) {
      const { status, headers, body, certificate } = await secureGet(front.tlsPort, host, '/x');
      expect([status, headers['strict-transport-security'], certificate]).toEqual([200, 'max-age=31536000', fingerprintOf(chain)]);
      expect(JSON.parse(body).headers).toMatchObject({ 'x-forwarded-proto': 'https', host: `${host}:${front.tlsPort}` });
    }
    // A certificate that cannot be served, an unknown name, and one without a certificate: no handshake, and nobody else is disturbed.
    for (const host of ['rusak.desa.id', 'lain.desa.id', 'tidak-ada.id']) {
      await expect(secureGet(front.tlsPort, host, '/')).rejects.toThrow();
    }
    // Another desa's name behind this one's handshake reaches nobody without a certificate of its own.
    const behind = await secureGet(front.tlsPort, 'aman.desa.id', '/', 'lain.desa.id:1');
    expect(behind.status).toBe(421);
    expect((await front.get('aman.desa.id', '/')).status).toBe(308);
    if (driver === 'nginx' && process.getuid?.() === 0) {
      const { mode, uid } = await stat(`${front.data}/front/tls/A.key`);
      expect([mode & 0o777, uid]).toEqual([0o400, 33]);
    }
    await front.front.apply(before, signal);
    expect(await readdir(`${front.data}/front/tls`)).toEqual([]);
    await expect(secureGet(front.tlsPort, 'aman.desa.id', '/')).rejects.toThrow();
  });

  it('has routes in effect when apply returns, also one right after the other, and can close them again', async () => {
    const before = await front.front.current();
    for (let i = 0; i < 3; i += 1) {
      await front.front.apply([...before, aRoute(`baru-${i}.desa.id`, situs)], signal);
      expect(await served(`baru-${i}.desa.id`, '/')).toBe('situs');
    }
    await front.front.apply([...before, aRoute('baru-2.desa.id', situs, { state: 'maintenance' })], signal);
    expect(await served('baru-2.desa.id', '/')).toBe('503');
    await front.front.apply(before, signal);
    expect(await served('baru-2.desa.id', '/')).toBe('404');
    expect(await front.front.current()).toEqual(before);
  });

  it('lets a request that runs end by the old routes', async () => {
    const before = await front.front.current();
    const slow = front.get('bentek.desa.id', '/lambat');
    await delay(150);
    await front.front.apply(before.slice(1), signal);
    expect(await served('bentek.desa.id', '/')).toBe('404');
    expect((await slow).body).toBe('selesai');
    await front.front.apply(before, signal);
  });

  it('refuses routes that could break out of its configuration', async () => {
    const before = await front.front.current();
    for (const route of [
      aRoute('a.id" "x"; } } server { listen 1', situs),
      aRoute('a.id', `${situs};`),
      aRoute('a.id', '/x"y'),
      aRoute('a.id', '/x$host'),
      aRoute('A.id', situs),
      aRoute('a.id', situs, { path: '/../x' }),
      aRoute('a.id', situs, { path: '/x y' }),
      aRoute('a.id', `/${'x'.repeat(120)}`),
      aRoute(':80', situs),
      aRoute('a.id', '', { kind: 'redirect', target: 'https://b.id; return 200' }),
      aRoute('a.id', situs, { kind: 'redirect', target: 'https://b.id' }),
      aRoute('a.id', situs, { uploadMb: 0 }),
      aRoute('a.id', situs, { guard: { ...GUARD, deny: ['/x"; } #'] } }),
      aRoute('a.id', situs, { guard: { ...GUARD, digits: ['a|.*'] } }),
    ]) {
      await expect(front.front.apply([...before, route], signal)).rejects.toMatchObject({ code: 'rute-salah' });
    }
    expect(await front.front.current()).toEqual(before);
  });

  it('goes on serving when its file is damaged, and takes the next routes', async () => {
    const before = await front.front.current();
    await writeFile(`${front.data}/front/routes.json`, '{"version":');
    await delay(1_300);
    expect(await served('bentek.desa.id', '/')).toBe('situs');
    await front.front.apply(before, signal);
    expect(await front.front.current()).toEqual(before);
  });

  it('stops waiting when the job is cancelled', async () => {
    front.process?.kill('SIGSTOP');
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error('dibatalkan')), 100);
    await expect(front.front.apply(await front.front.current(), abort.signal)).rejects.toThrow('dibatalkan');
    front.process?.kill('SIGCONT');
    await front.front.apply(await front.front.current(), signal);
  });

  it('serves the same routes after a restart, and is told as Unavailable while it is not there', async () => {
    const before = await front.front.current();
    expect(await front.end()).toBe(0);
    await expect(front.get('bentek.desa.id', '/')).rejects.toThrow(/ECONNREFUSED/);
    const impatient = createFront({ dataFolder: front.data, limitMs: 200 });
    await expect(impatient.apply(before, signal)).rejects.toMatchObject({ kind: 'unavailable', code: 'front-tidak-menjawab' });
    await front.start();
    await front.front.apply(before, signal);
    expect(await served('bentek.desa.id', '/')).toBe('situs');
  });

  it('leaves nothing behind when it is killed, and starts again', async () => {
    const before = await front.front.current();
    await front.end('SIGKILL');
    for (let i = 0; i < 50 && (await isListening()); i += 1) await delay(20);
    expect(await isListening()).toBe(false);
    await front.start();
    await front.front.apply(before, signal);
    expect(await served('bentek.desa.id', '/')).toBe('situs');
  });

  it('ends with a clear word when its port is taken', async () => {
    const taken = createTcpServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const second = new TestFront(driver);
    await second.open();
    await second.end();
    second.output = '';
    await second.start({ PENDOPO_FRONT_PORT: String(addressOf(taken).port) });
    const code = await new Promise((resolve) => second.process?.once('exit', resolve));
    expect(code).toBe(1);
    expect(second.output).toContain('sudah dipakai program lain');
    taken.close();
    await second.close();
  });

  const isListening = () =>
    front.get('bentek.desa.id', '/').then(
      () => true,
      () => false,
    );
});

describe('nginx', () => {
  const front = new TestFront('nginx');
  beforeAll(() => front.open());
  afterAll(() => front.close());

  it('keeps the good configuration when a new one is refused, and the front goes on', async () => {
    const situs = await front.app('situs');
    await front.front.apply([aRoute('a.id', situs)], signal);
    const good = await readFile(`${front.data}/front/nginx.conf`, 'utf8');
    // The same address twice: nothing in its form is wrong, but nginx refuses it.
    await expect(front.front.apply([aRoute('a.id', situs), aRoute('a.id', situs)], signal)).rejects.toMatchObject({
      code: 'front-menolak',
    });
    expect(await readFile(`${front.data}/front/nginx.conf`, 'utf8')).toBe(good);
    expect((await front.get('a.id', '/')).status).toBe(200);
    await front.front.apply([aRoute('a.id', situs), aRoute('b.id', situs)], signal);
    expect((await front.get('b.id', '/')).status).toBe(200);
  });

  it('runs its workers as www-data and writes below its own folder only', async () => {
    // Its own workers: other fronts may run on this machine.
    const master = (await readFile(`${front.data}/front/nginx.pid`, 'utf8')).trim();
    const { stdout } = await run('ps', ['--ppid', master, '-o', 'user=']);
    const accounts = [...new Set(stdout.split('\n').filter((line) => line !== ''))];
    if (process.getuid?.() === 0) expect(accounts).toEqual(['www-data']);
    const conf = await readFile(`${front.data}/front/nginx.conf`, 'utf8');
    const paths = [...conf.matchAll(/"(?:unix:)?(\/[^"]+)"/g)].map((match) => match[1] ?? '');
    expect(paths.filter((path) => !path.startsWith(`${front.data}/`))).toEqual([]);
  });

  it('ends the front when it is killed itself, so that both start afresh', async () => {
    const pid = Number(await readFile(`${front.data}/front/nginx.pid`, 'utf8'));
    const ended = new Promise((resolve) => front.process?.once('exit', resolve));
    process.kill(pid, 'SIGKILL');
    expect(await ended).toBe(1);
    await front.start();
    await front.front.apply(await front.front.current(), signal);
  });

  it('trusts the address that a TLS terminator on this machine passes on, and says https', () => {
    const facts = {
      host: '::',
      port: 80,
      tlsPort: null,
      scheme: 'https',
      publicTlsPort: 443,
      folder: '/data/front',
      user: 'www-data',
    } as const;
    const conf = renderNginxConf({ version: 7, routes: [], hosts: [] }, facts);
    expect(conf).toContain('listen [::]:80 default_server;');
    expect(conf).toContain('default https;');
    expect(conf).toContain('set_real_ip_from 127.0.0.1;');
    expect(renderNginxConf({ version: 7, routes: [], hosts: [] }, { ...facts, scheme: 'http' })).not.toContain('set_real_ip_from');
  });
});
