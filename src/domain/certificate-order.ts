/** Names that are waiting for a certificate from the authority: which, why, and when it is asked next. */
import { type Certificate, certificateFor } from './certificate.ts';
import type { KodeTenant } from './wilayah.ts';

/** How a desa comes to its certificates. `upload`: none is asked for. `none`: it is not served by https at all. */
export type CertificateChoice = 'auto' | 'upload' | 'none';
export const CERTIFICATE_CHOICES = ['auto', 'upload', 'none'] as const satisfies readonly CertificateChoice[];

export interface CertificateChoices {
  of(kode: KodeTenant): Promise<CertificateChoice>;
  save(kode: KodeTenant, choice: CertificateChoice): Promise<void>;
  /** Of the installations of every desa that chose something else than `auto`. */
  ofInstallations(): Promise<ReadonlyMap<string, CertificateChoice>>;
}

/** Why a name has no certificate yet, for people. */
export interface OrderFailure {
  readonly code: string;
  /** What happened. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
  /** The authority's own words; null: it was not asked. */
  readonly detail: string | null;
}

/** One name; gone once its certificate is on record. */
export interface CertificateOrder {
  readonly host: string;
  /** Of the certificate to be, by which the vault knows its key; null while nothing is under way. */
  readonly certificateId: string | null;
  /** The authority's; null while it knows of none. */
  readonly orderUrl: string | null;
  /** When the authority refused; the last eight times. */
  readonly refused: readonly Date[];
  readonly failure: OrderFailure | null;
  /** Not tried before then. */
  readonly nextAt: Date;
  /** Who asked by hand; null: it is owed by itself. */
  readonly askedBy: string | null;
  readonly createdAt: Date;
}

export interface CertificateOrders {
  /** Those tried next first. */
  list(): Promise<readonly CertificateOrder[]>;
  find(host: string): Promise<CertificateOrder | null>;
  /** Of a name in place of what was. */
  save(order: CertificateOrder): Promise<void>;
  remove(host: string): Promise<void>;
  /** Whether anything is to be asked of the authority now, in one question; null while there is none. */
  standing(now: Date): Promise<OrderStanding | null>;
}

export interface OrderStanding {
  /** The authority may be asked, and an order's time has come. */
  readonly isDue: boolean;
  /** Another one whenever names, certificates, what desa chose, or the authority are others: then somebody may be owed something. */
  readonly stamp: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** After the first refusal, the second, …; at most five on the first day, then one. Let's Encrypt stops at five an hour. */
const PAUSES = [10 * MINUTE, HOUR, 3 * HOUR, 8 * HOUR, DAY] as const;
/** The DNS is ours to ask, so people who have just made their entry wait no longer than this. */
export const LOOK_AGAIN_MS = 10 * MINUTE;
/** What a person may ask for in an hour and in a day. */
const BY_HAND = { hour: 3, day: 8 };

export function newOrder(host: string, now: Date, askedBy: string | null = null): CertificateOrder {
  return { host, certificateId: null, orderUrl: null, refused: [], failure: null, nextAt: now, askedBy, createdAt: now };
}

/** After the authority has said no: the next one is a new order. */
export function afterRefusal(order: CertificateOrder, failure: OrderFailure, now: Date): CertificateOrder {
  const refused = [...order.refused, now].slice(-BY_HAND.day);
  const pause = PAUSES[Math.min(refused.length, PAUSES.length) - 1] ?? DAY;
  return { ...order, certificateId: null, orderUrl: null, refused, failure, nextAt: new Date(now.getTime() + pause) };
}

/** When a person may ask again for a name that was refused; null: now. */
export function askableAt({ refused }: Pick<CertificateOrder, 'refused'>, now: Date): Date | null {
  const since = (ms: number): readonly Date[] => refused.filter((at) => now.getTime() - at.getTime() < ms);
  const opens = (times: readonly Date[], most: number, ms: number): number => {
    const oldest = times[times.length - most];
    return oldest === undefined ? 0 : oldest.getTime() + ms;
  };
  const at = Math.max(opens(since(HOUR), BY_HAND.hour, HOUR), opens(since(DAY), BY_HAND.day, DAY));
  return at === 0 ? null : new Date(at);
}

/** Names that exist on machines and in networks of one's own only: no public authority knows them (RFC 6761, RFC 8375). */
const PRIVATE = /(^|\.)(localhost|local|internal|lan|home|test|invalid|example|arpa)$/;

/** Whether an authority could prove it: a name in the DNS, without a star. */
export function isPublicName(host: string): boolean {
  return /^[a-z0-9.-]+\.[a-z][a-z0-9-]*$/.test(host) && !PRIVATE.test(host);
}

/** `third`: the calendar's nightly renewal. `sixth`: at any hour, should the calendar be off. */
const LEFT = { third: 3, sixth: 6 } as const;

function isDueForRenewal(
  { notBefore, notAfter }: Pick<Certificate, 'notBefore' | 'notAfter'>,
  now: Date,
  left: keyof typeof LEFT,
): boolean {
  return (notAfter.getTime() - now.getTime()) * LEFT[left] < notAfter.getTime() - notBefore.getTime();
}

/** Which of these names should be asked for: those without a certificate, and those whose automatic one ends soon. */
export function namesOwed(
  hosts: readonly string[],
  certificates: readonly Certificate[],
  now: Date,
  left: keyof typeof LEFT,
): readonly string[] {
  return hosts.filter((host) => {
    const best = certificateFor(host, certificates, now);
    return best === null || (best.source === 'acme' && isDueForRenewal(best, now, left));
  });
}
