import type { Address, AddressFacts, DesaAddresses, PlannedRoute } from './address.ts';
import type { Release } from './app.ts';
import type { BackupReason } from './backup.ts';
import type { WorkflowName } from './job.ts';
import type { AppManifest } from './manifest.ts';
import type { SharedOrigin } from './shared.ts';
import type { Tenant } from './tenant.ts';
import { digitsOf } from './wilayah.ts';

/**
 * Every value of a job, decided before its first step and stored with it. Serialisable, and without secrets:
 * those are named by reference (`secretRef`) and stay in the vault. Steps pass nothing to each other.
 */
export interface Plan {
  readonly workflow: WorkflowName;
  readonly installationId: string;
  readonly tenant: PlannedTenant;
  /** As its settings make it run. */
  readonly manifest: AppManifest;
  readonly release: PlannedRelease;
  readonly names: Names;
  readonly address: Address;
  /** For an app that moves: the URL that it had. */
  readonly addressBefore?: string;
  /** Every route of it, the main one first; missing in plans of before there were several. */
  readonly routes?: readonly PlannedRoute[];
  /** Of secrets the vault's references. */
  readonly settings: Readonly<Record<string, string>>;
  /** Where the desa's first data comes from: the release's template, an archive, or a database that it shared with others. */
  readonly origin:
    | { readonly kind: 'template' }
    | { readonly kind: 'archive'; readonly id: string }
    | ({ readonly kind: 'shared' } & SharedOrigin);
  /** The archive that `remove` makes. Minted with the plan so that a repeated step makes the same one. */
  readonly archiveId: string;
  readonly borrowed?: PlannedBorrow;
  /** The combined schema that it reads. */
  readonly readable?: { readonly schema: string };
  /** What a job does to an installation that is there already; missing in `install`, `remove` and `unarchive`. */
  readonly change?: PlannedChange;
  /** It was suspended when the job was planned: undoing leaves it closed and stopped. */
  readonly suspended?: boolean;
  /** For `configure`: what it was before, and is again when the job is undone. */
  readonly previous?: Pick<Plan, 'settings' | 'manifest' | 'names'>;
  /** For `rehearse`: its names are those of a scratch place, which it leaves empty. */
  readonly rehearsal?: PlannedRehearsal;
  /** For `change-domain`: every app of the desa, this one too. */
  readonly readdress?: PlannedReaddress;
}

/** What a rehearsal takes in the world has names of its own, which follow from its id; nothing of the desa's is among them. */
export interface PlannedRehearsal {
  /** Holds the claims of its names, and its own secrets in the vault. */
  readonly id: string;
  /** Secrets made for it alone; the others are the desa's, which it only reads. */
  readonly secrets: readonly string[];
}

export interface PlannedReaddress {
  readonly from: DesaAddresses;
  readonly to: DesaAddresses;
  readonly members: readonly PlannedMember[];
}

/** One app of a desa that gets other addresses. */
export interface PlannedMember {
  /** As it runs now, at its new address. */
  readonly plan: Plan;
  readonly before: { readonly address: Address; readonly routes: readonly PlannedRoute[] };
  /** Whether its configuration names an address, so that it has to be written and the app started again. */
  readonly restart: boolean;
}

export interface PlannedChange {
  /** Marks what this job makes (the new container, a restored schema), so that its steps tell it from what was before. */
  readonly id: string;
  /** What ran before, and runs again when the job is undone. */
  readonly from: { readonly tag: string; readonly version: string; readonly commit: string; readonly image: string };
  /** The backup this job makes of the state before. Its id is minted with the plan. */
  readonly backup: { readonly id: string; readonly reason: BackupReason };
  /** The backup whose data comes into place or is proven again; null: the data of now. */
  readonly restores: string | null;
}

/** What an installation uses of another one of its desa. It never owns it: nothing of it is claimed or removed. */
export interface PlannedBorrow {
  readonly installationId: string;
  readonly schema: string;
  /** Key below the data folder. */
  readonly folder: string;
}

export type PlannedTenant = Omit<Tenant, 'createdAt' | 'domain'>;

