import type { Change, Outbox } from './outbox.ts';
import type { KodeTenant, KodeWilayah } from './wilayah.ts';

/** `gabungan.yaml` of an app: what of every desa's schema readers find in the combined database. Data, like the rest of an app. */
export interface CombinedManifest {
  /** Which combined schema, after the instance's name: the sample apps must not mix with the real one. */
  readonly schema: string;
  /** Tables that every desa has rows of its own in. One that a release lacks is left out. */
  readonly tables: readonly string[];
  /** The table that says who the desa is: its id becomes the desa's number. */
  readonly identity: string;
  /** Columns that are never copied: `*.column` or `table.column`. */
  readonly excluded: readonly string[];
  /** Columns that are copied although their names look like a secret's: `table.column`. */
  readonly harmless: readonly string[];
  /** Columns that hold ids without being foreign keys: `*.column` or `table.column`. Texts count where they are numbers. */
  readonly ids: readonly string[];
  /** Columns that hold an id in some rows and something else in others. */
  readonly idsWhere: readonly ColumnCondition[];
  /** Columns whose values are copied in some rows only; in others they are empty. */
  readonly shownWhere: readonly ColumnCondition[];
  /** Columns of the identity table that show what the official list of regions says, whatever the desa wrote there. */
  readonly official: Readonly<Record<string, OfficialFact>>;
  /** Tables that are the same in every desa; kept once. */
  readonly references: readonly string[];
  /** Tables whose rows the reserved number 1 carries, because readers look for them there. */
  readonly reserved: readonly string[];
  /** Indexes that readers need: `table` → lists of columns. */
  readonly indexes: Readonly<Record<string, readonly (readonly string[])[]>>;
  /** What read accounts of one purpose may see, by its name. `FULL_GRANT` is not among them: it is every table. */
  readonly grants: Readonly<Record<string, GrantManifest>>;
}

export interface GrantManifest {
  readonly title: string;
  /** Those that are not there (yet) are left out. */
  readonly tables: readonly string[];
}

export const FULL_GRANT = 'penuh';
/** Figures of every desa as rows, for readers that need no people. Names that begin so are no table of an app's. */
export const FIGURES_TABLE = 'pendopo_ringkasan';

/** One figure of a desa, as readers of the figures find it. */
export interface FigureRow {
  readonly group: string;
  readonly value: string;
  readonly name: string;
  readonly male: number | null;
  readonly female: number | null;
  readonly untold: number | null;
  readonly total: number;
}

/** What the list of regions tells of a desa. Codes as digits alone: readers group by them, and put them into their SQL. */
export const OFFICIAL_FACTS = [
  'kode-desa',
  'kode-kecamatan',
  'nama-kecamatan',
  'kode-kabupaten',
  'nama-kabupaten',
  'kode-provinsi',
  'nama-provinsi',
] as const;
export type OfficialFact = (typeof OFFICIAL_FACTS)[number];

/** Tells rows apart by a column of theirs, or of the row of another table that they point at. */
export interface ColumnCondition {
  /** `table.column` */
  readonly column: string;
  /** The column that decides. */
  readonly tells: string;
  readonly is: readonly string[];
  /** It is one of this table, whose id `by` holds. */
  readonly of?: string;
  readonly by?: string;
}

/** Number 1 belongs to nobody: readers look there for what is common to all. */
export const RESERVED_CONFIG_ID = 1;
/** A desa's ids begin at its number times this, so that an id is one desa's among all. */
export const ID_SPAN = 10_000_000;

/** `stale`: a table of it differs, or may; the reconciler repairs it. `detached`: nothing is fed while its schema changes. */
export type RegistrationState = 'none' | 'registering' | 'registered' | 'detached' | 'stale';

/** An installation's place in the combined database. */
export interface Registration {
  readonly installationId: string;
  readonly kode: KodeTenant;
  readonly app: string;
  /** The desa's schema that feeds it. */
  readonly schema: string;
  /** Of the desa; given once, never to another. */
  readonly configId: number;
  readonly state: RegistrationState;
  readonly provenAt: Date | null;
  /** What the last proof found wrong, in Indonesian; null: both sides agreed. */
  readonly finding: string | null;
  /** The last time that rows of the slice may have changed; null: never. */
  readonly changedAt: Date | null;
  /** The slice's summary holds what had changed up to this moment; null: there is none. */
  readonly summarisedAt: Date | null;
}

