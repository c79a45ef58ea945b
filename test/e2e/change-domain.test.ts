import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { requestAddresses } from '../../src/workflows/commands/addresses.ts';
import { removeCertificate, uploadCertificate } from '../../src/workflows/commands/certificates.ts';
import { requestInstallMany } from '../../src/workflows/commands/install-many.ts';
import { requestResume, requestSuspend } from '../../src/workflows/commands/suspend.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { makeCertificate, secureGet } from '../support/certificates.ts';
import { killOnce, seeded } from '../support/chaos.ts';
import { dataOf } from '../support/desa-data.ts';
import { type Instance, killHard, startInstance } from '../support/instance.ts';
import { scraps } from '../support/sound.ts';
import { visit } from '../support/visit.ts';

const KODE = parseKodeDesa('52.01.14.2001');
const chance = seeded(20_261_124);

let pendopo: Instance;
beforeAll(async () => {
  pendopo = await startInstance({
    databaseUrl: inject('databaseUrl'),
    redisUrl: inject('redisUrl'),
    env: { PENDOPO_RESERVED_HOSTS: 'panel.kab.go.id', PENDOPO_FRONT_HTTPS_PORT: String(12_000 + (process.pid % 8_000)) },
  });
  const { tools, admin } = pendopo;
  await createTenant(tools, admin, { kode: KODE });
  const worker = pendopo.worker();
  const apps = ['contoh-opensid', 'contoh-api'].map((app) => ({ app, tag: 'v1.0.0' }));
  for (const { jobId } of (await requestInstallMany(tools, admin, { kode: KODE, apps })).jobs) {
    expect(await pendopo.ended(jobId, 900_000)).toMatchObject({ state: 'succeeded' });
  }
  await killHard(worker);
}, 1_500_000);
afterAll(() => pendopo?.close(), 60_000);

const see = (host: string, path: string) => visit(pendopo.config, host, path);
const ask = async (wish: Omit<Parameters<typeof requestAddresses>[2], 'kode'>): Promise<string> =>
  (await requestAddresses(pendopo.tools, pendopo.admin, { kode: KODE, ...wish })).jobId ?? '';
const env = (): string => readFileSync(pendopo.tools.files.path('desa/5201142001/contoh-api/env/.env'), 'utf8');
const startedAt = async (app: string): Promise<unknown> =>
  (await pendopo.tools.containers.find(`${pendopo.config.instance}-5201142001-${app}`))?.labels['id.pendopo.change'];

/** Both apps serve at this host and nowhere else; record, claims, configuration and front all say the same. */
async function expectAt(host: string, old: readonly string[] = []): Promise<void> {
  const { tools, config } = pendopo;
  const origin = `http://${host}:${config.front.port}`;
  expect(await see(host, '/siteman')).toMatchObject({ status: 200 });
  expect(JSON.parse((await see(host, '/api')).body)).toEqual({ version: 'v1.0.0' });
  expect(env()).toContain(`APP_URL="${origin}/api"`);
  expect((await dataOf(pendopo, KODE, ['config'])).config).toContain(`"website":"${origin}/"`);
  for (const from of old) expect(await see(from, '/api/x?y=1')).toMatchObject({ status: 308, location: `${origin}/api/x?y=1` });
  const hosts = [host, ...(host.endsWith('.localhost') ? [] : [`www.${host}`]), ...old].sort();
  const routes = await tools.routes.all();
  expect(routes.map((route) => route.host + route.path).sort()).toEqual(hosts.flatMap((one) => [`${one}/`, `${one}/api`]).sort());
  expect(await tools.front.current()).toEqual(routes);
  const there = (await tools.tenants.find(KODE))?.installations ?? [];
  expect(there.map(({ url }) => url).sort()).toEqual([`${origin}/`, `${origin}/api`].sort());
  const claims = (await Promise.all(there.map(({ id }) => tools.claims.of(id)))).flat().filter(({ kind }) => kind === 'route');
  expect(claims.map(({ name }) => name).sort()).toEqual(routes.map((route) => route.host + route.path).sort());
  expect((await tools.containers.owned()).containers).toHaveLength(2);
  expect(await scraps(pendopo)).toEqual([]);
}

const HOME = '5201142001.localhost';
/** An even number, so that the desa ends where it began. */
const KILLED_AT = ['restart-changed', 'open-addresses', 'lead-on', 'record-addresses'];

