import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { requestBackup, requestRestore, requestRollback, requestUpdate } from '../../src/workflows/commands/change.ts';
import { requestInstallMany } from '../../src/workflows/commands/install-many.ts';
import { requestRemove, revealAdminPassword } from '../../src/workflows/commands/installations.ts';
import { retryJob } from '../../src/workflows/commands/jobs.ts';
import { requestConfigure, saveSettings } from '../../src/workflows/commands/settings.ts';
import { requestResume, requestSuspend } from '../../src/workflows/commands/suspend.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { chooseInstallations } from '../../src/workflows/compose-rollout.ts';
import { spawnScript } from '../cli/pendopo.ts';
import { hasBrowser } from '../support/browser.ts';
import { execIn, putToSleep } from '../support/container.ts';
import { type Instance, startInstance } from '../support/instance.ts';
import { reachOf } from '../support/isolation.ts';
import { pressInstallAll } from '../support/press-install-all.ts';
import { makeRepository, type Repository } from '../support/repository.ts';
import { visit } from '../support/visit.ts';
import { mailFrom, wayOut } from '../support/way-out.ts';

/** PBB of the test's own: one release that says another version than its tag, one that asks for a PHP that there is not. */
let repository: Repository;
let pendopo: Instance;
beforeAll(async () => {
  repository = makeRepository({
    app: 'contoh-pbb',
  });
  pendopo = await startInstance({
    databaseUrl: inject('databaseUrl'),
    redisUrl: inject('redisUrl'),
    env: { CONTOH_PBB_REPO: repository.path },
  });
  pendopo.worker();
  pendopo.worker();
}, 60_000);
afterAll(async () => {
  await pendopo.close();
  repository.remove();
}, 60_000);

const A = '52.01.14.2001';
const B = '52.01.14.2002';
/** Building the shared images on a fresh machine takes minutes, once. */
const FIRST = 900_000;
const PBB = { app: 'contoh-pbb', tag: 'v1.0.0' };
const ALL = [{ app: 'contoh-api' }, PBB, { app: 'contoh-opensid' }];

const hostOf = (kode: string): string => `${kode.replaceAll('.', '')}.localhost`;
const see = (kode: string, path: string) => visit(pendopo.config, hostOf(kode), path);
const json = async (kode: string, path: string): Promise<unknown> => JSON.parse((await see(kode, path)).body);
const containerOf = (kode: string, app: string): string => `${pendopo.config.instance}-${kode.replaceAll('.', '')}-${app}`;

async function installationOf(kode: string, app: string) {
  const tenant = await pendopo.tools.tenants.find(parseKodeDesa(kode));
  const installation = tenant?.installations.find((one) => one.app === app);
  if (installation === undefined) throw new Error(`no ${app} at ${kode}`);
  return installation;
}

async function installAll(kode: string, apps: Parameters<typeof requestInstallMany>[2]['apps'] = ALL) {
  const { tools, admin } = pendopo;
  if ((await tools.tenants.find(parseKodeDesa(kode))) === null) await createTenant(tools, admin, { kode });
  return (await requestInstallMany(tools, admin, { kode, ...(apps === undefined ? {} : { apps }) })).jobs;
}

async function installOne(kode: string, app: string, settings: Readonly<Record<string, string>>, tag?: string) {
  const [job] = await installAll(kode, [{ app, settings, ...(tag === undefined ? {} : { tag }) }]);
  if (job === undefined) throw new Error('no job');
  return job.jobId;
}

async function remove(kode: string, app: string): Promise<void> {
  const { jobId } = await requestRemove(pendopo.tools, pendopo.admin, { kode, app, confirm: kode });
  expect(await pendopo.ended(jobId)).toMatchObject({ state: 'succeeded' });
}

async function serves(kode: string): Promise<boolean> {
  const pages = await Promise.all(['/siteman', '/pbb/login', '/api'].map((path) => see(kode, path)));
  return pages.every(({ status }) => status === 200);
}

