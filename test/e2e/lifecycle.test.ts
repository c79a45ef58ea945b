import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { requestUnarchive, revealAdminPassword } from '../../src/workflows/commands/installations.ts';
import { retryJob } from '../../src/workflows/commands/jobs.ts';
import { addSource, previewMove, removeSource, requestMove } from '../../src/workflows/commands/move.ts';
import { saveSettings } from '../../src/workflows/commands/settings.ts';
import { copySources } from '../../src/workflows/shared-sources.ts';
import { killOnce } from '../support/chaos.ts';
import { combinedOf } from '../support/combined.ts';
import { type Instance, killHard, startInstance } from '../support/instance.ts';
import { reachOf } from '../support/isolation.ts';
import { makeSharedSchema, SHARED_KODES } from '../support/shared-rows.ts';
import { visit } from '../support/visit.ts';

let pendopo: Instance;
let workers: readonly ChildProcess[];
beforeAll(async () => {
  pendopo = await startInstance({ databaseUrl: inject('databaseUrl'), redisUrl: inject('redisUrl') });
  workers = [pendopo.worker(), pendopo.worker()];
}, 60_000);
afterAll(() => pendopo.close(), 60_000);

/** Building the shared images on a fresh machine takes minutes, once. */
const FIRST = 900_000;

async function installationOf(kode: string) {
  const { rows } = await pendopo.tools.tenants.list({ search: kode, limit: 1 });
  const installation = rows[0]?.installations[0];
  if (installation === undefined) throw new Error(`nothing at ${kode}`);
  return installation;
}

