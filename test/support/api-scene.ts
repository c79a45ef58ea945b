import { parseKodeDesa } from '../../src/domain/wilayah.ts';
import { type ApiWorld, DESA } from './api-world.ts';

/** One of everything that can be asked for: failed and running jobs, an archive, a backup, rollouts, a read account, a desa without apps. */
export async function layScene(world: ApiWorld): Promise<void> {
  world.addJob({ id: 'GAGAL', state: 'stuck', installationId: 'PASANG1', cause: { code: 'x', step: 's', message: 'm', advice: 'a' } });
  world.addJob({ id: 'JALAN', state: 'running', installationId: 'PASANG9' });
  const { memory } = world;
  const someTenant = await memory.tools.tenants.find(parseKodeDesa(DESA));
  if (someTenant === null) throw new Error('no desa');
  memory.archives.set('ARSIP1', {
    ...{ id: 'ARSIP1', installationId: 'PASANG7', kode: parseKodeDesa('52.01.14.2002'), app: 'contoh', tag: 'v1.0.0', bytes: 10 },
    ...{ verifiedAt: memory.now, createdAt: memory.now },
  });
  const backup = {
    installationId: 'PASANG1',
    kode: parseKodeDesa(DESA),
    app: 'contoh',
    tag: 'v0.9.0',
    version: '0.9.0',
    bytes: 1,
    rows: 1,
  };
  memory.backups.set('CADANG1', {
    ...{ ...backup, id: 'CADANG1', reason: 'before-update', nextTag: 'v1.0.0', provenAt: null },
    ...{ verifiedAt: memory.now, createdAt: memory.now },
  });
  await memory.tools.readers.create({
    ...{
      name: 'analis',
      purpose: 'Bappeda',
      app: 'contoh',
      grants: 'penuh',
      account: 'test_baca_analis',
      installationId: null,
      passwordRef: 'reader/analis/1',
      createdBy: 'admin',
    },
  });
  const rollout = {
    work: 'update',
    app: 'lain',
    tag: 'v1.2.0',
    concurrency: 4,
    haltPercent: 20,
    window: null,
    createdBy: 'admin',
  } as const;
  for (const [id, state] of [
    ['JALAN1', 'running'],
    ['HENTI1', 'halted'],
  ] as const) {
    memory.rolling.rollouts.set(id, { ...rollout, id, state, reason: null, createdAt: memory.now, endedAt: null });
  }
  const member = {
    ...{ position: 0, wave: 0, kode: parseKodeDesa(DESA), installationId: 'PASANG1', jobId: 'GAGAL', fromTag: 'v1.0.0', backupId: null },
    ...{ fingerprint: null, forgiven: false, lockedMs: null, startedAt: null, endedAt: null },
  };
  memory.rolling.members.set('HENTI1', [{ ...member, state: 'waiting' }]);
  memory.rolling.members.set('JALAN1', [{ ...member, state: 'kept-out' }]);
  memory.rolling.rollouts.set('GLADI1', {
    ...{ ...rollout, id: 'GLADI1', work: 'rehearse', state: 'finished', reason: null, createdAt: memory.now, endedAt: memory.now },
  });
  memory.rolling.members.set('GLADI1', [{ ...member, state: 'failed', fingerprint: 's:x' }]);
  memory.tenants.set('52.01.14.2002', { ...someTenant, kode: parseKodeDesa('52.01.14.2002') });
}
