import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectionOptions } from '../../src/adapters/db/client.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { requestInstall, revealAdminPassword } from '../../src/workflows/commands/installations.ts';
import { requestConfigure } from '../../src/workflows/commands/settings.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { type Instance, startInstance } from '../support/instance.ts';
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
  const sessions = new Map<string, string>();
  beforeAll(async () => {
    pendopo = await startInstance({
      databaseUrl: inject('databaseUrl'),
      redisUrl: inject('redisUrl'),
      env: { OPENSID_REPO: REPO },
    });
    pendopo.realWorker();
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

    const wrong = await signInAt(pendopo.config, host(kode), { username, password: 'sid304' });
    expect([wrong.answer.status, new URL(wrong.answer.location).pathname]).toEqual([303, '/siteman']);
    const { answer, cookies } = await signInAt(pendopo.config, host(kode), { username, password: shown.password.expose() });
    expect([answer.status, new URL(answer.location).pathname]).toEqual([303, '/main']);
    const inside = await visit(pendopo.config, host(kode), '/beranda', { cookies });
    expect(inside.status).toBe(200);
    sessions.set(kode, cookies);
  });

  it('keeps mail and theme in its own settings, and gets back what it had before', async () => {
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
      expect(await pendopo.ended(jobs[0]?.jobId ?? '')).toMatchObject({ state: 'succeeded', cause: null });
    };
    const before = await valuesOf();
    await configure('smtp.contoh.id', 'S4ndi-surel', 'natra');
    expect(await valuesOf()).toEqual({
      ...{ email_notifikasi: '1', email_smtp_host: 'smtp.contoh.id', email_smtp_pass: 'S4ndi-surel', web_theme: 'natra' },
    });
    expect(await visit(pendopo.config, host(kode), '/')).toMatchObject({ status: 200, body: expect.stringContaining('natra') });
    await configure('', '', 'menurut-situs');
    expect(await valuesOf()).toEqual(before);
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

  const pairs = (): readonly (readonly [string, string])[] => [
    [DESA[0].kode, DESA[1].kode],
    [DESA[1].kode, DESA[0].kode],
  ];
});
