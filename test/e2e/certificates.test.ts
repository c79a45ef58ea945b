import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Certificate } from '../../src/domain/certificate.ts';
import type { Route } from '../../src/domain/ports-records.ts';
import { Secret } from '../../src/domain/secret.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { chooseCertificates, configureAuthority, requestCertificate } from '../../src/workflows/commands/authority.ts';
import { uploadCertificate } from '../../src/workflows/commands/certificates.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { TASK_WORK } from '../../src/workflows/tasks.ts';
import { makeCertificate, secureGet } from '../support/certificates.ts';
import { freePort, type Instance, killHard, startInstance } from '../support/instance.ts';
import { type Pebble, startPebble } from '../support/pebble.ts';
import { visit } from '../support/visit.ts';

const KODE = parseKodeDesa('52.01.14.2001');
const NEIGHBOUR = parseKodeDesa('52.01.14.2002');

let pendopo: Instance;
let pebble: Pebble;
let app: Server;
/** From the second test on one worker serves, until the last one kills it. */
let worker: ChildProcess | null = null;
const socket = (): string => `${pendopo.folder}/run/uji/http.sock`;

beforeAll(async () => {
  const [port, tlsPort] = [await freePort(), await freePort()];
  pebble = await startPebble(port);
  pendopo = await startInstance({
    databaseUrl: inject('databaseUrl'),
    redisUrl: inject('redisUrl'),
    env: {
      ...{ PENDOPO_FRONT_DRIVER: 'nginx', PENDOPO_FRONT_PORT: String(port), PENDOPO_FRONT_HTTPS_PORT: String(tlsPort) },
      PENDOPO_DNS: pebble.dns,
    },
  });
  mkdirSync(`${pendopo.folder}/run/uji`, { recursive: true });
  app = createServer((_question, answer) => answer.end('situs desa'));
  await new Promise<void>((resolve) => app.listen(socket(), resolve));
  chmodSync(socket(), 0o666);
  for (const kode of [KODE, NEIGHBOUR]) await createTenant(pendopo.tools, pendopo.admin, { kode });
}, 120_000);
afterAll(async () => {
  app?.close();
  await pendopo?.close();
  await pebble?.close();
}, 60_000);

/** Gives a desa these addresses, as its jobs would. */
async function serve(kode: typeof KODE, routes: Readonly<Record<string, Partial<Route>>>): Promise<void> {
  const { tools } = pendopo;
  const { id } = await tools.tenants.ensureInstallation(kode, 'contoh-opensid', tools.ids.next());
  const rest = { path: '/', installationId: id, kind: 'site', socket: socket(), state: 'open', target: null, security: 'any' } as const;
  await tools.routes.save(Object.entries(routes).map(([host, own]) => ({ host, ...rest, uploadMb: 64, answerSeconds: 300, ...own })));
  await tools.front.apply(await tools.routes.all(), new AbortController().signal, await tools.front.secured());
}

async function until<T>(look: () => Promise<T | null | undefined | false>, withinMs = 100_000): Promise<T> {
  for (const end = Date.now() + withinMs; Date.now() < end; await pendopo.tools.clock.sleep(50)) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
  }
  const orders = await pendopo.tools.certificateOrders.list();
  throw new Error(`too late; orders: ${JSON.stringify(orders)}; pebble: ${pebble.said().slice(-2_000)}`);
}

const certificateOf = async (host: string): Promise<Certificate | undefined> =>
  (await pendopo.tools.certificates.list()).find(({ hosts, source }) => source === 'acme' && hosts.includes(host));
/** As a browser that trusts this authority and nobody else. */
const trusting = (host: string, path = '/') =>
  secureGet(pendopo.config.front.tlsPort ?? 0, host, path, undefined, pebble.roots).catch(() => null);
const orderOf = (host: string) => pendopo.tools.certificateOrders.find(host);
const applied = async (): Promise<number> => Number((await pendopo.tools.files.read('front/applied.json')).match(/"version":(\d+)/)?.[1]);
const accounts = (): readonly string[] => pebble.said().match(/There are now \d+ accounts in memory/g) ?? [];
const ordersMade = (): number => (pebble.said().match(/Added order/g) ?? []).length;