export interface PlannedRelease extends Release {
  readonly runtimeImage: string;
  readonly image: string;
  /** Key of the template dump: changes with anything that could change its content. */
  readonly template: string;
}

/** The names an installation takes in the world outside. Claimed first; only what was claimed may be removed. */
export interface Names {
  readonly schema: string | null;
  readonly databaseUser: string | null;
  /** Its account on another app's combined database; missing: it reads none. */
  readonly reader?: string | null;
  readonly container: string;
  /** null: the container runs without any network. */
  readonly network: string | null;
  /** Keys below the data folder: `desa/5201142001/opensid`. */
  readonly folder: string;
  /** Holds the unix socket on which the container serves HTTP. */
  readonly runFolder: string;
}

export interface PlaceFacts extends AddressFacts {
  /** Names this Pendopo among others on the same engine and server: lower-case letters and digits. */
  readonly instance: string;
  /** Whether the apps' database server is reached over the network instead of a socket. */
  readonly databaseOverNetwork: boolean;
}

/** Whether it has an account at the database server: for a schema of its own, or for that of an app it needs. */
function usesDatabase(manifest: Pick<AppManifest, 'database' | 'borrow'>): boolean {
  return manifest.database !== null || manifest.borrow !== undefined;
}

/** Whether it signs in to the database server at all: with an account of its own, or one that only reads the combined database. */
export function reachesDatabase(manifest: Pick<AppManifest, 'database' | 'borrow' | 'reads'>): boolean {
  return usesDatabase(manifest) || manifest.reads !== undefined;
}

/** By which people know the read account of an app of a tenant: `api-gabungan-5201`. */
export function readerName({ kode }: Pick<Tenant, 'kode'>, { name }: Pick<AppManifest, 'name'>): string {
  return `${name}-${digitsOf(kode)}`;
}

/** What the account of that name is called in the database. */
export function readerAccount({ instance }: Pick<PlaceFacts, 'instance'>, name: string): string {
  return `${instance}_baca_${name.replaceAll('-', '_')}`;
}

export function planNames(facts: PlaceFacts, tenant: Pick<Tenant, 'kode'>, manifest: AppManifest): Names {
  const kode = digitsOf(tenant.kode);
  const schema = `${facts.instance}_${kode}_${manifest.name.replaceAll('-', '_')}`;
  const container = `${facts.instance}-${kode}-${manifest.name}`;
  const needsNetwork = manifest.egress === 'internet' || (reachesDatabase(manifest) && facts.databaseOverNetwork);
  return {
    schema: manifest.database === null ? null : schema,
    databaseUser: usesDatabase(manifest) ? schema : null,
    reader: manifest.reads === undefined ? null : readerAccount(facts, readerName(tenant, manifest)),
    container,
    network: needsNetwork ? container : null,
    folder: `desa/${kode}/${manifest.name}`,
    runFolder: `run/${kode}-${manifest.name}`,
  };
}

/** Secrets of Pendopo's own making: of the app's account, and of the one that reads another app's combined database. */
export const DB_PASSWORD = 'db-password';
export const READER_PASSWORD = 'reader-password';

/** How the vault knows a secret of an installation. */
export function secretRef(installationId: string, name: string): string {
  return `installation/${installationId}/${name}`;
}

/** The secrets an installation needs: those of the manifest, and its database password. Where a rehearsal has its own, those. */
export function plannedSecrets(
  plan: Pick<Plan, 'manifest' | 'installationId' | 'rehearsal'>,
): readonly { ref: string; name: string; kind: 'base64-32' | 'password' | 'hex-32' }[] {
  const database = usesDatabase(plan.manifest) ? [{ name: DB_PASSWORD, kind: 'hex-32' as const }] : [];
  const reader = plan.manifest.reads === undefined ? [] : [{ name: READER_PASSWORD, kind: 'hex-32' as const }];
  const { installationId, rehearsal } = plan;
  const ownerOf = (name: string): string => (rehearsal?.secrets.includes(name) ? rehearsal.id : installationId);
  return [...database, ...reader, ...plan.manifest.secrets].map(({ name, kind }) => ({ ref: secretRef(ownerOf(name), name), name, kind }));
}
