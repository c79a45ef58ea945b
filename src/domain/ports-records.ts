/** Ports of what is on record besides work. What holds for all of them stands in ports.ts. */
import type { Actor, Role } from './access.ts';
import type { Release } from './app.ts';
import type { Backup, BackupFilter } from './backup.ts';
import type { FrontManifest } from './manifest.ts';
import type { Installation, InstallationState, Tenant } from './tenant.ts';
import type { KodeTenant, KodeWilayah, Scope, TingkatWilayah, Wilayah } from './wilayah.ts';

export interface Page<T> {
  readonly rows: readonly T[];
  /** Give it back as `after` for the next page; null on the last one. */
  readonly next: string | null;
}

export interface TenantFilter {
  /** Part of the name, or the start of the code. */
  readonly search?: string;
  readonly kodeKecamatan?: KodeWilayah;
  /** Left out: desa only, which is what lists and counts of "desa" mean. */
  readonly scopes?: readonly Scope[];
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

export interface RunningInstallation {
  readonly id: string;
  readonly kode: KodeTenant;
  readonly nama: string;
  readonly app: string;
  readonly tag: string;
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
  find(kode: KodeTenant): Promise<TenantRow | null>;
  list(filter: TenantFilter): Promise<Page<TenantRow>>;
  count(filter: Omit<TenantFilter, 'after' | 'limit'>): Promise<number>;
  /** Those of these that there are, in one query. */
  findAll(kodes: readonly KodeTenant[]): Promise<readonly TenantRow[]>;
  /** The kecamatan that have desa, by name. */
  kecamatan(within: KodeWilayah | null): Promise<readonly KecamatanRow[]>;
  installation(id: string): Promise<Installation | null>;
  /** Every active installation below a region, by kode. */
  running(within: KodeWilayah | null): Promise<readonly RunningInstallation[]>;
  /** Versions that active installations of desa of a region run, each once. */
  versions(within: KodeWilayah | null): Promise<readonly string[]>;
  /** The installation of an app at a desa; made as `absent` when there was none. */
  ensureInstallation(kode: KodeTenant, app: string, id: string): Promise<Installation>;
  saveInstallation(id: string, change: Partial<Pick<Installation, 'state' | 'tag' | 'version' | 'settings' | 'url'>>): Promise<void>;
}

export interface Releases {
  find(app: string, tag: string): Promise<Release | null>;
  list(app: string): Promise<readonly Release[]>;
  /** @throws Conflict when the tag is known with another commit */
  remember(release: Release): Promise<void>;
}

export type ClaimKind = 'schema' | 'database-user' | 'container' | 'network' | 'folder' | 'run-folder' | 'route' | 'read-account';

export interface Claim {
  readonly kind: ClaimKind;
  readonly name: string;
}

export interface Claims {
  /** All or none. @throws Conflict naming the first that another installation holds */
  take(claims: readonly Claim[], installationId: string): Promise<void>;
  of(installationId: string): Promise<readonly Claim[]>;
  /** Gives these up where they are that installation's; all that it holds when none are named. */
  release(installationId: string, claims?: readonly Claim[]): Promise<void>;
}

/** `site`: the address people are shown. `alias`: another that serves the same. `redirect`: leads elsewhere. */
export type RouteKind = 'site' | 'alias' | 'redirect';

/** `any`: http and https alike. `https`: who comes by http is sent to https. `hsts`: and browsers are to remember it. */
export type RouteSecurity = 'any' | 'https' | 'hsts';

export interface Route {
  /** A host name; or `:20001`, for whoever comes to that port. */
  readonly host: string;
  readonly path: string;
  readonly installationId: string;
  readonly kind: RouteKind;
  /** Absolute path of the unix socket that serves it; empty for a redirect. */
  readonly socket: string;
  readonly state: 'open' | 'maintenance';
  /** Where a redirect leads: what stands there before the asked path. null for the other kinds. */
  readonly target: string | null;
  readonly security: RouteSecurity;
  /** The largest body a visitor may send. */
  readonly uploadMb: number;
  /** How long an answer may take. */
  readonly answerSeconds: number;
  /** What is kept from it; missing or null: nothing. */
  readonly guard?: FrontManifest | null;
}

export interface Routes {
  /** All or none. */
  save(routes: readonly Route[]): Promise<void>;
  /** Takes these away where they are that installation's; all of its routes when none are named. */
  remove(installationId: string, addresses?: readonly Pick<Route, 'host' | 'path'>[]): Promise<void>;
  of(installationId: string): Promise<readonly Route[]>;
  all(): Promise<readonly Route[]>;
}

export interface Archive {
  readonly id: string;
  readonly installationId: string;
  readonly kode: KodeTenant;
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
  list(filter: { kode?: KodeTenant; within?: KodeWilayah | null; limit: number }): Promise<readonly Archive[]>;
}

export interface Backups {
  save(backup: Omit<Backup, 'createdAt' | 'provenAt'>): Promise<void>;
  find(id: string): Promise<Backup | null>;
  /** Newest first. */
  list(filter: BackupFilter): Promise<readonly Backup[]>;
  /** The newest of each of these installations, in one query. */
  latestOf(installationIds: readonly string[]): Promise<ReadonlyMap<string, Backup>>;
  /** Of every active installation of a region, when its newest backup was made; null: it has none. */
  ages(within: KodeWilayah | null): Promise<readonly { readonly kode: KodeTenant; readonly newest: Date | null }[]>;
  /** Those of installations that were removed before then and are still gone; at most 500. */
  ofRemoved(before: Date): Promise<readonly Backup[]>;
  /** A drill has restored it once more. */
  noteProven(id: string, at: Date): Promise<void>;
  remove(id: string): Promise<void>;
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
  /** Since when a code is asked for besides the password; null: it is not. */
  readonly secondFactorAt: Date | null;
}

export interface Users {
  create(user: Omit<User, 'lockedUntil' | 'disabled' | 'secondFactorAt'>): Promise<void>;
  find(id: string): Promise<User | null>;
  findByName(username: string): Promise<User | null>;
  /** Everybody, by name. A kabupaten has dozens of accounts. */
  list(): Promise<readonly User[]>;
  count(): Promise<number>;
  /** All sessions of the account end. */
  savePassword(id: string, hash: string, mustChange: boolean): Promise<void>;
  save(id: string, change: Partial<Pick<User, 'name' | 'role' | 'wilayah' | 'disabled'>>): Promise<void>;
  /** Counts a failed sign-in; locks the account for a while at the tenth in a row. */
  noteFailure(id: string): Promise<void>;
  noteSuccess(id: string): Promise<void>;
}