describe('automatic certificates', { timeout: 240_000 }, () => {
  it('come from an authority that can be trusted, agreed to, and reached; else nothing is kept', async () => {
    const { tools, admin } = pendopo;
    const wish = { directory: pebble.directory, email: 'kominfo@lombokbaratkab.go.id', roots: pebble.roots, agreed: true };
    await expect(configureAuthority(tools, admin, { ...wish, roots: null })).rejects.toMatchObject({ code: 'penerbit-tidak-dipercaya' });
    await expect(configureAuthority(tools, admin, { ...wish, agreed: false })).rejects.toMatchObject({ field: 'agreed' });
    await expect(configureAuthority(tools, admin, { ...wish, email: 'kominfo' })).rejects.toMatchObject({ field: 'email' });
    await expect(configureAuthority(tools, admin, { ...wish, directory: 'http://x/dir' })).rejects.toMatchObject({ field: 'directory' });
    const elsewhere = { ...wish, directory: pebble.directory.replace('/dir', '/bukan') };
    await expect(configureAuthority(tools, admin, elsewhere)).rejects.toMatchObject({ kind: expect.stringMatching(/broken|unavailable/) });
    await expect(configureAuthority(tools, admin, { ...wish, directory: 'https://localhost:9/dir' })).rejects.toMatchObject({
      code: 'penerbit-tidak-terjangkau',
    });
    await expect(requestCertificate(tools, admin, 'batulayar.desa.id')).rejects.toMatchObject({ code: 'penerbit-belum-diatur' });
    expect(await tools.authorities.find()).toBe(null);
    const authority = await configureAuthority(tools, admin, wish);
    expect(authority).toMatchObject({ email: wish.email, accountUrl: expect.stringContaining('/my-account/'), terms: expect.any(String) });
    // Once more: the same account.
    expect((await configureAuthority(tools, admin, wish)).accountUrl).toBe(authority.accountUrl);
    expect(accounts().at(-1)).toContain('now 1 ');
  });

  it('are ordered for every name of a desa, open, closed or sent to https, and take effect with one change of the front', async () => {
    const { tools, admin, config } = pendopo;
    const wildcard = makeCertificate(['*.lombokbaratkab.go.id']);
    await uploadCertificate(tools, admin, { chain: wildcard.chain, key: new Secret(wildcard.key) });
    const names = ['batulayar.desa.id', 'www.batulayar.desa.id', 'tutup.desa.id', 'wajib.desa.id'];
    for (const host of names) await pebble.name(host, '127.0.0.1');
    await serve(KODE, {
      'batulayar.desa.id': {},
      'www.batulayar.desa.id': { kind: 'redirect', socket: '', target: `http://batulayar.desa.id:${config.front.port}` },
      'tutup.desa.id': { state: 'maintenance' },
      'wajib.desa.id': { security: 'https' },
      // None of these is for an authority.
      ...{ 'desa5.lombokbaratkab.go.id': {}, '5201142001.localhost': {}, ':20001': {} },
    });
    await serve(NEIGHBOUR, { 'tetangga.desa.id': {} });
    await chooseCertificates(tools, admin, NEIGHBOUR, 'upload');
    const before = await applied();
    worker = pendopo.realWorker();
    for (const host of names) await until(() => certificateOf(host));
    expect(await until(() => trusting('batulayar.desa.id'))).toMatchObject({ status: 200, body: 'situs desa' });
    expect((await trusting('www.batulayar.desa.id', '/a'))?.status).toBe(308);
    expect((await trusting('tutup.desa.id'))?.status).toBe(503);
    expect((await trusting('wajib.desa.id'))?.status).toBe(200);
    // One for the uploaded certificate as well, if that was noticed first.
    expect((await applied()) - before).toBeLessThanOrEqual(2);
    expect((await tools.certificates.list()).flatMap(({ hosts }) => hosts).sort()).toEqual(['*.lombokbaratkab.go.id', ...names].sort());
    expect(await tools.certificateOrders.list()).toEqual([]);
    expect(ordersMade()).toBe(names.length);
  });

  it('tell why a name got none and when it is tried again, and ask no more often than that', async () => {
    const { tools, admin, config } = pendopo;
    const stranger = createServer((_question, answer) => answer.writeHead(404).end('bukan kami'));
    await new Promise<void>((resolve) => stranger.listen(config.front.port, '127.0.0.3', resolve));
    await pebble.name('mati.desa.id', '127.0.0.2');
    await pebble.name('pindahan.desa.id', '127.0.0.3');
    await serve(KODE, { 'mati.desa.id': {}, 'pindahan.desa.id': {}, 'tanpa-dns.desa.id': {} });
    const made = ordersMade();
    const failed = (host: string) => until(async () => ((await orderOf(host))?.failure ? orderOf(host) : null));
    expect((await failed('mati.desa.id')).failure).toMatchObject({ code: 'situs-tidak-terjangkau', detail: expect.stringMatching(/\w/) });
    expect((await failed('pindahan.desa.id')).failure).toMatchObject({ code: 'bukan-server-ini' });
    // The authority is not even asked.
    expect((await failed('tanpa-dns.desa.id')).failure).toMatchObject({ code: 'nama-tanpa-dns', detail: null });
    for (const host of ['mati.desa.id', 'pindahan.desa.id', 'tanpa-dns.desa.id']) {
      const order = await failed(host);
      expect(order.nextAt.getTime() - Date.now(), host).toBeGreaterThan(9 * 60_000);
      expect({ ...order, failure: null }, host).toMatchObject({ certificateId: null, orderUrl: null });
    }
    await tools.clock.sleep(4_000);
    expect(ordersMade() - made).toBe(2);
    // The cause is mended, and somebody asks.
    await pebble.name('pindahan.desa.id', '127.0.0.1');
    await requestCertificate(tools, admin, 'pindahan.desa.id');
    await until(() => certificateOf('pindahan.desa.id'));
    expect(ordersMade() - made).toBe(3);
    stranger.close();
  });

  it('are renewed by the calendar; the old one serves until the new one does, and then goes with its key', async () => {
    const { tools } = pendopo;
    const host = 'batulayar.desa.id';
    const old = await certificateOf(host);
    if (old === undefined) throw new Error('no certificate');
    const day = 86_400_000;
    await tools.certificates.remove(old.id);
    const nearEnd = { notBefore: new Date(Date.now() - 70 * day), notAfter: new Date(Date.now() + 20 * day) };
    await tools.certificates.save({ ...old, ...nearEnd });
    await TASK_WORK['perbarui-sertifikat'](
      tools,
      { task: 'perbarui-sertifikat', due: new Date(), state: 'queued', note: null, endedAt: null },
      AbortSignal.timeout(5_000),
    );
    const fresh = await until(async () => (await tools.certificates.list()).find(({ id, hosts }) => id !== old.id && hosts.includes(host)));
    expect((await trusting(host))?.status).toBe(200);
    await until(async () => (await tools.certificates.find(old.id)) === null);
    expect(await tools.vault.exists(`certificate/${old.id}/key`)).toBe(false);
    expect(await tools.vault.exists(`certificate/${fresh.id}/key`)).toBe(true);
    expect((await tools.front.secured()).find((one) => one.host === host)?.certificateId).toBe(fresh.id);
    expect((await trusting(host))?.status).toBe(200);
  });

  it('are ended by the next worker when one dies with an order under way: same order, same account', async () => {
    const { config } = pendopo;
    const host = 'terputus.desa.id';
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    // The authority comes to look, and is kept waiting until the worker is dead.
    const { promise: came, resolve: comes } = Promise.withResolvers<void>();
    const gate = createTcpServer((outer) => {
      comes();
      outer.pause();
      released.then(() => {
        const inner = connect(config.front.port, '127.0.0.1');
        inner.on('error', () => outer.destroy());
        outer.on('error', () => inner.destroy());
        outer.pipe(inner).pipe(outer);
      });
    });
    await new Promise<void>((resolve) => gate.listen(config.front.port, '127.0.0.4', resolve));
    await pebble.name(host, '127.0.0.4');
    await serve(KODE, { [host]: {} });
    const made = ordersMade();
    await came;
    if (worker !== null) await killHard(worker);
    release();
    const left = await orderOf(host);
    expect(left).toMatchObject({ orderUrl: expect.stringContaining('/my-order/'), certificateId: expect.any(String) });
    expect(await certificateOf(host)).toBe(undefined);
    worker = pendopo.realWorker();
    expect(await until(() => certificateOf(host))).toMatchObject({ id: left?.certificateId });
    expect(await until(() => trusting(host))).toMatchObject({ status: 200 });
    expect(ordersMade() - made).toBe(1);
    expect(accounts().at(-1)).toContain('now 1 ');
    expect((await visit(config, host, '/.well-known/acme-challenge/apa-saja')).status).toBe(404);
    gate.close();
  });
});