describe('ubah domain', { timeout: 300_000 }, () => {
  it('moves all apps of the desa, restarts only what writes its address down, and leads on from where it was', async () => {
    await expectAt(HOME);
    const worker = pendopo.worker();
    expect(await pendopo.ended(await ask({ domain: 'Batulayar.desa.id' }))).toMatchObject({ state: 'succeeded', cause: null });
    await expectAt('batulayar.desa.id', [HOME]);
    expect([await startedAt('contoh-opensid'), await startedAt('contoh-api')]).toEqual([undefined, expect.any(String)]);
    expect(await see('www.batulayar.desa.id', '/a')).toMatchObject({ status: 308 });
    await killHard(worker);
  });

  it('refuses bad domains before anything starts, and changes nothing', async () => {
    const { tools, admin } = pendopo;
    const neighbour = '52.01.14.2002';
    await createTenant(tools, admin, { kode: neighbour, domain: 'tetangga.desa.id' });
    const CASES = [
      ['tetangga.desa.id', 'domain-terpakai'],
      ['https://x.desa.id', 'domain-salah'],
      ['x y.desa.id', 'domain-salah'],
      ['*.desa.id', 'domain-salah'],
      ['satu.localhost', 'domain-cadangan'],
      ['panel.kab.go.id', 'domain-dipesan'],
      ['batulayar.desa.id', 'tidak-berubah'],
    ] as const;
    for (const [domain, code] of CASES) await expect(ask({ domain }), domain).rejects.toMatchObject({ code });
    await expect(ask({ own: { 'contoh-api': 'www.batulayar.desa.id' } })).rejects.toMatchObject({ code: 'alamat-ganda' });
    await expect(ask({ domain: '-', port: 80 })).rejects.toMatchObject({ code: 'port-salah' });
    await expect(ask({ domain: 'x.desa.id', port: 20_001 })).rejects.toMatchObject({ code: 'domain-dan-port' });
    // Nobody else gets what the desa has, or where it was.
    for (const domain of ['batulayar.desa.id', 'www.batulayar.desa.id']) {
      await expect(createTenant(tools, admin, { kode: '52.01.14.2003', domain })).rejects.toMatchObject({ code: 'domain-terpakai' });
    }
    await expectAt('batulayar.desa.id', [HOME]);
  });

  it('is ended by the next worker when one is killed, there and back', async () => {
    let [at, old] = ['batulayar.desa.id', HOME];
    for (const step of KILLED_AT) {
      const to = at === HOME ? 'batulayar.desa.id' : '-';
      const moment = (['before', 'during', 'after'] as const)[Math.floor(chance() * 3)] ?? 'during';
      const went = await killOnce(pendopo, await ask({ domain: to }), { step, moment, afterMs: Math.floor(chance() * 200) });
      expect(went.job, `${moment} ${step}`).toMatchObject({ state: 'succeeded', cause: null });
      [at, old] = [old, at];
      await expectAt(at, [old]);
    }
  });

  it('puts everything back when the front cannot open the new address, also with a worker killed while it does', async () => {
    const before = env();
    const port = 20_000 + (process.pid % 10_000);
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(port, '127.0.0.1', resolve));
    const place = { step: 'write-addresses', moment: 'undo', afterMs: 50 } as const;
    const { job, killed } = await killOnce(pendopo, await ask({ domain: '-', port }), place);
    expect({ job, killed }).toMatchObject({
      killed: true,
      job: { state: 'undone', cause: { code: 'front-menolak', step: 'open-addresses' } },
    });
    expect(job.cause?.message).toContain(`Port ${port}`);
    expect(await pendopo.tools.addresses.ownerOf(`:${port}`)).toBe(null);
    blocker.close();
    expect(env()).toBe(before);
    await expectAt('batulayar.desa.id', [HOME]);
  });

  it('takes suspended apps along, closed, and brings them back at the new address, which they have been told', async () => {
    const { tools, admin } = pendopo;
    const worker = pendopo.worker();
    const all = async ({ jobs }: Awaited<ReturnType<typeof requestSuspend>>) => {
      for (const { jobId } of jobs) expect(await pendopo.ended(jobId)).toMatchObject({ state: 'succeeded', cause: null });
    };
    for (const [app, domain, opensid] of [
      ['contoh-api', '-', 200],
      ['contoh-opensid', 'batulayar.desa.id', 503],
    ] as const) {
      await all(await requestSuspend(tools, admin, { kode: KODE, app }));
      expect(await pendopo.ended(await ask({ domain }))).toMatchObject({ state: 'succeeded', cause: null });
      const host = domain === '-' ? HOME : domain;
      expect([(await see(host, '/siteman')).status, (await see(host, '/api')).status]).toEqual([opensid, 503]);
    }
    await all(await requestResume(tools, admin, { kode: KODE }));
    await killHard(worker);
    await expectAt('batulayar.desa.id', [HOME]);
  });

  it('answers by https seconds after a certificate was given, and only then can require it', async () => {
    const { tools, admin, config } = pendopo;
    const host = 'batulayar.desa.id';
    const secured = () =>
      secureGet(config.front.tlsPort ?? 0, host, '/siteman').then(
        ({ status }) => status,
        () => null,
      );
    const until = async (wanted: number | null): Promise<void> => {
      for (const end = Date.now() + 15_000; (await secured()) !== wanted; await tools.clock.sleep(100))
        if (Date.now() > end) throw new Error('too late');
    };
    const worker = pendopo.realWorker();
    await expect(ask({ security: 'https' })).rejects.toMatchObject({ code: 'sertifikat-tidak-ada', field: 'security' });
    const made = makeCertificate([host, `www.${host}`]);
    const upload = { chain: made.chain, key: new Secret(made.key) };
    const { id } = await uploadCertificate(tools, admin, upload);
    await expect(uploadCertificate(tools, admin, upload)).rejects.toMatchObject({ code: 'sertifikat-sudah-ada' });
    await until(200);
    expect((await see(host, '/siteman')).status).toBe(200);

    expect(await pendopo.ended(await ask({ security: 'https' }))).toMatchObject({ state: 'succeeded' });
    const origin = `https://${host}:${config.front.tlsPort}`;
    expect(await see(host, '/api?x=1')).toMatchObject({ status: 308, location: `${origin}/api?x=1` });
    expect(await see(HOME, '/a')).toMatchObject({ status: 308, location: `${origin}/a` });
    expect(env()).toContain(`APP_URL="${origin}/api"`);
    await expect(removeCertificate(tools, admin, id)).rejects.toMatchObject({ code: 'sertifikat-dipakai' });

    expect(await pendopo.ended(await ask({ security: 'any' }))).toMatchObject({ state: 'succeeded' });
    await removeCertificate(tools, admin, id);
    await until(null);
    expect(await tools.vault.exists(`certificate/${id}/key`)).toBe(false);
    await expectAt(host, [HOME]);
    await killHard(worker);
  });
});
