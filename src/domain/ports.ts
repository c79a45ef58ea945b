/**
 * Everything outside, as the workflows see it. One interface per outside thing; `wiring.ts` supplies the real ones.
 * Unless a method says otherwise: "already there" and "already gone" are success, an outside thing that does not
 * answer throws Unavailable (the engine waits and tries again), and one that answers with a failure throws Broken.
 */
import type { Actor, Role } from './access.ts';
import type { Release } from './app.ts';
import type { Backup, BackupFilter } from './backup.ts';
import type { CombinedDatabase, CombinedManifest, Registrations } from './combined.ts';
import type { Cause, Job, JobEvent, JobInput, JobState, JobStep, StepState, WorkflowName } from './job.ts';
import type { AppManifest, CommandManifest, ConserveManifest, LimitsManifest, RuntimeManifest, SecretManifest } from './manifest.ts';
import type { PlaceFacts, Plan } from './plan.ts';
import type { SchemaPool } from './pool.ts';
import type { Member, Rollout, RolloutState } from './rollout.ts';
import type { Schedule, ScheduleRun, TaskName } from './schedule.ts';
import type { Secret } from './secret.ts';
import type { Installation, InstallationState, Tenant } from './tenant.ts';
import type { KodeDesa, KodeWilayah, TingkatWilayah, Wilayah } from './wilayah.ts';

export interface Toolbox {
  readonly facts: PlaceFacts;
  readonly tenants: Tenants;
  readonly releases: Releases;
  readonly jobs: Jobs;
  readonly leases: Leases;
  readonly locks: Locks;
  readonly claims: Claims;
  readonly routes: Routes;
  readonly archives: Archives;
  readonly backups: Backups;
  readonly rollouts: Rollouts;
  readonly schedules: Schedules;
  readonly calendar: Calendar;
  readonly pool: SchemaPool;
  readonly registrations: Registrations;
  readonly wilayah: WilayahRecords;
  readonly users: Users;
  readonly audit: Audit;
  readonly apps: AppCatalogue;
  readonly sources: Sources;
  readonly databases: Databases;
  readonly combined: CombinedDatabase;
  readonly containers: Containers;
  readonly files: Files;
  readonly front: Front;
  readonly http: HttpProbe;
  readonly vault: Vault;
  readonly queue: Queue;
  readonly log: Log;
  readonly clock: Clock;
  readonly ids: Ids;
}

// ---------------------------------------------------------------- records (MariaDB)

export interface Page<T> {
  readonly rows: readonly T[];
  /** Give it back as `after` for the next page; null on the last one. */
  readonly next: string | null;
}

export interface TenantFilter {
  /** Part of the name, or the start of the code. */
  readonly search?: string;
  readonly kodeKecamatan?: KodeWilayah;
  readonly app?: string;
  readonly state?: InstallationState;
  /** Only below this region. */
  readonly within?: KodeWilayah | null;
  readonly after?: string;
  readonly limit: number;
}

export interface TenantRow extends Tenant {
  readonly installations: readonly Installation[];
}

export interface KecamatanRow {
  readonly kode: KodeWilayah;
  readonly nama: string;
  /** How many desa of it are on record. */
  readonly desa: number;
}

export interface Tenants {
  /** @throws Conflict when the desa or the domain is taken */
  create(tenant: Omit<Tenant, 'createdAt'>, actor: Actor): Promise<void>;
  find(kode: KodeDesa): Promise<TenantRow | null>;
  list(filter: TenantFilter): Promise<Page<TenantRow>>;
  count(filter: Omit<TenantFilter, 'after' | 'limit'>): Promise<number>;
  /** Those of these that there are, in one query. */
  findAll(kodes: readonly KodeDesa[]): Promise<readonly TenantRow[]>;
  /** The kecamatan that have desa, by name. */
  kecamatan(within: KodeWilayah | null): Promise<readonly KecamatanRow[]>;
  installation(id: string): Promise<Installation | null>;
  /** The installation of an app at a desa; made as `absent` when there was none. */
  ensureInstallation(kode: KodeDesa, app: string, id: string): Promise<Installation>;
  saveInstallation(id: string, change: Partial<Pick<Installation, 'state' | 'tag' | 'version' | 'settings' | 'url'>>): Promise<void>;
}

export interface Releases {
  find(app: string, tag: string): Promise<Release | null>;
  list(app: string): Promise<readonly Release[]>;
  /** @throws Conflict when the tag is known with another commit */
  remember(release: Release): Promise<void>;
}