describe('the three apps of a desa', () => {
  const jobsOf = async (kode: string) => (await pendopo.tools.jobs.list({ kode: parseKodeDesa(kode), limit: 9 })).rows;
  const IN_ORDER = ['contoh-opensid', 'contoh-api', 'contoh-pbb'];

  it('are installed by one press in a browser, which then opens each of them', { timeout: FIRST }, async () => {
    if (hasBrowser) await pressInstallAll(pendopo, A, FIRST);
    else for (const { jobId } of await installAll(A)) await pendopo.ended(jobId, FIRST);
    const jobs = (await jobsOf(A)).toSorted((a, b) => Number(a.startedAt) - Number(b.startedAt));
    expect(jobs.map(({ app, state, cause }) => [app, state, cause])).toEqual(IN_ORDER.map((app) => [app, 'succeeded', null]));
  });

  it('are installed by one command, which shows every step and ends with the seconds of each', { timeout: 180_000 }, async () => {
    const env = { ...pendopo.env, NO_COLOR: '1', PENDOPO_LOG_LEVEL: 'silent' };
    const said = await spawnScript(['desa', 'pasang', B, '--semua', '--contoh', '--ikuti'], env, 170_000);
    expect(said.code, said.stderr).toBe(0);
    const [, times = ''] = said.stdout.split(/^(?=Detik )/m);
    expect(times.split('\n')[0]).toMatch(/^Detik +Contoh OpenSID +Contoh API +Contoh PBB$/);
    for (const label of ['Menyusun rencana', 'Menyalakan kontainer', 'Membuka alamat situs']) {
      expect(times, label).toMatch(new RegExp(`^${label}( +\\d+,\\d\\d){3}$`, 'm'));
    }
    expect(times).toMatch(/^Dari permintaan sampai alamat terbuka( +\d+,\d\d){3}$/m);
    expect((await jobsOf(B)).map(({ app, state }) => [app, state]).sort()).toEqual(IN_ORDER.map((app) => [app, 'succeeded']).sort());
    // What later tests try; those at work above took the newest there was.
    const tooNew = (text: string): string => text.replace('"php": "^8.2"', '"php": "^9.1"');
    repository.release({ tag: 'v1.1.0', changes: {} });
    repository.release({ tag: 'v1.5.0', changes: { VERSION: '1.4.0\n' } });
    repository.release({ tag: 'v2.0.0', changes: { 'composer.json': tooNew } });
  });

  it('answer at their addresses: sign-in pages, assets, versions and health', async () => {
    expect((await see(A, '/siteman')).body).toContain('siteman/auth');
    expect((await see(A, '/pbb')).location).toContain('/pbb/login');
    const login = await see(A, '/pbb/login');
    expect(login.body).toContain('Aplikasi PBB v1.0.0');
    const sheet = /href="([^"]+\.css)"/.exec(login.body)?.[1] ?? '';
    expect(new URL(sheet).pathname).toBe('/pbb/css/gaya.css');
    expect(await see(A, new URL(sheet).pathname)).toMatchObject({ status: 200, body: expect.stringContaining('font:') });
    expect((await see(A, '/pbb/index.php')).body).not.toContain('<?php');
    // What a desa uploads there, as Laravel's storage:link makes it.
    writeFileSync(pendopo.tools.files.path('desa/5201142001/contoh-pbb/storage/app/public/foto.txt'), 'foto');
    expect(await see(A, '/pbb/storage/foto.txt')).toMatchObject({ status: 200, body: 'foto' });
    expect(await json(A, '/api')).toEqual({ version: 'v1.0.0' });
    expect(Object.values(Object(await json(A, '/api/healthcheck')))).toEqual(Array(6).fill(true));
    expect(await json(A, '/api/api/v1/profil-desa')).toMatchObject({ data: { kode_desa: A, nama_desa: 'Batulayar' } });
    expect(await json(B, '/api/api/v1/profil-desa')).toMatchObject({ data: { kode_desa: B } });
  });

  it('let the administrator in with the first password, and not with the seeded one', async () => {
    const shown = await revealAdminPassword(pendopo.tools, pendopo.admin, (await installationOf(A, 'contoh-pbb')).id);
    const enter = async (password: string): Promise<string> => {
      const form = await see(A, '/pbb/login');
      const token = /name="_token" value="([^"]+)"/.exec(form.body)?.[1] ?? '';
      const fields = new URLSearchParams({ username: 'admin', password, _token: token });
      return (await visit(pendopo.config, hostOf(A), '/pbb/login', { cookies: form.cookies, fields })).location;
    };
    expect(await enter('admin')).not.toContain('/beranda');
    expect(await enter(shown?.password.expose() ?? '')).toContain('/pbb/beranda');
  });

  it('keep no PHP in memory while nobody visits; whoever comes then is served, all of them at once', async () => {
    for (const app of ['contoh-pbb', 'contoh-opensid']) expect(await putToSleep(pendopo, containerOf(A, app))).toBe(true);
    const visits = ['/pbb/login', '/siteman'].flatMap((path) => Array.from({ length: 8 }, () => see(A, path)));
    expect((await Promise.all(visits)).map(({ status }) => status)).toEqual(Array(16).fill(200));
  });

  it('are seeded once: a second run adds nothing', async () => {
    const schema = `${pendopo.config.instance}_${A.replaceAll('.', '')}_contoh_pbb`;
    const rows = (): Promise<unknown> => pendopo.tools.databases.countRows(schema);
    const before = await rows();
    expect(
      await execIn(pendopo, containerOf(A, 'contoh-pbb'), ['php', '/usr/local/lib/laravel/konsol.php', 'siapkan'], {
        ...{ kode_desa: A, username: 'admin', password: 'Rahasia-123' },
        admin_sql: 'UPDATE users SET username = :username, password = :hash',
      }),
    ).toMatchObject({ ok: true, benih: 'sudah ada' });
    expect(await rows()).toEqual(before);
  });
});

