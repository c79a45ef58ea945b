/** Ports of the world outside the records: sources, databases, files, front, vault, time. What holds for all of them stands in ports.ts. */
import type { Certificate, ServedHost } from './certificate.ts';
import type { CombinedManifest } from './combined.ts';
import type { AppManifest, ConserveManifest, RuntimeManifest, SecretManifest } from './manifest.ts';
import type { Route } from './ports-records.ts';
import type { Secret } from './secret.ts';
import type { SharedManifest } from './shared.ts';
import type { SummaryManifest } from './summary.ts';

export interface CatalogueEntry {
  readonly manifest: AppManifest;
  readonly runtime: RuntimeManifest;
  /** Changes when anything changes that goes into the image. */
  readonly digest: string;
  readonly runtimeDigest: string;
  /** Folders whose content is laid over the image's root, the later over the earlier. */
  readonly runtimeFolders: readonly string[];
  readonly imageFolders: readonly string[];
  /** Where its code comes from, after the operator's settings. */
  readonly repo: string;
  /** The same for each of its channels. */
  readonly channels: ReadonlyMap<string, string>;
  /** What of it the combined database holds; null: nothing. */
  readonly combined: CombinedManifest | null;
  /** What is counted of it; null: nothing. */
  readonly summary: SummaryManifest | null;
  /** How one desa is told from others where the app itself shares a schema between desa; null: it does not. */
  readonly splits: SharedManifest | null;
}

export interface AppCatalogue {
  names(): readonly string[];
  /** With another of its runtimes when one is named. @throws NotFound, Invalid (naming file and key) */
  entry(name: string, runtime?: string): CatalogueEntry;
  /** The first of the app's runtimes whose PHP fits a composer requirement (`^8.4`). @throws Broken when none does */
  runtimeFor(name: string, requirement: string | null): string;
  /** Renders a file template or command input. @throws Invalid for an unknown placeholder */
  render(template: string, values: ReadonlyMap<string, string | Secret>): string;
  fileTemplate(app: string, name: string): string;
}

export interface Sources {
  /** Fetches tags into the mirror of a repository, the app's own or that of a channel. `recent`: those fetched some minutes ago will do. */
  refresh(app: string, repo: string, signal: AbortSignal, wanted?: 'newest' | 'recent', channel?: string): Promise<void>;
  /** Of every channel that was fetched; those of a channel begin with its name (`premium/v2410.0.0`). */
  tags(app: string): Promise<readonly string[]>;
  /** What the makers wrote to each tag whose code was fetched: the tag's message, or the commit's. At most 4,000 characters. */
  notes(app: string): Promise<ReadonlyMap<string, string>>;
  /** The commit a tag points at. @throws NotFound */
  commitOf(app: string, tag: string): Promise<string>;
  readFile(app: string, commit: string, path: string, signal?: AbortSignal): Promise<string>;
  /** Writes the tree of a commit as a tar file. @throws Broken when the commit is missing */
  exportTar(app: string, commit: string, file: string, signal?: AbortSignal): Promise<void>;
}

export interface DatabaseAddress {
  /** What apps connect to: `localhost` means the socket in `socketFolder`. */
  readonly host: string;
  readonly port: number;
  /** Host folder mounted at /run/mysqld in containers; null: over the network. */
  readonly socketFolder: string | null;
}

export interface TableCount {
  readonly table: string;
  readonly rows: number;
}

export interface TableDigest extends TableCount {
  /** Columns that are there, and the checksum over them; empty columns: rows only. */
  readonly columns: readonly string[];
  readonly sum: string;
}

export interface Databases {
  readonly address: DatabaseAddress;
  schemaExists(schema: string): Promise<boolean>;
  userExists(user: string): Promise<boolean>;
  createSchema(schema: string, options: { charset: string; collation: string }): Promise<void>;
  /** Creates the user or sets its password, with exactly these rights on exactly this schema. */
  ensureUser(user: string, password: Secret, schema: string, privileges: readonly string[]): Promise<void>;
  canSignIn(user: string, password: Secret, schema: string): Promise<boolean>;
  dropSchema(schema: string): Promise<void>;
  dropUser(user: string): Promise<void>;
  /** Which dump was completely loaded into the schema, or null. Kept with the schema itself. */
  loadedFrom(schema: string): Promise<string | null>;
  /** Consistent dump without definers, gzipped. Complete or not there at all. */
  dump(schema: string, file: string, signal: AbortSignal): Promise<{ bytes: number; sha256: string }>;
  /** Loads a dump into an empty schema and marks it as `loadedFrom(label)` at the end. Empties a half-loaded one first. `pace` is awaited before each piece: it may hold the load up. */
  load(
    schema: string,
    file: string,
    label: string,
    options: { charset: string; collation: string },
    signal: AbortSignal,
    pace?: () => Promise<void>,
  ): Promise<void>;
  countRows(schema: string): Promise<readonly TableCount[]>;
  /** Rows and a checksum over the columns of each of these tables; a table that is not there is left out. */
  digest(schema: string, wanted: readonly ConserveManifest[]): Promise<readonly TableDigest[]>;
}