export interface JobFilter {
  readonly kode?: KodeDesa;
  readonly state?: readonly JobState[];
  readonly fingerprint?: string;
  readonly within?: KodeWilayah | null;
  readonly after?: string;
  readonly limit: number;
}

export interface NewJob {
  readonly id: string;
  readonly workflow: WorkflowName;
  readonly installationId: string;
  readonly kode: KodeDesa;
  readonly app: string;
  readonly input: JobInput;
  readonly requestedBy: string;
  /** Smaller goes first: 0 for one asked for by hand, 10 for a bulk. */
  readonly priority: number;
}

/** A held lease: who holds it and its fencing token. Every write about a running job names it. */
export interface Lease {
  readonly resource: string;
  readonly holder: string;
  readonly token: number;
}

export interface Jobs {
  /** @throws Conflict when an active job of that installation exists */
  create(job: NewJob): Promise<void>;
  find(id: string): Promise<Job | null>;
  list(filter: JobFilter): Promise<Page<Job>>;
  /** The newest job of each of these desa, in one query; a desa without one is missing. */
  latestOf(kodes: readonly KodeDesa[]): Promise<ReadonlyMap<KodeDesa, Job>>;
  countByState(within: KodeWilayah | null): Promise<Readonly<Record<JobState, number>>>;
  /** Failed jobs grouped by what stopped them. */
  failuresByCause(within: KodeWilayah | null): Promise<readonly { fingerprint: string; message: string; count: number }[]>;
  plan(id: string): Promise<Plan | null>;
  steps(id: string): Promise<readonly JobStep[]>;
  events(id: string, after: number, limit: number): Promise<readonly JobEvent[]>;
  /** Back to queued, with the next attempt number. Leaves `committed` and the plan of a stuck job as they are; drops those of an undone one. */
  requeue(id: string): Promise<boolean>;
  requestCancel(id: string): Promise<boolean>;
  /** Active jobs that no living lease works on, in fair order: by priority, then age; one per desa. */
  due(limit: number): Promise<readonly { id: string; kode: KodeDesa; epoch: number }[]>;
  /** The next active job of a desa. */
  nextOf(kode: KodeDesa): Promise<{ id: string; epoch: number } | null>;

  // The rest is for the holder of the desa's lease; each throws LeaseLost-coded Conflict when the lease is no longer ours.
  savePlan(id: string, lease: Lease, plan: Plan, steps: readonly { name: string; label: string }[]): Promise<void>;
  saveState(id: string, lease: Lease, change: { state: JobState; cause?: Cause | null }): Promise<void>;
  /** Passes the point of no return; false when a wish to cancel came first. From here on `requestCancel` is refused. */
  commit(id: string, lease: Lease): Promise<boolean>;
  saveStep(id: string, lease: Lease, position: number, state: StepState): Promise<void>;
  appendLog(id: string, lines: readonly { position: number | null; at: Date; text: string }[]): Promise<void>;
}

