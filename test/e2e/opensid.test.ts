import type { ChildProcess } from 'node:child_process';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { requestAddresses } from '../../src/workflows/commands/addresses.ts';
import { requestInstall, revealAdminPassword } from '../../src/workflows/commands/installations.ts';
import { requestConfigure } from '../../src/workflows/commands/settings.ts';
import { requestResume, requestSuspend } from '../../src/workflows/commands/suspend.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { killOnce } from '../support/chaos.ts';
import { putToSleep } from '../support/container.ts';
import { type Instance, killHard, startInstance } from '../support/instance.ts';
import { reachOf } from '../support/isolation.ts';
import { signInAt } from '../support/sign-in.ts';
import { visit } from '../support/visit.ts';

/** The real OpenSID, from its real repository: what the sample app stands for elsewhere. */
const REPO = process.env.OPENSID_REPO?.trim() ?? '';
const REASON = REPO === '' ? ' (skipped: set OPENSID_REPO to a mirror of https://github.com/OpenSID/OpenSID)' : '';
const DESA = [
  { kode: '52.01.14.2001', nama: 'Batulayar' },
  { kode: '52.01.14.2004', nama: 'Lembah Sari' },
] as const;
const digits = (kode: string): string => kode.replaceAll('.', '');
const host = (kode: string): string => `${digits(kode)}.localhost`;
/** Mirror, image and template of a release are made once, in minutes. */
const FIRST = 30 * 60_000;

