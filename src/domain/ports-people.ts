/** Ports of what is on record about the people who sign in, besides their accounts. What holds for all of them stands in ports.ts. */
import type { Page } from './ports-records.ts';
import type { Secret } from './secret.ts';
import type { KodeTenant } from './wilayah.ts';

/** What a person chose to see, by name: `tema`, `kolom-desa`. Nothing depends on it, so anything unknown is ignored. */
export interface Preferences {
  of(userId: string): Promise<Readonly<Record<string, string>>>;
  /** @param value at most 1,000 characters; '' forgets the choice */
  save(userId: string, name: string, value: string): Promise<void>;
}

export interface AuditEntry {
  /** Grows. */
  readonly id: number;
  readonly at: Date;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  /** The desa (or kecamatan, kabupaten) it was about; null where it was about none, or about many. */
  readonly kode: KodeTenant | null;
  /** `x-before` and `x-after` for what was changed. */
  readonly detail: Readonly<Record<string, string | number | null>>;
}

export interface AuditFilter {
  /** Part of the actor, the target or the detail. */
  readonly search?: string;
  /** The whole name of who did it. */
  readonly actor?: string;
  readonly action?: string;
  /** Exactly this one. */
  readonly target?: string;
  readonly kode?: KodeTenant;
  readonly since?: Date;
  /** Not included. */
  readonly until?: Date;
  /** `next` of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** Who did what. Written once, never changed. */
export interface Audit {
  /** @param entry.kode left out: `target` where that is such a kode */
  note(entry: { actor: string; action: string; target: string; kode?: KodeTenant | null; detail?: AuditEntry['detail'] }): Promise<void>;
  /** Newest first. */
  list(filter: AuditFilter): Promise<Page<AuditEntry>>;
  /** Every action that was ever noted. */
  actions(): Promise<readonly string[]>;
}

/** Where somebody signs in from. */
export interface SessionOrigin {
  /** IP address. */
  readonly address: string;
  /** What the browser or program calls itself. */
  readonly device: string;
}

/** Somebody who is signed in on one device. */
export interface OpenSession extends SessionOrigin {
  /** Stays while refresh tokens come and go. */
  readonly id: string;
  readonly userId: string;
  readonly startedAt: Date;
  /** To the minute. */
  readonly seenAt: Date;
}

/** Who is signed in. Refresh tokens are kept as hashes; a session lasts while its newest one does. */
export interface UserSessions {
  open(session: { id: string; userId: string; tokenHash: string; expiresAt: Date } & SessionOrigin): Promise<void>;
  /** A new token for an old one. Using one a second time ends the session. null: there is no such session any more. */
  rotate(
    oldHash: string,
    next: { id: string; tokenHash: string; expiresAt: Date } & SessionOrigin,
  ): Promise<{ readonly sessionId: string; readonly userId: string } | null>;
  /** Asked with every request. null once it has ended. */
  find(id: string): Promise<OpenSession | null>;
  /** Those of these that last, in one query. */
  lasting(ids: readonly string[]): Promise<ReadonlySet<string>>;
  noteSeen(id: string): Promise<void>;
  /** Those that last, the one seen last first. */
  of(userId: string): Promise<readonly OpenSession[]>;
  closeByToken(tokenHash: string): Promise<void>;
  close(id: string): Promise<void>;
  closeAll(userId: string): Promise<void>;
}

/** What somebody proves who they are with besides the password: codes of an authenticator app. */
export interface SecondFactor {
  readonly userId: string;
  /** Where the vault keeps the key. */
  readonly keyRef: string;
  /** null: it is being set up, and nobody is asked for a code yet. */
  readonly confirmedAt: Date | null;
  /** Recovery codes that were not used yet. */
  readonly recoveryLeft: number;
}

export interface SecondFactors {
  find(userId: string): Promise<SecondFactor | null>;
  /** Replaces one that was not confirmed. @throws Conflict where one is confirmed */
  begin(userId: string, keyRef: string): Promise<void>;
  /** @param step of the code that proved it, which is not taken again @returns false when another key took its place, or it was confirmed already */
  confirm(userId: string, keyRef: string, step: number): Promise<boolean>;
  /** True once for a step, and never for an older one. */
  takeStep(userId: string, step: number): Promise<boolean>;
  /** Instead of all there were. */
  saveRecovery(userId: string, hashes: readonly string[]): Promise<void>;
  /** True once for a code. */
  takeRecovery(userId: string, hash: string): Promise<boolean>;
  remove(userId: string): Promise<void>;
}

/** The codes themselves. */
export interface Authenticator {
  /** Base32, as authenticator apps take it. */
  makeKey(): Secret;
  /** `otpauth://totp/…`: what the picture says. Holds the key. */
  addressOf(key: Secret, account: string): Secret;
  /** The time step of a code of six digits, of now or up to half a minute away; null: it is none of this key. */
  stepOf(key: Secret, code: string, at: Date): number | null;
  makeRecoveryCodes(): readonly Secret[];
  /** However it was typed; null for what cannot be one. */
  hashOfRecovery(code: string): string | null;
}

/** What those who manage people have decided for all. Unknown names have no value. */
export interface Policies {
  find(name: string): Promise<string | null>;
  /** @param value at most 1,000 characters */
  save(name: string, value: string): Promise<void>;
}