export interface Leases {
  /** null while somebody else holds it. */
  acquire(resource: string, holder: string, ttlMs: number): Promise<Lease | null>;
  /** False when it is no longer ours. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;
  release(lease: Lease): Promise<void>;
}

/** Short mutual exclusion between workers around shared things (a release's image, the front). Freed when its holder dies. */
export interface Locks {
  withLock<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

export type ClaimKind = 'schema' | 'database-user' | 'container' | 'network' | 'folder' | 'run-folder' | 'route';
export interface Claim {
  readonly kind: ClaimKind;
  readonly name: string;
}

export interface Claims {
  /** All or none. @throws Conflict naming the first that another installation holds */
  take(claims: readonly Claim[], installationId: string): Promise<void>;
  of(installationId: string): Promise<readonly Claim[]>;
  release(installationId: string): Promise<void>;
}

export interface Route {
  readonly host: string;
  readonly path: string;
  readonly installationId: string;
  /** Absolute path of the unix socket that serves it. */
  readonly socket: string;
  readonly state: 'open' | 'maintenance';
}

export interface Routes {
  save(route: Route): Promise<void>;
  remove(installationId: string): Promise<void>;
  of(installationId: string): Promise<readonly Route[]>;
  all(): Promise<readonly Route[]>;
}

export interface Archive {
  readonly id: string;
  readonly installationId: string;
  readonly kode: KodeDesa;
  readonly app: string;
  readonly tag: string;
  readonly bytes: number;
  /** Set once a restore into a scratch schema gave the same rows. */
  readonly verifiedAt: Date | null;
  readonly createdAt: Date;
}

export interface Archives {
  save(archive: Omit<Archive, 'createdAt'>): Promise<void>;
  find(id: string): Promise<Archive | null>;
  remove(id: string): Promise<void>;
  list(filter: { kode?: KodeDesa; within?: KodeWilayah | null; limit: number }): Promise<readonly Archive[]>;
}

export interface Backups {
  save(backup: Omit<Backup, 'createdAt' | 'provenAt'>): Promise<void>;
  find(id: string): Promise<Backup | null>;
  /** Newest first. */
  list(filter: BackupFilter): Promise<readonly Backup[]>;
  /** The newest of each of these installations, in one query. */
  latestOf(installationIds: readonly string[]): Promise<ReadonlyMap<string, Backup>>;
  /** A drill has restored it once more. */
  noteProven(id: string, at: Date): Promise<void>;
  remove(id: string): Promise<void>;
}

export type NewRollout = Omit<Rollout, 'state' | 'reason' | 'createdAt' | 'endedAt'>;
export type NewMember = Pick<Member, 'position' | 'wave' | 'kode' | 'installationId' | 'jobId' | 'fromTag' | 'backupId'>;

export interface Rollouts {
  /**
   * All of them, or none.
   * @param run the due time they are made for, which ends with it; null: by hand
   * @returns false when that run has been ended already
   */
  create(
    made: readonly { readonly rollout: NewRollout; readonly members: readonly NewMember[] }[],
    run: { readonly task: TaskName; readonly due: Date; readonly note: string } | null,
  ): Promise<boolean>;
  find(id: string): Promise<Rollout | null>;
  /** Newest first. */
  list(filter: { readonly state?: readonly RolloutState[]; readonly limit: number }): Promise<readonly Rollout[]>;
  members(id: string): Promise<readonly Member[]>;
  save(id: string, change: Partial<Pick<Rollout, 'state' | 'reason' | 'endedAt'>>): Promise<void>;
  saveMembers(
    id: string,
    positions: readonly number[],
    change: Partial<Pick<Member, 'state' | 'jobId' | 'fingerprint' | 'forgiven' | 'lockedMs' | 'startedAt' | 'endedAt'>>,
  ): Promise<void>;
  /** Installations that stay on their release. */
  pinned(): Promise<ReadonlySet<string>>;
  pin(installationId: string, by: string): Promise<void>;
  unpin(installationId: string): Promise<void>;
  /** Tags nobody may go to, and why. */
  barred(app: string): Promise<ReadonlyMap<string, string>>;
  bar(app: string, tag: string, reason: string, by: string): Promise<void>;
  unbar(app: string, tag: string): Promise<void>;
}

export interface Schedules {
  /** Every task; one that was never looked at holds from now on. */
  list(): Promise<readonly Schedule[]>;
  save(schedule: Schedule): Promise<void>;
  /** Writes down that a task is due; false when that is written down already. */
  owe(task: TaskName, due: Date): Promise<boolean>;
  queued(): Promise<readonly ScheduleRun[]>;
  end(run: Pick<ScheduleRun, 'task' | 'due'>, state: 'done' | 'failed', note: string): Promise<void>;
  /** Newest first. */
  runs(limit: number): Promise<readonly ScheduleRun[]>;
}

/** When a pattern comes round, in the kabupaten's zone. */
export interface Calendar {
  /** @throws Invalid for a pattern that is none */
  previous(pattern: string, now: Date): Date | null;
  next(pattern: string, now: Date): Date | null;
}

export interface WilayahRecords {
  find(kode: KodeWilayah): Promise<Wilayah | null>;
  children(induk: KodeWilayah | null): Promise<readonly Wilayah[]>;
  search(text: string, tingkat: TingkatWilayah, within: KodeWilayah | null, limit: number): Promise<readonly Wilayah[]>;
}

export interface User {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly role: Role;
  readonly wilayah: KodeWilayah | null;
  readonly passwordHash: string;
  readonly mustChangePassword: boolean;
  readonly lockedUntil: Date | null;
  readonly disabled: boolean;
}

export interface Users {
  create(user: Omit<User, 'lockedUntil' | 'disabled'>): Promise<void>;
  find(id: string): Promise<User | null>;
  findByName(username: string): Promise<User | null>;
  /** Everybody, by name. A kabupaten has dozens of accounts. */
  list(): Promise<readonly User[]>;
  count(): Promise<number>;
  savePassword(id: string, hash: string, mustChange: boolean): Promise<void>;
  /** Counts a failed sign-in; locks the account for a while at the tenth in a row. */
  noteFailure(id: string): Promise<void>;
  noteSuccess(id: string): Promise<void>;
  /** Refresh tokens are kept as hashes. Rotating an already rotated one revokes its whole family. */
  openSession(session: { id: string; userId: string; tokenHash: string; expiresAt: Date }): Promise<void>;
  rotateSession(oldHash: string, next: { id: string; tokenHash: string; expiresAt: Date }): Promise<string | null>;
  closeSession(tokenHash: string): Promise<void>;
}

export interface Audit {
  note(entry: { actor: string; action: string; target: string; detail?: Readonly<Record<string, string | number | null>> }): Promise<void>;
}

// ---------------------------------------------------------------- the world

export interface CatalogueEntry {
  readonly manifest: AppManifest;
  readonly runtime: RuntimeManifest;
  /** Changes when anything changes that goes into the image. */
  readonly digest: string;
  readonly runtimeDigest: string;
  /** Folders whose content is laid over the image's root. */
  readonly runtimeFolder: string;
  readonly imageFolder: string;
  /** Where its code comes from, after the operator's settings. */
  readonly repo: string;
  /** What of it the combined database holds; null: nothing. */
  readonly combined: CombinedManifest | null;
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
  /** Fetches tags into the mirror of a repository. `recent`: those fetched some minutes ago will do. */
  refresh(app: string, repo: string, signal: AbortSignal, wanted?: 'newest' | 'recent'): Promise<void>;
  tags(app: string): Promise<readonly string[]>;
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

export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly mounts: readonly Mount[];
  readonly network: string | null;
  readonly limits: LimitsManifest;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ContainerState {
  readonly running: boolean;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface CommandRun {
  readonly command: CommandManifest;
  /** Travels by standard input. */
  readonly stdin: Secret;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

export interface ImageBuild {
  readonly image: string;
  readonly dockerfile: string;
  /** Local files and folders that go into the build context under these names. Folders become tar files. */
  readonly context: readonly { readonly name: string; readonly source: string }[];
  readonly labels: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

export interface Containers {
  imageExists(image: string): Promise<boolean>;
  /** The base system of a Debian suite; pulls or builds it when it is missing. */
  ensureBase(suite: string, signal: AbortSignal, onLine: (line: string) => void): Promise<string>;
  build(build: ImageBuild): Promise<void>;
  find(name: string): Promise<ContainerState | null>;
  /** Creates and starts. An existing one of the same name is replaced only if it carries our labels for the same installation. */
  run(spec: ContainerSpec): Promise<void>;
  /** Starts one that was stopped. @throws NotFound */
  start(name: string): Promise<void>;
  stop(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Last lines of its output, for a cause of failure. */
  tail(name: string, lines: number): Promise<string>;
  /** Runs a command in a running container and gives its last JSON line. @throws Broken with its `pesan` */
  exec(name: string, run: CommandRun): Promise<CommandResult>;
  /** The same in a container of its own, which is gone afterwards. */
  runOnce(spec: ContainerSpec, run: CommandRun): Promise<CommandResult>;
  networkExists(name: string): Promise<boolean>;
  ensureNetwork(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  removeNetwork(name: string): Promise<void>;
  /** Names of containers and networks that carry this instance's label. */
  owned(): Promise<{ containers: readonly string[]; networks: readonly string[] }>;
}

export type CommandResult = Readonly<Record<string, unknown>> & { readonly ok: true };

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
  sha256(key: string): Promise<string>;
  size(key: string): Promise<number>;
}

export interface Front {
  /** Makes these the routes, all of them; returns when they are in effect. */
  apply(routes: readonly Route[], signal: AbortSignal): Promise<void>;
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
}

type SecretKind = SecretManifest['kind'];

export interface Vault {
  /** A fresh secret that is kept nowhere. */
  make(kind: SecretKind): Secret;
  /** Makes the secret once; later calls leave it. */
  ensure(ref: string, kind: SecretKind): Promise<void>;
  exists(ref: string): Promise<boolean>;
  /** @throws NotFound */
  read(ref: string): Promise<Secret>;
  /** Reads it for a person, the first time only: null afterwards. */
  reveal(ref: string): Promise<Secret | null>;
  remove(ref: string): Promise<void>;
}

export interface Queue {
  /** Rings for a job. Ringing again for the same epoch does nothing. */
  ring(jobId: string, epoch: number): Promise<void>;
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
