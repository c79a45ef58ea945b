import { beforeEach, describe, expect, test } from 'vitest';
import { ROLES } from '../../src/domain/access.ts';
import { parseKodeDesa, parseKodeWilayah } from '../../src/domain/wilayah.ts';
import { anActor } from '../support/builders.ts';
import { externalUrls, faultsOf, tagsOf, textOf } from '../support/html-check.ts';
import { tellJob } from '../support/ui-jobs.ts';
import { CSRF, DESA, openSite, smallWorld } from '../support/ui-site.ts';

type World = ReturnType<typeof smallWorld>;

let world: World;
beforeEach(() => {
  world = smallWorld();
  tellJob(world, { kode: DESA, state: 'succeeded' });
  const kode = parseKodeDesa(DESA);
  const { memory } = world;
  const installation = [...memory.installations.values()].find((one) => one.kode === kode);
  if (installation === undefined) throw new Error('nothing installed');
  const { id: installationId, app, tag } = installation;
  memory.backups.set('CADANG1', {
    ...{ id: 'CADANG1', installationId, kode, app, tag: 'v0.9.0', version: '0.9.0', reason: 'before-update', nextTag: tag },
    ...{ bytes: 1_000_000, rows: 10, verifiedAt: memory.now, provenAt: null, createdAt: memory.now },
  });
  memory.rolling.rollouts.set('PEMB1', {
    ...{ id: 'PEMB1', work: 'update', app, tag: 'v9.0.0', state: 'halted', concurrency: 4, haltPercent: 20, window: null },
    ...{ reason: 'Desa percobaan gagal.', createdBy: 'jadwal', createdAt: memory.now, endedAt: null },
  });
  memory.rolling.members.set('PEMB1', [
    {
      ...{ position: 0, wave: 0, kode, installationId, jobId: 'J1', fromTag: 'v0.9.0', backupId: null, state: 'failed' },
      ...{ fingerprint: 'a:b', forgiven: false, lockedMs: 4_000, startedAt: memory.now, endedAt: memory.now },
    },
  ]);
  memory.rolling.rollouts.set('GLADI1', {
    ...{ id: 'GLADI1', work: 'rehearse', app, tag: 'v9.0.0', state: 'finished', concurrency: 4, haltPercent: null, window: null },
    ...{ reason: null, createdBy: 'jadwal', createdAt: memory.now, endedAt: memory.now },
  });
  const seen = { position: 0, wave: 0, kode, installationId, fromTag: 'v0.9.0', backupId: null, forgiven: false, lockedMs: null };
  const failed = [...memory.jobs.values()].find((job) => job.cause !== null)?.id ?? 'J2';
  memory.rolling.members.set('GLADI1', [
    {
      ...seen,
      jobId: failed,
      state: 'failed',
      fingerprint: 'a:b',
      startedAt: memory.now,
      endedAt: new Date(memory.now.getTime() + 12_000),
    },
  ]);
  memory.rolling.rollouts.set('PEMB2', {
    ...{ id: 'PEMB2', work: 'update', app, tag: 'v9.0.0', state: 'finished', concurrency: 4, haltPercent: 20, window: '22:00-05:00' },
    ...{ reason: null, createdBy: 'jadwal', createdAt: memory.now, endedAt: memory.now },
  });
  memory.rolling.members.set('PEMB2', [{ ...seen, jobId: failed, state: 'kept-out', fingerprint: 'a:b', startedAt: null, endedAt: null }]);
});

const PATHS = [
  '/pembaruan',
  '/pembaruan/PEMB1',
  '/pembaruan/PEMB2',
  '/gladi',
  '/gladi/GLADI1',
  '/cadangan',
  `/cadangan?desa=${DESA}`,
  '/jadwal',
  `/desa/${DESA}`,
];
const actionsOn = (body: string): readonly string[] => tagsOf(body).flatMap(({ attributes }) => attributes.get('action') ?? []);

test.each(PATHS)('%s is whole, in Indonesian, and every form of it carries the token', async (path) => {
  const site = await openSite({ world });
  const { status, body } = await site.get(path);
  expect(status).toBe(200);
  expect(faultsOf(body)).toEqual([]);
  expect(externalUrls(body)).toEqual([]);
  expect(textOf(body)).not.toMatch(
    /\b(waiting|running|done|failed|skipped|paused|kept-out|rehearse|halted|finished|queued|undefined|null|NaN)\b/i,
  );
  for (const form of body.split('<form').slice(1)) {
    if (form.slice(0, form.indexOf('>')).includes('method="post"')) expect(form).toContain(`name="_csrf" value="${CSRF}"`);
  }
  const tags = tagsOf(body);
  const labelled = new Set(tags.flatMap(({ name, attributes }) => (name === 'label' ? [attributes.get('for')] : [])));
  for (const { name, attributes } of tags) {
    if (!['input', 'select'].includes(name) || attributes.get('type') === 'hidden') continue;
    expect(labelled.has(attributes.get('id')), String(attributes.get('name'))).toBe(true);
  }
});

