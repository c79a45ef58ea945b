/** Who issues certificates by itself (ACME, RFC 8555), and the port to it. */
import { Invalid, Unavailable } from './errors.ts';
import type { Secret } from './secret.ts';

/** Chosen by the operator; one, or none. */
export interface Authority {
  /** Where it tells what it offers: `https://acme-v02.api.letsencrypt.org/directory`. */
  readonly directory: string;
  /** Whom it may write to. */
  readonly email: string;
  /** PEM of the roots of an authority of one's own; null: those that browsers know. */
  readonly roots: string | null;
  /** The account's key, in the vault. */
  readonly accountKeyRef: string;
  /** Our account there. */
  readonly accountUrl: string;
  /** The terms that were agreed to; null: it has none. */
  readonly terms: string | null;
  readonly agreedBy: string;
  /** Nothing is asked before then: it told us to wait. */
  readonly pausedUntil: Date | null;
}

export const LETS_ENCRYPT = 'https://acme-v02.api.letsencrypt.org/directory';

/** The record of it. */
export interface Authorities {
  find(): Promise<Authority | null>;
  /** In the place of the one that was. */
  save(authority: Authority): Promise<void>;
  pause(until: Date): Promise<void>;
  remove(): Promise<void>;
}

/** A certificate that is being asked for. */
export interface Asking {
  readonly host: string;
  /** Of the certificate to be; PKCS#8. */
  readonly key: Secret;
  /** Of an order that is under way; null: there is none yet. */
  readonly orderUrl: string | null;
  /** Told as soon as there is an order, so that the next worker goes on with it. */
  ordered(orderUrl: string): Promise<void>;
  /** The front answers with this from now on, at `/.well-known/acme-challenge/<token>` of any host. */
  show(token: string, answer: string): Promise<void>;
  hide(token: string): Promise<void>;
}

/** The authority itself. Every call is bounded and ends with its signal. */
export interface Issuer {
  /** A fresh key: EC P-256, PKCS#8 PEM. */
  makeKey(): Secret;
  /**
   * Opens the account of this key, or finds the one that is there.
   * @throws Unavailable when it does not answer, Broken when it refuses or cannot be trusted
   */
  register(
    authority: Pick<Authority, 'directory' | 'email' | 'roots'>,
    key: Secret,
    signal: AbortSignal,
  ): Promise<Pick<Authority, 'accountUrl' | 'terms'>>;
  /**
   * One certificate for one name, proven by HTTP-01.
   * @returns the chain, PEM
   * @throws Broken with a cause for people when it refuses, TooSoon when it wants us to wait, Unavailable when it does not answer
   */
  obtain(authority: Authority, accountKey: Secret, asking: Asking, signal: AbortSignal): Promise<string>;
  /** Whether the name is in the DNS. Also true when nobody can tell. */
  resolves(host: string): Promise<boolean>;
}

/** The authority's own limit is reached. */
export class TooSoon extends Unavailable {
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number, cause: unknown) {
    super('batas-penerbit', message, { cause, advice: 'Dicoba lagi dengan sendirinya setelah waktu yang diminta penerbit.' });
    this.retryAfterMs = retryAfterMs;
  }
}

/** @throws Invalid */
export function parseDirectory(text: string): string {
  const url = text.trim() === '' ? LETS_ENCRYPT : text.trim();
  if (url.length <= 300 && /^https:\/\/[^\s@]+$/.test(url) && URL.canParse(url)) return url;
  throw new Invalid('penerbit-salah', 'Alamat penerbit ditulis lengkap, diawali https://', { field: 'directory' });
}

/** @throws Invalid */
export function parseEmail(text: string): string {
  const email = text.trim();
  if (email.length <= 200 && /^[^\s@<>"',:]+@[^\s@<>"',:]+\.[^\s@<>"',:]+$/.test(email)) return email;
  throw new Invalid('surel-salah', 'Tulis alamat surel yang dapat dihubungi penerbit.', { field: 'email' });
}
