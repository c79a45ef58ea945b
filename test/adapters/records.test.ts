import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { newOrder } from '../../src/domain/certificate-order.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import type { NewJob } from '../../src/domain/ports-jobs.ts';
import { type KodeDesa, parseKodeDesa, parseKodeWilayah, SCOPES } from '../../src/domain/wilayah.ts';
import { createTenant, ensureTenant } from '../../src/workflows/commands/tenants.ts';
import { anActor } from '../support/builders.ts';
import { openTestRecords, type TestRecords } from '../support/records.ts';

let records: TestRecords;
let tools: Toolbox;
beforeAll(async () => {
  records = await openTestRecords(inject('databaseUrl'));
  tools = records.tools;
});
afterAll(() => records.close());

const BATULAYAR = parseKodeDesa('52.01.14.2001');
let next = 3000;
const aKode = (): KodeDesa => parseKodeDesa(`52.01.14.${++next}`);

async function aJob(changes: Partial<NewJob> = {}): Promise<NewJob> {
  const job: NewJob = {
    id: tools.ids.next(),
    workflow: 'install',
    installationId: tools.ids.next(),
    kode: aKode(),
    app: 'contoh',
    input: { tag: null, settings: {}, archiveId: null },
    requestedBy: 'admin',
    priority: 0,
    ...changes,
  };
  await tools.jobs.create(job);
  return job;
}

async function acquire(resource: string, holder = 'w', ttl = 60_000) {
  const lease = await tools.leases.acquire(resource, holder, ttl);
  if (lease === null) throw new Error(`${resource} is held`);
  return lease;
}

describe('leases', () => {
  it('are held by one, and free again when released', async () => {
    const lease = await acquire('desa/x1', 'one');
    expect(await tools.leases.acquire('desa/x1', 'two', 60_000)).toBeNull();
    await tools.leases.release(lease);
    expect((await acquire('desa/x1', 'two')).token).toBe(lease.token + 1);
  });

  it('are free when they were not renewed in time; the late holder cannot renew', async () => {
    const lease = await acquire('desa/x2', 'one', 30);
    expect(await tools.leases.renew(lease, 30)).toBe(true);
    await systemClock.sleep(60);
    await acquire('desa/x2', 'two');
    expect(await tools.leases.renew(lease, 60_000)).toBe(false);
  });

  it('go to one of many who ask at once', async () => {
    const asked = await Promise.all(Array.from({ length: 8 }, (_, n) => tools.leases.acquire('desa/x3', `w${n}`, 60_000)));
    expect(asked.filter((lease) => lease !== null)).toHaveLength(1);
  });
});