describe.each(ROLES)('role %s', (role) => {
  test('sees only the buttons it may press', async () => {
    const site = await openSite({ world, actor: anActor({ role }) });
    const moves = role === 'superadmin' || role === 'kabupaten' || role === 'operator';
    const offered = async (path: string, action: string) => actionsOn((await site.get(path)).body).some((one) => one.endsWith(action));
    expect(await offered('/pembaruan/PEMB1', '/lanjutkan')).toBe(moves);
    expect(await offered('/pembaruan/PEMB1', '/coba-lagi')).toBe(moves);
    expect(await offered('/pembaruan/PEMB2', '/ikutkan')).toBe(moves);
    expect(await offered('/gladi/GLADI1', '/ikutkan')).toBe(moves);
    expect(await offered('/gladi', '/gladi')).toBe(moves);
    expect(await offered('/cadangan/CADANG1', '/pulihkan')).toBe(moves);
    expect(await offered('/jadwal', '/jalankan')).toBe(moves);
    expect(await offered(`/desa/${DESA}`, '/cadangkan')).toBe(moves);
    expect(await offered(`/desa/${DESA}`, '/mundur')).toBe(moves);
  });
});

test('what is pressed is done, and what may not be is told on the page', async () => {
  const site = await openSite({ world });
  expect(await site.post('/pembaruan/PEMB1/lanjutkan', {})).toMatchObject({ status: 303, location: '/pembaruan/PEMB1' });
  expect(world.memory.rolling.rollouts.get('PEMB1')?.state).toBe('running');
  expect(await site.post('/pembaruan/PEMB1/lanjutkan', {})).toMatchObject({ status: 409 });

  expect(await site.post('/jadwal/cadangan-malam', { pola: '15 1 * * *', aktif: 'ya' })).toMatchObject({ status: 303 });
  expect(world.memory.rolling.schedules.get('cadangan-malam')).toMatchObject({ pattern: '15 1 * * *', enabled: true });
  await site.post('/jadwal/cadangan-malam', { setiap: 'month', tanggal: '5', pukul: '03:15', pola: 'tidak dipakai', aktif: 'ya' });
  expect(textOf((await site.get('/jadwal')).body)).toContain('setiap tanggal 5 pukul 03.15');
  expect(await site.post('/jadwal/cadangan-malam', { setiap: 'month', tanggal: '31', pukul: '03:15' })).toMatchObject({ status: 422 });
  const wrong = await site.post('/jadwal/cadangan-malam', { pola: 'rm -rf /', aktif: 'ya' });
  expect([wrong.status, textOf(wrong.body).includes('bukan jadwal yang sah')]).toEqual([422, true]);

  expect(await site.post('/cadangan/CADANG1/pulihkan', {})).toMatchObject({ status: 303 });
  expect([...world.memory.jobs.values()].find(({ workflow }) => workflow === 'restore')?.input).toMatchObject({ backupId: 'CADANG1' });
});

test('a desa that its rehearsal keeps out is named with the cause, and let in by one press', async () => {
  const site = await openSite({ world });
  const page = await site.get('/pembaruan/PEMB2');
  expect(textOf(page.body)).toContain('Ditahan oleh gladi bersih');
  expect(textOf(page.body)).toContain('22:00-05:00');
  expect(textOf((await site.get('/gladi/GLADI1')).body)).toMatch(/Gagal · 12 detik/);
  expect(await site.post('/pembaruan/PEMB2/ikutkan', { desa: DESA })).toMatchObject({ status: 303, location: '/pembaruan/PEMB2' });
  expect(world.memory.rolling.members.get('PEMB2')?.[0]).toMatchObject({ state: 'waiting', fingerprint: null });
  expect(world.memory.rolling.rollouts.get('PEMB2')?.state).toBe('running');
  expect(world.memory.rolling.members.get('GLADI1')?.[0]?.forgiven).toBe(true);
});

test('going on with a rehearsal lets nobody in who failed it, and an update is no rehearsal', async () => {
  const site = await openSite({ world });
  const { rollouts, members } = world.memory.rolling;
  const [rehearsal] = [...rollouts.values()].filter(({ work }) => work === 'rehearse');
  if (rehearsal === undefined) throw new Error('no rehearsal');
  rollouts.set('GLADI1', { ...rehearsal, state: 'halted' });
  expect(await site.post('/pembaruan/GLADI1/lanjutkan', {})).toMatchObject({ status: 303, location: '/gladi/GLADI1' });
  expect(members.get('GLADI1')?.[0]?.forgiven).toBe(false);
  expect((await site.get('/gladi/PEMB1')).status).toBe(404);
});

test('a rollout without desa of somebody is no page of theirs', async () => {
  const site = await openSite({ world, actor: anActor({ role: 'operator', wilayah: parseKodeWilayah('12.01') }) });
  for (const path of ['/pembaruan/PEMB1', '/gladi/GLADI1']) expect((await site.get(path)).status).toBe(404);
  expect((await site.post('/pembaruan/PEMB1/lanjutkan', {})).status).toBe(404);
  expect(world.memory.rolling.rollouts.get('PEMB1')?.state).toBe('halted');
});

test('a barred release is offered at no desa', async () => {
  const { memory } = world;
  const offered = async (): Promise<boolean> =>
    actionsOn((await (await openSite({ world })).get(`/desa/${DESA}`)).body).some((one) => one.endsWith('/perbarui'));
  const [installation] = [...memory.installations.values()].filter(({ kode }) => kode === DESA);
  world.releases.push({ app: installation?.app ?? '', tag: 'v9999.9.9', version: '9999.9.9', commit: '0'.repeat(40) });
  expect(await offered()).toBe(true);
  memory.rolling.bars.set(`${installation?.app} v9999.9.9`, 'Merusak data.');
  expect(await offered()).toBe(false);
});
