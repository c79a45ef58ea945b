import { text } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCourier } from '../../src/adapters/courier.ts';
import { Secret } from '../../src/domain/secret.ts';
import { makeCertificate } from '../support/certificates.ts';

const authority = makeCertificate([], { isAuthority: true });
const shown = makeCertificate(['localhost'], { by: authority });
const courier = createCourier({ read: async () => new Secret('sandi-surel') });
const received: { readonly secure: boolean; readonly to: readonly string[]; readonly raw: string }[] = [];
const ports: Record<string, number> = {};
const servers: SMTPServer[] = [];

async function listen(secure: boolean): Promise<number> {
  const server = new SMTPServer({
    ...{ secure, cert: shown.chain, key: shown.key, authOptional: true },
    onAuth: ({ username, password }, _session, done) =>
      password === 'sandi-surel' ? done(null, { user: username }) : done(new Error('salah')),
    onData: (stream, session, done) => {
      text(stream).then((raw) => {
        received.push({ secure: session.secure, to: session.envelope.rcptTo.map(({ address }) => address), raw });
        done();
      }, done);
    },
  });
  // A client that does not trust it hangs up in the middle: that is what is tested.
  server.on('error', () => undefined);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

beforeAll(async () => {
  Object.assign(ports, { tls: await listen(true), startTls: await listen(false) });
});
afterAll(async () => {
  setDefaultCACertificates(getCACertificates('bundled'));
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
});

const send = (kind: 'tls' | 'startTls', recipient: string | null): Promise<void> =>
  courier.deliver(
    {
      ...{ channel: 'email', host: 'localhost', port: ports[kind] ?? 0, tls: kind === 'tls', from: 'pendopo@kab.example' },
      ...{ to: ['dinas@kab.example'], username: 'pendopo', secretRef: 'rahasia' },
    },
    { id: 'N1', title: 'Uji', text: 'Isi.', createdAt: new Date(), recipient },
    AbortSignal.timeout(20_000),
  );

test.each(['tls', 'startTls'] as const)('a mail server nobody vouches for gets neither password nor mail (%s)', async (kind) => {
  await expect(send(kind, null)).rejects.toMatchObject({
    code: 'pemberitahuan-gagal',
    message: expect.not.stringContaining('sandi-surel'),
  });
  expect(received).toEqual([]);
});

test.each(['tls', 'startTls'] as const)('one that shows who it is gets it encrypted, for whom it is meant (%s)', async (kind) => {
  setDefaultCACertificates([...getCACertificates('bundled'), authority.chain]);
  await send(kind, null);
  await send(kind, 'desa@kab.example');
  expect(received.splice(0).map(({ secure, to }) => [secure, ...to])).toEqual([
    [true, 'dinas@kab.example'],
    [true, 'desa@kab.example'],
  ]);
});