export interface Registrations {
  /** The registration of an installation; made, and the desa's number allocated, when there was none. */
  ensure(installationId: string, kode: KodeTenant, app: string, schema: string): Promise<Registration>;
  find(installationId: string): Promise<Registration | null>;
  /** By desa: those of one app, or of a region and all below it. Left out, or null: all. */
  list(filter?: { readonly within?: KodeWilayah | null; readonly app?: string | undefined }): Promise<readonly Registration[]>;
  /** The registered one whose last proof is the oldest, if that was before this moment. */
  leastProven(before: Date): Promise<string | null>;
  /** Installations whose slice is or may be wrong. Those whose schema is about to change are not among them. */
  needingRepair(): Promise<readonly string[]>;
  save(installationId: string, change: Partial<Pick<Registration, 'state' | 'provenAt' | 'finding'>>): Promise<void>;
  /** Rows of this slice have changed in the combined database: call it after they are committed. Its summary is made anew soon. */
  noteChanged(installationId: string): Promise<void>;
  /** Tables that may differ. */
  staleTables(installationId: string): Promise<readonly string[]>;
  markStale(installationId: string, tables: readonly string[]): Promise<void>;
  /** Takes the mark off these tables, or off all. */
  forgetStale(installationId: string, tables?: readonly string[]): Promise<void>;
}

/** A desa's slice: where it comes from, and whose it is. */
export interface Slice {
  readonly installationId: string;
  readonly configId: number;
  readonly schema: string;
  readonly manifest: CombinedManifest;
  /** null: the desa is not on record, and its own words are shown. */
  readonly official: Readonly<Record<OfficialFact, string>> | null;
  /** Tables that its summary counts; a change in any other makes none anew. */
  readonly counted: ReadonlySet<string>;
}

export interface SliceProof {
  readonly table: string;
  readonly source: number;
  readonly combined: number;
  /** Same rows, column by column. */
  readonly isEqual: boolean;
  /** Something of this desa was still on its way at that moment: a difference proves nothing. */
  readonly isInFlight: boolean;
}

/** Whatever waits here waits for seconds at most and holds no lock of a desa's meanwhile. */
export interface CombinedDatabase {
  readonly outbox: Outbox;
  /** The name of the combined schema. */
  schemaOf(manifest: CombinedManifest): string;
  /** Makes schema, tables, columns and keys that are missing; returns the tables that this desa feeds. */
  prepare(slice: Slice): Promise<readonly string[]>;
  /** Whether every trigger that the desa needs is there, word by word. */
  isAttached(slice: Slice): Promise<boolean>;
  /** @throws Unavailable while the desa is busy with a table: it is never made to wait */
  attach(slice: Slice): Promise<void>;
  /** Takes all our triggers off; the desa's schema is as its app made it. */
  detach(schema: string): Promise<void>;
  /**
   * Copies what these changes of one table point at, and takes them out of the outbox: both or neither.
   * @throws Unavailable when somebody holds the combined rows, Broken when the rows do not fit
   */
  apply(slice: Slice, table: string, changes: readonly Change[]): Promise<void>;
  /** Makes a table's slice equal to the desa's, a piece at a time. @throws as `apply` */
  reload(slice: Slice, table: string): Promise<void>;
  /** Compares both sides, each table at one moment. @param tables those alone; left out: all */
  verify(slice: Slice, tables?: readonly string[]): Promise<readonly SliceProof[]>;
  dropSlice(slice: Pick<Slice, 'configId' | 'manifest'>): Promise<void>;
  /** Rows of some tables, all desa together. */
  countRows(manifest: CombinedManifest, tables: readonly string[]): Promise<readonly { readonly table: string; readonly rows: number }[]>;
  /** Rows of every desa, by its number; reference tables do not count. */
  countByDesa(manifest: CombinedManifest): Promise<ReadonlyMap<number, number>>;
  /** Puts a desa's figures in the place of those that were there. @throws Broken when the disk is full */
  publish(slice: Pick<Slice, 'configId' | 'manifest'>, rows: readonly FigureRow[], madeAt: Date): Promise<void>;
}