describe('jobs', () => {
  it('are one at a time for an installation', async () => {
    const job = await aJob();
    await expect(aJob({ installationId: job.installationId })).rejects.toMatchObject({ code: 'masih-ada-pekerjaan' });
  });

  it('are written by the holder of the newest lease only', async () => {
    const job = await aJob();
    const old = await acquire(`desa/${job.kode}`, 'one', 1);
    await systemClock.sleep(20);
    const newer = await acquire(`desa/${job.kode}`, 'two');
    await expect(tools.jobs.saveState(job.id, old, { state: 'running' })).rejects.toMatchObject({ code: 'lease-lost' });
    await tools.jobs.saveState(job.id, newer, { state: 'running' });
    expect((await tools.jobs.find(job.id))?.state).toBe('running');
  });

  it('are not cancelled once the line is passed, and do not pass the line once cancelled', async () => {
    const [one, two] = [await aJob(), await aJob()];
    expect(await tools.jobs.requestCancel(one.id)).toBe(true);
    expect(await tools.jobs.commit(one.id, await acquire(`desa/${one.kode}`))).toBe(false);
    expect(await tools.jobs.commit(two.id, await acquire(`desa/${two.kode}`))).toBe(true);
    expect(await tools.jobs.requestCancel(two.id)).toBe(false);
  });

  it('that are older than another one of the installation are not retried', async () => {
    const old = await aJob();
    const lease = await acquire(`desa/${old.kode}`);
    await tools.jobs.saveState(old.id, lease, { state: 'undone', cause: { code: 'x', step: 'y', message: 'm', advice: 'a' } });
    await aJob({ installationId: old.installationId, kode: old.kode });
    await expect(tools.jobs.requeue(old.id)).rejects.toMatchObject({ code: 'ada-yang-lebih-baru' });
  });

  it('are grouped by cause, counting only the newest of an installation', async () => {
    for (let i = 0; i < 3; i += 1) {
      const job = await aJob();
      const lease = await acquire(`desa/${job.kode}`);
      await tools.jobs.saveState(job.id, lease, {
        state: 'undone',
        cause: { code: 'disk-penuh', step: 'load-data', message: 'Penuh.', advice: 'a' },
      });
      if (i === 2) await aJob({ installationId: job.installationId, kode: job.kode });
    }
    const causes = await tools.jobs.failuresByCause(null);
    expect(causes.find(({ fingerprint }) => fingerprint === 'load-data:disk-penuh')).toEqual({
      fingerprint: 'load-data:disk-penuh',
      message: 'Penuh.',
      count: 2,
    });
  });

  it('are due in fair order: by hand before bulk, then by age, one per desa, none that is being worked on', async () => {
    await records.db.execute('DELETE FROM jobs');
    const bulk = await aJob({ priority: 10 });
    const byHand = await aJob();
    const sameDesa = await aJob({ kode: byHand.kode });
    const held = await aJob();
    await acquire(`desa/${held.kode}`);
    const later = await aJob();
    expect((await tools.jobs.due(10)).map(({ id }) => id)).toEqual([byHand.id, later.id, bulk.id]);
    expect((await tools.jobs.nextOf(byHand.kode))?.id).toBe(byHand.id);
    expect(sameDesa.id > byHand.id).toBe(true);
  });

  it('tell whose desa is held, what outside does not answer, and when anything moved', async () => {
    await records.db.execute('DELETE FROM jobs');
    const [waiting, held] = [await aJob(), await aJob()];
    const lease = await acquire(`desa/${held.kode}`);
    await tools.jobs.saveState(held.id, lease, { state: 'running' });
    await tools.jobs.saveOutside(held.id, lease, 'Docker tidak menjawab.');
    const { jobs, movedAt } = await tools.jobs.active();
    expect(jobs.map(({ id, isHeld }) => [id, isHeld])).toEqual([
      [held.id, true],
      [waiting.id, false],
    ]);
    expect(jobs[0]?.outside?.what).toBe('Docker tidak menjawab.');
    expect(Date.now() - (movedAt?.getTime() ?? 0)).toBeLessThan(60_000);
    await tools.jobs.saveOutside(held.id, lease, null);
    expect((await tools.jobs.active()).jobs[0]?.outside).toBeNull();
    await tools.jobs.saveOutside(held.id, lease, 'MariaDB tidak menjawab.');
    await tools.jobs.saveState(held.id, lease, { state: 'succeeded' });
    expect((await tools.jobs.active()).jobs.map(({ id }) => id)).toEqual([waiting.id]);
  });

  it('are narrowed by app and time, and their logs by a text in which wildcards are ordinary letters', async () => {
    await records.db.execute('DELETE FROM jobs');
    const [one, other] = [await aJob(), await aJob({ app: 'lain' })];
    expect((await tools.jobs.list({ app: 'lain', limit: 9 })).rows.map(({ id }) => id)).toEqual([other.id]);
    expect((await tools.jobs.list({ since: new Date(Date.now() + 60_000), limit: 9 })).rows).toEqual([]);
    expect((await tools.jobs.list({ since: new Date(Date.now() - 60_000), limit: 9 })).rows).toHaveLength(2);
    const line = (text: string) => ({ position: null, at: new Date(), text });
    await tools.jobs.appendLog(one.id, [line('Memuat 100% data'), line('Memuat 1000 data'), line('selesai')]);
    expect((await tools.jobs.events(one.id, 0, 9, '100%')).map(({ text }) => text)).toEqual(['Memuat 100% data']);
    expect(await tools.jobs.events(one.id, 0, 9, 'MEMUAT')).toHaveLength(2);
  });

  it('come in pages, newest first, and below the region asked for', async () => {
    await records.db.execute('DELETE FROM jobs');
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) ids.unshift((await aJob({ priority: 10 })).id);
    await aJob({ kode: parseKodeDesa('52.01.01.2001') });
    const within = parseKodeWilayah('52.01.14');
    const first = await tools.jobs.list({ limit: 3, within });
    const second = await tools.jobs.list({ limit: 3, within, after: first.next ?? '' });
    expect([...first.rows, ...second.rows].map(({ id }) => id)).toEqual(ids);
    expect(second.next).toBeNull();
  });
});

