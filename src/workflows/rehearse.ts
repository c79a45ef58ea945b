import { planRehearse } from './planning-rehearse.ts';
import { POINT_OF_NO_RETURN, type Workflow } from './step.ts';
import { checkStatus, waitUntilHealthy } from './steps/container.ts';
import { fetchBackup } from './steps/fetch-backup.ts';
import { migrateDatabase } from './steps/migrate.ts';
import { checkRehearsed, claimRehearsal, clearRehearsal, inRehearsal, loadRehearsal } from './steps/rehearsal.ts';
import { buildImage, buildRuntime, fetchRelease } from './steps/release.ts';
import { replaceContainer, writeNewSettings } from './steps/switch.ts';

/**
 * The update of one desa with a copy of its newest backup, in a scratch place without a network; its own schema, files and
 * container are never named in the plan. Nothing stays: before the line undoing clears the place, after it the last
 * step does, which tries again by itself.
 */
export const rehearseUpdate: Workflow = {
  plan: planRehearse,
  steps: [
    fetchBackup,
    fetchRelease,
    buildRuntime,
    buildImage,
    claimRehearsal,
    loadRehearsal,
    inRehearsal(writeNewSettings),
    inRehearsal(migrateDatabase),
    inRehearsal(replaceContainer),
    checkStatus,
    waitUntilHealthy,
    checkRehearsed,
    POINT_OF_NO_RETURN,
    clearRehearsal,
  ],
};
