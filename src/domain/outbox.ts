/**
 * A note of a desa's trigger: this row of this table was written or taken away. It says where to look and never what
 * was written, so that order and repetition do not matter: whoever handles it copies the row as it is now.
 */
export interface Change {
  readonly seq: number;
  /** `refused`: the outbox itself took no note, so that only the table is known. */
  readonly place: 'outbox' | 'refused';
  readonly installationId: string;
  readonly table: string;
  /** Its id in the desa; null: any row of the table. */
  readonly row: number | null;
}

export interface ChangeFilter {
  readonly limit: number;
  readonly installationId?: string;
  /** Not those of these installations and tables: they wait for a better moment, and nobody waits behind them. */
  readonly except?: { readonly installations: readonly string[]; readonly tables: readonly string[] };
}

/** What desa have written and the combined tables do not show yet. Desa only add to it; whoever has handled a change takes out just that one. */
export interface Outbox {
  /** Makes it where it is not. @returns whether it had to be made: what was noted before is lost, so that every slice may differ */
  ensure(): Promise<boolean>;
  /** The oldest first. @returns null when there is no outbox */
  changes(filter: ChangeFilter): Promise<readonly Change[] | null>;
  forget(changes: readonly Change[]): Promise<void>;
  /** Tables of an installation of which more changes wait than this. */
  heaps(over: number): Promise<readonly Pick<Change, 'installationId' | 'table'>[]>;
  /** Everything of an installation, or of one table of it. */
  forgetAll(installationId: string, table?: string): Promise<void>;
}
