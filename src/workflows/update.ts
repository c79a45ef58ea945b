import { planBackup, planDrill, planRestore, planRollback, planUpdate } from './planning-change.ts';
import { POINT_OF_NO_RETURN, type Step, type Workflow } from './step.ts';
import { backUpDatabase, backUpFiles, proveBackup, pruneBackups, verifyBackup } from './steps/backup.ts';
import { tellSettings } from './steps/configure.ts';
import { checkStatus, waitUntilHealthy } from './steps/container.ts';
import { fetchBackup } from './steps/fetch-backup.ts';
import { checkConserved, migrateDatabase } from './steps/migrate.ts';
import { recordInstallation } from './steps/record.ts';
import { attachFeed, detachFeed } from './steps/registration.ts';
import { buildImage, buildRuntime, fetchRelease } from './steps/release.ts';
import { restoreDatabase, restoreFiles } from './steps/restore.ts';
import { openRoute, showMaintenance } from './steps/route.ts';
import { replaceContainer, stopOldContainer, writeNewSettings } from './steps/switch.ts';

/** Ready before anybody is locked out. */
const PREPARE: readonly Step[] = [fetchRelease, buildRuntime, buildImage];
/** Everybody out, then a proven copy: from here on the state of now can be had back to the last row. */
const SECURE: readonly Step[] = [showMaintenance, stopOldContainer, backUpDatabase, backUpFiles, verifyBackup];

/**
 * The line stands before the address is open again: until then nobody can have written anything that going back would
 * lose, and after it nothing goes back by itself.
 */
export const updateApp: Workflow = {
  plan: planUpdate,
  steps: [
    ...PREPARE,
    ...SECURE,
    detachFeed,
    writeNewSettings,
    migrateDatabase,
    replaceContainer,
    tellSettings,
    checkStatus,
    waitUntilHealthy,
    checkConserved,
    POINT_OF_NO_RETURN,
    openRoute,
    recordInstallation,
    attachFeed,
    pruneBackups,
  ],
};

/** One desa to the state of a backup: its release and its data. The state of now becomes a backup first. */
export const restoreApp: Workflow = {
  plan: planRestore,
  steps: [
    fetchBackup,
    ...PREPARE,
    ...SECURE,
    detachFeed,
    restoreDatabase,
    restoreFiles,
    writeNewSettings,
    replaceContainer,
    tellSettings,
    checkStatus,
    waitUntilHealthy,
    POINT_OF_NO_RETURN,
    openRoute,
    recordInstallation,
    attachFeed,
    pruneBackups,
  ],
};

/** The same, to the moment before the last update. */
export const rollbackApp: Workflow = { plan: planRollback, steps: restoreApp.steps };

/** Of a desa at work; visitors notice nothing. */
export const backupApp: Workflow = { plan: planBackup, steps: [backUpDatabase, backUpFiles, verifyBackup, pruneBackups] };

export const drillBackup: Workflow = { plan: planDrill, steps: [fetchBackup, proveBackup] };
