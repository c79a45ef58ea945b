import { planInstall, planUnarchive } from './planning.ts';
import { POINT_OF_NO_RETURN, type Workflow } from './step.ts';
import { claimNames } from './steps/claims.ts';
import { tellSettings } from './steps/configure.ts';
import { checkStatus, identifyDesa, startContainer, waitUntilHealthy } from './steps/container.ts';
import { createDatabase, loadData } from './steps/database.ts';
import { createFolders } from './steps/folders.ts';
import { openReader } from './steps/reader.ts';
import { recordInstallation } from './steps/record.ts';
import { registerCombined } from './steps/registration.ts';
import { buildImage, buildRuntime, fetchRelease } from './steps/release.ts';
import { openRoute } from './steps/route.ts';
import { createSecrets, writeSettings } from './steps/settings.ts';
import { migrateMoved } from './steps/shared.ts';
import { prepareTemplate } from './steps/template.ts';

/** The line comes after the route is open: until then there is nothing of the desa's that could be lost. */
export const installApp: Workflow = {
  plan: planInstall,
  steps: [
    claimNames,
    fetchRelease,
    buildRuntime,
    buildImage,
    prepareTemplate,
    createSecrets,
    createFolders,
    createDatabase,
    openReader,
    loadData,
    writeSettings,
    migrateMoved,
    startContainer,
    identifyDesa,
    tellSettings,
    checkStatus,
    waitUntilHealthy,
    openRoute,
    POINT_OF_NO_RETURN,
    recordInstallation,
    registerCombined,
  ],
};

/** The same way, with data and files from an archive instead of the release's template. */
export const unarchiveApp: Workflow = { plan: planUnarchive, steps: installApp.steps };
