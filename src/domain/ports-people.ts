/** Ports of what is on record about the people who sign in, besides their accounts. What holds for all of them stands in ports.ts. */
import type { Page } from './ports-records.ts';

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
  /** `x-before` and `x-after` for what was changed. */
  readonly detail: Readonly<Record<string, string | number | null>>;
}

export interface AuditFilter {
  /** Part of the actor, the target or the detail. */
  readonly search?: string;
  readonly action?: string;
  /** Exactly this one. */
  readonly target?: string;
  readonly since?: Date;
  /** `next` of the page before. */
  readonly after?: string;
  readonly limit: number;
}

/** Who did what. Written once, never changed. */
export interface Audit {
  note(entry: { actor: string; action: string; target: string; detail?: AuditEntry['detail'] }): Promise<void>;
  /** Newest first. */
  list(filter: AuditFilter): Promise<Page<AuditEntry>>;
  /** Every action that was ever noted. */
  actions(): Promise<readonly string[]>;
}