describe('a desa', () => {
  const KODE = '52.01.14.2001';

  it('is installed: container, database, address; its pages name it', { timeout: FIRST }, async () => {
    const job = await pendopo.ended(await pendopo.install(KODE), FIRST);
    expect(job).toMatchObject({ state: 'succeeded', cause: null });
    const installation = await installationOf(KODE);
    expect(installation).toMatchObject({ state: 'active', tag: 'v1.0.0', version: '1.0.0' });

    expect(await combinedOf(pendopo, KODE)).toEqual({ state: 'registered', configId: 2, wrong: [] });
    const home = await visit(pendopo.config, '5201142001.localhost', '/');
    expect(home).toMatchObject({ status: 200 });
    expect(home.body).toContain('Batulayar');
    const stranger = await visit(pendopo.config, 'orang-lain.localhost', '/');
    expect(stranger.status).toBe(404);
    expect(stranger.body).not.toContain('Batulayar');
  });

  it('has an administrator whose first password is shown once and signs in', async () => {
    const installation = await installationOf(KODE);
    const shown = await revealAdminPassword(pendopo.tools, pendopo.admin, installation.id);
    if (shown === null) throw new Error('no password');
    expect(await revealAdminPassword(pendopo.tools, pendopo.admin, installation.id)).toBeNull();

    const host = '5201142001.localhost';
    const form = await visit(pendopo.config, host, '/siteman');
    const fields = new URLSearchParams({ username: shown.username, password: shown.password.expose() });
    for (const [, name = '', value = ''] of form.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g))
      fields.set(name, value);
    const entered = await visit(pendopo.config, host, '/siteman/auth', { cookies: form.cookies, fields });
    expect(entered.status).toBe(303);
    expect(entered.location).toContain('/beranda');
  });

  it('runs in a container that can do little and reach nothing', async () => {
    const container = pendopo.wired.tools.containers;
    const name = `${pendopo.config.instance}-5201142001-contoh-opensid`;
    const stdin = pendopo.tools.apps.entry('contoh-opensid').manifest.commands.status;
    expect(stdin).not.toBeNull();
    expect((await container.find(name))?.running).toBe(true);
    const probe = async (script: string): Promise<string> => {
      const lines: string[] = [];
      await container.exec(name, {
        command: { run: ['/usr/bin/php', '-r', `${script} echo PHP_EOL, json_encode(['ok' => true]);`], input: {}, timeoutSeconds: 20 },
        stdin: new (await import('../../src/domain/secret.ts')).Secret('{}'),
        signal: AbortSignal.timeout(20_000),
        onLine: (line) => lines.push(line),
      });
      return lines.join('\n');
    };
    expect(await probe('echo implode(",", array_diff(scandir("/sys/class/net"), [".", ".."]));')).toBe('lo');
    expect(await probe('echo @file_put_contents("/var/www/html/x.php", "x") === false ? "read-only" : "written";')).toBe('read-only');
    expect(await probe('echo posix_getuid() ?? "";').catch(() => '33')).toBe('33');
    expect(await probe('echo preg_match("/CapEff:\\s+0+$/m", file_get_contents("/proc/self/status")) ? "none" : "some";')).toBe('none');
  });

  it('reaches nothing of its neighbour, of Pendopo or of the world', { timeout: 120_000 }, async () => {
    const NEIGHBOUR = '52.01.14.2002';
    expect((await pendopo.ended(await pendopo.install(NEIGHBOUR))).state).toBe('succeeded');
    // The probe itself: what it looks for in a neighbour, it finds at home.
    const own = `${pendopo.config.instance}_5201142001_contoh_opensid`;
    expect((await reachOf(pendopo, 'contoh-opensid', KODE, KODE)).reached).toEqual(
      expect.arrayContaining([`schema ${own}`, `table ${own}.config`, `account ${own}`, 'a mount of the neighbour']),
    );
    for (const [from, to] of [
      [KODE, NEIGHBOUR],
      [NEIGHBOUR, KODE],
    ] as const) {
      const { reached, saw } = await reachOf(pendopo, 'contoh-opensid', from, to);
      expect(reached).toEqual([]);
      expect(saw).toEqual(['information_schema', `${pendopo.config.instance}_${from.replaceAll('.', '')}_contoh_opensid`]);
    }
  });

  it('keeps no secret in rows, logs or files of the control plane', async () => {
    const own = await installationOf(KODE);
    const secrets = await Promise.all(
      ['db-password', 'admin-password'].map((name) => pendopo.tools.vault.read(`installation/${own.id}/${name}`)),
    );
    const { rows } = await pendopo.tools.jobs.list({ limit: 10 });
    const texts = [readFileSync(`${pendopo.folder}/processes.log`, 'utf8')];
    for (const job of rows) {
      texts.push(JSON.stringify([job, await pendopo.tools.jobs.plan(job.id), await pendopo.tools.jobs.events(job.id, 0, 10_000)]));
    }
    for (const secret of secrets) expect(texts.some((text) => text.includes(secret.expose()))).toBe(false);
  });

  it('is removed: archived and proven first, then nothing is left; and comes back from the archive with all its data', {
    timeout: 180_000,
  }, async () => {
    const { tools, admin } = pendopo;
    const schema = `${pendopo.config.instance}_5201142001_contoh_opensid`;
    const before = await tools.databases.countRows(schema);
    const key = readFileSync(tools.files.path('desa/5201142001/contoh-opensid/desa/app_key'));

    expect(await pendopo.ended(await pendopo.remove(KODE))).toMatchObject({ state: 'succeeded', cause: null });
    expect(await pendopo.leftovers(KODE)).toEqual([]);
    expect((await visit(pendopo.config, '5201142001.localhost', '/')).status).toBe(404);
    expect(await combinedOf(pendopo, KODE)).toEqual({ state: 'none', configId: 2, wrong: [] });
    const [archive] = await tools.archives.list({ limit: 5 });
    if (archive?.verifiedAt == null) throw new Error('no proven archive');
    const manifest = JSON.parse(readFileSync(tools.files.path(`archive/${archive.id}/archive.json`), 'utf8'));
    const dump = readFileSync(tools.files.path(`archive/${archive.id}/database.sql.gz`));
    expect(createHash('sha256').update(dump).digest('hex')).toBe(manifest.sha256['database.sql.gz']);

    const { jobId } = await requestUnarchive(tools, admin, { archiveId: archive.id });
    expect(await pendopo.ended(jobId)).toMatchObject({ state: 'succeeded', cause: null });
    expect(await tools.databases.countRows(schema)).toEqual(before);
    expect(await combinedOf(pendopo, KODE)).toEqual({ state: 'registered', configId: 2, wrong: [] });
    expect(readFileSync(tools.files.path('desa/5201142001/contoh-opensid/desa/app_key'))).toEqual(key);
    expect((await visit(pendopo.config, '5201142001.localhost', '/')).body).toContain('Batulayar');
  });
});