describe.skipIf(REPO === '')(`two desa with the real OpenSID${REASON}`, () => {
  let pendopo: Instance;
  let worker: ChildProcess;
  const sessions = new Map<string, string>();
  const passwords = new Map<string, string>();
  beforeAll(async () => {
    pendopo = await startInstance({
      databaseUrl: inject('databaseUrl'),
      redisUrl: inject('redisUrl'),
      env: { OPENSID_REPO: REPO },
    });
    worker = pendopo.realWorker();
  }, 60_000);
  afterAll(() => pendopo?.close(), 60_000);

  const schemaOf = (kode: string): string => `${pendopo.config.instance}_${digits(kode)}_opensid`;
  const installationOf = async (kode: string) => {
    const installation = (await pendopo.tools.tenants.find(parseKodeDesa(kode)))?.installations[0];
    if (installation === undefined) throw new Error(`nothing at ${kode}`);
    return installation;
  };

  it.each(DESA)('$kode is installed', { timeout: FIRST }, async ({ kode }) => {
    await createTenant(pendopo.tools, pendopo.admin, { kode });
    const { jobId } = await requestInstall(pendopo.tools, pendopo.admin, { kode, app: 'opensid' });
    expect(await pendopo.ended(jobId, FIRST)).toMatchObject({ state: 'succeeded', cause: null });
    expect((await installationOf(kode)).state).toBe('active');
  });

  it.each(DESA)('$kode shows its public page with its name', async ({ kode, nama }) => {
    const home = await visit(pendopo.config, host(kode), '/');
    expect(home.status).toBe(200);
    expect(home.body).toContain(nama);
  });

  it.each(DESA)('$kode has its kode and its name on record', async ({ kode, nama }) => {
    const connection = await createConnection(connectionOptions(pendopo.config.databaseUrl));
    const [rows] = await connection.query<RowDataPacket[]>('SELECT kode_desa, nama_desa FROM ??.config', [schemaOf(kode)]);
    await connection.end();
    expect(rows).toEqual([{ kode_desa: digits(kode), nama_desa: nama }]);
  });

  it.each(DESA)('the administrator of $kode signs in with the password that is shown once, and with no other', async ({ kode }) => {
    const { id } = await installationOf(kode);
    const shown = await revealAdminPassword(pendopo.tools, pendopo.admin, id);
    if (shown === null) throw new Error('no password');
    expect(await revealAdminPassword(pendopo.tools, pendopo.admin, id)).toBeNull();
    const { username } = shown;
    passwords.set(kode, shown.password.expose());

    const wrong = await signInAt(pendopo.config, host(kode), { username, password: 'sid304' });
    expect([wrong.answer.status, new URL(wrong.answer.location).pathname]).toEqual([303, '/siteman']);
    const { answer, cookies } = await signInAt(pendopo.config, host(kode), { username, password: shown.password.expose() });
    expect([answer.status, new URL(answer.location).pathname]).toEqual([303, '/main']);
    const inside = await visit(pendopo.config, host(kode), '/beranda', { cookies });
    expect(inside.status).toBe(200);
    sessions.set(kode, cookies);
  });

  it('keeps mail and theme in its own settings, also when the worker dies telling them, and gets back what it had before', async () => {
    const { kode } = DESA[0];
    const valuesOf = async (): Promise<Record<string, string | null>> => {
      const connection = await createConnection(connectionOptions(pendopo.config.databaseUrl));
      const keys = ['email_notifikasi', 'email_smtp_host', 'email_smtp_pass', 'web_theme'];
      const [rows] = await connection.query<RowDataPacket[]>('SELECT `key`, value FROM ??.setting_aplikasi WHERE `key` IN (?)', [
        schemaOf(kode),
        keys,
      ]);
      await connection.end();
      return Object.fromEntries(rows.map((row) => [row.key, row.value]));
    };
    const configure = async (server: string, sandi: string, tema: string) => {
      const shared = { 'surel-server': server, 'surel-sandi': sandi };
      const { jobs } = await requestConfigure(pendopo.tools, pendopo.admin, { kode, shared, own: { opensid: { tema } } });
      const kill = { step: 'tell-settings', moment: 'during', afterMs: 150 } as const;
      expect(await killOnce(pendopo, jobs[0]?.jobId ?? '', kill)).toMatchObject({ killed: true, job: { state: 'succeeded', cause: null } });
    };
    const before = await valuesOf();
    await killHard(worker);
    await configure('smtp.contoh.id', 'S4ndi-surel', 'natra');
    expect(await valuesOf()).toEqual({
      ...{ email_notifikasi: '1', email_smtp_host: 'smtp.contoh.id', email_smtp_pass: 'S4ndi-surel', web_theme: 'natra' },
    });
    expect(await visit(pendopo.config, host(kode), '/')).toMatchObject({ status: 200, body: expect.stringContaining('natra') });
    await configure('', '', 'menurut-situs');
    expect(await valuesOf()).toEqual(before);
    worker = pendopo.realWorker();
  });

  it('sleeps while nobody visits; all who come then are served, and who was signed in still is', async () => {
    const { kode } = DESA[0];
    expect(await putToSleep(pendopo, `${pendopo.config.instance}-${digits(kode)}-opensid`)).toBe(true);
    const inside = { cookies: sessions.get(kode) ?? '' };
    const all = ['/siteman', '/', '/siteman', '/', '/siteman'].map((path) => visit(pendopo.config, host(kode), path));
    const answers = await Promise.all([...all, visit(pendopo.config, host(kode), '/beranda', inside)]);
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
  });

  it('a session of one opens nothing at the other', async () => {
    for (const [own, other] of pairs()) {
      const stranger = await visit(pendopo.config, host(other), '/beranda', { cookies: sessions.get(own) ?? '' });
      expect([own, stranger.status]).not.toEqual([own, 200]);
    }
  });

  it('neither reaches the database, the files or the container of the other', { timeout: 120_000 }, async () => {
    for (const [own, other] of pairs()) {
      const { reached, saw } = await reachOf(pendopo, 'opensid', own, other);
      expect(reached).toEqual([]);
      expect(saw).toEqual(['information_schema', schemaOf(own)]);
    }
  });

  it("keeps both passwords apart: one does not sign in to the other's database", async () => {
    for (const [own, other] of pairs()) {
      const password = await pendopo.tools.vault.read(`installation/${(await installationOf(own)).id}/db-password`);
      const { databases } = pendopo.tools;
      expect(await databases.canSignIn(schemaOf(own), password, schemaOf(own))).toBe(true);
      expect(await databases.canSignIn(schemaOf(own), password, schemaOf(other))).toBe(false);
      expect(await databases.canSignIn(schemaOf(other), password, schemaOf(other))).toBe(false);
    }
  });

  it('moves to a domain: pages, sign-in and links are there, the old name leads on; closed ones hear of it as well', async () => {
    const { kode, nama } = DESA[0];
    const { config, tools, admin } = pendopo;
    const sql = await createConnection(connectionOptions(config.databaseUrl));
    const website = async (): Promise<unknown> =>
      (await sql.query<RowDataPacket[]>('SELECT website FROM ??.config', [schemaOf(kode)]))[0][0]?.website;
    const moveTo = async (domain: string): Promise<void> => {
      const { jobId } = await requestAddresses(tools, admin, { kode, domain });
      expect(await pendopo.ended(jobId ?? '')).toMatchObject({ state: 'succeeded', cause: null });
    };
    const origin = (name: string): string => `http://${name}:${config.front.port}`;
    // As the desa has typed it.
    await sql.query('UPDATE ??.config SET website = ?', [schemaOf(kode), `${origin(host(kode))}/`]);

    const name = 'batulayar.desa.id';
    await moveTo(name);
    expect(await website()).toBe(`${origin(name)}/`);
    const { answer, cookies } = await signInAt(config, name, { username: 'admin', password: passwords.get(kode) ?? '' });
    expect([answer.status, answer.location]).toEqual([303, `${origin(name)}/main`]);
    for (const path of ['/', '/siteman', '/beranda', '/identitas_desa']) {
      const page = await visit(config, name, path, path.length > 1 && path !== '/siteman' ? { cookies } : {});
      expect([path, page.status]).toEqual([path, 200]);
      expect(page.body).toContain(nama);
      expect(page.body).toContain(`${origin(name)}/`);
      expect(page.body).not.toContain(host(kode));
      // What the page is made of is there as well.
      const sheet = new RegExp(`href="${origin(name)}(/[^"]+\\.css[^"]*)"`).exec(page.body)?.[1] ?? '';
      expect([sheet, (await visit(config, name, sheet)).status]).toEqual([expect.stringContaining('.css'), 200]);
    }
    for (const from of [host(kode), `www.${name}`]) {
      expect(await visit(config, from, '/artikel/1?a=b')).toMatchObject({ status: 308, location: `${origin(name)}/artikel/1?a=b` });
    }

    const all = async ({ jobs }: Awaited<ReturnType<typeof requestSuspend>>): Promise<void> => {
      for (const { jobId } of jobs) expect(await pendopo.ended(jobId)).toMatchObject({ state: 'succeeded', cause: null });
    };
    await all(await requestSuspend(tools, admin, { kode }));
    await moveTo('-');
    await all(await requestResume(tools, admin, { kode }));
    expect(await website()).toBe(`${origin(host(kode))}/`);
    expect(await visit(config, host(kode), '/siteman')).toMatchObject({ status: 200, body: expect.stringContaining(nama) });
    await sql.end();
  });

  const pairs = (): readonly (readonly [string, string])[] => [
    [DESA[0].kode, DESA[1].kode],
    [DESA[1].kode, DESA[0].kode],
  ];
});