describe('the newest jobs', () => {
  it('are found for many desa at once', async () => {
    await records.db.execute('DELETE FROM jobs');
    const old = await aJob();
    const newer = await aJob({ kode: old.kode, app: 'lain' });
    const other = await aJob();
    await aJob();
    const found = await tools.jobs.latestOf([old.kode, other.kode, aKode()]);
    expect([...found].sort()).toEqual([
      [old.kode, await tools.jobs.find(newer.id)],
      [other.kode, await tools.jobs.find(other.id)],
    ]);
    expect(await tools.jobs.latestOf([])).toEqual(new Map());
  });
});

describe('claims', () => {
  it('are all taken or none', async () => {
    await tools.claims.take([{ kind: 'schema', name: 'mine' }], 'ONE');
    const both = [
      { kind: 'schema', name: 'free' },
      { kind: 'schema', name: 'mine' },
    ] as const;
    await expect(tools.claims.take(both, 'TWO')).rejects.toMatchObject({ code: 'nama-terpakai' });
    expect(await tools.claims.of('TWO')).toEqual([]);
    await tools.claims.take(both, 'ONE');
    expect(await tools.claims.of('ONE')).toHaveLength(2);
  });
});

describe('tenants', () => {
  it('are made from the wilayah list, once, with a domain that nobody else has', async () => {
    const made = await createTenant(tools, anActor(), { kode: '5201142001', domain: 'Batulayar.desa.id' });
    expect(made).toMatchObject({ kode: BATULAYAR, nama: 'Batulayar', namaKecamatan: 'Batu Layar', domain: 'batulayar.desa.id' });
    await expect(createTenant(tools, anActor(), { kode: BATULAYAR })).rejects.toMatchObject({ code: 'desa-sudah-ada' });
    await expect(createTenant(tools, anActor(), { kode: '52.01.14.2002', domain: 'batulayar.desa.id' })).rejects.toMatchObject({
      code: 'domain-terpakai',
    });
    await expect(createTenant(tools, anActor(), { kode: '52.01.14.9999' })).rejects.toMatchObject({ code: 'desa-tidak-dikenal' });
    await expect(createTenant(tools, anActor({ role: 'operator' }), { kode: '52.01.14.2003' })).rejects.toMatchObject({
      code: 'tidak-berhak',
    });
  });

  it('are found by part of the name, by code, by kecamatan and by state; wildcards are ordinary letters', async () => {
    await createTenant(tools, anActor(), { kode: '52.01.14.2006', domain: null });
    const installation = await tools.tenants.ensureInstallation(parseKodeDesa('52.01.14.2006'), 'contoh', tools.ids.next());
    await tools.tenants.saveInstallation(installation.id, { state: 'active', version: '1.0.0' });
    const names = async (filter: object) => (await tools.tenants.list({ limit: 50, ...filter })).rows.map(({ nama }) => nama);
    expect(await names({ search: 'engg' })).toEqual(['Senggigi']);
    expect(await names({ search: '52.01.14.2001' })).toEqual(['Batulayar']);
    expect(await names({ search: '%' })).toEqual([]);
    expect(await names({ app: 'contoh', state: 'active' })).toEqual(['Senggigi']);
    expect(await names({ within: parseKodeWilayah('52.01.01') })).toEqual([]);
    expect(await tools.tenants.count({ search: 'engg' })).toBe(1);
  });
});

