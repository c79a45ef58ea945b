import type { CombinedManifest } from './combined.ts';

export type ExportFormat = 'sql' | 'csv';

/** Lets one person take the combined database along for a while; worth nothing without being signed in as them. */
export interface CombinedLink {
  readonly id: string;
  readonly username: string;
  readonly app: string;
  readonly format: ExportFormat;
  /** null: all tables, as SQL. */
  readonly table: string | null;
  readonly expiresAt: Date;
}

export interface CombinedLinks {
  /** Forgets those that have run out, too. */
  create(link: CombinedLink, now: Date): Promise<void>;
  find(id: string): Promise<CombinedLink | null>;
}

/** A value as text; null: empty. */
export type ExportedRow = readonly (string | null)[];

/** The combined database as a stream, little of it in memory at a time. Who stops reading ends what runs for it. */
export interface CombinedExport {
  /** Its tables, by name; none: nothing is registered yet. */
  tables(manifest: CombinedManifest): Promise<readonly string[]>;
  /** What MariaDB's own client loads, compressed by gzip, of one moment. @param table null: all */
  sql(manifest: CombinedManifest, table: string | null): AsyncIterable<Uint8Array>;
  /** The names of the columns, then every row. */
  rows(manifest: CombinedManifest, table: string): AsyncIterable<ExportedRow>;
}
