/** What must be there before something that leaves a line in the audit can be done. */
import { Secret as Key, TOTP } from 'otpauth';
import { Secret } from '../../src/domain/secret.ts';
import type { ApiWorld } from './api-world.ts';
import { makeCertificate } from './certificates.ts';

/** Nothing has been installed there yet. */
export const EMPTY = '52.01.14.2002';
/** One that the wilayah list knows and nobody has registered. */
export const FREE = '52.01.14.2003';
export const CERTIFICATE = makeCertificate(['sukamaju.desa.id']);
export const OTHER_SESSION = 'SESI-LAIN';
const FACTOR = 'user/UPEMBACA/totp/UJI';

/** Its app waits for a decision in the scene; most of what is asked for needs it at rest. */
export const atRest = ({ memory }: ApiWorld): void => memory.jobs.clear();

export const suspended = (world: ApiWorld): void => {
  atRest(world);
  const there = world.memory.installations.get('PASANG1');
  if (there !== undefined) world.memory.installations.set('PASANG1', { ...there, state: 'suspended' });
};

export const withSession =
  (userId: string) =>
  async ({ memory: { tools, now } }: ApiWorld): Promise<void> => {
    const expiresAt = new Date(now.getTime() + 3_600_000);
    await tools.sessions.open({ id: OTHER_SESSION, userId, tokenHash: 'lain', expiresAt, address: '10.0.0.9', device: 'telepon' });
  };

/** @returns the code of now */
export const withFactor =
  (userId: string, isProven = true) =>
  async ({ memory: { tools, now } }: ApiWorld): Promise<Readonly<Record<string, string>>> => {
    const key = tools.authenticator.makeKey();
    await tools.vault.put(FACTOR, key);
    await tools.secondFactors.begin(userId, FACTOR);
    if (isProven) await tools.secondFactors.confirm(userId, FACTOR, 0);
    return { code: new TOTP({ secret: Key.fromBase32(key.expose()) }).generate({ timestamp: now.getTime() }) };
  };

export async function withChannel({ memory: { tools, now } }: ApiWorld): Promise<void> {
  const email = {
    channel: 'email',
    host: 'smtp.kab.go.id',
    port: 25,
    tls: false,
    username: null,
    from: 'a@kab.go.id',
    to: ['b@kab.go.id'],
  } as const;
  await tools.notices.saveChannel({ settings: { ...email, secretRef: null }, since: now });
  await tools.vault.put('notices/uji', new Secret('rahasia'));
  await tools.notices.saveChannel({
    settings: { channel: 'telegram', chat: '-100', server: 'https://api.telegram.org', secretRef: 'notices/uji' },
    since: now,
  });
  await tools.notices.saveChannel({ settings: { channel: 'webhook', url: 'https://kab.go.id/x', secretRef: 'notices/uji' }, since: now });
}

export async function withOffsite({ memory: { tools } }: ApiWorld): Promise<void> {
  await tools.vault.put('offsite/uji', new Secret('rahasia'));
  await tools.offsites.save({ place: { kind: 'folder', path: '/mnt/lama' }, passwordRef: 'offsite/uji', secretKeyRef: null });
}

export async function withAuthority({ memory: { tools } }: ApiWorld): Promise<void> {
  await tools.vault.put('authority/uji', new Secret('kunci'));
  await tools.authorities.save({
    ...{ directory: 'https://lama.example/directory', email: 'lama@kab.go.id', roots: null, accountKeyRef: 'authority/uji' },
    ...{ accountUrl: 'https://lama.example/1', terms: null, agreedBy: 'admin', pausedUntil: null },
  });
}

export async function withCertificate({ memory: { tools, now } }: ApiWorld): Promise<void> {
  await tools.certificates.save({
    ...{ id: 'SERTI1', hosts: ['lama.desa.id'], issuer: 'Uji', fingerprint: 'f', notBefore: now, notAfter: now },
    ...{ chain: CERTIFICATE.chain, source: 'upload', createdAt: now, createdBy: 'admin' },
  });
}

export const withFiles = ({ memory: { tools } }: ApiWorld): void => {
  Object.assign(tools.files, { exists: async (key: string) => key.startsWith('backup/') });
};

export const withDone = ({ memory }: ApiWorld): void => {
  const members = memory.rolling.members.get('HENTI1') ?? [];
  memory.jobs.clear();
  memory.rolling.members.set(
    'HENTI1',
    members.map((member) => ({ ...member, state: 'done' as const })),
  );
};