describe('many tenants', () => {
  it('are found at once, each with its installations', async () => {
    const [senggigi, bare] = ['52.01.14.2006', '52.01.01.2002'].map(parseKodeDesa);
    if (senggigi === undefined || bare === undefined) throw new Error('unreachable');
    await createTenant(tools, anActor(), { kode: bare });
    await tools.tenants.ensureInstallation(senggigi, 'lain', tools.ids.next());
    const found = await tools.tenants.findAll([senggigi, bare, parseKodeDesa('52.01.14.9999')]);
    expect(found).toEqual([await tools.tenants.find(bare), await tools.tenants.find(senggigi)]);
    expect(found.map(({ installations }) => installations.map(({ app }) => app))).toEqual([[], ['contoh', 'lain']]);
    expect(await tools.tenants.findAll([])).toEqual([]);
  });

  it('are counted by kecamatan, below the region asked for', async () => {
    const gerung = { kode: '52.01.01', nama: 'Gerung', desa: 1 };
    const batuLayar = { kode: '52.01.14', nama: 'Batu Layar', desa: 2 };
    expect(await tools.tenants.kecamatan(null)).toEqual([batuLayar, gerung]);
    expect(await tools.tenants.kecamatan(parseKodeWilayah('52.01.01'))).toEqual([gerung]);
  });

  it('of a kecamatan or a kabupaten stand beside the desa and are counted as none', async () => {
    const desa = await tools.tenants.count({});
    const kecamatan = await createTenant(tools, anActor(), { kode: '520114' });
    const kabupaten = await createTenant(tools, anActor(), { kode: '52.01', domain: 'lobar.go.id' });
    expect(kecamatan).toMatchObject({ kode: '52.01.14', nama: 'Batu Layar', kodeKecamatan: '52.01.14' });
    expect(kabupaten).toMatchObject({ kode: '52.01', kodeKecamatan: null, namaKecamatan: '', kodeKabupaten: '52.01' });
    await expect(createTenant(tools, anActor(), { kode: '52.01.99' })).rejects.toMatchObject({ code: 'desa-tidak-dikenal' });
    expect(await tools.tenants.count({})).toBe(desa);
    expect((await tools.tenants.kecamatan(null)).map(({ desa: n }) => n)).toEqual([2, 1]);
    const seen = async (within: string | null): Promise<readonly string[]> => {
      const { rows } = await tools.tenants.list({ within: within === null ? null : parseKodeWilayah(within), scopes: SCOPES, limit: 50 });
      return rows.map(({ kode }) => kode);
    };
    expect(await seen(null)).toEqual(['52.01', '52.01.01.2002', '52.01.14', '52.01.14.2001', '52.01.14.2006']);
    expect(await seen('52.01.14')).toEqual(['52.01.14', '52.01.14.2001', '52.01.14.2006']);
    expect(await tools.tenants.find(kabupaten.kode)).toMatchObject({ ...kabupaten, createdAt: expect.any(Date) });
  });
});

describe('releases', () => {
  it('never change what a tag stands for', async () => {
    const release = { app: 'contoh', tag: 'v1.0.0', version: '1.0.0', commit: 'a'.repeat(40) };
    await tools.releases.remember(release);
    await tools.releases.remember(release);
    await expect(tools.releases.remember({ ...release, commit: 'b'.repeat(40) })).rejects.toMatchObject({ code: 'rilis-berubah' });
  });
});

describe('sessions', () => {
  it('rotate; a rotated token seen again signs the whole family out', async () => {
    const id = tools.ids.next();
    await tools.users.create({
      id,
      username: 'budi',
      name: 'Budi',
      role: 'operator',
      wilayah: null,
      passwordHash: 'x',
      mustChangePassword: false,
    });
    const expiresAt = new Date(Date.now() + 60_000);
    const origin = { address: '127.0.0.1', device: 'uji' };
    const next = (tokenHash: string) => ({ id: tools.ids.next(), tokenHash, expiresAt, ...origin });
    const first = next('h1');
    await tools.sessions.open({ ...first, userId: id });
    expect(await tools.sessions.rotate('h1', next('h2'))).toEqual({ sessionId: first.id, userId: id });
    expect(await tools.sessions.find(first.id)).toMatchObject({ userId: id, ...origin });
    expect(await tools.sessions.rotate('h1', next('h3'))).toBeNull();
    expect(await tools.sessions.rotate('h2', next('h4'))).toBeNull();
    expect(await tools.sessions.find(first.id)).toBeNull();
  });

  it('an account is locked for a while after ten failures in a row', async () => {
    const id = tools.ids.next();
    await tools.users.create({
      id,
      username: 'siti',
      name: 'Siti',
      role: 'operator',
      wilayah: null,
      passwordHash: 'x',
      mustChangePassword: false,
    });
    for (let i = 0; i < 9; i += 1) await tools.users.noteFailure(id);
    expect((await tools.users.find(id))?.lockedUntil).toBeNull();
    await tools.users.noteFailure(id);
    expect((await tools.users.find(id))?.lockedUntil?.getTime()).toBeGreaterThan(Date.now());
  });
});

