/** OpenSID's own shared mode: one schema with the rows of many desa, told apart by config_id. From there a desa moves into a schema of its own. */
import type { Secret } from './secret.ts';
import type { KodeTenant } from './wilayah.ts';

/** `pisah.yaml` of an app: how the rows of one desa are told from those of others. Data, like the rest of an app. */
export interface SharedManifest {
  /** The table with one row a desa; its id is what the other tables name. */
  readonly identity: string;
  /** Columns there: the ten digits, the name, and the key that the desa's files share with the database. */
  readonly kode: string;
  readonly nama: string;
  readonly key: string;
  /** Where the app looks for that key. */
  readonly keyFile: { readonly volume: string; readonly path: string };
  /** Columns there that say in our words who the desa is (`{{desa.nama}}`), however they were spelled: its pages are told by them. */
  readonly official: Readonly<Record<string, string>>;
  /** The column that names the desa. */
  readonly owner: string;
  /** Tables without that column whose rows follow a row of another one. What a foreign key says need not be said again. */
  readonly through: readonly { readonly table: string; readonly column: string; readonly of: string }[];
  /** Tables whose rows stay behind: logs and the like, that nobody can tell whose they are. */
  readonly left: readonly string[];
}

/**
 * Whose the rows of a table are. `owned`: named by a column; `through`: they follow rows of another table;
 * `common`: the same for all, every desa gets them; `left`: nobody's, they stay behind.
 */
export type SharedKind = 'identity' | 'owned' | 'through' | 'common' | 'left';

export interface SharedTable {
  readonly table: string;
  readonly kind: SharedKind;
  /** All rows there. */
  readonly all: number;
  /** Rows that the desa gets; of them those that belong to no desa (the kabupaten's own). */
  readonly rows: number;
  readonly ofNobody: number;
  /** Of the desa's rows those that point at another desa's, or at nothing. */
  readonly orphans: number;
  readonly highestId: number | null;
}

export interface SharedDesa {
  readonly configId: number;
  /** As it stands there: ten digits, or nothing. */
  readonly kode: string;
  readonly nama: string;
}

export interface SplitReport {
  readonly desa: SharedDesa;
  readonly tables: readonly SharedTable[];
  /** Why it cannot be moved, in Indonesian; empty: it can. */
  readonly obstacles: readonly string[];
  /** Files of the desa that lie ready beside the source; null: none. */
  readonly files: number | null;
}

/** What a split did, each table proven: as many rows, and the same in every column. */
export interface SplitProof {
  readonly tables: number;
  readonly rows: number;
  /** Rows that were left behind, by table, because what they point at is not the desa's; empty where the column allows it. */
  readonly orphans: readonly { readonly table: string; readonly rows: number; readonly emptied: number }[];
}

export type SharedState = 'asked' | 'copying' | 'ready' | 'failed';

/** A shared database that we have, or are about to have, a copy of. */
export interface SharedSource {
  readonly id: string;
  /** Chosen by a person, one of a kind. */
  readonly name: string;
  readonly app: string;
  /** Our copy. */
  readonly schema: string;
  /** `server`: copied from there; `file`: a dump below the data folder. */
  readonly kind: 'server' | 'file';
  /** For people, without a password: `db.kab.go.id/opensid` or the file's name. */
  readonly place: string;
  /** Of a server: where its address with the password is kept. */
  readonly urlRef: string | null;
  readonly state: SharedState;
  /** Why the last copying failed, in Indonesian. */
  readonly finding: string | null;
  /** The moment the copy shows. */
  readonly copiedAt: Date | null;
  readonly createdBy: string;
}

export interface SharedSources {
  /** @throws Conflict when the name is taken */
  create(source: Omit<SharedSource, 'state' | 'finding' | 'copiedAt'>): Promise<void>;
  find(name: string): Promise<SharedSource | null>;
  /** By name. */
  list(): Promise<readonly SharedSource[]>;
  save(name: string, change: Partial<Pick<SharedSource, 'state' | 'finding' | 'copiedAt'>>): Promise<void>;
  remove(name: string): Promise<void>;
}

/** Where a desa's rows go. */
export interface SplitTarget {
  readonly schema: string;
  readonly label: string;
  readonly charset: string;
  readonly collation: string;
  /** Written into the desa's own row once all is proven: column and value. */
  readonly official: Readonly<Record<string, string>>;
}

/** The source itself is only ever read. */
export interface SharedDatabases {
  /** Copies a schema of another server into one of ours, as it is at one moment. @throws Broken, Unavailable */
  fetch(url: Secret, schema: string, signal: AbortSignal): Promise<void>;
  /** The same from a dump, gzipped or not, with an account that reaches nothing else. @throws Broken */
  load(file: string, schema: string, signal: AbortSignal): Promise<void>;
  drop(schema: string): Promise<void>;
  desa(schema: string, manifest: SharedManifest): Promise<readonly SharedDesa[]>;
  inspect(schema: string, manifest: SharedManifest, configId: number): Promise<Omit<SplitReport, 'files'>>;
  /** The key that the desa's files share with the database. */
  key(schema: string, manifest: SharedManifest, configId: number): Promise<Secret>;
  /**
   * Fills a schema of ours with the desa's rows alone, proves them and marks it as loaded from `label`. Begun half-way it
   * begins again. @throws Broken when both sides differ
   */
  split(schema: string, manifest: SharedManifest, configId: number, into: SplitTarget, signal: AbortSignal): Promise<SplitProof>;
}

/** What a job needs to know of the shared database that its desa comes from. */
export interface SharedOrigin {
  readonly source: string;
  readonly schema: string;
  readonly configId: number;
  /** Marks a schema as filled from just this copy. */
  readonly label: string;
}

/** Where files of the desa lie, below the data folder: a folder or none. */
export function sharedFilesKey(source: string, kode: KodeTenant): string {
  return `pindahan/${source}/${kode.replaceAll('.', '')}`;
}

/** Whether it may name a database at the source: it becomes an argument of a program, so never a dash first. */
export function isSourceName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_$-]{0,63}$/.test(name);
}
