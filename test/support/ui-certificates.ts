import { LETS_ENCRYPT } from '../../src/domain/authority.ts';
import type { Certificate } from '../../src/domain/certificate.ts';
import { afterRefusal, newOrder } from '../../src/domain/certificate-order.ts';
import type { Route } from '../../src/domain/ports-records.ts';
import type { Memory } from './memory-tools.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Fills a world with certificates of every kind: automatic ones, a wildcard that ends, names that wait, and why. */
export function fillCertificates(memory: Memory, names: readonly string[]): void {
  const { certified, routes, now } = memory;
  const at = (ms: number): Date => new Date(now.getTime() + ms);
  const route = (host: string): Route => ({
    ...{ host, path: '/', installationId: 'I1', kind: 'site', socket: '/x', state: 'open', target: null, security: 'any' },
    ...{ uploadMb: 64, answerSeconds: 300 },
  });
  const put = (host: string, source: Certificate['source'], days: number, life = 90): void => {
    const id = `C${certified.certificates.size}`;
    const issuer = source === 'acme' ? "Let's Encrypt" : 'Sectigo Limited';
    certified.certificates.set(id, {
      ...{ id, hosts: [host], chain: '', fingerprint: id, issuer, source, createdAt: now, createdBy: 'otomatis' },
      ...{ notBefore: at((days - life) * DAY), notAfter: at(days * DAY + MINUTE) },
    });
  };
  certified.authority = {
    ...{ directory: LETS_ENCRYPT, email: 'kominfo@lombokbaratkab.go.id', roots: null, accountKeyRef: 'x', accountUrl: 'x' },
    ...{ terms: 'https://letsencrypt.org/documents/LE-SA-v1.5-February-24-2025.pdf', agreedBy: 'admin', pausedUntil: null },
  };
  put('*.lombokbaratkab.go.id', 'upload', 12, 365);
  put('kediri.desa.id', 'upload', -2, 365);
  for (const [index, name] of names.entries()) put(`${name}.desa.id`, 'acme', index === 0 ? 9 : 31 + ((index * 7) % 58));
  const hosts = names.map((name) => `${name}.desa.id`);
  routes.push(...[...hosts, 'kediri.desa.id', 'satu.lombokbaratkab.go.id', 'dua.lombokbaratkab.go.id'].map(route));
  const unreached = {
    ...{ code: 'situs-tidak-terjangkau', message: `Penerbit tidak dapat membuka http://${hosts[0]}/ (port 80) dari internet.` },
    advice: 'Pastikan DNS nama ini mengarah ke server ini, dan port 80 server ini terbuka dari internet.',
    detail: `During secondary validation: 203.0.113.7: Fetching http://${hosts[0]}/.well-known/acme-challenge/Nv6: Timeout during connect`,
  };
  const failed = afterRefusal(newOrder(hosts[0] ?? '', now), unreached, at(-4 * MINUTE));
  certified.orders.set(failed.host, failed);
  const bare = 'www.narmada.desa.id';
  const absent = {
    code: 'nama-tanpa-dns',
    message: `${bare} belum ada di DNS.`,
    advice: 'Buat catatan A di pengelola domain yang mengarah ke server ini.',
    detail: null,
  };
  certified.orders.set(bare, { ...newOrder(bare, now), failure: absent, nextAt: at(7 * MINUTE) });
  certified.orders.set('suranadi.desa.id', newOrder('suranadi.desa.id', now));
}