describe('what certificates stand at', () => {
  it('is told in one question: whether anything is due, and whether anything that a round looks at is other than before', async () => {
    const now = new Date();
    const [past, future] = [new Date(now.getTime() - 1_000), new Date(now.getTime() + 60_000)];
    const look = () => tools.certificateOrders.standing(now);
    expect(await look()).toBeNull();
    const account = { email: 'a@b.id', accountKeyRef: 'authority/1', accountUrl: 'https://acme/1', agreedBy: 'admin' };
    await tools.authorities.save({
      ...{ ...account, directory: 'https://acme/directory', roots: null, terms: null, pausedUntil: null, createdAt: now },
    });
    const quiet = await look();
    expect(quiet).toEqual({ isDue: false, stamp: expect.stringContaining('https://acme/directory') });
    const order = { ...newOrder('due.desa.id', now), nextAt: future };
    await tools.certificateOrders.save(order);
    expect(await look()).toEqual(quiet);
    await tools.certificateOrders.save({ ...order, nextAt: past });
    expect(await look()).toEqual({ ...quiet, isDue: true });
    await tools.authorities.pause(future);
    const paused = await look();
    expect([paused?.isDue, paused?.stamp === quiet?.stamp]).toEqual([false, false]);
    await tools.authorities.pause(past);
    expect(await look()).toEqual({ ...quiet, isDue: true });

    const stamps = new Set([quiet?.stamp]);
    const { kode } = await createTenant(tools, anActor(), { kode: '52.01.14.2009' });
    const installationId = tools.ids.next();
    const route = { installationId, host: 'due.desa.id', path: '/', socket: '/x', state: 'open', kind: 'site', target: null } as const;
    await tools.routes.save([{ ...route, security: 'any', uploadMb: 1, answerSeconds: 1, guard: null }]);
    stamps.add((await look())?.stamp);
    await tools.certificateChoices.save(kode, 'none');
    stamps.add((await look())?.stamp);
    await tools.certificates.save({
      ...{ id: tools.ids.next(), hosts: ['due.desa.id'], chain: 'x', fingerprint: 'f', issuer: 'i', source: 'acme' },
      ...{ notBefore: past, notAfter: future, createdAt: now, createdBy: 'admin' },
    });
    stamps.add((await look())?.stamp);
    expect(stamps.size).toBe(4);
    await tools.routes.remove(installationId);
    await tools.authorities.remove();
  });
});

describe('registrations in the combined database', () => {
  it('name the one whose proof is the oldest, and none when all are young', async () => {
    const now = Date.now();
    const ids = [tools.ids.next(), tools.ids.next(), tools.ids.next()] as const;
    for (const id of ids) await tools.registrations.ensure(id, aKode(), 'contoh', `s_${id.toLowerCase()}`);
    const proven = (id: string, minutesAgo: number) =>
      tools.registrations.save(id, { state: 'registered', provenAt: new Date(now - minutesAgo * 60_000) });
    await proven(ids[0], 20);
    await proven(ids[1], 40);
    const before = new Date(now - 15 * 60_000);
    expect(await tools.registrations.leastProven(before)).toBe(ids[1]);
    await tools.registrations.save(ids[2], { state: 'registered', provenAt: null });
    expect(await tools.registrations.leastProven(before)).toBe(ids[2]);
    for (const id of ids) await proven(id, 1);
    expect(await tools.registrations.leastProven(before)).toBeNull();
  });

  it('are listed by region and by app, those of others left out', async () => {
    const [one, other] = [aKode(), aKode()];
    for (const [kode, app] of [
      [one, 'contoh'],
      [one, 'lain'],
      [other, 'contoh'],
    ] as const)
      await tools.registrations.ensure(tools.ids.next(), kode, app, 's_listed');
    const told = async (filter?: Parameters<typeof tools.registrations.list>[0]) =>
      (await tools.registrations.list(filter)).filter(({ schema }) => schema === 's_listed').map(({ kode, app }) => [kode, app]);
    expect(await told({ within: one })).toEqual([
      [one, 'contoh'],
      [one, 'lain'],
    ]);
    expect(await told({ within: one, app: 'lain' })).toEqual([[one, 'lain']]);
    expect(await told({ within: null, app: 'lain' })).toEqual([[one, 'lain']]);
    expect(await told()).toHaveLength(3);
  });

  it('remember when rows of a slice changed', async () => {
    const id = tools.ids.next();
    expect(await tools.registrations.ensure(id, aKode(), 'contoh', 's_changed')).toMatchObject({ changedAt: null, summarisedAt: null });
    const before = Date.now();
    await tools.registrations.noteChanged(id);
    expect((await tools.registrations.find(id))?.changedAt?.getTime()).toBeGreaterThanOrEqual(before);
  });
});