describe('the API of one desa', () => {
  it("has an account of its own, with fewer rights than OpenSID's, and none at the neighbour's", async () => {
    const { tools, config } = pendopo;
    const user = `${config.instance}_${A.replaceAll('.', '')}_contoh_api`;
    const password = await tools.vault.read(`installation/${(await installationOf(A, 'contoh-api')).id}/db-password`);
    expect(await tools.databases.canSignIn(user, password, `${config.instance}_5201142001_contoh_opensid`)).toBe(true);
    for (const schema of ['5201142002_contoh_opensid', '5201142001_contoh_pbb', '5201142002_contoh_pbb']) {
      expect(await tools.databases.canSignIn(user, password, `${config.instance}_${schema}`)).toBe(false);
    }
  });

  it("sees its desa's files only: no path and no network leads to the neighbour, and nothing can be written", async () => {
    const script = `
      $ftp = ftp_connect('127.0.0.1', 2121, 3);
      preg_match('/FTP_PASSWORD="(.*)"/', file_get_contents('/srv/env/.env'), $found);
      $wrong = @ftp_login($ftp, 'anonymous', 'salah'); ftp_close($ftp);
      $ftp = ftp_connect('127.0.0.1', 2121, 3);
      $right = ftp_login($ftp, 'anonymous', $found[1]); ftp_pasv($ftp, true);
      echo PHP_EOL, json_encode(['ok' => true, 'wrong' => $wrong, 'right' => $right,
        'own' => count(ftp_nlist($ftp, '/srv/opensid/desa') ?: []) > 0,
        'written' => @ftp_put($ftp, '/srv/opensid/desa/x.txt', '/etc/hostname') || @file_put_contents('/srv/opensid/desa/x.txt', 'x') !== false,
        'mounts' => preg_match_all('~5201142002~', file_get_contents('/proc/self/mountinfo')),
        'links' => array_values(array_diff(scandir('/sys/class/net'), ['.', '..']))]);`;
    expect(await execIn(pendopo, containerOf(A, 'contoh-api'), ['/usr/bin/php', '-r', script])).toEqual({
      ...{ ok: true, wrong: false, right: true, own: true, written: false, mounts: 0, links: ['lo'] },
    });
    for (const path of ['../config/database.php', '..%2fapp_key', '%2e%2e/%2e%2e/env/.env']) {
      expect((await see(A, `/api/api/v1/berkas/${path}`)).status).not.toBe(200);
    }
  });

  it("reaches nothing of the neighbour's by network, mount, socket or account", { timeout: 60_000 }, async () => {
    for (const [own, other] of [
      [A, B],
      [B, A],
    ] as const) {
      expect(await reachOf(pendopo, 'contoh-api', own, other, 'contoh-opensid')).toEqual({
        ...{ reached: [], saw: ['information_schema', `${pendopo.config.instance}_${own.replaceAll('.', '')}_contoh_opensid`] },
      });
    }
  });

  it("shows nothing of the neighbour's when its configuration names the neighbour", async () => {
    const file = pendopo.tools.files.path(`desa/${A.replaceAll('.', '')}/contoh-api/env/.env`);
    const before = readFileSync(file, 'utf8');
    const digits = (kode: string): string => kode.replaceAll('.', '');
    const LIES: readonly ((text: string) => string)[] = [
      (text) => text.replace(/(DB_DATABASE=".*)5201142001/, `$1${digits(B)}`),
      (text) => text.replace(/FTP_ROOT=.*/, `FTP_ROOT=/srv/opensid/../../../desa/${digits(B)}/contoh-opensid`),
      (text) => text.replace(/KODE_DESA=.*/, `KODE_DESA="${B}"`),
    ];
    try {
      for (const [index, lie] of [...LIES, (text: string) => LIES.reduce((all, one) => one(all), text)].entries()) {
        expect(lie(before), `lie ${index}`).not.toBe(before);
        writeFileSync(file, lie(before));
        const answers = await Promise.all(['/api/api/v1/profil-desa', '/api/healthcheck'].map((path) => see(A, path)));
        for (const { body } of answers) expect(body, `lie ${index}`).not.toContain(`"kode_desa":"${B}"`);
        expect(
          Object.values(Object(JSON.parse(answers[1]?.body ?? '{}'))).every((one) => one === true),
          `lie ${index}`,
        ).toBe(false);
      }
    } finally {
      writeFileSync(file, before);
    }
    expect(await json(A, '/api/api/v1/profil-desa')).toMatchObject({ data: { kode_desa: A } });
  });
});

describe('a token of one desa', () => {
  it("opens its own desa's API, and not the neighbour's", async () => {
    const shown = await revealAdminPassword(pendopo.tools, pendopo.admin, (await installationOf(A, 'contoh-opensid')).id);
    const signIn = (password: string) =>
      visit(pendopo.config, hostOf(A), '/api/api/v1/auth/login', { fields: new URLSearchParams({ username: 'admin', password }) });
    expect((await signIn('salah')).status).toBe(401);
    const token: unknown = JSON.parse((await signIn(shown?.password.expose() ?? '')).body).access_token;
    expect(typeof token).toBe('string');
    const headers = { authorization: `Bearer ${String(token)}` };
    const residents = (kode: string) => visit(pendopo.config, hostOf(kode), '/api/api/v1/penduduk', { headers });
    expect(await residents(A)).toMatchObject({ status: 200, body: expect.stringContaining('"nama"') });
    expect((await residents(B)).status).toBe(401);
  });
});

describe('settings', () => {
  const SECRET = 'S4ndi-surel$"x';
  const PREMIUM = { langganan: 'premium', 'token-premium': 'token.S4ndi.premium', 'akhir-premium': '2099-12-31' };
  const mark = (app: string) =>
    execIn(pendopo, containerOf(A, app), ['/usr/bin/php', '-r', `echo json_encode(['ok' => touch('/tmp/tanda')]);`]);
  const inside = (app: string, file: string) =>
    execIn(pendopo, containerOf(A, app), [
      ...['/usr/bin/php', '-r'],
      `echo json_encode(['ok' => true, 'old' => is_file('/tmp/tanda'), 'memory' => trim((string) @file_get_contents('/sys/fs/cgroup/memory.max') ?: (string) @file_get_contents('/sys/fs/cgroup/memory/memory.limit_in_bytes')), 'text' => file_get_contents('${file}')]);`,
    ]);
  const CONFIG = '/var/www/html/desa/config/config.php';
  const configure = async (request: Omit<Parameters<typeof requestConfigure>[2], 'kode'>) => {
    const { jobs } = await requestConfigure(pendopo.tools, pendopo.admin, { kode: A, ...request });
    const ended = [];
    for (const { jobId } of jobs) ended.push(await pendopo.ended(jobId));
    return ended;
  };

  it('that the apps share reach the configuration of each, without a restart, and the secret nothing else', async () => {
    for (const app of ['contoh-opensid', 'contoh-pbb', 'contoh-api']) await mark(app);
    const jobs = await configure({
      shared: { 'surel-server': 'smtp.contoh.id', 'surel-sandi': SECRET, 'surel-pengirim': 'desa@contoh.id', ...PREMIUM },
    });
    expect(jobs.map(({ app, state, cause }) => [app, state, cause])).toEqual(
      ['contoh-api', 'contoh-opensid', 'contoh-pbb'].map((app) => [app, 'succeeded', null]),
    );
    const opensid = await inside('contoh-opensid', CONFIG);
    expect(opensid).toMatchObject({ old: true, text: expect.stringContaining(`$config['smtp_pass'] = '${SECRET}';`) });
    for (const app of ['contoh-pbb', 'contoh-api']) {
      const env = await inside(app, '/srv/env/.env');
      expect(env).toMatchObject({ old: true, text: expect.stringContaining('MAIL_HOST="smtp.contoh.id"') });
      expect(env.text).toContain(`MAIL_PASSWORD="${SECRET.replaceAll(/[\\"$]/g, '\\$&')}"`);
    }
    const { settings } = await installationOf(A, 'contoh-opensid');
    expect(settings).toMatchObject({ 'surel-server': 'smtp.contoh.id', langganan: 'premium' });
    const plans = await Promise.all(jobs.map(({ id }) => pendopo.tools.jobs.plan(id)));
    const events = await Promise.all(jobs.map(({ id }) => pendopo.tools.jobs.events(id, 0, 500)));
    expect(JSON.stringify([settings, jobs, plans, events])).not.toContain('S4ndi');
    expect((await see(B, '/siteman')).status).toBe(200);
  });

  it('of one app make a new container for that app alone, and only when it needs one', async () => {
    expect(await configure({ own: { 'contoh-opensid': { tema: 'biru' } } })).toMatchObject([{ state: 'succeeded' }]);
    expect((await see(A, '/')).body).toContain('data-tema="biru"');
    expect(await inside('contoh-opensid', CONFIG)).toMatchObject({ old: true });
    expect(await configure({ own: { 'contoh-opensid': { 'batas-memori': '160', jaringan: 'internet' } } })).toMatchObject([
      { state: 'succeeded' },
    ]);
    const after = await inside('contoh-opensid', CONFIG);
    expect(after).toMatchObject({ old: false, memory: String(160 * 1_048_576) });
    // Its other settings came along.
    expect(after.text).toContain(SECRET);
    for (const app of ['contoh-pbb', 'contoh-api']) expect(await inside(app, '/srv/env/.env')).toMatchObject({ old: true });
  });

  it('that open the way out let mail through, and lead neither to the neighbour nor to what the server keeps to itself', async () => {
    const { jobs } = await requestConfigure(pendopo.tools, pendopo.admin, { kode: B, own: { 'contoh-opensid': { jaringan: 'internet' } } });
    expect(await pendopo.ended(jobs[0]?.jobId ?? '')).toMatchObject({ state: 'succeeded' });
    const [own, other] = [await wayOut(pendopo, containerOf(A, 'contoh-opensid')), await wayOut(pendopo, containerOf(B, 'contoh-opensid'))];
    expect(own.address).not.toBe(other.address);
    const { config } = pendopo;
    const kept = [
      config.front.port,
      config.http.port,
      3306,
      6379,
      ...[config.databaseUrl, config.redisUrl].map((url) => Number(new URL(url.expose()).port)),
    ];
    const tried = await mailFrom(pendopo, containerOf(A, 'contoh-opensid'), {
      gateway: own.gateway,
      closed: [[other.address, 80], ...kept.filter((port) => port > 0).map((port) => [own.gateway, port] as const)],
    });
    expect(tried.received).toContain('Subject: Surat desa');
    expect(tried.opened).toEqual([]);
    // Not even refused: no packet gets there.
    expect(tried.silent).toContain(`${other.address}:80`);
  });

  it('that break the app go back, with its container and its secrets', async () => {
    const before = await installationOf(A, 'contoh-pbb');
    const [job] = await configure({ own: { 'contoh-pbb': { gangguan: 'sehat-palsu', 'batas-memori': '144' } } });
    expect(job).toMatchObject({ state: 'undone', cause: { step: 'wait-until-healthy', code: 'aplikasi-tidak-sehat' } });
    expect(job?.cause?.message).toContain('SQLSTATE');
    const after = await inside('contoh-pbb', '/srv/env/.env');
    expect(after).toMatchObject({ memory: String(192 * 1_048_576), text: expect.stringContaining('GANGGUAN="tidak-ada"') });
    expect(after.text).toContain('MAIL_PASSWORD="S4ndi');
    expect((await installationOf(A, 'contoh-pbb')).settings).toEqual(before.settings);
    expect(await serves(A)).toBe(true);
  });

  it('that are wrong are refused by field, before any job; a replaced secret is forgotten', async () => {
    const { tools } = pendopo;
    const count = async () => (await tools.jobs.list({ kode: parseKodeDesa(A), limit: 200 })).rows.length;
    const jobs = await count();
    for (const [field, value] of [
      ['surel-port', '99999'],
      ['surel-pengirim', 'bukan surel'],
      ['akhir-premium', '2027-02-31'],
      ['surel-server', 'a\nb'],
      // Premium since above, so its token may not go.
      ['token-premium', ''],
      ['tema', 'biru'],
    ] as const) {
      await expect(configure({ shared: { [field]: value } })).rejects.toMatchObject({ kind: 'invalid', field });
    }
    await expect(configure({ own: { 'contoh-pbb': { 'batas-memori': '1' } } })).rejects.toMatchObject({ field: 'batas-memori' });
    await expect(configure({ shared: { 'surel-sandi': SECRET } })).rejects.toMatchObject({ code: 'setelan-sama' });
    expect(await count()).toBe(jobs);
    const ref = (await installationOf(A, 'contoh-pbb')).settings['surel-sandi'] ?? '';
    expect(await tools.vault.exists(ref)).toBe(true);
    expect(await configure({ shared: { 'surel-sandi': '' } })).toHaveLength(3);
    expect(await tools.vault.exists(ref)).toBe(false);
  });
});

describe('a desa that is suspended', () => {
  const asked = async (request: typeof requestSuspend, app?: string) => {
    const { jobs } = await request(pendopo.tools, pendopo.admin, { kode: A, ...(app === undefined ? {} : { app }) });
    for (const { jobId } of jobs) expect(await pendopo.ended(jobId)).toMatchObject({ state: 'succeeded', cause: null });
    return jobs.map((job) => job.app);
  };
  const runs = async (app: string) => (await pendopo.tools.containers.find(containerOf(A, app)))?.running;

  it('serves a notice, runs nothing, and is refused what would change it, with the reason; its neighbour goes on', async () => {
    const { tools, admin } = pendopo;
    expect(await asked(requestSuspend)).toEqual(['contoh-pbb', 'contoh-api', 'contoh-opensid']);
    for (const path of ['/siteman', '/pbb/login', '/api']) {
      expect(await see(A, path)).toMatchObject({ status: 503, body: expect.stringContaining('dihentikan sementara') });
    }
    expect([await runs('contoh-opensid'), await runs('contoh-pbb'), await runs('contoh-api')]).toEqual([false, false, false]);
    expect(await serves(B)).toBe(true);
    const place = { kode: A, app: 'contoh-opensid' };
    await expect(requestUpdate(tools, admin, place)).rejects.toMatchObject({ code: 'sedang-ditangguhkan' });
    await expect(requestSuspend(tools, admin, place)).rejects.toMatchObject({ kind: 'conflict' });
    expect(await chooseInstallations(tools, { app: 'contoh-opensid', work: 'update', tag: 'v9.9.9' })).toMatchObject([{ kode: B }]);
    // Its data can still be secured, and settings wait for it.
    expect(await pendopo.ended((await requestBackup(tools, admin, place)).jobId)).toMatchObject({ state: 'succeeded' });
    expect(await requestConfigure(tools, admin, { kode: A, own: { 'contoh-opensid': { tema: 'hijau' } } })).toEqual({ jobs: [] });
  });

  it('stays so when its removal is undone, and comes back as it was, with the settings of now', async () => {
    const { tools, admin } = pendopo;
    const { jobId } = await requestRemove(tools, admin, { kode: A, app: 'contoh-pbb', confirm: A });
    // Proving an archive takes longer than looking: stopped there, everything before has to be put back.
    while ((await tools.jobs.steps(jobId)).find(({ name }) => name === 'archive-database')?.state !== 'done') await tools.clock.sleep(10);
    expect(await tools.jobs.requestCancel(jobId)).toBe(true);
    expect(await pendopo.ended(jobId)).toMatchObject({ state: 'undone', cause: { code: 'dibatalkan' } });
    expect((await installationOf(A, 'contoh-pbb')).state).toBe('suspended');
    expect([await runs('contoh-pbb'), (await see(A, '/pbb/login')).status]).toEqual([false, 503]);
    expect(await asked(requestResume, 'contoh-opensid')).toEqual(['contoh-opensid']);
    expect(await see(A, '/')).toMatchObject({ status: 200, body: expect.stringContaining('data-tema="hijau"') });
    expect(await asked(requestResume)).toEqual(['contoh-api', 'contoh-pbb']);
    expect(await serves(A)).toBe(true);
  });
});

describe('a premium subscription', () => {
  it('needs its token, and takes its releases from a source of its own; others stay with theirs', { timeout: 120_000 }, async () => {
    const { tools, admin } = pendopo;
    await expect(requestConfigure(tools, admin, { kode: B, shared: { langganan: 'premium' } })).rejects.toMatchObject({
      ...{ kind: 'invalid', code: 'setelan-perlu', field: 'token-premium' },
    });
    const { jobId } = await requestUpdate(tools, admin, { kode: A, app: 'contoh-opensid' });
    expect(await pendopo.ended(jobId)).toMatchObject({ state: 'succeeded', cause: null });
    expect(await installationOf(A, 'contoh-opensid')).toMatchObject({ tag: 'premium/v1.0.0', version: '1.0.0' });
    expect(await serves(A)).toBe(true);
    const chosen = async (tag: string) =>
      (await chooseInstallations(tools, { app: 'contoh-opensid', work: 'update', tag })).map(({ kode }) => kode);
    expect([await chosen('v9.9.9'), await chosen('premium/v9.9.9')]).toEqual([[B], [A]]);
  });
});

describe('PBB and API', () => {
  it('are updated, rolled back and restored, with the settings of now', { timeout: 120_000 }, async () => {
    const { tools, admin } = pendopo;
    const pbb = { kode: A, app: 'contoh-pbb' };
    const succeeds = async (asked: Promise<{ jobId: string }>) =>
      expect(await pendopo.ended((await asked).jobId)).toMatchObject({ state: 'succeeded', cause: null });
    await succeeds(requestUpdate(tools, admin, { ...pbb, tag: 'v1.1.0' }));
    expect((await see(A, '/pbb/login')).body).toContain('v1.1.0');
    const { jobs } = await requestConfigure(tools, admin, { kode: A, shared: { 'surel-server': 'lain.contoh.id' } });
    for (const { jobId } of jobs) expect(await pendopo.ended(jobId)).toMatchObject({ state: 'succeeded' });
    await succeeds(requestRollback(tools, admin, pbb));
    expect((await see(A, '/pbb/login')).body).toContain('v1.0.0');
    const api = { kode: A, app: 'contoh-api' };
    await succeeds(requestBackup(tools, admin, api));
    const { id } = await installationOf(A, 'contoh-api');
    const [backup] = await tools.backups.list({ installationId: id, limit: 1 });
    await succeeds(requestRestore(tools, admin, { backupId: backup?.id ?? '' }));
    for (const app of ['contoh-pbb', 'contoh-api']) {
      const env = await execIn(pendopo, containerOf(A, app), [
        ...['/usr/bin/php', '-r', `echo json_encode(['ok' => true, 'text' => file_get_contents('/srv/env/.env')]);`],
      ]);
      expect(env.text).toContain('MAIL_HOST="lain.contoh.id"');
    }
    expect(await serves(A)).toBe(true);
    expect(Object.values(Object(await json(A, '/api/healthcheck')))).toEqual(Array(6).fill(true));
  });
});

describe('what belongs together', () => {
  it('is refused before anything starts when what it needs is missing or has a version that does not fit', async () => {
    await expect(installOne('52.01.14.2003', 'contoh-api', {})).rejects.toMatchObject({ code: 'perlu-aplikasi-lain' });
    const tooOld = [{ app: 'contoh-opensid', tag: 'v0.9.0' }, { app: 'contoh-api' }];
    await expect(installAll('52.01.14.2003', tooOld)).rejects.toMatchObject({ code: 'versi-tidak-cocok' });
    expect((await pendopo.tools.jobs.list({ kode: parseKodeDesa('52.01.14.2003'), limit: 5 })).rows).toEqual([]);
  });

  it('keeps OpenSID while others need it', async () => {
    const { tools, admin } = pendopo;
    await expect(requestRemove(tools, admin, { kode: B, app: 'contoh-opensid', confirm: B })).rejects.toMatchObject({
      code: 'masih-diperlukan',
    });
    expect(await serves(B)).toBe(true);
  });

  it('leaves the others serving when one is removed or fails; each failure has its cause and can be tried again', {
    timeout: 600_000,
  }, async () => {
    const FAULTS = {
      'contoh-pbb': [
        ['benih-gagal', 'perintah-gagal', 'berhenti sesudah akun'],
        ['migrasi-gagal', 'perintah-gagal', 'migrasi sengaja gagal'],
        ['versi-salah', 'aplikasi-tidak-sehat', 'tidak memuat "v1.0.0"'],
      ],
      'contoh-api': [
        ['sehat-palsu', 'aplikasi-tidak-sehat', 'SQLSTATE'],
        ['versi-salah', 'aplikasi-tidak-sehat', 'v0.9.9'],
      ],
    } as const;
    for (const [app, faults] of Object.entries(FAULTS)) {
      await remove(B, app);
      expect((await see(B, '/siteman')).status).toBe(200);
      const choose = async (gangguan: string) =>
        saveSettings(pendopo.tools, pendopo.admin, (await installationOf(B, app)).id, { gangguan });
      const jobId = await installOne(B, app, { gangguan: faults[0][0] }, app === 'contoh-pbb' ? 'v1.0.0' : undefined);
      for (const [index, [gangguan, code, words]] of faults.entries()) {
        if (index > 0) {
          await choose(gangguan);
          await retryJob(pendopo.tools, pendopo.admin, jobId);
        }
        const failed = await pendopo.ended(jobId);
        expect(failed, gangguan).toMatchObject({ state: 'undone', attempt: index + 1, cause: { code } });
        expect(`${failed.cause?.message} ${failed.cause?.advice}`).toContain(words);
        expect((await see(B, '/siteman')).status).toBe(200);
      }
      await choose('tidak-ada');
      await retryJob(pendopo.tools, pendopo.admin, jobId);
      expect(await pendopo.ended(jobId)).toMatchObject({ state: 'succeeded', attempt: faults.length + 1 });
    }
    // Three tries that broke off, one of them half-way through the seed, and every row is there once.
    const rows = await pendopo.tools.databases.countRows(`${pendopo.config.instance}_${B.replaceAll('.', '')}_contoh_pbb`);
    expect(Object.fromEntries(rows.map(({ table, rows: count }) => [table, count]))).toMatchObject({
      ...{ users: 1, tenants: 1, pengaturan_aplikasi: 2, objek_pajak: 3 },
    });
    expect(await serves(A)).toBe(true);
    expect(await serves(B)).toBe(true);
  });

  it('refuses a release whose PHP there is not, or that lies about its version, and touches nothing', async () => {
    await remove(B, 'contoh-pbb');
    for (const [tag, code] of [
      ['v2.0.0', 'php-tidak-tersedia'],
      ['v1.5.0', 'versi-tag-salah'],
    ] as const) {
      const failed = await pendopo.ended(await installOne(B, 'contoh-pbb', {}, tag));
      expect(failed).toMatchObject({ state: 'undone', cause: { code } });
      expect(await pendopo.tools.jobs.steps(failed.id)).toEqual([]);
      expect((await see(B, '/siteman')).status).toBe(200);
    }
  });
});
