/**
 * Everything outside, as the workflows see it. One interface per outside thing; `wiring.ts` supplies the real ones.
 * Unless a method says otherwise: "already there" and "already gone" are success, an outside thing that does not
 * answer throws Unavailable (the engine waits and tries again), and one that answers with a failure throws Broken.
 */
import type { Addresses } from './address.ts';
import type { Authorities, Issuer } from './authority.ts';
import type { Certificates, ReadCertificate } from './certificate.ts';
import type { CertificateChoices, CertificateOrders } from './certificate-order.ts';
import type { CombinedDatabase, Registrations } from './combined.ts';
import type { CombinedExport, CombinedLinks } from './combined-export.ts';
import type { PlaceFacts } from './plan.ts';
import type { SchemaPool } from './pool.ts';
import type { BackupLinks, Drills, OffsiteStore, Offsites } from './ports-care.ts';
import type { Containers } from './ports-containers.ts';
import type { Calendar, Jobs, Leases, Locks, Queue, Rollouts, Schedules } from './ports-jobs.ts';
import type { Machine, MachineDays } from './ports-machine.ts';
import type { Courier, Notices } from './ports-notices.ts';
import type { Audit, Authenticator, Policies, Preferences, SecondFactors, UserSessions } from './ports-people.ts';
import type { Archives, Backups, Claims, Releases, Routes, Tenants, Users, WilayahRecords } from './ports-records.ts';
import type { Sheets } from './ports-sheets.ts';
import type { AppCatalogue, Clock, Databases, Files, Front, HttpProbe, Ids, Log, Sources, Vault } from './ports-world.ts';
import type { ReaderAccounts, Readers } from './reader.ts';
import type { SharedDatabases, SharedSources } from './shared.ts';
import type { CombinedReads, Summaries } from './summary.ts';

export interface Toolbox {
  readonly facts: PlaceFacts;
  readonly tenants: Tenants;
  readonly addresses: Addresses;
  readonly certificates: Certificates;
  readonly readCertificate: ReadCertificate;
  readonly authorities: Authorities;
  readonly certificateOrders: CertificateOrders;
  readonly certificateChoices: CertificateChoices;
  readonly issuer: Issuer;
  readonly releases: Releases;
  readonly jobs: Jobs;
  readonly leases: Leases;
  readonly locks: Locks;
  readonly claims: Claims;
  readonly routes: Routes;
  readonly archives: Archives;
  readonly backups: Backups;
  readonly drills: Drills;
  readonly backupLinks: BackupLinks;
  readonly offsites: Offsites;
  readonly offsiteStore: OffsiteStore;
  readonly notices: Notices;
  readonly courier: Courier;
  readonly rollouts: Rollouts;
  readonly schedules: Schedules;
  readonly calendar: Calendar;
  readonly pool: SchemaPool;
  readonly registrations: Registrations;
  readonly summaries: Summaries;
  readonly readers: Readers;
  readonly sharedSources: SharedSources;
  readonly wilayah: WilayahRecords;
  readonly users: Users;
  readonly sessions: UserSessions;
  readonly secondFactors: SecondFactors;
  readonly authenticator: Authenticator;
  readonly policies: Policies;
  readonly preferences: Preferences;
  readonly sheets: Sheets;
  readonly machine: Machine;
  readonly machineDays: MachineDays;
  readonly audit: Audit;
  readonly apps: AppCatalogue;
  readonly sources: Sources;
  readonly databases: Databases;
  readonly combined: CombinedDatabase;
  readonly combinedReads: CombinedReads;
  readonly combinedExport: CombinedExport;
  readonly combinedLinks: CombinedLinks;
  readonly readerAccounts: ReaderAccounts;
  readonly sharedDatabases: SharedDatabases;
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