describe('people', () => {
  const aUser = async (username: string): Promise<string> => {
    const id = tools.ids.next();
    const rest = { name: username, role: 'operator', wilayah: null, passwordHash: 'x', mustChangePassword: false } as const;
    await tools.users.create({ id, username, ...rest });
    return id;
  };

  it('are changed field by field, and keep what was not named', async () => {
    const id = await aUser('dewi');
    await tools.users.save(id, { role: 'kecamatan', wilayah: parseKodeWilayah('52.01.14') });
    await tools.users.save(id, { disabled: true });
    const expected = { name: 'dewi', role: 'kecamatan', wilayah: '52.01.14', disabled: true, passwordHash: 'x', secondFactorAt: null };
    expect(await tools.users.find(id)).toMatchObject(expected);
    expect((await tools.users.list()).find((user) => user.id === id)).toMatchObject(expected);
    expect(await tools.users.findByName('DEWI'), 'however the name is typed').toMatchObject({ id });
  });

  it('are signed in by sessions that are listed, seen and ended one by one, and all with a new password', async () => {
    const id = await aUser('wayan');
    const open = async (tokenHash: string): Promise<string> => {
      const session = tools.ids.next();
      const expiresAt = new Date(Date.now() + 60_000);
      await tools.sessions.open({ id: session, userId: id, tokenHash, expiresAt, address: '2001:db8::7', device: 'x'.repeat(900) });
      return session;
    };
    const [one, two, three] = [await open('w1'), await open('w2'), await open('w3')];
    expect((await tools.sessions.of(id)).map((session) => session.id).sort()).toEqual([one, two, three].sort());
    await tools.sessions.noteSeen(one);
    expect((await tools.sessions.find(one))?.device).toHaveLength(255);
    await tools.sessions.close(two);
    await tools.sessions.closeByToken('w3');
    expect([...(await tools.sessions.lasting([one, two, three, 'X']))]).toEqual([one]);
    await tools.users.savePassword(id, 'y', false);
    expect(await tools.sessions.of(id)).toEqual([]);
  });

  it('take a code of their second step once, however many ask at the same moment', async () => {
    const id = await aUser('komang');
    await tools.secondFactors.begin(id, 'user/k/1');
    expect(await tools.secondFactors.takeStep(id, 5), 'not confirmed yet').toBe(false);
    expect((await tools.users.find(id))?.secondFactorAt).toBeNull();
    await tools.secondFactors.begin(id, 'user/k/2');
    expect(await tools.secondFactors.confirm(id, 'user/k/1', 10), 'a key that was begun anew meanwhile').toBe(false);
    expect(await tools.secondFactors.confirm(id, 'user/k/2', 10)).toBe(true);
    expect(await tools.secondFactors.confirm(id, 'user/k/2', 12), 'once').toBe(false);
    expect((await tools.users.find(id))?.secondFactorAt).toBeInstanceOf(Date);
    await expect(tools.secondFactors.begin(id, 'user/k/3')).rejects.toMatchObject({ code: 'faktor-kedua-ada' });
    const taken = await Promise.all(Array.from({ length: 6 }, () => tools.secondFactors.takeStep(id, 11)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await tools.secondFactors.takeStep(id, 10), 'an older one').toBe(false);
    await tools.secondFactors.saveRecovery(id, ['a', 'b']);
    const used = await Promise.all(Array.from({ length: 6 }, () => tools.secondFactors.takeRecovery(id, 'a')));
    expect(used.filter(Boolean)).toHaveLength(1);
    expect(await tools.secondFactors.find(id)).toMatchObject({ keyRef: 'user/k/2', recoveryLeft: 1 });
    await tools.secondFactors.remove(id);
    expect([await tools.secondFactors.find(id), (await tools.users.find(id))?.secondFactorAt]).toEqual([null, null]);
  });
});

it('what was decided for all is kept by name', async () => {
  expect(await tools.policies.find('faktor-kedua')).toBeNull();
  for (const value of ['operator', 'superadmin,operator', '']) {
    await tools.policies.save('faktor-kedua', value);
    expect(await tools.policies.find('faktor-kedua')).toBe(value);
  }
});

describe('the audit', () => {
  it('is found by who, what, desa and when, newest first, page by page', async () => {
    const kode = aKode();
    const start = new Date();
    await tools.audit.note({ actor: 'siti', action: 'install', target: kode, detail: { app: '100%_pbb' } });
    await tools.audit.note({ actor: 'siti', action: 'retry', target: 'JOB9', kode, detail: { 'attempt-before': 1, 'attempt-after': 2 } });
    await tools.audit.note({ actor: 'siti2', action: 'sign-in', target: 'user/U9' });
    const list = async (filter: object) =>
      (await tools.audit.list({ since: start, limit: 50, ...filter })).rows.map(({ action }) => action);
    expect(await list({})).toEqual(['sign-in', 'retry', 'install']);
    expect(await list({ actor: 'siti' })).toEqual(['retry', 'install']);
    expect(await list({ kode })).toEqual(['retry', 'install']);
    expect(await list({ action: 'retry' })).toEqual(['retry']);
    expect(await list({ search: '100%_p' }), 'signs of LIKE are text').toEqual(['install']);
    expect(await list({ search: '1000_p' })).toEqual([]);
    expect(await list({ until: start })).toEqual([]);
    const first = await tools.audit.list({ since: start, limit: 2 });
    expect(first.rows.map(({ action }) => action)).toEqual(['sign-in', 'retry']);
    expect(first.rows[1]).toMatchObject({ actor: 'siti', target: 'JOB9', kode, detail: { 'attempt-before': 1, 'attempt-after': 2 } });
    const rest = await tools.audit.list({ since: start, limit: 2, ...(first.next === null ? {} : { after: first.next }) });
    expect([rest.rows.map(({ action }) => action), rest.next]).toEqual([['install'], null]);
    expect(await tools.audit.actions()).toEqual(expect.arrayContaining(['install', 'retry', 'sign-in']));
  });
});

it('days of the machine are kept one a day, the last of them in order', async () => {
  const day = (name: string, diskFree: number) => ({ day: name, diskTotal: 100, diskFree, memoryTotal: 10, memoryFree: 5 });
  for (const one of [day('2026-11-02', 40), day('2026-11-01', 50), day('2026-11-03', 30), day('2026-11-02', 41)])
    await tools.machineDays.save(one);
  expect(await tools.machineDays.last(2)).toEqual([day('2026-11-02', 41), day('2026-11-03', 30)]);
});

describe('the fleet at a glance', () => {
  const KECAMATAN = [parseKodeWilayah('52.01.14'), parseKodeWilayah('52.01.01')] as const;
  const [HERE, THERE] = [parseKodeDesa('52.01.14.2006'), parseKodeDesa('52.01.01.2002')] as const;

  it('is told below a region in a query each: newest jobs, versions, ages of backups, how rounds went', async () => {
    await records.db.execute('DELETE FROM jobs');
    const installed: string[] = [];
    for (const [kode, version] of [
      [HERE, '2610.0.0'],
      [THERE, '2611.0.0'],
    ] as const) {
      await ensureTenant(tools, anActor(), { kode });
      const { id } = await tools.tenants.ensureInstallation(kode, 'sekilas', tools.ids.next());
      await tools.tenants.saveInstallation(id, { state: 'active', tag: `v${version}`, version });
      installed.push(id);
      await aJob({ kode, installationId: tools.ids.next() });
      const newest = await aJob({ kode, installationId: id });
      if (kode === THERE) await tools.jobs.requestCancel(newest.id);
    }
    const [inside, outside] = KECAMATAN;
    const all = await tools.jobs.newestStates(null);
    expect([all.get(HERE), all.get(THERE)]).toMatchObject([{ cancelRequested: false }, { state: 'queued', cancelRequested: true }]);
    expect([...(await tools.jobs.newestStates(inside)).keys()]).toEqual([HERE]);
    expect(await tools.jobs.countOpen(outside)).toEqual({ queued: 2, running: 0, interrupted: 0, undoing: 0, stuck: 0 });
    expect(await tools.jobs.countByState(null)).toMatchObject({ queued: 4, succeeded: 0, undone: 0 });
    expect(await tools.tenants.versions(inside)).toContain('2610.0.0');
    expect(await tools.tenants.versions(inside)).not.toContain('2611.0.0');

    const facts = { installationId: installed[0] ?? '', kode: HERE, app: 'sekilas', tag: 'v1', version: '1', reason: 'by-hand' as const };
    for (const id of [tools.ids.next(), tools.ids.next()])
      await tools.backups.save({ ...facts, id, nextTag: null, bytes: 1, rows: 1, verifiedAt: systemClock.now() });
    const newest = (await tools.backups.list({ kode: HERE, limit: 1 }))[0]?.createdAt;
    const ages = await tools.backups.ages(null);
    expect(ages.filter(({ kode }) => kode === HERE || kode === THERE)).toEqual(
      expect.arrayContaining([
        { kode: HERE, newest },
        { kode: THERE, newest: null },
      ]),
    );
    expect((await tools.backups.ages(outside)).map(({ kode }) => kode)).not.toContain(HERE);

    const id = tools.ids.next();
    const rollout = {
      id,
      work: 'rehearse',
      app: 'sekilas',
      tag: 'v2',
      concurrency: 1,
      haltPercent: null,
      window: null,
      createdBy: 'a',
    } as const;
    const members = [HERE, THERE].map((kode, position) => ({
      ...{ position, wave: 0, kode, installationId: installed[position] ?? '', jobId: tools.ids.next(), fromTag: 'v1', backupId: null },
    }));
    await tools.rollouts.create([{ rollout, members }], null);
    await tools.rollouts.saveMembers(id, [1], { state: 'failed' });
    expect((await tools.rollouts.tally([id], null)).get(id)).toEqual({ waiting: 1, failed: 1 });
    expect((await tools.rollouts.tally([id], inside)).get(id)).toEqual({ waiting: 1 });
    expect(await tools.rollouts.tally([], null)).toEqual(new Map());
  });
});

describe('apps that do not answer', () => {
  it('are those found last, each since when it began; watched are active ones with a socket', async () => {
    const kode = parseKodeDesa('52.01.14.2006');
    const made: string[] = [];
    for (const [app, state] of [
      ['bisu-a', 'active'],
      ['bisu-b', 'active'],
      ['bisu-c', 'suspended'],
    ] as const) {
      const { id } = await tools.tenants.ensureInstallation(kode, app, tools.ids.next());
      await tools.tenants.saveInstallation(id, { state });
      await tools.claims.take([{ kind: 'run-folder', name: `run/${app}` }], id);
      made.push(id);
    }
    const [a = '', b = '', c = ''] = made;
    const watched = await tools.silences.watched();
    expect(watched.filter(({ installationId }) => made.includes(installationId)).map(({ runFolder }) => runFolder)).toEqual(
      expect.arrayContaining(['run/bisu-a', 'run/bisu-b']),
    );
    expect(watched.some(({ installationId }) => installationId === c)).toBe(false);
    await tools.silences.replace([{ installationId: a, kode }]);
    const since = (await tools.silences.list(null))[0]?.since;
    await systemClock.sleep(15);
    await tools.silences.replace([a, b].map((installationId) => ({ installationId, kode })));
    expect((await tools.silences.list(parseKodeWilayah('52.01.14'))).map(({ installationId }) => installationId)).toEqual([a, b]);
    expect((await tools.silences.list(null))[0]?.since).toEqual(since);
    expect(await tools.silences.list(parseKodeWilayah('52.01.01'))).toEqual([]);
    await tools.tenants.saveInstallation(b, { state: 'suspended' });
    expect((await tools.silences.list(null)).map(({ installationId }) => installationId)).toEqual([a]);
    await tools.silences.replace([]);
    expect(await tools.silences.list(null)).toEqual([]);
  });
});
