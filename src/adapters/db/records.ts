import type { Clock } from '../../domain/ports-world.ts';
import { createAddresses } from './addresses.ts';
import { createArchives } from './archives.ts';
import { createAudit } from './audit.ts';
import { createAuthorities, createCertificateChoices, createCertificateOrders } from './authority.ts';
import { createBackups } from './backups.ts';
import { createBackupLinks, createOffsites } from './care.ts';
import { createCertificates } from './certificates.ts';
import { createClaims } from './claims.ts';
import type { Database } from './client.ts';
import { createCombinedLinks } from './combined-links.ts';
import { createDrills } from './drills.ts';
import { createJobs } from './jobs.ts';
import { createLeases } from './leases.ts';
import { createMachineDays } from './machine-days.ts';
import { createNotices } from './notices.ts';
import { createPool } from './pool.ts';
import { createPreferences } from './preferences.ts';
import { createReaders } from './readers.ts';
import { createRegistrations } from './registrations.ts';
import { createReleases } from './releases.ts';
import { createRollouts } from './rollouts.ts';
import { createRoutes } from './routes.ts';
import { createSchedules } from './schedules.ts';
import { createPolicies, createSecondFactors } from './second-factors.ts';
import { createSessions } from './sessions.ts';
import { createSharedSources } from './shared-sources.ts';
import { createSilences } from './silences.ts';
import { createSummaries } from './summaries.ts';
import { createTenants } from './tenants.ts';
import { createUsers } from './users.ts';
import { createWilayah } from './wilayah.ts';

interface RecordsOptions {
  readonly poolSize?: number;
  /** Of the first desa in combined databases; left out: the first that is nobody's. */
  readonly firstNumber?: number | undefined;
}

/** The part of the toolbox that is MariaDB's record. */
export function createRecords(db: Database, clock: Clock, { poolSize = 0, firstNumber }: RecordsOptions = {}) {
  return {
    tenants: createTenants(db, clock),
    addresses: createAddresses(db),
    certificates: createCertificates(db),
    authorities: createAuthorities(db),
    certificateOrders: createCertificateOrders(db),
    certificateChoices: createCertificateChoices(db),
    releases: createReleases(db, clock),
    jobs: createJobs(db, clock),
    leases: createLeases(db),
    registrations: createRegistrations(db, clock, firstNumber),
    summaries: createSummaries(db),
    readers: createReaders(db, clock),
    sharedSources: createSharedSources(db),
    silences: createSilences(db, clock),
    claims: createClaims(db, clock),
    routes: createRoutes(db),
    archives: createArchives(db, clock),
    backups: createBackups(db, clock),
    drills: createDrills(db),
    backupLinks: createBackupLinks(db),
    combinedLinks: createCombinedLinks(db),
    offsites: createOffsites(db),
    notices: createNotices(db, clock),
    rollouts: createRollouts(db, clock),
    schedules: createSchedules(db, clock),
    pool: createPool(db, clock, poolSize),
    wilayah: createWilayah(db),
    users: createUsers(db, clock),
    sessions: createSessions(db, clock),
    secondFactors: createSecondFactors(db, clock),
    policies: createPolicies(db),
    machineDays: createMachineDays(db),
    preferences: createPreferences(db),
    audit: createAudit(db, clock),
  };
}
