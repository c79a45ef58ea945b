import type { Authority, Issuer } from '../../src/domain/authority.ts';
import type { Certificate } from '../../src/domain/certificate.ts';
import type { CertificateChoice, CertificateOrder } from '../../src/domain/certificate-order.ts';
import type { Toolbox } from '../../src/domain/ports.ts';
import { Secret } from '../../src/domain/secret.ts';

/** What is on record of certificates, for tests to fill. */
export interface CertificateMemory {
  readonly certificates: Map<string, Certificate>;
  readonly orders: Map<string, CertificateOrder>;
  readonly choices: Map<string, CertificateChoice>;
  authority: Authority | null;
}

export function emptyCertificates(): CertificateMemory {
  return { certificates: new Map(), orders: new Map(), choices: new Map(), authority: null };
}

type Ports = Pick<Toolbox, 'certificates' | 'authorities' | 'certificateOrders' | 'certificateChoices'>;

/** @param kodeOf whose an installation is */
export function certificatesIn(
  memory: CertificateMemory,
  kodeOf: (installationId: string) => string | undefined,
  ids: () => Iterable<string>,
): Ports {
  return {
    certificates: {
      save: async (certificate) => void memory.certificates.set(certificate.id, certificate),
      find: async (id) => memory.certificates.get(id) ?? null,
      list: async () => [...memory.certificates.values()].sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime()),
      remove: async (id) => void memory.certificates.delete(id),
      stamp: async () => [...memory.certificates.keys()].join(' '),
    },
    authorities: {
      find: async () => memory.authority,
      save: async (authority) => {
        memory.authority = authority;
      },
      pause: async (pausedUntil) => {
        memory.authority = memory.authority === null ? null : { ...memory.authority, pausedUntil };
      },
      remove: async () => {
        memory.authority = null;
      },
    },
    certificateOrders: {
      list: async () => [...memory.orders.values()].sort((a, b) => a.nextAt.getTime() - b.nextAt.getTime()),
      find: async (host) => memory.orders.get(host) ?? null,
      save: async (order) => void memory.orders.set(order.host, order),
      remove: async (host) => void memory.orders.delete(host),
      standing: async (now) => {
        const { authority, orders, certificates, choices } = memory;
        if (authority === null) return null;
        const isFree = authority.pausedUntil === null || authority.pausedUntil <= now;
        return {
          isDue: isFree && [...orders.values()].some(({ nextAt }) => nextAt <= now),
          stamp: JSON.stringify([authority.directory, isFree, [...ids()], [...certificates.keys()], [...choices]]),
        };
      },
    },
    certificateChoices: {
      of: async (kode) => memory.choices.get(kode) ?? 'auto',
      save: async (kode, choice) => void memory.choices.set(kode, choice),
      ofInstallations: async () =>
        new Map(
          [...ids()].flatMap((id) => {
            const choice = memory.choices.get(kodeOf(id) ?? '') ?? 'auto';
            return choice === 'auto' ? [] : [[id, choice] as const];
          }),
        ),
    },
  };
}

/** An authority that opens accounts and gives nothing. */
export const anIssuer: Issuer = {
  makeKey: () => new Secret('kunci akun'),
  register: async () => ({ accountUrl: 'https://penerbit.example/akun/1', terms: null }),
  obtain: async () => Promise.reject(new Error('not in this world')),
  resolves: async () => true,
};
