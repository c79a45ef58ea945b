import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { createCourier } from '../../src/adapters/courier.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { Secret } from '../../src/domain/secret.ts';
import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { setChannel, setContact, tryChannel } from '../../src/workflows/commands/notices.ts';
import { createTenant } from '../../src/workflows/commands/tenants.ts';
import { composeRollout } from '../../src/workflows/compose-rollout.ts';
import { gatherNews } from '../../src/workflows/news.ts';
import { keepNotices } from '../../src/workflows/notices.ts';
import { aManifest, anActor, aSetting } from '../support/builders.ts';
import { anInstalledDesa, aSource } from '../support/fleet.ts';
import { memoryTools } from '../support/memory-tools.ts';
import { openTestRecords, type TestRecords } from '../support/records.ts';
import { desaOf } from '../support/sound.ts';

const secrets = new Map<string, Secret>();
const vault = { read: async (ref: string) => secrets.get(ref) ?? new Secret('') };
const calls: { url: string; headers: IncomingHttpHeaders; body: string }[] = [];
const mails: { user: string; raw: string }[] = [];
let status = 200;
let clockAhead = 0;
let web: Server;
let smtp: SMTPServer;
let records: TestRecords;
let tools: Toolbox;

const portOf = (server: { address(): AddressInfo | string | null }): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

