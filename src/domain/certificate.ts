import type { Secret } from './secret.ts';

/** Certificates with which the front speaks https. What is public of them is on record; their keys lie in the vault. */
export interface Certificate {
  readonly id: string;
  /** Names it is good for: `sukamaju.desa.id`, `*.lombokbaratkab.go.id`. */
  readonly hosts: readonly string[];
  /** PEM: the certificate itself first, then those that lead to a known root. */
  readonly chain: string;
  /** SHA-256 of the certificate, by which the same one is known again. */
  readonly fingerprint: string;
  /** Who signed it, as people know them. */
  readonly issuer: string;
  readonly source: 'upload' | 'acme';
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly createdAt: Date;
  readonly createdBy: string;
}

export interface CheckedCertificate extends Pick<Certificate, 'hosts' | 'chain' | 'fingerprint' | 'issuer' | 'notBefore' | 'notAfter'> {
  /** PKCS#8, as the front reads it. */
  readonly key: Secret;
}

/** What somebody gives as a certificate and its key, both PEM → what the front can serve. @throws Invalid, naming `chain` or `key` */
export type ReadCertificate = (
  upload: {
    readonly chain: string;
    readonly key: Secret;
    /** PEM of further roots to trust: those of an authority of one's own. */
    readonly roots?: string | null;
  },
  now: Date,
) => CheckedCertificate;

export interface Certificates {
  /** @throws Conflict when the same certificate is there already */
  save(certificate: Certificate): Promise<void>;
  find(id: string): Promise<Certificate | null>;
  /** The one that ends soonest first. */
  list(): Promise<readonly Certificate[]>;
  remove(id: string): Promise<void>;
  /** Changes whenever one comes or goes; cheap to ask for. */
  stamp(): Promise<string>;
}

/** Which certificate a host answers with. */
export interface ServedHost {
  readonly host: string;
  readonly certificateId: string;
}

/** How the vault knows a certificate's key. */
export function keyRef(id: string): string {
  return `certificate/${id}/key`;
}

/** A star stands for exactly one label, as browsers see it. */
export function covers({ hosts }: Pick<Certificate, 'hosts'>, host: string): boolean {
  const above = `*.${host.slice(host.indexOf('.') + 1)}`;
  return hosts.some((name) => name === host || name === above);
}

/**
 * The one that lasts longest of those good for this host now; null when there is none.
 * @param also `over`: those that have ended as well
 */
export function certificateFor(
  host: string,
  certificates: readonly Certificate[],
  now: Date,
  also: 'over' | null = null,
): Certificate | null {
  const good = certificates.filter((one) => covers(one, host) && one.notBefore <= now && (now < one.notAfter || also === 'over'));
  return good.reduce<Certificate | null>((best, one) => (best !== null && best.notAfter >= one.notAfter ? best : one), null);
}

const DAY = 86_400_000;
/** From when on people are told that a certificate is about to end: the last three weeks, or the last quarter of a short life. */
const WARN_DAYS = 21;
const WARN_PART = 4;

export type Expiry = 'good' | 'soon' | 'over';

export interface Lifetime {
  readonly state: Expiry;
  /** Whole days that are left; below 0: since when it is over. */
  readonly days: number;
  /** How much of its life is left, 0 to 1. */
  readonly left: number;
}

export function expiryOf({ notBefore, notAfter }: Pick<Certificate, 'notBefore' | 'notAfter'>, now: Date): Lifetime {
  const [life, rest] = [notAfter.getTime() - notBefore.getTime(), notAfter.getTime() - now.getTime()];
  const isSoon = rest < Math.min(WARN_DAYS * DAY, life / WARN_PART);
  return {
    state: rest <= 0 ? 'over' : isSoon ? 'soon' : 'good',
    days: Math.floor(rest / DAY),
    left: Math.min(1, Math.max(0, rest / life)),
  };
}