/** Files in one tar, as it is read. */
export interface TarStream {
  readonly bytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/** Below the data folder only; keys are relative, as in the plan. */
export interface Files {
  /** Absolute path of a key. @throws Invalid when it leads outside */
  path(key: string): string;
  exists(key: string): Promise<boolean>;
  /** Makes the folder and gives it to the apps' uid. */
  ensureFolder(key: string, owner: 'app' | 'control'): Promise<void>;
  /** Atomic; the file belongs to the apps' uid. */
  write(key: string, content: string | Secret, owner: 'app' | 'control'): Promise<void>;
  read(key: string): Promise<string>;
  remove(key: string): Promise<void>;
  move(from: string, to: string): Promise<void>;
  /** How many files, links and the like lie below a folder; folders themselves do not count. */
  countFiles(key: string): Promise<number>;
  /** Packs folders into one gzipped tar. Complete or not there at all. */
  pack(
    key: string,
    entries: readonly { name: string; key: string }[],
    signal: AbortSignal,
  ): Promise<{ bytes: number; sha256: string; files: number }>;
  /** Reads it through: checksum and number of files. @throws Broken when damaged */
  inspectPack(key: string, signal: AbortSignal): Promise<{ sha256: string; files: number }>;
  /** Unpacks one entry of a pack into a folder, owned by the apps' uid. */
  unpack(key: string, name: string, into: string, signal: AbortSignal): Promise<void>;
  /** Those of these files of a folder that are there, in this order, as one tar. */
  openTar(key: string, names: readonly string[]): Promise<TarStream>;
  sha256(key: string): Promise<string>;
  size(key: string): Promise<number>;
}

export interface Front {
  /** Makes these the routes, all of them, and these the hosts that answer by https (none when left out); returns when they are in effect. */
  apply(routes: readonly Route[], signal: AbortSignal, hosts?: readonly ServedHost[]): Promise<void>;
  /** Puts a certificate where the front can use it, before a host is to answer with it. */
  keepCertificate(certificate: Pick<Certificate, 'id' | 'chain'>, key: () => Promise<Secret>): Promise<void>;
  /** Every host answers so from now on at `/.well-known/acme-challenge/<token>`. */
  showChallenge(token: string, answer: string): Promise<void>;
  hideChallenge(token: string): Promise<void>;
  /** The hosts in effect that answer by https. */
  secured(): Promise<readonly ServedHost[]>;
  /** The routes in effect. */
  current(): Promise<readonly Route[]>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

export interface HttpProbe {
  /** GET without following redirects; null when nothing answers. The body is cut at 1 MiB. */
  get(socket: string, request: { host: string; path: string; scheme: 'http' | 'https'; timeoutMs: number }): Promise<HttpAnswer | null>;
  /** Whether anybody takes calls there. Asks nothing, so an app that sleeps is not woken. */
  listens(socket: string, timeoutMs: number): Promise<boolean>;
}

type SecretKind = SecretManifest['kind'];

export interface Vault {
  /** A fresh secret that is kept nowhere. */
  make(kind: SecretKind): Secret;
  /** Makes the secret once; later calls leave it. */
  ensure(ref: string, kind: SecretKind): Promise<void>;
  /** Keeps what a person gave. A ref is written once: another value gets a ref of its own, so that undoing goes back to the old one. @throws Conflict when something else is kept there */
  put(ref: string, value: Secret): Promise<void>;
  exists(ref: string): Promise<boolean>;
  /** @throws NotFound */
  read(ref: string): Promise<Secret>;
  /** Reads it for a person, the first time only: null afterwards. */
  reveal(ref: string): Promise<Secret | null>;
  remove(ref: string): Promise<void>;
}

export interface Log {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

export interface Clock {
  now(): Date;
  /** Milliseconds that only grow. */
  elapsed(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Ids {
  /** 26 characters, sortable by time. */
  next(): string;
}