describe('a failing app', () => {
  const CASES = [
    ['tak-sehat', 'aplikasi-tidak-sehat', '52.01.14.2003'],
    ['migrasi-gagal', 'perintah-gagal', '52.01.14.2004'],
    ['identitas-gagal', 'perintah-gagal', '52.01.14.2005'],
    ['versi-salah', 'versi-salah', '52.01.14.2006'],
    ['halaman-galat', 'aplikasi-tidak-sehat', '52.01.14.2007'],
  ] as const;

  for (const [gangguan, code, kode] of CASES) {
    it(`${gangguan}: has a clear cause, leaves nothing, and installs once the cause is gone`, { timeout: 180_000 }, async () => {
      const { tools, admin } = pendopo;
      const jobId = await pendopo.install(kode, { gangguan });
      const failed = await pendopo.ended(jobId);
      expect(failed).toMatchObject({ state: 'undone', cause: { code } });
      expect(failed.cause?.advice).toContain('Coba lagi');
      expect(await pendopo.leftovers(kode)).toEqual([]);

      await saveSettings(tools, admin, (await installationOf(kode)).id, { gangguan: 'tidak-ada' });
      await retryJob(tools, admin, jobId);
      expect(await pendopo.ended(jobId)).toMatchObject({ state: 'succeeded', attempt: 2, cause: null });
    });
  }

  it('lambat: is waited for', { timeout: 180_000 }, async () => {
    expect(await pendopo.ended(await pendopo.install('52.01.14.2008', { gangguan: 'lambat' }))).toMatchObject({ state: 'succeeded' });
  });
});

describe('a desa that shared its database with two others', () => {
  const KODE = SHARED_KODES[1];

  it('moves into one of its own, also when the worker dies in its migration: its rows and files, nobody else’s, the source as it was', {
    timeout: 300_000,
  }, async () => {
    const { tools, admin, config } = pendopo;
    const url = new URL(config.databaseUrl.expose());
    url.pathname = `/${config.instance}_asal`;
    await makeSharedSchema(inject('databaseUrl'), url.pathname.slice(1));
    const before = await tools.databases.countRows(url.pathname.slice(1));
    await addSource(tools, admin, { name: 'kabupaten', app: 'contoh-opensid', url: new Secret(url.href) });
    await copySources(tools, AbortSignal.timeout(60_000));
    const files = `pindahan/kabupaten/${KODE.replaceAll('.', '')}`;
    await tools.files.ensureFolder(`${files}/upload`, 'control');
    await tools.files.write(`${files}/upload/logo.txt`, 'logo', 'control');
    const report = await previewMove(tools, admin, { source: 'kabupaten', kode: KODE });
    expect([report.obstacles, report.files, report.tables.filter(({ orphans }) => orphans > 0)]).toEqual([[], 1, []]);

    const { jobId } = await requestMove(tools, admin, { source: 'kabupaten', kode: KODE });
    for (const worker of workers) await killHard(worker);
    const went = await killOnce(pendopo, jobId, { step: 'migrate-moved', moment: 'during', afterMs: 400 });
    expect(went).toMatchObject({ killed: true, job: { state: 'succeeded', cause: null } });
    const site = await visit(config, `${KODE.replaceAll('.', '')}.localhost`, '/');
    expect([site.status, site.body.includes('Judul 12'), site.body.includes('Judul 11')]).toEqual([200, true, false]);
    const schema = (await tools.claims.of((await installationOf(KODE)).id)).find(({ kind }) => kind === 'schema')?.name ?? '';
    const counted = new Map((await tools.databases.countRows(schema)).map(({ table, rows }) => [table, rows]));
    // The release has brought its own rows to the two that every release has.
    for (const { table, rows } of report.tables) if (table !== 'migrasi') expect([table, counted.get(table)]).toEqual([table, rows]);
    expect(await tools.files.read(`desa/${KODE.replaceAll('.', '')}/contoh-opensid/desa/upload/logo.txt`)).toBe('logo');
    expect((await combinedOf(pendopo, KODE)).wrong).toEqual([]);
    expect(await tools.databases.countRows(url.pathname.slice(1))).toEqual(before);

    await removeSource(tools, admin, 'kabupaten');
    await tools.databases.dropSchema(url.pathname.slice(1));
    expect((await visit(config, `${KODE.replaceAll('.', '')}.localhost`, '/')).status).toBe(200);
  });
});