beforeAll(async () => {
  web = createServer(async (request, response) => {
    calls.push({ url: request.url ?? '', headers: request.headers, body: await text(request) });
    response.writeHead(status).end('{}');
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  smtp = new SMTPServer({
    authOptional: false,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      password === 'sandi-surel' ? done(null, { user: username }) : done(new Error('sandi salah')),
    onData: (stream, session, done) => {
      text(stream).then((raw) => {
        mails.push({ user: String(session.user), raw });
        done();
      }, done);
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', () => resolve()));
  const clock = { ...systemClock, now: () => new Date(Date.now() + clockAhead) };
  const box = {
    read: vault.read,
    put: async (ref: string, value: Secret) => void secrets.set(ref, value),
    remove: async (ref: string) => void secrets.delete(ref),
  };
  records = await openTestRecords(inject('databaseUrl'), aSource(['v1.0.0', 'v1.1.0']));
  tools = { ...records.tools, clock, courier: createCourier(vault), vault: { ...records.tools.vault, ...box } };
}, 60_000);
afterAll(async () => {
  await records?.close();
  web?.close();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
});

const round = (): Promise<void> => keepNotices(tools, 'uji', AbortSignal.timeout(60_000));
const admin = anActor();

it('are sent by e-mail, Telegram and a signed webhook, each once', async () => {
  const url = `http://127.0.0.1:${portOf(web)}`;
  await setChannel(tools, admin, {
    ...{ channel: 'email', server: `127.0.0.1:${portOf(smtp.server)}`, tls: false, from: 'pendopo@kab.example' },
    ...{ to: 'dinas@kab.example, jaga@kab.example', username: 'pendopo', secret: new Secret('sandi-surel') },
  });
  await setChannel(tools, admin, { channel: 'telegram', chat: '-10012345', server: url, secret: new Secret('123:TOKEN') });
  await setChannel(tools, admin, { channel: 'webhook', url: `${url}/kait`, secret: new Secret('kunci-kait') });

  // A night's copy that failed is news.
  const due = new Date();
  await tools.schedules.owe('salin-luar', due);
  await tools.schedules.end({ task: 'salin-luar', due: (await tools.schedules.runs(1))[0]?.due ?? due }, 'failed', 'Disk tujuan penuh.');
  await round();
  await round();

  expect((await tools.notices.list(10)).map(({ channel, state, attempts }) => `${channel} ${state} ${attempts}`).sort()).toEqual([
    ...['email sent 1', 'telegram sent 1', 'webhook sent 1'],
  ]);
  expect(mails).toHaveLength(1);
  expect(mails[0]?.user).toBe('pendopo');
  expect(mails[0]?.raw).toMatch(/^To: dinas@kab.example, jaga@kab.example\r$/m);
  expect(mails[0]?.raw).toContain('Disk tujuan penuh.');
  const telegram = calls.find((one) => one.url === '/bot123:TOKEN/sendMessage');
  expect(JSON.parse(telegram?.body ?? '{}')).toMatchObject({ chat_id: '-10012345', text: expect.stringContaining('Disk tujuan penuh.') });
  const hook = calls.find((one) => one.url === '/kait');
  const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(hook?.headers['pendopo-signature'])) ?? [];
  expect(createHmac('sha256', 'kunci-kait').update(`${time}.${hook?.body}`).digest('hex')).toBe(signature);
});

it('that are refused are tried again, later each time, and say why without the secret', async () => {
  status = 503;
  await tryChannel(tools, admin, 'telegram');
  await round();
  const find = async () => (await tools.notices.list(1))[0];
  expect(await find()).toMatchObject({ state: 'waiting', attempts: 1, failure: 'Telegram menjawab HTTP 503.' });
  await round();
  expect(await find()).toMatchObject({ attempts: 1 });
  clockAhead += 61_000;
  await round();
  const second = await find();
  expect(second).toMatchObject({ attempts: 2 });
  expect((second?.nextAt.getTime() ?? 0) - Date.now() - clockAhead).toBeGreaterThan(170_000);
  status = 200;
  clockAhead += 200_000;
  await round();
  expect(await find()).toMatchObject({ state: 'sent', attempts: 3, failure: null });
  expect(JSON.stringify(await tools.notices.list(10))).not.toContain('TOKEN');
});

it('warn of subscriptions that end, of all desa of that day together, once at each warning', async () => {
  const setting = aSetting({
    name: 'akhir',
    label: 'Langganan premium berakhir',
    kind: 'date',
    options: [],
    default: '',
    warnDays: [30, 7],
  });
  const apps = memoryTools([aManifest({ name: 'contoh', settings: [setting] })]).tools.apps;
  const world = { ...tools, apps };
  const day = world.calendar.day(new Date(Date.now() + clockAhead + 5 * 86_400_000));
  for (const kode of ['52.01.14.2001', '52.01.14.2002']) {
    await createTenant(world, admin, { kode });
    const { id } = await tools.tenants.ensureInstallation(parseKodeDesa(kode), 'contoh', tools.ids.next());
    await tools.tenants.saveInstallation(id, { state: 'active', settings: { akhir: day } });
  }
  const told = async () => (await gatherNews(world)).filter(({ key }) => key.startsWith('ending'));
  expect(await told()).toMatchObject([
    {
      key: `ending akhir ${day} 7`,
      title: 'Langganan premium 2 desa berakhir 5 hari lagi',
      text: expect.stringContaining('Tidak ada yang dihapus'),
    },
  ]);
  clockAhead += 6 * 86_400_000;
  expect((await told()).map(({ key }) => key)).toEqual([`ending akhir ${day} -1`]);
  // What the catalogue knows no more is nobody's news.
  expect((await gatherNews({ ...world, apps: memoryTools([]).tools.apps })).filter(({ key }) => key.startsWith('ending'))).toEqual([]);
});

it('tell once a day of desa whose rows in the combined database stay wrong, and of none that is being mended', async () => {
  const [first, second] = [parseKodeDesa('52.01.14.2001'), parseKodeDesa('52.01.14.2002')];
  const now = () => Date.now() + clockAhead;
  await tools.registrations.ensure('IS1', first, 'contoh', 's1');
  await tools.registrations.ensure('IS2', second, 'contoh', 's2');
  await tools.registrations.save('IS1', { state: 'stale', finding: 'Berbeda: artikel.', provenAt: new Date(now() - 90 * 60_000) });
  await tools.registrations.save('IS2', { state: 'stale', provenAt: new Date(now() - 20 * 60_000) });
  const told = async () => (await gatherNews(tools)).filter(({ key }) => key.startsWith('slices'));
  expect(await told()).toMatchObject([
    {
      title: 'Database gabungan: 1 desa tetap berbeda',
      text: expect.stringMatching(/tidak terganggu.*52\.01\.14\.2001 \(Berbeda: artikel\.\)\. Lihat \/gabungan\./),
    },
  ]);
  await tools.registrations.save('IS1', { state: 'detached' });
  expect(await told()).toEqual([]);
});

it('are refused by a wrong password or address, and nothing is kept', async () => {
  await expect(setChannel(tools, admin, { channel: 'webhook', url: 'ftp://x', secret: null })).rejects.toMatchObject({
    code: 'alamat-salah',
  });
  await expect(
    setChannel(tools, anActor({ role: 'operator' }), { channel: 'webhook', url: 'http://x/', secret: null }),
  ).rejects.toMatchObject({
    kind: 'forbidden',
  });
  const [, before] = [await round(), (await tools.notices.channels()).length];
  expect(before).toBe(3);
});

it('a desa with an address is told by e-mail before and after its own update, once, and of no other', async () => {
  const [mine, other] = [await anInstalledDesa(tools, 8, 'v1.0.0'), await anInstalledDesa(tools, 9, 'v1.0.0')];
  const [kode, kodeOther] = [parseKodeDesa(desaOf(8)), parseKodeDesa(desaOf(9))];
  // A third one has the newest release already: its update would be none, so it is told of none.
  await anInstalledDesa(tools, 10, 'v1.1.0');
  for (const tag of ['v1.0.0', 'v1.1.0'])
    await tools.releases.remember({ app: 'contoh', tag, version: tag.slice(1), commit: '0'.repeat(40) });
  await expect(setContact(tools, admin, { kode, email: 'bukan surel' })).rejects.toMatchObject({
    code: 'alamat-surel-salah',
    field: 'email',
  });
  await setContact(tools, admin, { kode, email: 'sekdes@meninting.example' });
  await setContact(tools, admin, { kode: parseKodeDesa(desaOf(10)), email: 'sudah@baru.example' });
  mails.splice(0);
  const before = clockAhead;

  // A quarter of an hour before the schedule comes round.
  const due = tools.calendar.next('0 2 1 * *', tools.clock.now());
  clockAhead = (due?.getTime() ?? 0) - Date.now() - 900_000;
  await tools.schedules.list();
  await round();
  await round();
  const toDesa = () => mails.filter(({ raw }) => /^To: sekdes@meninting.example\r$/m.test(raw)).map(({ raw }) => raw);
  expect(toDesa()).toHaveLength(1);
  expect(toDesa()[0]).toContain(kode);

  clockAhead = before;
  const members = [mine, other].map((id, n) => ({ kode: n === 0 ? kode : kodeOther, id, tag: 'v1.0.0', backupId: null }));
  const made = composeRollout(tools, { work: 'update', app: 'contoh', tag: 'v1.1.0', createdBy: 'uji' }, members);
  await tools.rollouts.create([made], null);
  await round();
  expect(toDesa()).toHaveLength(1);
  await tools.rollouts.saveMembers(made.rollout.id, [0], { state: 'done', lockedMs: 4_200, endedAt: tools.clock.now() });
  await tools.rollouts.saveMembers(made.rollout.id, [1], { state: 'failed', endedAt: tools.clock.now() });
  await round();
  await round();
  expect(toDesa()).toHaveLength(2);
  expect(toDesa()[1]).toContain('v1.1.0');
  expect(mails.some(({ raw }) => raw.includes(kodeOther) || raw.includes('sudah@baru.example'))).toBe(false);

  await setContact(tools, admin, { kode, email: '' });
  await setContact(tools, admin, { kode: parseKodeDesa(desaOf(10)), email: '' });
  expect((await tools.notices.contacts()).size).toBe(0);
});
